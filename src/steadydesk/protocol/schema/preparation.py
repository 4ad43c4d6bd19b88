"""Before anything happens: lone working, safe room, preparations, training, rehearsals (L2d, LP, LT)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from steadydesk.protocol.schema.alarms import Chain
from steadydesk.protocol.schema.base import (
    SECRET,
    Choice,
    Choices,
    CitingChoice,
    Clock,
    Grace,
    Id,
    Label,
    Role,
    Section,
    Several,
    Some,
    Term,
    Text,
    TimeOfDay,
    YesNo,
    by_id,
)


class CheckIns(Section):
    """Asking a lone worker whether all is well."""

    every: Clock
    grace: Grace
    chain: Chain


class Provision(CitingChoice):
    """One of the minimum provisions for working alone (L2d-ii)."""


class LoneWorking(Section):
    """For every lone worker; a missing provision withholds the word provided, never protection."""

    evening_from: TimeOfDay
    evening_until: TimeOfDay
    provisions: Annotated[tuple[Provision, ...], Field(min_length=1), AfterValidator(by_id)]
    offers: Choices
    """What is offered while a provision is missing."""
    start_questions: Choices
    check_ins: CheckIns
    device_heard_within: Term
    device_tested_every: Term
    police_route_tested_every: Term = Field(json_schema_extra=SECRET)


class InspectionItem(CitingChoice):
    """One thing a named person inspects, on a date."""

    inspected_every: Term


class SafeRoom(Section):
    """A room to retreat to (L2d-ii(2)); an item not in date makes it unavailable."""

    items: Annotated[tuple[InspectionItem, ...], Field(min_length=1), AfterValidator(by_id)]


class Preparation(CitingChoice):
    """Something that must be in order before it is needed; an organisation adds its own kinds (LP5)."""

    owner: Role
    mandatory: YesNo
    tested_every: Term


class Topic(CitingChoice):
    """Something to be learnt."""

    contents: Text


class Curriculum(Choice):
    """What people in some roles learn, and how often."""

    audience: Literal["person_involved", "supporting_staff"]
    roles: Some[Role]
    topics: Some[Id]
    renewed_every: Term


class Training(Section):
    """Training for the person involved and for those who support (LT1, LT2)."""

    topics: Annotated[tuple[Topic, ...], Field(min_length=1), AfterValidator(by_id)]
    curricula: Annotated[tuple[Curriculum, ...], Field(min_length=1), AfterValidator(by_id)]


class Rehearsals(Section):
    """The real chain in exercise state (LT3)."""

    every: Term
    first_for_new_starters_within: Term
    objectives: Choices
    confidence_question: Text
    confidence_answers: Choices


class DocumentControl(Section):
    """Configured parts of document control (D1a, D9, D11)."""

    types: Some[Label]
    review_reminders_before: Several[Term]
    location_until_published: Label
    read_within: Term
    """Staff read a changed version within this time."""
