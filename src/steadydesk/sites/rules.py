"""Opening hours and the state of a site: what the hours say at a moment, what a state does, who may change what.

A site without hours is never changed by the clock. Local times are turned into moments here and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from steadydesk.kernel.actor import Permission

State = Literal["open", "closing", "closed", "emptied", "locked_down"]
Boundary = Literal["opens", "closing", "closes"]

A_DAY = timedelta(days=1)
A_DESKS_DAY = timedelta(hours=16)
"""A desk is asked about its own day; what is older is the manager's."""
ASKED_AFTER = timedelta(minutes=6)
"""What fell due while the server was off is asked as it comes back, or when the list of customers stood for five."""
FARTHEST_DAYS = 400
"""So far ahead the next opening is looked for: longer than a year of special days."""


@dataclass(frozen=True)
class Effect:
    """What a state of the site does to everything that goes on there. Alarms and duress work in each."""

    waits: Literal["run", "stop"]
    """``stop``: the wait ends with that reason and counts neither as kept nor as not kept (E1)."""
    prompts: Literal["ask", "hold"]
    """``hold``: nobody is asked or called about a wait; what is open is asked again afterwards."""
    rounds: Literal["go", "ask", "hold"]
    """Patrols and check-ins: as planned, "are you out?" at once, or not until it is over."""
    ends_by_hours: bool = True
    """Whether a scheduled change ends it. What a person said because of a danger, only a person lifts."""


EFFECTS: Mapping[str, Effect] = {
    "open": Effect(waits="run", prompts="ask", rounds="go"),
    "closing": Effect(waits="run", prompts="ask", rounds="go"),
    "closed": Effect(waits="stop", prompts="ask", rounds="go"),
    "emptied": Effect(waits="stop", prompts="hold", rounds="ask", ends_by_hours=False),
    "locked_down": Effect(waits="run", prompts="hold", rounds="hold", ends_by_hours=False),
}


def marks(before: str, after: str, *, by_hours: bool) -> list[str]:
    """The moments that a change of state marks: what stopped for so long is counted from them.

    What is emptied after it was closed, or closed while it is emptied, stopped before.
    """
    found = {
        "closed_at": after == "closed" and by_hours,
        "emptied_at": after == "emptied",
        "stopped_at": (EFFECTS[before].waits, EFFECTS[after].waits) == ("run", "stop"),
        "reopened_at": (EFFECTS[before].waits, EFFECTS[after].waits) == ("stop", "run"),
    }
    return [name for name, is_marked in found.items() if is_marked]


RoundsNow = Literal["go_on", "ask_now", "hold", "begin_anew"]
ROUNDS: Mapping[tuple[str, str], RoundsNow] = {
    ("go", "go"): "go_on",
    ("go", "ask"): "ask_now",
    ("go", "hold"): "hold",
    ("ask", "go"): "begin_anew",
    ("ask", "ask"): "go_on",
    ("ask", "hold"): "hold",
    ("hold", "go"): "begin_anew",
    ("hold", "ask"): "ask_now",
    ("hold", "hold"): "go_on",
}
"""What rounds did before and do after a change of state → what becomes of a patrol or check-in that is under way."""


def rounds_after(before: str, after: str) -> RoundsNow:
    """What becomes of patrols and check-ins as the site goes from ``before`` to ``after``.

    ``ask_now``: is this person out, and safe? ``hold``: nothing falls due; ``begin_anew``: the interval counts from
    now, for what was not asked meanwhile was not missed. A duress answer and the alarm work in every state.
    """
    return ROUNDS[EFFECTS[before].rounds, EFFECTS[after].rounds]


REASONS = ("fire_alarm", "exercise", "building", "threat", "other")
"""Why a site was emptied or locked down."""


def reason_for(state: str, said: str) -> str:
    """What is written down as the reason: nobody is kept from emptying a building until they have said why."""
    return said if said or EFFECTS[state].ends_by_hours else "other"


_BY_HOURS: Mapping[str, Mapping[str, str]] = {
    "opens": {"closing": "open", "closed": "open"},
    "closing": {"open": "closing"},
    "closes": {"open": "closed", "closing": "closed"},
}
"""Boundary → state before → state after. What is not here stays, so what was said by hand outlives the wrong one."""


def after_boundary(state: str, boundary: str) -> str:
    """The state once the hours' ``boundary`` has come; ``state`` itself when that does not end it."""
    return _BY_HOURS[boundary].get(state, state)


def ends_danger(before: str, after: str) -> bool:
    """Whether a danger is over by this change."""
    return not EFFECTS[before].ends_by_hours and EFFECTS[after].ends_by_hours


def permission_for(before: str, after: str, *, by_hours: bool = False) -> Permission:
    """What it takes: everybody at work may say that there is a danger and that it is over; the rest is a manager's.

    When it is over, the site is open, or what its hours say; that it stays closed is the manager's to say.
    """
    if not EFFECTS[after].ends_by_hours:
        return Permission.SITE_DANGER
    over = ends_danger(before, after) and (by_hours or after == "open")
    return Permission.SITE_DANGER if over else Permission.SITE_STATE


@dataclass(frozen=True)
class Span:
    """From ``opens`` to ``closes`` by the site's own clocks; one that closes no later than it opens ends next day."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Hours:
    """When a site is open: weekday (Monday is 0) → spans, and days that have their own."""

    zone: str
    weekly: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    """No span: closed all day."""
    closing_before: timedelta = timedelta(minutes=15)

    @property
    def known(self) -> bool:
        """Whether any hours are recorded. Special days alone say nothing about the others."""
        return any(self.weekly.values())

    @property
    def around_special_days(self) -> "Hours":
        """Of a site that is opened by hand: any day may be a day of work, but for those that have their own hours."""
        return replace(self, weekly=dict.fromkeys(range(7), (Span(time.min, time.min),)))


@dataclass(frozen=True)
class Opening:
    """One unbroken time of being open."""

    start: datetime
    end: datetime
    closing_at: datetime
    """From here on the site is closing."""


@dataclass(frozen=True)
class Schedule:
    """What the hours say at a moment: the state, and the next moment of each boundary."""

    state: Literal["open", "closing", "closed"]
    next: Mapping[str, datetime]

    def change(self, state: str) -> tuple[str, datetime] | None:
        """What the hours will make of ``state`` next, and when; ``None`` when they will not."""
        for at, boundary in sorted((at, b) for b, at in self.next.items()):
            if EFFECTS[state].ends_by_hours and after_boundary(state, boundary) != state:
                return after_boundary(state, boundary), at
        return None


def schedule(hours: Hours, now: datetime) -> Schedule | None:
    """What the hours say at ``now``; ``None`` without hours. A boundary belongs to the time that it begins."""
    if not hours.known:
        return None
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    days = (today + timedelta(days=n) for n in range(-2, FARTHEST_DAYS))
    current, following = None, None
    for opening in openings(hours, days):
        if opening.start <= now < opening.end:
            current = opening
        elif opening.start > now:
            following = opening
            break
    return _read(current, following, now)


def _read(current: Opening | None, following: Opening | None, now: datetime) -> Schedule:
    coming: dict[str, datetime] = {}
    if following:
        coming |= {"opens": following.start, "closing": following.closing_at, "closes": following.end}
    if current is None:
        return Schedule("closed", coming)
    if not _is_endless(current, now):
        coming["closes"] = current.end
    if now >= current.closing_at:
        return Schedule("closing", coming)
    if not _is_endless(current, now):
        coming["closing"] = current.closing_at
    return Schedule("open", coming)


def _is_endless(opening: Opening, now: datetime) -> bool:
    """Open round the clock for as far as anybody looks."""
    return opening.end - now > timedelta(days=FARTHEST_DAYS - 3)


def last_closing(hours: Hours, now: datetime) -> datetime | None:
    """When the site closes for the last time on its present day, or on the next day on which it opens.

    A break in between is no closing, and a time of being open counts to the day on which it began. ``None`` where the
    site never closes.
    """
    found = schedule(hours, now)
    if found is None or "closes" not in found.next:
        return None
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=n) for n in range(-2, FARTHEST_DAYS))
    coming = [(o.start.astimezone(zone).date(), o.end) for o in openings(hours, days) if o.end > now]
    return max(end for day, end in coming if day == coming[0][0])


def openings(hours: Hours, days: Iterable[date]) -> Iterable[Opening]:
    """The times of being open that begin on these days; spans that touch or overlap are one."""
    pending: tuple[datetime, datetime] | None = None
    for day in days:
        for start, end in sorted(_moments(hours, day)):
            if pending and start <= pending[1]:
                pending = pending[0], max(pending[1], end)
                continue
            if pending:
                yield _opening(hours, *pending)
            pending = start, end
    if pending:
        yield _opening(hours, *pending)


def _opening(hours: Hours, start: datetime, end: datetime) -> Opening:
    return Opening(start, end, max(start, end - hours.closing_before))


def _moments(hours: Hours, day: date) -> Iterable[tuple[datetime, datetime]]:
    zone = ZoneInfo(hours.zone)
    for span in hours.special.get(day, hours.weekly.get(day.weekday(), ())):
        until = day if span.closes > span.opens else day + A_DAY
        start, end = _first(day, span.opens, zone), _last(until, span.closes, zone)
        if end > start:
            yield start, end


def _first(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When the clocks first show this time. One that is skipped in spring comes as much later as was skipped."""
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)


def _last(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When they last do: nobody is sent home while the clock on the wall still says open."""
    there = datetime.combine(day, at, zone)
    return max(there.replace(fold=0).astimezone(UTC), there.replace(fold=1).astimezone(UTC))


def spans_clash(spans: Iterable[Span]) -> bool:
    """Whether two spans of one day overlap, or one that ends next day is not the last."""
    ordered = sorted(spans, key=lambda s: s.opens)
    return any(a.closes <= a.opens or b.opens < a.closes for a, b in pairwise(ordered))


def read_spans(written: str) -> tuple[Span, ...] | None:
    """“09:00-12:30, 13:30-17:00” as spans; nothing is closed all day, ``None`` what cannot be read."""
    parts = [part.strip() for part in written.replace("–", "-").split(",") if part.strip()]
    spans = tuple(_span(part) for part in parts)
    found = tuple(sorted((s for s in spans if s is not None), key=lambda s: s.opens))
    return None if len(found) < len(parts) or spans_clash(found) else found


def _span(written: str) -> Span | None:
    opens, _dash, closes = (part.strip() for part in written.partition("-"))
    try:
        return Span(time.fromisoformat(opens.zfill(5)), time.fromisoformat("00:00" if closes == "24:00" else closes))
    except ValueError:
        return None


def write_spans(spans: Iterable[Span]) -> str:
    """The same as text that ``read_spans`` reads."""
    return ", ".join(f"{s.opens:%H:%M}-{s.closes:%H:%M}" for s in spans)


def shortest_walks(metres: Mapping[tuple[str, str], int], place: str) -> dict[str, int]:
    """How many metres of walking it is from here to every place that is connected."""
    found, open_ends = {place: 0}, [place]
    while open_ends:
        here = open_ends.pop(0)
        for (a, b), step in metres.items():
            if a == here and (b not in found or found[here] + step < found[b]):
                found[b] = found[here] + step
                open_ends.append(b)
    return found


def begins_asking(now: datetime, *, every: bool) -> datetime | None:
    """Since when it is asked who is still here: of a desk's own day, or (``None``) of ``every`` day."""
    return None if every else now - A_DESKS_DAY


def is_of_today(at: datetime, now: datetime) -> bool:
    """Whether a desk is still asked about what was then."""
    return now - at < A_DESKS_DAY


def fell_due_within(asked_at: datetime, until: datetime) -> bool:
    """Whether a question is about what fell due before the server was back, at ``until``."""
    return asked_at <= until + ASKED_AFTER
