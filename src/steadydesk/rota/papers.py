"""A rota as a file: what is published goes out as CSV and iCalendar, and either comes back in as a plan."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.people import queries as people
from steadydesk.people import times
from steadydesk.rota import patterns, repeating
from steadydesk.rota.pattern_rules import LONGEST
from steadydesk.rota.patterns import Wish
from steadydesk.sites import queries as sites

if TYPE_CHECKING:
    from icalendar import Calendar

COLUMNS = ("kind", "person", "team", "place", "start", "end")
LARGEST = 2_000_000
MOST = 5_000
X = "X-STEADYDESK-"
"""What iCalendar has no word for stands in properties of our own."""


@dataclass(frozen=True)
class Line:
    """One shift or duty of a file: as it is written, with the number of its line."""

    number: int
    values: Mapping[str, str]


def rows(site: str, first: datetime, last: datetime) -> list[dict[str, str]]:
    """Every published shift and duty that begins within this time and has an end, in order."""
    zone = ZoneInfo(sites.site(site).time_zone)
    places = {place.pk: place.id for place in sites.places(site)}
    teams = [team.pk for team in people.teams_at(site)]
    found = [("work", r) for r in times.shifts(first, last, None, site)]
    found += [("duty", r) for r in times.duties(first, last, teams)]
    logins = people.logins(r.person for _kind, r in found)
    return [
        {
            "kind": kind,
            "person": logins[r.person],
            "team": r.team,
            "place": places.get(r.place or 0, ""),
            "start": r.starts_at.astimezone(zone).isoformat(),
            "end": r.ends_at.astimezone(zone).isoformat(),
        }
        for kind, r in sorted(found, key=lambda each: (each[1].starts_at, each[0], each[1].id))
        if r.ends_at is not None and r.starts_at >= first
    ]


def as_csv(lines: Iterable[Mapping[str, str]]) -> str:
    """With a line of names first."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def as_calendar(site: str, lines: Iterable[Mapping[str, str]], now: datetime) -> bytes:
    """One event for each, with names that a program of calendars shows."""
    names = people.names_of_logins()
    found = [(f"{names.get(line['person'], line['person'])}: {_where(site, line)}", line) for line in lines]
    return write_calendar(found, now)


def _where(site: str, line: Mapping[str, str]) -> str:
    team = people.team(line["team"]) if line["team"] else None
    place = next((p.name for p in sites.places(site) if p.id == line["place"]), "")
    return team.name if team else place or sites.site(site).name


def write_calendar(found: Iterable[tuple[str, Mapping[str, str]]], now: datetime) -> bytes:
    """What each is called, and its values, as iCalendar."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Steadydesk//rota//EN")
    calendar.add("version", "2.0")
    for name, line in found:
        event = Event()
        start, end = (datetime.fromisoformat(line[key]) for key in ("start", "end"))
        event.add("uid", f"{line['kind']}-{line['person']}-{start:%Y%m%dT%H%M%S%z}@steadydesk")
        event.add("dtstamp", now)
        event.add("dtstart", start.astimezone(ZoneInfo("UTC")))
        event.add("dtend", end.astimezone(ZoneInfo("UTC")))
        event.add("summary", name)
        for key in ("kind", "person", "team", "place"):
            if line[key]:
                event.add(X + key.upper(), line[key])
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def read(site: str, file: bytes, now: datetime) -> list[Wish]:
    """What the file plans; what repeats in it, for a year. Raises ``Invalid`` with every line that cannot be used."""
    if len(file) > LARGEST:
        raise Invalid.one("file", _("This file is too large to be a rota."))
    lines = list(_calendar_lines(file, now) if b"BEGIN:VCALENDAR" in file[:4096] else _csv_lines(file))
    if not lines:
        raise Invalid.one("file", _("There is no shift in this file."))
    if len(lines) > MOST:
        raise Invalid.one("file", _("There are more than %d shifts in this file.") % MOST)
    wishes, faults = [], []
    logins = {login: person for person, login in people.logins(c.person for c in people.workers(site)).items()}
    zone = ZoneInfo(sites.site(site).time_zone)
    for line in lines:
        wish, wrong = _wish(site, line, logins, zone)
        faults += [FieldFault(_("line %d") % line.number, reason) for reason in wrong]
        if wish is not None:
            wishes.append(wish)
    if faults:
        raise Invalid(faults)
    return wishes


def _csv_lines(file: bytes) -> Iterator[Line]:
    try:
        text = file.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text), dialect=csv.Sniffer().sniff(text.partition("\n")[0], ",;\t"))
        missing = [name for name in ("person", "start", "end") if name not in (reader.fieldnames or ())]
        if missing:
            raise Invalid.one("file", _("The first line must name the columns; missing: %s.") % ", ".join(missing))
        for values in reader:
            yield Line(reader.line_num, {name: (values.get(name) or "").strip() for name in COLUMNS})
    except (UnicodeDecodeError, csv.Error):
        raise Invalid.one("file", _("This is neither CSV in UTF-8 nor iCalendar.")) from None


def _calendar_lines(file: bytes, now: datetime) -> Iterator[Line]:
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(file)
        yield from _event_lines(calendar, now)
    except (ValueError, AttributeError, TypeError, KeyError, IndexError, OverflowError):
        raise Invalid.one("file", _("This is not an iCalendar file (.ics), or it is not complete.")) from None


def _event_lines(calendar: "Calendar", now: datetime) -> Iterator[Line]:
    for number, event in repeating.events(calendar, now):
        values = {name: str(event.get(X + name.upper(), "")) for name in ("kind", "person", "team", "place")}
        yield Line(number, values | {"start": event.start.isoformat(), "end": event.end.isoformat()})


def _wish(site: str, line: Line, logins: Mapping[str, int], zone: ZoneInfo) -> tuple[Wish | None, list[str]]:
    values, wrong = line.values, []
    start, end = (_local(values["start"], zone), _local(values["end"], zone))
    if start is None or end is None:
        wrong.append(_("“start” and “end” are times, as 2026-03-02T09:00+00:00."))
    elif not timedelta(0) < end - start <= LONGEST:
        wrong.append(_("It ends after it begins, and within a day."))
    if values["person"] not in logins:
        wrong.append(_("Nobody who works here has the login “%s”.") % values["person"][:60])
    if wrong or start is None or end is None:
        return None, wrong
    wish = Wish(
        site=site,
        days=frozenset({start.weekday()}),
        starts=start.time(),
        ends=end.time(),
        from_day=start.date(),
        until_day=start.date(),
        kind=values.get("kind") or "work",
        person=logins[values["person"]],
        team=values.get("team") or "",
        place=values.get("place") or "",
    )
    return wish, [fault.reason for fault in patterns.faults(wish)]


def _local(written: str, zone: ZoneInfo) -> datetime | None:
    """By the clocks of the site; a time without an offset is one of these already."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    if not date(2000, 1, 1) <= at.date() <= date(2100, 1, 1):
        return None
    return (at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone)).replace(second=0, microsecond=0)
