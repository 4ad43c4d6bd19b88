"""Weekly patterns by the clocks of the site: nights, days of 23 and 25 hours, every other week."""

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from steadydesk.rota.pattern_rules import Repeating, occurrences

LONDON = "Europe/London"
MONDAY = date(2026, 3, 2)


def read(pattern, first=MONDAY, days=14, zone=LONDON):
    found = occurrences(pattern, first, first + timedelta(days=days - 1), zone)
    there = ZoneInfo(zone)
    return [f"{o.start.astimezone(there):%a %-d %H:%M} - {o.end.astimezone(there):%a %-d %H:%M}" for o in found]


def pattern(days, starts, ends, **more):
    return Repeating(frozenset(days), time.fromisoformat(starts), time.fromisoformat(ends), MONDAY, **more)


def test_a_pattern_comes_on_its_days_from_its_first_to_its_last():
    two_weeks = pattern({0, 4}, "09:00", "17:00", until_day=date(2026, 3, 13))
    assert read(two_weeks) == [
        "Mon 2 09:00 - Mon 2 17:00",
        "Fri 6 09:00 - Fri 6 17:00",
        "Mon 9 09:00 - Mon 9 17:00",
        "Fri 13 09:00 - Fri 13 17:00",
    ]
    assert read(two_weeks, first=date(2026, 2, 16)) == []
    assert read(two_weeks, first=date(2026, 3, 14)) == []


def test_every_other_week_is_counted_from_the_week_of_its_first_day():
    assert read(pattern({2}, "09:00", "12:00", every_weeks=2), days=28) == [
        "Wed 4 09:00 - Wed 4 12:00",
        "Wed 18 09:00 - Wed 18 12:00",
    ]


def test_a_night_ends_on_the_next_day_and_so_does_one_of_twenty_four_hours():
    assert read(pattern({6}, "22:00", "06:00"), days=7) == ["Sun 8 22:00 - Mon 9 06:00"]
    assert read(pattern({6}, "08:00", "08:00"), days=7) == ["Sun 8 08:00 - Mon 9 08:00"]


def test_a_night_over_the_change_of_the_clocks_is_an_hour_shorter_or_longer():
    spring = list(occurrences(pattern({5}, "22:00", "06:00"), date(2026, 3, 28), date(2026, 3, 28), LONDON))
    autumn = list(occurrences(pattern({5}, "22:00", "06:00"), date(2026, 10, 24), date(2026, 10, 24), LONDON))
    assert [o.end - o.start for o in spring + autumn] == [timedelta(hours=7), timedelta(hours=9)]


def test_what_the_clocks_show_twice_begins_at_the_first_and_ends_at_the_last():
    [turn] = occurrences(pattern({6}, "01:15", "01:45"), date(2026, 10, 25), date(2026, 10, 25), LONDON)
    assert turn.start.astimezone(UTC).strftime("%H:%M") == "00:15"
    assert turn.end.astimezone(UTC).strftime("%H:%M") == "01:45"


def test_what_the_clocks_skip_comes_as_much_later():
    [turn] = occurrences(pattern({6}, "01:30", "09:00"), date(2026, 3, 29), date(2026, 3, 29), LONDON)
    assert turn.start.astimezone(UTC).strftime("%H:%M") == "01:30"
    assert turn.start.astimezone(ZoneInfo(LONDON)).strftime("%H:%M") == "02:30"


@given(
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times(),
    st.times(),
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.sampled_from([LONDON, "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"]),
)
def test_each_time_of_a_pattern_begins_on_its_day_and_ends_within_26_hours(days, starts, ends, first, zone):
    found = list(occurrences(Repeating(days, starts, ends, first), first, first + timedelta(days=20), zone))
    for turn in found:
        assert turn.day.weekday() in days
        assert turn.start.astimezone(ZoneInfo(zone)).date() in (turn.day, turn.day + timedelta(days=1))
        assert timedelta(0) < turn.end - turn.start <= timedelta(hours=26)
    assert len(found) <= 3 * len(days)
