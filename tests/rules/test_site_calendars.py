"""Which days of a site a calendar file closes, however the file writes them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from steadydesk.sites.calendars import holidays

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 2)
CHRISTMAS = [25]


def days(start: str, end: str, zone: ZoneInfo = BERLIN) -> list[int]:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//an office//EN", "BEGIN:VEVENT", "UID:1", "SUMMARY:Shut",
             f"DTSTART{start}", f"DTEND{end}", "END:VEVENT", "END:VCALENDAR", "")  # fmt: skip
    return [day.day for day, _name in holidays("\r\n".join(lines).encode(), TODAY, zone)]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (";VALUE=DATE:20261225", ";VALUE=DATE:20261226"),
        (":20261225T000000", ":20261226T000000"),
        (":20261224T230000Z", ":20261225T230000Z"),
        (":20261225T080000Z", ":20261225T160000Z"),
    ],
)
def test_a_day_is_the_sites_own_and_midnight_belongs_to_the_next(start: str, end: str) -> None:
    assert days(start, end) == CHRISTMAS


def test_what_ends_within_a_day_closes_that_day_too() -> None:
    assert days(":20261224T120000", ":20261226T090000") == [24, 25, 26]
    assert days(":20261224T230000Z", ":20261225T230000Z", ZoneInfo("Europe/London")) == [24, 25]
