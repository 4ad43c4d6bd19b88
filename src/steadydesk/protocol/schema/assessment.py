"""Judging and planning: risk models, observed signs, levels, the management strategy (L3, E5)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from steadydesk.protocol.schema.base import (
    Blank,
    Choice,
    Choices,
    Clock,
    Count,
    Id,
    Label,
    Section,
    Several,
    Text,
    YesNo,
    by_id,
    every,
)

Level = Literal["not_assessed", "low", "medium", "high"]
Appears = Literal["appears", "does_not_appear", "cannot_tell"]


class Heading(Section):
    """One question of a risk model; its label may be empty until the organisation has confirmed the model."""

    label: Blank
    prompt: Text


class RiskModel(Section):
    """A set of headings to think with; it never yields a score."""

    id: Id
    label: Label
    confirmed: YesNo
    """Only a confirmed model may be selected in a published protocol (ruling 12)."""
    note: Text
    headings: Annotated[tuple[Heading, ...], Field(min_length=1)]


class Assessment(Section):
    """How a level is given: by a person, never calculated (E5)."""

    selected: Id
    models: Annotated[tuple[RiskModel, ...], Field(min_length=1), AfterValidator(by_id)]
    levels: Annotated[dict[Level, Label], AfterValidator(every("not_assessed", "low", "medium", "high"))]
    appears: Annotated[dict[Appears, Label], AfterValidator(every("appears", "does_not_appear", "cannot_tell"))]
    experience: Choices
    knowledge_of_customer: Choices

    @property
    def model(self) -> RiskModel:
        """The model in use."""
        return next(model for model in self.models if model.id == self.selected)


class Sign(Choice):
    """Something seen or heard, with what may be done about it."""

    group: Label
    points_to_risk: YesNo
    """One of these is enough for "appears a safety risk"; the absence of all of them proves nothing."""
    suggests: Several[Id]


class ObservedSigns(Section):
    """An aid to observation: no total, no band, no score."""

    note: Text
    actions: Choices
    signs: Annotated[tuple[Sign, ...], Field(min_length=1), AfterValidator(by_id)]


class Strategy(Section):
    """The plan for a meeting that two people agree (E5b, E5d to E5i)."""

    deciders: Choices
    areas: Choices
    actions: Choices
    escape_route_needed_above: Level
    alarmed_room_needed_from: Level
    reconfirm_within: Clock
    """E5i: after a change of level."""
    patrol_every: Clock
    missed_passes_before_alert: Count


class Recovery(Section):
    """One of the three Rs (L3a-ii)."""

    id: Literal["recognition", "recovery", "restitution"]
    label: Label
    prompt: Text
    confirmed: YesNo
    """False: what it means here is still to be confirmed by the organisation."""
    asks_for_fix_and_time: YesNo


class Encounter(Section):
    """What runs beside a visit that needs help (L3a, E6)."""

    three_rs: Annotated[tuple[Recovery, ...], Field(min_length=3, max_length=3), AfterValidator(by_id)]
    three_rs_outcomes: Choices
    measures: Choices
    """E6: the four measures."""
    techniques: Choices
    """What may be ticked afterwards as tried."""
    escort_alert_after: Clock
    """L3a-iv: an escort not ended by then alerts the duty manager."""


class SupportKind(Choice):
    """Formal outside support (L3a-iii)."""

    family: YesNo
    """L3a-iii(2): may use only a contact the customer names now, or danger to life with its basis."""


class OutsideSupport(Section):
    """Whom to call from outside, and what is recorded (L3a-iii, E6d)."""

    kinds: Annotated[tuple[SupportKind, ...], Field(min_length=1), AfterValidator(by_id)]
    outcomes: Choices
