"""The events of an imported rota, with those that repeat written out: for a year, for a rule may have no end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _

from steadydesk.kernel.errors import Invalid

if TYPE_CHECKING:
    from icalendar import Calendar, Event

AHEAD = timedelta(days=366)
MOST_SERIES = 200
EARLIEST = 2000
NUMBER = "X-STEADYDESK-NUMBER"
REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")
OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")


def events(calendar: "Calendar", now: datetime) -> Iterator[tuple[int, "Event"]]:
    """Each with the number of what it comes from in the file; what was cancelled is left out.

    Raises ``Invalid`` for what repeats more than once a day or began in another century: no shift does, and writing
    it out would take for ever.
    """
    numbered = [(number, cast("Event", event)) for number, event in enumerate(calendar.walk("VEVENT"), 1)]
    series = [(number, event) for number, event in numbered if any(name in event for name in REPEATS)]
    once = [(number, event) for number, event in numbered if not any(name in event for name in REPEATS)]
    yield from ((number, event) for number, event in (*once, *_written_out(calendar, series, now)) if _is_on(event))


def _is_on(event: "Event") -> bool:
    return str(event.get("STATUS", "")).upper() != "CANCELLED"


def _written_out(
    calendar: "Calendar", series: list[tuple[int, "Event"]], now: datetime
) -> Iterator[tuple[int, "Event"]]:
    if not series:
        return
    if len(series) > MOST_SERIES:
        raise Invalid.one("file", _("More than %d shifts in this file repeat.") % MOST_SERIES)
    import recurring_ical_events
    from icalendar import Calendar

    found = Calendar()
    for zone in calendar.walk("VTIMEZONE"):
        found.add_component(zone)
    for number, event in series:
        _refuse_endless(number, event)
        event.add(NUMBER, str(number))
        found.add_component(event)
    for event in recurring_ical_events.of(found).between(now, now + AHEAD):
        yield int(str(event[NUMBER])), event


def _refuse_endless(number: int, event: "Event") -> None:
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        often = any(str(how).upper() in OFTEN for how in rule.get("FREQ", []))
        if often or any(name in rule for name in TIMES_OF_DAY):
            raise Invalid.one(_("line %d") % number, _("It repeats more than once a day; no shift does."))
    if event.start.year < EARLIEST:
        raise Invalid.one(_("line %d") % number, _("It repeats since another century."))
