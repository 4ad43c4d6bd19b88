"""Calling for help: chains, kinds, urgencies, and the ways to get help (L2, L3b-ii, E6b)."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt, ValidationInfo

from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.schema.base import (
    AN_HOUR,
    SECRET,
    Choices,
    Clock,
    Count,
    Country,
    Dialled,
    Duration,
    Id,
    Label,
    Pause,
    Prompt,
    Section,
    Some,
    Target,
    Term,
    Text,
    YesNo,
    between,
    every,
    is_stored,
    refusal,
)

Urgency = Literal["nearby", "manager", "help"]
Mode = Literal["real", "drill", "test"]
Sound = Literal["quiet_within_earshot", "loud_everywhere", "quiet_everywhere"]
Situation = Literal["desk_phone", "device_worn", "away_from_desk", "alone"]


class Step(Section):
    """Who is told when nobody, or too few, have answered `after` the press."""

    after: Annotated[Pause, between(timedelta(0), AN_HOUR)]
    tell: Some[Target]


def _rising(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if steps[0].after:
        raise refusal(_("the first step must be at once: after: PT0S"))
    for earlier, later in pairwise(steps):
        if later.after <= earlier.after:
            raise refusal(_("the steps must be in order, each later than the one before it"))
    return steps


def _nobody_on_a_day_pass(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if any("role:day_pass" in step.tell for step in steps):
        raise refusal(_("someone on a day pass is never sent to an alarm; take role:day_pass out"))
    return steps


Chain = Annotated[tuple[Step, ...], Field(min_length=1), AfterValidator(_rising), AfterValidator(_nobody_on_a_day_pass)]


MOST_OFTEN, MOST_RARELY = timedelta(seconds=1), timedelta(minutes=5)


def _never_off(repeat: timedelta, info: ValidationInfo) -> timedelta:
    if is_stored(info):
        return repeat
    if not MOST_OFTEN <= repeat <= MOST_RARELY:
        raise refusal(_("a call that nobody answers is never silent; write PT1S at least and PT5M at most"))
    return repeat


class AlarmKind(Section):
    """What sort of help is called for."""

    label: Label
    chain: Chain | None
    """None: the chain of `alarms.chain`."""
    open: YesNo
    """An open alarm may be shown where it was raised; any other is silent there."""
    can_be_false_call: YesNo
    sound: Sound
    card: Id
    """The card the presser and the responders see."""


Urgencies = Annotated[dict[Urgency, Label], AfterValidator(every("nearby", "manager", "help"))]
Needed = Annotated[
    dict[Urgency, Annotated[StrictInt, Field(ge=1, le=20)]],
    AfterValidator(every("nearby", "manager", "help")),
]
Kinds = Annotated[dict[Id, AlarmKind], AfterValidator(every("person", "medical", "building"))]


class Alarms(Section):
    """From the press until enough people are there. The steps' times are each organisation's own choice."""

    chain: Chain
    kinds: Kinds
    urgencies: Urgencies
    answers_needed: Needed
    arrive_within: Prompt
    """An acknowledgement expires when nobody reports being there by then."""
    undo_answer_within: Prompt
    repeat_when_nobody: Annotated[Duration, AfterValidator(_never_off)]
    """The broadcast that follows an exhausted chain; it can be made rarer, never switched off."""
    presser_may_stand_down_after: Prompt
    """L3b: until then the person at the pressing device may be under duress."""
    screen_used_within: Prompt
    duty_phone_confirmed_within: Clock
    tests_every: Term
    false_call_limit: Count
    false_calls_counted_over: Term
    modes: Annotated[dict[Mode, Label], AfterValidator(every("real", "drill", "test"))]
    groups: Annotated[
        dict[Literal["reception", "nearby", "team", "managers"], Label],
        AfterValidator(every("reception", "nearby", "team", "managers")),
    ]
    """E6b: whom a call of urgency nearby may be addressed to."""
    stood_down_wording: Label

    def chain_for(self, kind: str) -> tuple[Step, ...]:
        """The steps for a kind; a kind this version does not know gets the chain of a person in danger."""
        known = self.kinds.get(kind)
        return known.chain if known and known.chain else self.chain


class HelpWay(Section):
    """One way of getting help, and where it is offered (L2-sit)."""

    id: Id
    label: Label
    situations: Some[Situation]


class GetHelp(Section):
    """How a member of staff asks for help, by screen, telephone, phrase or on foot."""

    label: Label
    """What the interaction is called once help is wanted; never said of a person (L1)."""
    screen_label: Label
    without_hazard_label: Label
    """A failed service that needs mending, without danger."""
    ask_once_more_after: Prompt
    """L2: one quiet prompt when no help was asked for."""
    ways: Annotated[tuple[HelpWay, ...], Field(min_length=1)]
    telephone_first: Choices
    """L3b-ii(2): which of the site's numbers the card shows, in this order."""
    phrase: Text = Field(json_schema_extra=SECRET)
    form_of_address: Label | None = Field(json_schema_extra=SECRET)
    """None is the neutral form: the phrase is said without sir or madam."""
    preset_alarm_code: Dialled = Field(json_schema_extra=SECRET)
    extension_length: Annotated[StrictInt, Field(ge=2, le=6, json_schema_extra=SECRET)]
    extension_length_reason: Text | None = Field(json_schema_extra=SECRET)
    """L2a: any length but three is a recorded deviation."""
    refused_numbers: dict[Country, Some[Dialled]]
    """Numbers that no internal code may delay, per country."""
    emergency_numbers: dict[Country, Some[Dialled]] = {}
    """Those of them that are rung in an emergency: who rings one is shown to colleagues at once."""

    def shadows(self, code: str, country: str, outside_line: str = "") -> str | None:
        """The public number that dialling `code` could hold up, if there is one (L2a, L3b-ii(4)).

        A code that a number begins with is taken for it too early; one that begins with a number keeps the telephone
        system waiting for more digits. With an outside line's digits before it a number is dialled otherwise.
        """
        for number in self.refused_numbers.get(country, ()):
            for dialled in {number, outside_line + number}:
                if code.startswith(dialled) or dialled.startswith(code):
                    return number
        return None
