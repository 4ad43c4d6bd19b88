"""Connecting an interpreter: a state of its own beside the visit's. The wait goes on meanwhile (E1-att)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from steadydesk.kernel.states import StateTable
from steadydesk.kernel.words import gettext as _

INTERPRETER = StateTable(
    name="interpreter",
    states=("none", "connecting", "connected", "not_reached"),
    moves={
        "begin": {"none": "connecting", "connected": "connecting", "not_reached": "connecting"},
        "connect": {"connecting": "connected"},
        "give-up": {"connecting": "not_reached"},
        "undo": {"connecting": "none"},
    },
    refusals={
        "none": ("incomplete", _("No interpreter is being connected.")),
        "connecting": ("already_done", _("An interpreter is being connected already.")),
        "connected": ("incomplete", _("The interpreter is there.")),
        "not_reached": ("incomplete", _("No interpreter was reached.")),
    },
)


def lasted(before: timedelta, since: datetime | None, until: datetime) -> timedelta:
    """How long was spent connecting, with what was spent before."""
    return before + (max(until - since, timedelta(0)) if since else timedelta(0))


@dataclass(frozen=True)
class Connected:
    """Visits for which an interpreter was being connected, and how long that took."""

    visits: int
    connected: int
    not_reached: int
    over_time: int
    """Of these visits, so many waited over time."""
    usual: timedelta | None
    longest: timedelta | None


def summed(visits: Iterable[tuple[str, timedelta, bool]]) -> Connected:
    """The figures of visits: state of the interpreter, time spent connecting, whether over time."""
    found = list(visits)
    lengths = [length for _state, length, _over in found]
    states = [state for state, _length, _over in found]
    return Connected(
        visits=len(found),
        connected=states.count("connected"),
        not_reached=states.count("not_reached"),
        over_time=sum(over for _state, _length, over in found),
        usual=timedelta(seconds=median(length.total_seconds() for length in lengths)) if lengths else None,
        longest=max(lengths, default=None),
    )
