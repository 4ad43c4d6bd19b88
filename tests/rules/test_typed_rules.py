"""A time that is typed at a desk has no day: which moment it means."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from steadydesk.visits.typed_rules import just_at, today_at

LONDON = ZoneInfo("Europe/London")


def at(day: int, clock: str, month: int = 3) -> datetime:
    return datetime.combine(date(2026, month, day), time.fromisoformat(clock), UTC)


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        ("10:00", "09:55", at(2, "09:55")),
        ("10:00", "10:00", at(2, "10:00")),
        ("10:00", "10:05", at(2, "10:05")),  # the desk's clock is fast
        ("10:00", "10:06", at(2, "10:06")),  # still to come, and not sixteen hours ago
        ("00:05", "23:55", at(1, "23:55")),
        ("00:05", "00:10", at(2, "00:10")),
        ("00:05", "00:11", at(2, "00:11")),
        ("05:59", "23:59", at(1, "23:59")),
        ("06:00", "23:59", at(2, "23:59")),  # longer ago than is typed at a desk
        ("05:00", "23:00", at(1, "23:00")),
        ("05:00", "22:59", at(2, "22:59")),
    ],
)
def test_a_time_at_which_somebody_came_is_past_unless_that_is_too_long_ago(
    now: str, typed: str, meant: datetime
) -> None:
    assert just_at(time.fromisoformat(typed), LONDON, at(2, now)) == meant


@pytest.mark.parametrize("typed", ["00:00", "09:00", "23:59"])
def test_a_time_at_which_something_is_to_be_is_of_today(typed: str) -> None:
    assert today_at(time.fromisoformat(typed), LONDON, at(2, "12:00")) == at(2, typed)


@pytest.mark.parametrize(
    ("now", "meant"),
    [("00:40", "00:30"), ("01:00", "00:30"), ("01:20", "01:30"), ("01:40", "01:30")],
)
def test_of_an_hour_that_comes_twice_the_nearer_one_is_meant(now: str, meant: str) -> None:
    assert just_at(time(1, 30), LONDON, at(25, now, month=10)).astimezone(UTC) == at(25, meant, month=10)
