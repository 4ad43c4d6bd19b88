"""A visit's states, clocks and inputs: decided from facts, the protocol and the time, and nothing else."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.kernel.states import StateTable
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.durations import parse_duration
from steadydesk.protocol.schema.base import Choice
from steadydesk.protocol.schema.waiting import Waiting

MOODS = ("calm", "distressed", "agitated", "aggressive")
CHANNELS = ("face_to_face", "phone", "letter", "other")
SOURCES = ("desk", "paper")
WALK_OVER = ("asked", "hearing")
"""Why somebody goes to the customer instead of calling them: they asked for it, or do not hear a call."""
BACK_IN = ("no_show", "left", "site_closed")
"""Outcomes after which the customer may come back in at the old place."""
ANSWERS = {"emptied": ("back", "left"), "outage": ("here", "attended", "left"), "closing": ("dealt_with", "left")}
"""Why a list asks who is still here → what can be answered."""
OUTSIDE_FOR = timedelta(hours=2)
"""So long those whom the site itself sent out can still be told apart, for the list that asks who came back."""
FARTHEST = timedelta(days=366)
LONGEST_TEXT = 10_000
LONGEST_PROMISE = timedelta(days=1)
UNDONE_WITHIN = timedelta(minutes=1)
"""So long a wrong press can be taken back."""
MOST_COMPANIONS = 999
JUST_AFTER = timedelta(milliseconds=1)
"""Exactly at the limit is in time, so a clock is looked at a moment later."""

VISIT = StateTable(
    name="visit",
    states=("waiting", "offered", "attending", "closed"),
    moves={
        "call": {"waiting": "offered", "offered": "offered"},
        "attend": {"waiting": "attending", "offered": "attending"},
        "refer": {"waiting": "waiting", "offered": "offered", "attending": "attending"},
        "decline": {"waiting": "waiting", "offered": "offered", "attending": "attending"},
        "accept": {"waiting": "attending", "offered": "attending", "attending": "attending"},
        "finish": {"attending": "closed"},
        "cannot-meet": {"waiting": "closed", "offered": "closed", "attending": "closed"},
        "leave": {"waiting": "closed", "offered": "closed", "attending": "closed"},
        "no-show": {"waiting": "closed", "offered": "closed"},
        "site-closed": {"waiting": "closed", "offered": "closed"},
        "return": {"waiting": "closed", "offered": "closed", "attending": "closed"},
        "undo-return": {"closed": "waiting"},
        "undo-follow-up": {"closed": "attending"},
        "reinstate": {"closed": "waiting"},
        "undo-to-waiting": {"offered": "waiting", "attending": "waiting", "closed": "waiting"},
        "undo-to-offered": {"attending": "offered", "closed": "offered"},
        "undo-to-attending": {"closed": "attending"},
        "correct": {"waiting": "waiting", "offered": "offered", "attending": "attending", "closed": "closed"},
        "change": {"waiting": "waiting", "offered": "offered", "attending": "attending"},
        "keep-private": {"waiting": "waiting", "offered": "offered", "attending": "attending", "closed": "closed"},
    },
    refusals={
        "waiting": ("incomplete", _("Nobody attends to this customer yet.")),
        "offered": ("incomplete", _("This customer was called and nobody attends to them yet.")),
        "attending": ("already_attended", _("Somebody attends to this customer already.")),
        "closed": ("already_attended", _("This visit has ended.")),
    },
)


@dataclass(frozen=True)
class Facts:
    """What the clocks of one visit depend on."""

    waits_from: datetime
    appointment_at: datetime | None = None
    bound_since: datetime | None = None
    bound_until: datetime | None = None
    promised_at: datetime | None = None
    promised_until: datetime | None = None
    cannot_at: datetime | None = None
    stopped_at: datetime | None = None
    on_paper: bool = False


@dataclass(frozen=True)
class Reading:
    """One clock. From ``ask_at`` on, while it runs, its prompt is to be asked."""

    kind: str
    started_at: datetime
    due_at: datetime
    over_at: datetime | None
    stopped_at: datetime | None
    ask_at: datetime
    ask_until: datetime | None = None

    def asks(self, now: datetime) -> bool:
        """Whether the prompt of this clock is due."""
        too_late = self.ask_until is not None and now > self.ask_until
        return self.stopped_at is None and now >= self.ask_at and not too_late


def read_clocks(facts: Facts, waiting: Waiting, now: datetime) -> list[Reading]:
    """Every clock of the visit, as it stands now (E1, E1a, E2a and ruling 3).

    It is a matter of facts alone: a stop stamped at or before the limit is in time, however late this is read.
    """
    if facts.on_paper:
        return _marked_since(facts, waiting, now)
    clocks = [_attend(facts, waiting, now)]
    if facts.appointment_at is None and waiting.ask_service_after < waiting.attend_within:
        clocks.append(_ask_service(facts, waiting, now))
    if facts.bound_since is not None:
        clocks.append(_agitated(facts, facts.bound_since, waiting, now))
    if facts.promised_at is not None and facts.promised_until is not None:
        clocks.append(_promise(facts.promised_at, facts.promised_until, facts.stopped_at, waiting, now))
    return clocks


def _attend(facts: Facts, waiting: Waiting, now: datetime) -> Reading:
    """The ten minutes of E1; an appointment has its own clock, and it waits for a customer who comes late."""
    if facts.appointment_at is None:
        due = facts.waits_from + waiting.attend_within
        return _clock("attend", facts.waits_from, due, facts.stopped_at, now)
    start = max(facts.appointment_at, facts.waits_from)
    return _clock("appointment", start, start + waiting.appointment_grace, facts.stopped_at, now)


def _ask_service(facts: Facts, waiting: Waiting, now: datetime) -> Reading:
    """E1a: a set minute, not a limit, so nothing is over; past the limit itself there is nothing left to ask."""
    due, limit = facts.waits_from + waiting.ask_service_after, facts.waits_from + waiting.attend_within
    plain = _clock("ask_service", facts.waits_from, due, _first(facts.cannot_at, facts.stopped_at), now)
    return replace(plain, over_at=None, ask_until=limit)


def _agitated(facts: Facts, since: datetime, waiting: Waiting, now: datetime) -> Reading:
    """E2a: the five minutes run from arrival: for somebody marked later they may be over at once (ruling 2)."""
    due = facts.waits_from + waiting.agitated_call_manager_after
    until = _first(facts.bound_until, facts.stopped_at)
    return _clock("agitated", facts.waits_from, due, until, now, bound=since)


def _marked_since(facts: Facts, waiting: Waiting, now: datetime) -> list[Reading]:
    """Of who was entered late nothing that is past is fired; marked agitated while they wait, five minutes begin."""
    since = facts.bound_since
    if since is None or since <= facts.waits_from:
        return []
    return [_agitated(replace(facts, waits_from=since), since, waiting, now)]


def _promise(
    told_at: datetime, until: datetime, stopped_at: datetime | None, waiting: Waiting, now: datetime
) -> Reading:
    """The wait that the customer was told; reception is warned before a long enough one runs out."""
    plain = _clock("promise", told_at, until, stopped_at, now)
    warn_at = until - waiting.promise_warning_before
    ask_at = warn_at if warn_at > told_at else plain.ask_at
    return replace(plain, ask_at=ask_at)


def _clock(
    kind: str,
    started_at: datetime,
    due_at: datetime,
    stopped_at: datetime | None,
    now: datetime,
    *,
    bound: datetime | None = None,
) -> Reading:
    over = (stopped_at or now) > due_at
    over_at = max(due_at, bound or due_at) if over else None
    ask_at = max(due_at + JUST_AFTER, bound or due_at)
    return Reading(kind, started_at, due_at, over_at, stopped_at, ask_at)


def _first(*times: datetime | None) -> datetime | None:
    return min((t for t in times if t is not None), default=None)


def next_look(clocks: Iterable[Reading], now: datetime) -> datetime | None:
    """When the visit must be decided again; ``None`` when nothing runs any more."""
    moments = (m for c in clocks if c.stopped_at is None for m in (c.ask_at, c.due_at + JUST_AFTER))
    return min((m for m in moments if m > now), default=None)


def binds_agitated(mood: str, waiting: Waiting) -> bool:
    """Whether the five minutes of E2a bind a visit in this mood."""
    return mood in waiting.moods_that_bind_agitated


@dataclass(frozen=True)
class Arrival:
    """A customer to enter, as typed."""

    site: str | None = None
    service: str | None = None
    team: str | None = None
    mood: str = "calm"
    appointment_at: datetime | None = None
    companions: int = 0
    not_counted: int = 0
    private: bool = False
    description: str = ""
    problem: bool = False
    arrived_at: datetime | None = None
    source: str = "desk"


@dataclass(frozen=True)
class Known:
    """What is set up at the site: teams, and each service with its team."""

    site: bool = False
    teams: Set[str] = frozenset()
    services: Mapping[str, str] = field(default_factory=dict)


def arrival_faults(arrival: Arrival, known: Known, now: datetime) -> list[FieldFault]:
    """Everything that is wrong with the arrival, every field at once."""
    found = {
        "site": _site_fault(arrival.site, known),
        "service": _set_up_fault(arrival.service, known.services, _("service"), known),
        "team": _set_up_fault(arrival.team, known.teams, _("team"), known),
        "mood": _unknown(arrival.mood, MOODS, _("mood")),
        "source": _unknown(arrival.source, SOURCES, _("source")),
        "companions": companions_fault(arrival.companions),
        "not_counted": companions_fault(arrival.not_counted),
        "description": text_fault(arrival.description),
        "arrived_at": time_fault(arrival.arrived_at, now, future=False),
        "appointment_at": time_fault(arrival.appointment_at, now),
    }
    return faults(found)


def faults(found: Mapping[str, str | None]) -> list[FieldFault]:
    """The fields that have something wrong with them."""
    return [FieldFault(name, reason) for name, reason in found.items() if reason]


def refuse(found: Mapping[str, str | None]) -> None:
    """Raise ``Invalid`` with every fault at once, if there is any."""
    if wrong := faults(found):
        raise Invalid(wrong)


def _site_fault(site: str | None, known: Known) -> str | None:
    if not site:
        return _("Say at which site.")
    if odd := text_fault(site):
        return odd
    return None if known.site else _("There is no site “%s”.") % site


def _set_up_fault(value: str | None, choices: Iterable[str], what: str, known: Known) -> str | None:
    """At a site that is unknown nothing can be said about its services and teams."""
    return _unknown(value, choices, what) if value and known.site else None


def companions_fault(companions: int) -> str | None:
    """Why so many cannot have come along."""
    return None if 0 <= companions <= MOST_COMPANIONS else _("This number cannot be right.")


def _unknown(value: str, choices: Iterable[str], what: str) -> str | None:
    if value in choices:
        return None
    return _("There is no %(what)s “%(value)s” here.") % {"what": what, "value": value}


def time_fault(at: datetime | None, now: datetime, *, future: bool = True) -> str | None:
    """Why this time cannot be used."""
    if at is None:
        return None
    if at.tzinfo is None:
        return _("Give the time with its offset, as in 2026-03-02T10:00:00+00:00.")
    if at > now and not future:
        return _("This time is in the future.")
    return None if abs(at - now) < FARTHEST else _("This time is more than a year away.")


def text_fault(text: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str | None:
    """Why these words cannot be kept. Every script and sign is welcome, but for what ends a text unseen."""
    if required and not text.strip():
        return _("Write something here.")
    if len(text) > longest:
        return _("This is longer than %d characters.") % longest
    if any((c < " " and c not in "\n\r\t") or "\ud800" <= c <= "\udfff" for c in text):
        return _("There is a character here that cannot be kept.")
    return None


def choice_fault(value: str, choices: Iterable[str], what: str) -> str | None:
    """Why this is not one of the choices."""
    return _unknown(value, choices, what) if value else _("Choose one.")


def wait_fault(wait: str) -> str | None:
    """Why this cannot be the wait that a customer was told."""
    if not wait:
        return None
    try:
        length = parse_duration(wait)
    except ValueError as error:
        return str(error)
    fits = timedelta(0) < length <= LONGEST_PROMISE
    return None if fits else _("Give a wait of more than nothing, up to a day.")


@dataclass(frozen=True)
class CannotBeMet:
    """What is said when the need cannot be met at this visit (E3c)."""

    reason: str = ""
    alternatives: tuple[str, ...] = ()
    none_suitable: bool = False
    told: bool = False

    def faults(self) -> dict[str, str | None]:
        """The reason was given, alternatives were named or there are none, and the customer was told."""
        blank = not self.alternatives and not self.none_suitable
        both = bool(self.alternatives) and self.none_suitable
        odd = next((f for a in self.alternatives if (f := text_fault(a, required=True))), None)
        return {
            "reason": text_fault(self.reason, required=True),
            "alternatives": _("Name an alternative, or say that none is suitable.") if blank else odd,
            "none_suitable": _("Either alternatives or none suitable, not both.") if both else None,
            "told": None if self.told else _("Tell the customer first, and why."),
        }


def listed(said: Iterable[str], choices: Iterable[Choice]) -> list[str]:
    """What was chosen from the organisation's list; the rest is a person's own words."""
    ids = {choice.id for choice in choices}
    return [s for s in said if s in ids]


# Prompts.

ASK_AGREEMENT, ASK_HELP = "ask_agreement", "ask_help"
CALLING = ("call_manager", "tell_room", "ask_service", ASK_AGREEMENT, ASK_HELP, "return_uncertain")
CLIMBING = ("call_manager", ASK_AGREEMENT, ASK_HELP, "return_uncertain")
"""What goes on to those whom the protocol names for somebody agitated when the team does not answer."""
PROMPT_OF = {
    "attend": "tell_customer",
    "appointment": "tell_customer",
    "agitated": "call_manager",
    "ask_service": "ask_service",
    "promise": "promise_due",
}
"""What is asked when a clock passes."""
TOGETHER = {"tell_customer": "tell_room", "ask_service": "ask_service", "promise_due": "promise_due"}
"""What becomes one prompt when many are asked it at once, and of which kind that one is."""
TOLD_AT_ONCE = ("tell_customer", "tell_room", "promise_due")
"""What is answered by telling the customer, or the whole room."""


@dataclass(frozen=True)
class Callee:
    """Somebody to ring or page: a person, or (``key`` is a team's) whoever answers the team's line."""

    key: str
    role: str
    name: str
    phone: str


@dataclass(frozen=True)
class Call:
    """Whom a prompt names (``None``: nobody is left), and the levels at which nobody was available."""

    callee: Callee | None
    skipped: tuple[str, ...] = ()


def levels(kind: str, waiting: Waiting) -> tuple[str, ...]:
    """Whom a prompt of this kind asks, in this order (E2a, E2a-dep)."""
    lead = ("role:manager", "role:deputy")
    if kind in CLIMBING:
        return tuple(dict.fromkeys((*lead, *waiting.agitated_chain)))
    return {"tell_room": lead, "ask_service": ("team", *lead)}.get(kind, ())


def choose_call(chain: Iterable[tuple[str, Iterable[Callee]]], available: Set[str], tried: Set[str]) -> Call:
    """The first who is there and was not rung in vain; a level with nobody there is said and passed over."""
    skipped = []
    for level, callees in chain:
        there = [c for c in callees if c.key in available]
        if not there:
            skipped.append(level)
        for callee in there:
            if callee.key not in tried:
                return Call(callee, tuple(skipped))
    return Call(None, tuple(skipped))


def repeat_after(kind: str, repeats: int, waiting: Waiting) -> timedelta:
    """How long an unanswered prompt stays quiet; a customer is to be told within a time of its own (E1a)."""
    if kind == "return_uncertain":
        return waiting.return_asked_again_after
    first_telling = kind in ("tell_customer", "tell_room") and repeats == 0
    return waiting.tell_customer_within if first_telling else waiting.prompt_repeat_after
