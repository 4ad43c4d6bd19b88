"""Spans of time, put together and taken from each other: when somebody can be met, and when somebody is alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
"""Times that are offered begin at the quarters of an hour, as people say them."""


@dataclass(frozen=True, order=True)
class Span:
    """From ``start`` to just before ``end``, both aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Offer:
    """A time at which this person can be met."""

    person: int
    at: datetime


@dataclass(frozen=True)
class LonePeriod:
    """Nobody but this person is at the site although it is open (L2d-i)."""

    site: str
    person: int
    start: datetime
    end: datetime
    evening: bool
    """Whether a part of it lies in the evening, as the protocol has it."""


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as can be, in order; empty ones are dropped."""
    found: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def within(spans: Iterable[Span], first: datetime, last: datetime) -> list[Span]:
    """The part of the spans between two moments."""
    return joined(Span(max(s.start, first), min(s.end, last)) for s in spans)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The part of the spans that none of ``taken`` covers."""
    left = joined(spans)
    for hole in joined(taken):
        left = [piece for span in left for piece in _cut(span, hole)]
    return left


def common(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The time that is in both."""
    ours = joined(spans)
    return without(ours, without(ours, others))


def _cut(span: Span, hole: Span) -> Iterator[Span]:
    if hole.end <= span.start or hole.start >= span.end:
        yield span
        return
    if span.start < hole.start:
        yield Span(span.start, hole.start)
    if hole.end < span.end:
        yield Span(hole.end, span.end)


def day_end(at: datetime, zone: str) -> datetime:
    """Midnight after ``at`` by the clocks of the place."""
    there = ZoneInfo(zone)
    tomorrow = at.astimezone(there).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), there).astimezone(UTC)


def offers(free: Mapping[int, Iterable[Span]], length: timedelta, count: int) -> list[Offer]:
    """The first times at which one of these people is free for so long, one after the other.

    Of several who are free at a time the first in the order of ``free`` is named.
    """
    found: dict[datetime, int] = {}
    for person, spans in free.items():
        for at in _beginnings(spans, length, count):
            found.setdefault(at, person)
    return [Offer(found[at], at) for at in sorted(found)[:count]]


def _beginnings(spans: Iterable[Span], length: timedelta, count: int) -> list[datetime]:
    found: list[datetime] = []
    for span in joined(spans):
        at = next_quarter(span.start)
        while at + length <= span.end and len(found) < count:
            found.append(at)
            at += max(length - length % -QUARTER, QUARTER)
    return found


def next_quarter(at: datetime) -> datetime:
    """The quarter of an hour that begins at this moment or next."""
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not past else at + QUARTER - past


def alone(there: Mapping[int, Iterable[Span]], opened: Iterable[Span]) -> list[tuple[int, Span]]:
    """When exactly one person is there while the site is open, and who; in order."""
    opened = joined(opened)
    present = {person: common(spans, opened) for person, spans in there.items()}
    edges = sorted({edge for spans in present.values() for s in spans for edge in (s.start, s.end)})
    found: list[tuple[int, Span]] = []
    for start, end in pairwise(edges):
        who = [p for p, spans in present.items() if any(s.start <= start < s.end for s in spans)]
        if len(who) != 1:
            continue
        if found and found[-1][0] == who[0] and found[-1][1].end == start:
            found[-1] = who[0], Span(found[-1][1].start, end)
        else:
            found.append((who[0], Span(start, end)))
    return found


def is_evening(span: Span, evening: tuple[time, time], zone: str) -> bool:
    """Whether a part of the span lies between these two times of day, which may go over midnight."""
    there = ZoneInfo(zone)
    day = span.start.astimezone(there).date() - timedelta(days=1)
    last = span.end.astimezone(there).date()
    begins, ends = evening
    while day <= last:
        until = day if ends > begins else day + timedelta(days=1)
        if span.start < datetime.combine(until, ends, there) and datetime.combine(day, begins, there) < span.end:
            return True
        day += timedelta(days=1)
    return False


def lost(before: Sequence[Span], after: Sequence[Span], now: datetime) -> list[Span]:
    """What of the time to come was available and is not any more."""
    return [s for s in without(before, after) if s.end > now]
