"""What of a visit can be corrected, and what can be right: decided from what was typed, the visit and the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from steadydesk.kernel.words import gettext as _
from steadydesk.visits.rules import MOST_COMPANIONS, text_fault, time_fault

TIMES = ("appointment_at", "arrived_at", "attended_at", "ended_at")
CHOSEN = ("service", "team", "mood", "outcome", "owner", "channel")
WORDS = ("description", "note")
CORRECTABLE = (*CHOSEN[:3], "companions", *TIMES, *CHOSEN[3:], *WORDS)
"""Who may read a private visit has an action of its own."""


@dataclass(frozen=True)
class Recorded:
    """What stands on record, and what can be chosen: what may be typed, in small letters, by field → what it means."""

    times: Mapping[str, datetime | None]
    zone: ZoneInfo
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read(name: str, typed: str, recorded: Recorded, now: datetime) -> tuple[Any, str | None]:
    """What the typed value means for this field, and what is wrong with it."""
    text = typed.strip()
    if name in WORDS:
        return text, text_fault(text, required=True)
    if fault := text_fault(text) or _not_there(name, recorded):
        return None, fault
    if name in CHOSEN:
        chosen = recorded.choices.get(name, {}).get(text.casefold())
        return chosen, None if chosen else _("There is no “%s” here.") % text if text else _("Write what is right.")
    if name == "companions":
        right = text.isascii() and text.isdecimal() and int(text) <= MOST_COMPANIONS
        return (int(text), None) if right else (None, _("Write a number from 0 up to %d.") % MOST_COMPANIONS)
    if name == "appointment_at" and not text:
        return None, None
    at = _moment(text, recorded)
    return at, _("Write the time as 10:05, or with day and offset.") if at is None else _order(name, at, recorded, now)


def _not_there(name: str, recorded: Recorded) -> str | None:
    """What did not happen cannot be corrected."""
    if name in ("attended_at", "channel", "owner") and recorded.times["attended_at"] is None:
        return _("Nobody has attended to this customer yet.")
    if name in ("ended_at", "outcome") and recorded.times["ended_at"] is None:
        return _("This visit has not ended.")
    return None


def _moment(text: str, recorded: Recorded) -> datetime | None:
    """A time of the day on which they came, by the clocks of the site, or a whole one with its offset."""
    came = recorded.times["arrived_at"]
    if came is None:
        return None
    day = came.astimezone(recorded.zone).date()
    try:
        short = len(text) <= len("10:05:00")
        return datetime.combine(day, time.fromisoformat(text), recorded.zone) if short else _whole(text)
    except ValueError:
        return None


def _whole(text: str) -> datetime | None:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else None


def _order(name: str, at: datetime, recorded: Recorded, now: datetime) -> str | None:
    """A visit comes, is attended to and ends, in this order and in the past."""
    if name == "appointment_at":
        return time_fault(at, now)
    if fault := time_fault(at, now, future=False):
        return fault
    times = {**recorded.times, name: at}
    known = [moment for of in ("arrived_at", "attended_at", "ended_at") if (moment := times[of]) is not None]
    return None if known == sorted(known) else _("Then they would have gone, or been attended to, before they came.")
