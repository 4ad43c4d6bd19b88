"""When the chain is tested by itself, and what a test comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

ANSWER_WITHIN = timedelta(minutes=10)
"""Whoever has not answered a test by then is not reached."""
LOOK_AGAIN = timedelta(minutes=5)
LOOK_WHETHER_CALLED = timedelta(seconds=5)
"""So soon a test gives way to somebody who calls."""
NO_LONGER_WAITS = timedelta(days=1)
"""So long a test that is due waits for an empty board; a site that is never quiet is tested all the same."""
SMALLEST_GROUP = 5
"""Of fewer than these no figure is shown: it would tell of a person."""


def may_begin(*, is_open: bool, calls: int, waiting: int, due_at: datetime, now: datetime) -> bool:
    """Whether a test that is due begins now: while the site is open, nobody calls, and the board is empty."""
    return is_open and not calls and (not waiting or now - due_at >= NO_LONGER_WAITS)


@dataclass(frozen=True)
class Month:
    """What a month's calls and tests came to, at a site. Never by person; what would tell of one is not there."""

    first: datetime
    calls: int
    usual_s: float | None
    """Seconds until half of the calls had a first answer."""
    longest_s: float | None
    unanswered: int
    tests: int
    told: int
    missed: int | None


def month(first: datetime, answers: Sequence[float | None], tests: Sequence[tuple[int, int]]) -> Month:
    """``answers``: seconds until each call's first answer; ``tests``: how many each told, and missed."""
    known = [s for s in answers if s is not None]
    shown = len(known) >= SMALLEST_GROUP
    told = sum(t for t, _missed in tests)
    return Month(
        first,
        len(answers),
        median(known) if shown else None,
        max(known) if shown else None,
        len(answers) - len(known),
        len(tests),
        told,
        sum(m for _told, m in tests) if told >= SMALLEST_GROUP else None,
    )
