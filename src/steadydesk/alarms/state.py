"""An alarm as the rules see it: frozen values, and their way into one JSON column and back."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from steadydesk.kernel.states import StateTable

MODES = ("real", "drill", "test")
URGENCIES = ("nearby", "manager", "help")
"""Rising: when two calls join, the later word in this list counts."""
SOURCES = (
    "button", "hot_key", "agent", "app", "extension", "code", "device", "phrase", "check_in", "duress", "api",
)  # fmt: skip
GROUPS = ("reception", "nearby", "team", "managers", "all")
DISPOSITIONS = ("handled", "nothing_found", "stood_down", "drill", "test")


@dataclass
class Told:
    """What of an act was told before it was on disk."""

    begun: set[str] = field(default_factory=set)
    """Keys of messages that were handed to their channels."""
    sent: set[str] = field(default_factory=set)
    """Those of them that got through."""
    by_another: bool = False
    """By a process that is gone: which of its messages got through nobody knows."""


_OVER = ("alarm_closed", "This call is closed.")
STATES = StateTable(
    name="alarm",
    states=("open", "acknowledged", "attended", "closed"),
    moves={
        "join": {"open": "open", "acknowledged": "acknowledged", "attended": "open"},
        "acknowledge": {"open": "acknowledged", "acknowledged": "acknowledged", "attended": "attended"},
        "decline": {"open": "open", "acknowledged": "acknowledged", "attended": "attended"},
        "nobody left coming": {"acknowledged": "open", "attended": "open"},
        "nobody left there": {"attended": "acknowledged"},
        "not there in time": {"acknowledged": "open"},
        "attend": {"open": "attended", "acknowledged": "attended", "attended": "attended"},
        "stand-down": {"open": "open", "acknowledged": "acknowledged", "attended": "attended"},
        "retreat": {"open": "open", "acknowledged": "acknowledged", "attended": "attended"},
        "all-clear": {"open": "open", "acknowledged": "acknowledged", "attended": "attended"},
        "close": {"attended": "closed"},
        "end exercise": {"open": "closed", "acknowledged": "closed", "attended": "closed"},
    },
    refusals={
        "open": ("incomplete", "Nobody has said they are there yet. Close the call when somebody has been."),
        "acknowledged": ("incomplete", "Nobody has said they are there yet. Close the call when somebody has been."),
        "attended": ("already_attended", "Somebody is there already."),
        "closed": _OVER,
    },
)


@dataclass(frozen=True)
class Step:
    """Who is told ``after`` the chain began."""

    after: timedelta
    tell: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """What of the protocol binds this alarm, snapshotted at the press: an edit in mid-alarm changes nothing."""

    document: str
    version: str
    steps: tuple[Step, ...]
    """The chain of this alarm's kind, for urgency help."""
    needed: tuple[tuple[str, int], ...]
    arrive_within: timedelta
    repeat_when_nobody: timedelta
    presser_waits: timedelta
    undo_within: timedelta
    note_kept: timedelta
    """How long what people typed about the alarm is kept."""
    walk: str = ""
    """What the card tells whoever called away from a desk (L2c)."""


@dataclass(frozen=True)
class Coming:
    """A person on their way."""

    person: int
    at: datetime
    there: bool = False
    by: datetime | None = None
    """Who has not said by then that they are there is not waited for any more."""


@dataclass(frozen=True)
class Alarm:
    """One call for help."""

    id: str
    site: str
    place: str
    place_name: str
    mode: str
    kind: str
    urgency: str
    source: str
    to: str
    state: str
    raised_at: datetime
    received_at: datetime
    pressers: tuple[str, ...]
    presser_team: str
    terms: Terms
    presses: int = 1
    step: int = 0
    """How many steps of the chain have fired."""
    chain_from: datetime | None = None
    """When the chain began to count: at the press, again when urgency rose or a call was taken up again."""
    repeat_at: datetime | None = None
    """When an exhausted chain is broadcast again."""
    presser_waits_until: datetime | None = None
    """Until then whoever pressed may be under duress and cannot stand the call down."""
    coming: tuple[Coming, ...] = ()
    declined: tuple[int, ...] = ()
    attended_at: datetime | None = None
    stood_down_at: datetime | None = None
    safe_room: str = ""
    closed_at: datetime | None = None
    disposition: str = ""
    contacts: tuple[int, ...] = ()
    """Whom of the emergency contact list the chain has told; it does so once."""
    linked: tuple[str, ...] = ()
    """Calls of another kind that were open at the same place."""
    walk: tuple[tuple[str, str], ...] = ()
    """(place, its name): where whoever called away from a desk is expected to walk to, the nearest first (L2c)."""
    skipped: tuple[int, ...] = ()
    """Steps that named nobody who was there when they came, the first being 1."""
    about: tuple[str, ...] = ()
    """Whom of the organisation it is about: ``person:3``, or ``elected_member``."""
    left_out: tuple[int, ...] = ()
    """Those people and their line: for them this call does not exist (ruling 16)."""
    left_out_at: datetime | None = None
    """When somebody was left out of a call that had been told before."""
    generation: int = 1

    @property
    def needed(self) -> int:
        """How many must come at this urgency."""
        return dict(self.terms.needed).get(self.urgency, 1)

    @property
    def arrive_by(self) -> datetime | None:
        """When the first of those who are coming is late."""
        return min((c.by for c in self.coming if c.by and not c.there), default=None)

    @property
    def open(self) -> bool:
        """Not closed."""
        return self.state != "closed"


def as_json(alarm: Alarm) -> dict[str, Any]:
    """The alarm as plain values for its column, the spool and the book."""
    return _plain(asdict(alarm))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case dict():
            return {k: _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
        case _:
            return value


_TIMES = {
    "raised_at",
    "received_at",
    "chain_from",
    "repeat_at",
    "presser_waits_until",
    "attended_at",
    "stood_down_at",
    "closed_at",
    "left_out_at",
}
_NAMES = frozenset(f.name for f in fields(Alarm))


def from_json(body: dict[str, Any]) -> Alarm:
    """The alarm that ``as_json`` wrote, also by an earlier release that knew fewer fields."""
    known = {k: v for k, v in body.items() if k in _NAMES}
    for name in _TIMES & known.keys():
        known[name] = datetime.fromisoformat(known[name]) if known[name] else None
    for name in ("pressers", "declined", "contacts", "linked", "skipped", "about", "left_out"):
        known[name] = tuple(known.get(name, ()))
    known["walk"] = tuple((place, name) for place, name in known.get("walk", ()))
    known["coming"] = tuple(_coming(c, body.get("arrive_by")) for c in known.get("coming", ()))
    known["terms"] = _terms(known["terms"])
    return Alarm(**known)


def _coming(c: dict[str, Any], all_by: str | None) -> Coming:
    """An earlier release kept one time for everybody who was coming."""
    by = c.get("by", all_by)
    return Coming(c["person"], datetime.fromisoformat(c["at"]), c["there"], datetime.fromisoformat(by) if by else None)


def _terms(t: dict[str, Any]) -> Terms:
    durations = ("arrive_within", "repeat_when_nobody", "presser_waits", "undo_within", "note_kept")
    return Terms(
        document=t["document"],
        version=t["version"],
        steps=tuple(Step(timedelta(seconds=s["after"]), tuple(s["tell"])) for s in t["steps"]),
        needed=tuple((n[0], n[1]) for n in t["needed"]),
        walk=t.get("walk", ""),
        **{name: timedelta(seconds=t[name]) for name in durations},
    )


def terms_as_json(terms: Terms) -> dict[str, Any]:
    """Terms as plain values, for the book's file."""
    return _plain(asdict(terms))


def terms_from_json(body: dict[str, Any]) -> Terms:
    """The terms that ``terms_as_json`` wrote."""
    return _terms(body)
