"""Set up when a site is open: its week, its special days, and holidays from a calendar file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.sites import calendars, queries, standing
from steadydesk.sites.models import OpeningHours, SpecialDay
from steadydesk.sites.rules import read_spans, write_spans

LONGEST_NAME = 120
MOST_CLOSING_MINUTES = 240


@dataclass(frozen=True)
class Day:
    """A special day as typed: its name, and its hours if it has any."""

    day: date
    name: str
    spans: str = ""


def save_hours(site: str, weekly: Mapping[int, str], closing_minutes: int = 15, *, by: Actor, now: datetime) -> None:
    """When the site is open in a usual week; weekday (Monday is 0) → “09:00-12:30, 13:30-17:00”.

    All at once: a week half changed would close the site. An empty week: opened and closed by hand alone.
    """
    by.check(Permission.SET_UP, site)
    faults = [FieldFault(f"day_{d}", _spans_fault()) for d, spans in weekly.items() if read_spans(spans) is None]
    if not 0 <= closing_minutes <= MOST_CLOSING_MINUTES:
        faults.append(FieldFault("closing_minutes", _("Choose at most %d minutes.") % MOST_CLOSING_MINUTES))
    if faults:
        raise Invalid(faults)
    kept = {str(day): write_spans(read_spans(spans) or ()) for day, spans in weekly.items() if spans.strip()}
    with write(now):
        columns = {"weekly": kept, "closing_minutes": closing_minutes}
        OpeningHours.objects.update_or_create(pk=site, defaults=columns)
        _changed(site, by, now)


def save_special_days(site: str, days: Iterable[Day], *, by: Actor, now: datetime) -> int:
    """Days with hours of their own, or none; a day that is known already is changed. Returns how many."""
    by.check(Permission.SET_UP, site)
    days = list(days)
    if any(not d.name.strip() or len(d.name) > LONGEST_NAME for d in days):
        raise Invalid.one("name", _("Write what the day is called, in at most %d characters.") % LONGEST_NAME)
    if any(read_spans(d.spans) is None for d in days):
        raise Invalid.one("spans", _spans_fault())
    rows = {d.day: SpecialDay(site_id=site, day=d.day, name=d.name.strip(), spans=_tidy(d.spans)) for d in days}
    with write(now):
        SpecialDay.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=("site", "day"), update_fields=("name", "spans")
        )
        _changed(site, by, now)
    return len(rows)


def import_holidays(site: str, file: bytes, *, by: Actor, now: datetime) -> int:
    """The days of an iCalendar file, each closed all day; raises ``Invalid`` when it cannot be read."""
    by.check(Permission.SET_UP, site)
    zone = ZoneInfo(queries.site(site).time_zone)
    found = calendars.holidays(file, now.astimezone(zone).date(), zone)
    days = [Day(day, name[:LONGEST_NAME]) for day, name in found]
    if not days:
        raise Invalid.one("file", _("There is no day in this file."))
    return save_special_days(site, days, by=by, now=now)


def delete_special_day(site: str, day: date, *, by: Actor, now: datetime) -> None:
    """The day is like any other again."""
    by.check(Permission.SET_UP, site)
    with write(now):
        SpecialDay.objects.filter(site=site, day=day).delete()
        _changed(site, by, now)


def _changed(site: str, by: Actor, now: datetime) -> None:
    standing.take_hours(site, now=now)
    record(Event.SET_UP_CHANGED, f"site:{site}", by=by, site=site)


def _tidy(spans: str) -> str:
    return write_spans(read_spans(spans) or ())


def _spans_fault() -> str:
    return _("Write times as 09:00-17:00, with a comma between two; they must not overlap.")
