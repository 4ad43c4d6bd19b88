"""What follows: messages, incidents, debriefs, customer files, withdrawal of service, keeping (E6c to E8)."""

from datetime import timedelta
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, JsonValue

from steadydesk.protocol.durations import write_duration
from steadydesk.protocol.keeping import LONGEST
from steadydesk.protocol.schema.base import (
    Choice,
    Choices,
    Clock,
    Count,
    Label,
    Pause,
    Role,
    Section,
    Several,
    Some,
    Term,
    Text,
    every,
)


class MessageField(Choice):
    """One field of an urgent message (E7d)."""

    prompt: Text
    may_be: Label | None
    """The word that answers it when there is nothing to say, such as "unknown"."""


class UrgentMessages(Section):
    """Brief, factual, without judgement (E7); nothing here stops a message from being sent."""

    length_limit: Count
    judgemental_words: Several[Label]
    fields: Annotated[tuple[MessageField, ...], Field(min_length=1)]
    contacts_verified_every: Term


class Incidents(Section):
    """The record and the form (L3a-v(a), E8a, E8b)."""

    kinds: Choices
    first_questions: Choices
    complete_within: Term
    nothing_came_of_it: Label


class Debriefs(Section):
    """Care at once, learning within the week (E8c to E8e)."""

    within: Term
    """E8c: held by the end of the local day this long after the incident."""
    called_within: Term
    welfare_check_within: Term
    follow_up_after: Several[Term]
    prompts: Choices


class CustomerFiles(Section):
    """A file is a decision by a senior person who is not the proposer (L3a-v(b))."""

    criteria: Choices
    proposer_roles: Some[Role]
    decider_roles: Some[Role]
    decided_within: Term
    longest: Term
    customer_told_within: Term
    appeal_within: Term
    renewal_factors: Choices


class Withdrawal(Section):
    """Temporary withdrawal of service (E6c)."""

    scopes: Choices
    checks: Choices
    """What is answered before the decision."""
    decider_roles: Some[Role]
    for_today_roles: Some[Role]
    longest: Term
    review_every: Term
    appeal_within: Term
    ways_left: Choices
    """How the customer is served meanwhile."""


class Access(Section):
    """Tailgaters and people without a badge (E5j, E5k)."""

    results: Choices
    badge_states: Choices
    no_badge_alert_after: Clock


class Reports(Section):
    """Staff are not the watched: no figures about a named group smaller than this."""

    smallest_group: Count


RecordKind = Literal[
    "visit", "visit_description", "visit_note", "alarm", "alarm_note", "journal", "delivery",
    "assessment", "strategy", "help_request", "urgent_message", "contact", "incident", "injury",
    "violent_incident_log", "welfare_check", "debrief", "customer_file", "withdrawal", "letter",
    "lone_shift", "access_challenge", "training", "rehearsal", "check_of_equipment", "document", "export",
    "presence", "sign_in", "account", "view_log", "hold", "expected_arrival", "forewarning",
]  # fmt: skip
RECORD_KINDS: tuple[str, ...] = get_args(RecordKind)

ADDED_LATER: dict[str, timedelta] = {
    "presence": timedelta(days=30),
    "sign_in": timedelta(days=90),
    "account": timedelta(days=365),
    "view_log": timedelta(days=1096),
    "hold": timedelta(days=1096),
    "expected_arrival": timedelta(days=30),
    "forewarning": timedelta(0),
}
"""How long these are kept under a version that was published before it could say so."""


def _complete(kept: dict[str, timedelta]) -> dict[str, timedelta]:
    return every(*RECORD_KINDS)(ADDED_LATER | kept)


def _written(kind: RecordKind) -> dict[str, JsonValue]:
    limit = f"at most {write_duration(LONGEST[kind])}"
    return {"type": "string", "format": "duration", "description": limit}


_BY_KIND: dict[str, JsonValue] = {kind: _written(kind) for kind in get_args(RecordKind)}

Retention = Annotated[
    dict[RecordKind, Pause], AfterValidator(_complete), Field(json_schema_extra={"properties": _BY_KIND})
]
"""How long each kind is kept; ``protocol.keeping`` says how long it may be."""
