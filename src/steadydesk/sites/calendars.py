"""Holidays out of an iCalendar file, as other programs and public offices publish them."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.kernel.errors import Invalid

if TYPE_CHECKING:
    from icalendar import Calendar, Event

LARGEST = 1_000_000
"""Characters. A country's holidays of ten years are a tenth of it."""
AHEAD = timedelta(days=3 * 366)
MOST = 2_000


def holidays(file: bytes, today: date, zone: ZoneInfo) -> list[tuple[date, str]]:
    """Each day in ``zone`` of each event with its name; those that repeat, for three years. Raises ``Invalid``."""
    # Files come a few times a year, and every server would hold these in memory.
    import recurring_ical_events
    from icalendar import Calendar

    if len(file) > LARGEST:
        raise Invalid.one("file", _("This file is too large to be a list of holidays."))
    try:
        calendar = Calendar.from_ical(file)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(_first(calendar, today), today + AHEAD)
        named = sorted({(day, str(e.get("SUMMARY", "")).strip()) for e in found for day in _days(e, zone)})
    except (ValueError, AttributeError, TypeError, KeyError, IndexError, OverflowError):
        raise Invalid.one("file", _("This is not an iCalendar file (.ics) that can be read.")) from None
    if len(named) > MOST:
        raise Invalid.one("file", _("There are more days in this file than holidays: %d.") % len(named))
    return [(day, name or _("Closed")) for day, name in dict(named).items()]


def _first(calendar: "Calendar", today: date) -> date:
    starts = [_day(e.DTSTART) for e in calendar.events if e.DTSTART]
    return min([*starts, today])


def _days(event: "Event", zone: ZoneInfo) -> list[date]:
    """From the first day to the last that it is part of; a file whose end is its start means that day."""
    start, end = _there(event.start, zone), _there(event.end, zone)
    first, last = _day(start), _day(end)
    if last <= first or (isinstance(end, datetime) and end.time() > time.min):
        last += timedelta(days=1)
    return [first + timedelta(days=n) for n in range(min((last - first).days, 366))]


def _there(at: date, zone: ZoneInfo) -> date:
    """By the site's clocks; a time without a zone is meant so already."""
    return at.astimezone(zone) if isinstance(at, datetime) and at.tzinfo is not None else at


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
