"""Weekly patterns, turned into moments by the clocks of the site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
MOST_WEEKS = 12
"""A rota that comes round more rarely is written as single shifts."""
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Repeating:
    """From ``starts`` to ``ends`` on these weekdays (Monday is 0) of every so many weeks, from a day until another."""

    days: frozenset[int]
    starts: time
    ends: time
    from_day: date
    until_day: date | None = None
    every_weeks: int = 1


@dataclass(frozen=True, order=True)
class Occurrence:
    """One time of a pattern: the day on which it begins, and its moments."""

    day: date
    start: datetime
    end: datetime


def occurrences(pattern: Repeating, first: date, last: date, zone: str) -> Iterator[Occurrence]:
    """Every time of the pattern that begins on a day from ``first`` to ``last``."""
    day = max(first, pattern.from_day)
    end = min(last, pattern.until_day or last)
    while day <= end:
        if day.weekday() in pattern.days and _is_week(pattern, day):
            start, until = moments(day, pattern.starts, pattern.ends, zone)
            if start < until:  # one that a change of the clocks swallows whole is not worked
                yield Occurrence(day, start, until)
        day += A_DAY


def _is_week(pattern: Repeating, day: date) -> bool:
    monday = day - timedelta(days=day.weekday())
    began = pattern.from_day - timedelta(days=pattern.from_day.weekday())
    return (monday - began).days // 7 % pattern.every_weeks == 0


def moments(day: date, starts: time, ends: time, zone: str) -> tuple[datetime, datetime]:
    """From when to when, by these clocks; one that ends no later than it starts ends next day.

    What the clocks show twice begins at the first and ends at the last; what they skip comes as much later.
    """
    there = ZoneInfo(zone)
    until = day if ends > starts else day + A_DAY
    end = datetime.combine(until, ends, there)
    return datetime.combine(day, starts, there).astimezone(UTC), max(
        end.replace(fold=0).astimezone(UTC), end.replace(fold=1).astimezone(UTC)
    )
