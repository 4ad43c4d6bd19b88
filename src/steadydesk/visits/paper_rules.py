"""What stood on paper while Steadydesk was away: decided from the line, the protocol and the time, and nothing else."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from steadydesk.kernel.errors import FieldFault
from steadydesk.kernel.words import gettext as _
from steadydesk.visits.rules import CHANNELS, Arrival, CannotBeMet, choice_fault, faults, text_fault, time_fault

MOST_LINES = 60
"""On one sheet; each becomes a short write of its own."""
OUTCOMES = ("direct", "referred", "cannot_meet", "left", "no_show", "site_closed")
MET = ("direct", "referred", "cannot_meet")
"""Outcomes that are “attended to” (E1-att)."""
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class PaperLine:
    """One customer on a sheet of paper, as typed. Without an outcome and an end they are still here."""

    arrival: Arrival
    attended_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    channel: str = ""
    dealt: str = ""
    """``person:3`` or ``team:housing``: who dealt with the customer, or took them on."""
    cannot: CannotBeMet = field(default_factory=CannotBeMet)
    note: str = ""
    another: bool = False
    """It was said that this is another customer than the one who came in the same minute."""

    @property
    def here(self) -> bool:
        """Whether the customer has not gone yet."""
        return not self.outcome and self.ended_at is None

    @property
    def waited_until(self) -> datetime | None:
        """When the wait ended; ``None`` when nobody wrote that down, and then E1 is not known."""
        if self.outcome in MET or self.attended_at is not None:
            return self.attended_at
        return self.ended_at


def line_faults(line: PaperLine, dealers: Set[str], now: datetime) -> list[FieldFault]:
    """What is wrong beside the arrival itself: every field at once (E3a, E3b, E3c)."""
    came = line.arrival.arrived_at
    found = {
        "arrived_at": _("Write when the customer came.") if came is None else None,
        "attended_at": _order_fault(line.attended_at, [came], now),
        "ended_at": _order_fault(line.ended_at, [came, line.attended_at], now),
        "outcome": _outcome_fault(line),
        "channel": choice_fault(line.channel, CHANNELS, _("channel")) if line.outcome == "direct" else None,
        "dealt": _dealt_fault(line, dealers),
        "note": text_fault(line.note),
    }
    said = line.cannot.faults() if line.outcome == "cannot_meet" else {}
    return faults({**found, **said})


def _order_fault(at: datetime | None, earlier: Iterable[datetime | None], now: datetime) -> str | None:
    if at is None:
        return None
    if odd := time_fault(at, now, future=False):
        return odd
    return _("This is before what happened earlier.") if any(e is not None and at < e for e in earlier) else None


def _outcome_fault(line: PaperLine) -> str | None:
    if not line.outcome:
        return _("Say how it ended.") if line.ended_at is not None else None
    if line.outcome == "no_show" and line.attended_at is not None:
        return _("Somebody attended to this customer, so they did come.")
    return choice_fault(line.outcome, OUTCOMES, _("outcome"))


def _dealt_fault(line: PaperLine, dealers: Set[str]) -> str | None:
    if line.outcome == "referred" and not line.dealt:
        return _("Say who took the customer on.")
    if line.outcome != "referred" and line.dealt.startswith("team:"):
        return _("Name a colleague; only a referral goes to a team.")
    return choice_fault(line.dealt, dealers, _("colleague or team")) if line.dealt else None


def the_same(lines: Iterable[PaperLine], there: Mapping[tuple[datetime, str], str], default: str) -> dict[int, str]:
    """Lines that say what is there already, or what a line above says: number → the ticket, or nothing.

    The same is: for the same service, in the same minute. ``there`` has such minutes of visits with their tickets.
    """
    found, above = {}, set()
    for number, line in enumerate(lines):
        if line.arrival.arrived_at is None:
            continue
        key = (minute(line.arrival.arrived_at), line.arrival.service or default)
        if not line.another and (key in there or key in above):
            found[number] = there.get(key, "")
        above.add(key)
    return found


def minute(at: datetime) -> datetime:
    """The minute in which it was: paper knows no seconds."""
    return at.replace(second=0, microsecond=0)


def over_at(line_came: datetime, until: datetime, within: timedelta) -> datetime | None:
    """When the wait passed its limit; exactly at the limit is in time (E1)."""
    due = line_came + within
    return due if until > due else None
