"""How long a customer may wait, while that can honestly be said; and when the queue itself shows that it is too long.

Everything here is worked out from what really happened in the last hour, and is given as a span, never as a moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOK_BACK = timedelta(hours=1)
"""What happened longer ago says nothing about now."""
FEWEST = 5
"""With fewer than so many that were attended to, nothing is said."""
MOST = 20
"""So many of them count, the last ones."""
STEP = timedelta(minutes=5)
"""The span is at least so wide, and its end is rounded up to this."""
MINUTE = timedelta(minutes=1)

NOT_OPEN, NOBODY, BROKEN, FEW = "not_open", "nobody_here", "promise_broken", "too_few"
"""Why it cannot be said: the site is not open, nobody of the team is there, a promised wait was not kept, or too few
were attended to of late."""


@dataclass(frozen=True)
class Seen:
    """What is known of one service area at one moment."""

    waits: Sequence[timedelta] = ()
    """How long those waited who were attended to within the last hour, the last one first."""
    dealings: Sequence[timedelta] = ()
    """How long it took to deal with those who were finished within it, the last one first."""
    waiting: Sequence[timedelta] = ()
    """How long each has waited who waits now."""
    present: int | None = None
    """People of the team who are there and not marked absent; ``None`` where nobody's presence is kept."""
    is_open: bool = True
    promise_broken: bool = False
    """Whether somebody who waits now was promised less."""


@dataclass(frozen=True)
class Expected:
    """From ``low`` to ``high``, for whoever comes in now; not to be shown after ``good_until``."""

    low: timedelta
    high: timedelta
    worked_out_at: datetime
    good_until: datetime

    def may_be_shown(self, now: datetime) -> bool:
        """Whether it is still honest."""
        return self.worked_out_at <= now <= self.good_until


def expect(seen: Seen, now: datetime, valid_for: timedelta) -> Expected | str:
    """The wait of whoever comes in now, or why it cannot be said.

    It is never shorter than what anybody waits already, nor than the queue and the people present let it be.
    """
    if not seen.is_open:
        return NOT_OPEN
    if seen.present == 0:
        return NOBODY
    if seen.promise_broken:
        return BROKEN
    if len(seen.waits) < FEWEST:
        return FEW
    early, late = quarters(seen.waits[:MOST])
    queue = turn_comes_after(len(seen.waiting), seen) or timedelta(0)
    low = _up(max(early, queue, *seen.waiting), MINUTE)
    high = _up(max(late, low + max(late - early, STEP)), STEP)
    return Expected(low, high, now, now + valid_for)


def turn_comes_after(ahead: int, seen: Seen) -> timedelta | None:
    """The least time until the turn of somebody with ``ahead`` before them; ``None`` when nothing shows it.

    Each of the people present deals with one after the other, as quickly as the quicker quarter was dealt with.
    """
    if not seen.present or len(seen.dealings) < FEWEST:
        return None
    return quarters(seen.dealings[:MOST])[0] * (ahead // seen.present)


def too_late_from(limit: datetime, ahead: int, seen: Seen, now: datetime) -> datetime | None:
    """From when on the queue and the people present show that the limit will pass; ``None`` when they do not (E1a).

    It is a reason to tell the customer, and never shown as certain.
    """
    if not seen.is_open:
        return None
    if seen.present == 0:
        return now
    after = turn_comes_after(ahead, seen)
    return limit - after if after else None


def quarters(times: Sequence[timedelta]) -> tuple[timedelta, timedelta]:
    """The ends of the middle half, by nearest rank."""
    ordered = sorted(times)
    last = len(ordered) - 1
    return ordered[last // 4], ordered[-(last // 4) - 1]


def _up(time: timedelta, step: timedelta) -> timedelta:
    return -(-time // step) * step
