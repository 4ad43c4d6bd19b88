"""What is decided about codes, PINs, and when things at a desk end: pure functions of facts and ``now``."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0 and O, 1, I and L, U and V's twin: read aloud and typed without a mistake."""
CODE_LENGTH = 8
CODE_LASTS = timedelta(minutes=15)

MOST_AT_DESK = 2
TAP_LASTS = timedelta(hours=14)
"""Longer than any shift: somebody who went home without tapping out is not here the next day."""

WRONG_KEYS = 5
WRONG_FOR = timedelta(minutes=5)

SHORTEST_PIN, LONGEST_PIN = 4, 8
LONGEST_BADGE = 64


class PinFault(StrEnum):
    """What is wrong with a PIN that somebody chose."""

    DIGITS = "digits"
    EASY = "easy"


def written_code(code: str) -> str:
    """As it is shown and typed: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def read_code(typed: str) -> str:
    """What was meant: case, spaces and dashes do not matter."""
    return "".join(c for c in typed.upper() if c.isascii() and c.isalnum())


def pin_fault(pin: str) -> PinFault | None:
    """Four to eight digits, and not the ones that everybody tries first."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        return PinFault.DIGITS
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return PinFault.EASY if steps in ({0}, {1}, {-1}) else None


def is_barred(times: int, last_at: datetime, now: datetime) -> bool:
    """Whether so many wrong keys were given just now that no other is looked at for a while."""
    return times >= WRONG_KEYS and now - last_at < WRONG_FOR


def wrong_times(times: int, last_at: datetime, now: datetime) -> int:
    """How many wrong keys that makes; those of long ago are forgotten."""
    return times + 1 if now - last_at < WRONG_FOR else 1


def next_moment(at: time, zone: str, now: datetime) -> datetime:
    """The next time that the site's own clocks show ``at``, after ``now``."""
    local = now.astimezone(ZoneInfo(zone))
    moment = datetime.combine(local.date(), at, ZoneInfo(zone))
    return moment if moment > now else datetime.combine(local.date() + timedelta(days=1), at, ZoneInfo(zone))


def pass_end(before: datetime, closing: datetime | None, zone: str, now: datetime) -> datetime:
    """When a day pass that ended at ``before`` ends by new hours, by which its day closes at ``closing``.

    A day on which the site does not open any more is over now; a pass is not for the next one.
    """
    if closing is None:
        return before
    there = ZoneInfo(zone)
    if closing.astimezone(there).date() > before.astimezone(there).date():
        return now
    return max(closing, now)


def day_began(zone: str, now: datetime) -> datetime:
    """Midnight at the site."""
    return datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))


def locks_after(*, staff_only: bool, counter: int, behind_door: int) -> timedelta | None:
    """How long the desk may stand unused; ``None`` for one that never locks. The two are in minutes."""
    minutes = behind_door if staff_only else counter
    return timedelta(minutes=minutes) if minutes else None
