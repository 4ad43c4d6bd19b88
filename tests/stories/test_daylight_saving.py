"""The clocks go forward and back: waits are lengths of time, days and typed times are local."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from steadydesk.documents import queries as documents
from steadydesk.kernel.clock import clock as present
from steadydesk.reports.table import waits
from steadydesk.screens.desk.entering import just_at, today_at
from tests.visiting import MINUTE, arrive, clock, events, shown

LONDON = ZoneInfo("Europe/London")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""At 01:00 UTC of these days London goes to and from summer time."""


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute), UTC)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_ten_minutes_are_ten_minutes_while_the_clocks_change(world, day):
    present.freeze(at(day, 0, 55))
    visit = arrive(world)
    assert clock(visit)["due_at"] == at(day, 1, 5).isoformat()
    world.advance("01:05")
    assert not events(visit, "visit:over-time")
    world.advance(timedelta(seconds=1))
    assert len(events(visit, "visit:over-time")) == 1
    world.messages()


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        (at(SPRING, 1, 10), time(2, 5), at(SPRING, 1, 5)),  # ten past two, five minutes later than it was
        (at(SPRING, 1, 10), time(0, 55), at(SPRING, 0, 55)),  # a quarter of an hour ago
        (at(AUTUMN, 0, 40), time(1, 30), at(AUTUMN, 0, 30)),  # the first half past one
        (at(AUTUMN, 1, 40), time(1, 30), at(AUTUMN, 1, 30)),  # the second
        (at(AUTUMN, 1, 5), time(1, 50), at(AUTUMN, 0, 50)),  # a quarter of an hour ago, not three quarters ahead
    ],
)
def test_a_time_typed_at_the_desk_is_the_nearest_one_that_the_clock_on_the_wall_showed(now, typed, meant):
    with timezone.override(LONDON):
        assert today_at(typed, now).astimezone(UTC) == meant


@pytest.mark.parametrize(
    ("typed", "ago"),
    [
        (time(23, 58), timedelta(minutes=7)),
        (time(20, 0), timedelta(hours=4, minutes=5)),
        (time(0, 3), timedelta(minutes=2)),
        (time(0, 9), timedelta(minutes=-4)),  # the clock on the wall is a little fast
        (time(9, 0), timedelta(hours=-8, minutes=-55)),  # a slip of the hand, which the desk refuses
    ],
)
def test_an_arrival_typed_at_five_past_midnight_may_have_been_before_it(typed, ago):
    now = at(date(2026, 3, 3), 0, 5)
    with timezone.override(LONDON):
        assert just_at(typed, now) == now - ago


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_of_the_report_is_as_long_as_the_local_day(world, day, hours):
    first = datetime.combine(day, time.min, LONDON).astimezone(UTC)
    for moment in (first - MINUTE, first, first + timedelta(hours=hours) - MINUTE, first + timedelta(hours=hours)):
        present.freeze(moment)
        arrive(world)
    around = [day + timedelta(days=n) for n in (-1, 0, 1)]
    found = waits("exchange", around[0].isoformat(), around[-1].isoformat()).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(found)))[1:]
    assert [row[:2] for row in rows] == [[d.isoformat(), n] for d, n in zip(around, "121", strict=True)]


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_the_numbers_that_are_called_begin_anew_at_local_midnight(world, day, hours):
    first = datetime.combine(day, time.min, LONDON).astimezone(UTC)
    refs = []
    for moment in (first, first + timedelta(hours=hours) - MINUTE, first + timedelta(hours=hours)):
        present.freeze(moment)
        refs.append(shown(arrive(world))["ref"])
    assert refs[0] != refs[1], "one day, however long"
    assert refs[2] == refs[0], "a new day"


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_day_on_which_a_form_is_signed_is_the_local_one(world, now, today):
    assert documents.today(now) == today
