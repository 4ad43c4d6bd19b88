"""When people can be met, who is on duty, and when somebody is alone.

People say who is at work: shifts, absences and duties are their rows, whether a rota was published or somebody
tapped in. A calendar only takes time away.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from steadydesk.documents import queries as documents
from steadydesk.kernel.errors import NotFound
from steadydesk.people import planning, times
from steadydesk.people import queries as people
from steadydesk.rota import rules
from steadydesk.rota.models import Busy, Pattern
from steadydesk.rota.pattern_rules import moments
from steadydesk.rota.rules import LonePeriod, Offer, Span
from steadydesk.sites import queries as sites
from steadydesk.sites.rules import Hours, openings

LOOKED_AHEAD = timedelta(days=60)
"""So far ahead a time is looked for; no rota is true for longer."""
A_WEEK = timedelta(days=7)
MIDNIGHT = time()
USUAL_EVENING = time(17), time(7)


def available(person: int, first: datetime, last: datetime) -> list[Span]:
    """When the person can be met within this time: on shift, not away and not busy by their calendar (E3b-ret)."""
    return all_available([person], first, last)[person]


def all_available(who: Collection[int], first: datetime, last: datetime) -> dict[int, list[Span]]:
    """The same for several people, each in the order given."""
    there, gone, meetings = at_work(who, first, last), away(who, first, last), busy(who, first, last)
    return {p: rules.without(there[p], [*gone.get(p, ()), *meetings.get(p, ())]) for p in who}


def busy(who: Collection[int], first: datetime, last: datetime) -> dict[int, list[Span]]:
    """When these people are busy by their own calendars."""
    rows = Busy.objects.filter(calendar__person__in=who, starts_at__lt=last, ends_at__gt=first)
    found: dict[int, list[Span]] = {}
    for person, start, end in rows.values_list("calendar__person", "starts_at", "ends_at"):
        found.setdefault(person, []).append(Span(start, end))
    return found


def but_for_absence(person: int, now: datetime) -> list[Span]:
    """When the person could have been met from now on, were it not for the absence that begins now."""
    last = now + LOOKED_AHEAD
    rows = times.absences(now, last, [person])
    others, fresh = ([a for a in rows if (a.starts_at == now) is begins] for begins in (False, True))
    taken = [*_by_person(others, last).get(person, ()), *busy([person], now, last).get(person, ())]
    free = rules.without(at_work([person], now, last)[person], taken)
    return rules.common(free, _by_person(fresh, last).get(person, ()))


def at_work(who: Collection[int], first: datetime, last: datetime, site: str = "") -> dict[int, list[Span]]:
    """When these people are on shift, at the site or anywhere, whether or not they are away."""
    spans: dict[int, list[Span]] = {person: [] for person in who}
    for shift in times.shifts(first, last, who, site):
        end = shift.ends_at or presumed_end(shift.site, shift.starts_at)
        spans[shift.person].append(Span(shift.starts_at, end))
    return {person: rules.within(found, first, last) for person, found in spans.items()}


def presumed_end(site: str, began: datetime) -> datetime:
    """Until when a shift counts that nobody has ended: the closing of that day, and no promise for tomorrow."""
    midnight = rules.day_end(began, sites.site(site).time_zone)
    hours = opened(site, began, midnight)
    return hours[-1].end if hours else midnight


def _by_person(rows: Iterable[times.Times], last: datetime) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for row in rows:
        found.setdefault(row.person, []).append(Span(row.starts_at, row.ends_at or last))
    return found


def next_times(who: Iterable[int], after: datetime, length: timedelta, count: int) -> list[Offer]:
    """The next times at which one of these people can be met for so long; fewer than ``count`` where there are none."""
    people_asked, found = list(dict.fromkeys(who)), list[Offer]()
    until = after
    while len(found) < count and until < after + LOOKED_AHEAD:
        until += A_WEEK
        found = rules.offers(all_available(people_asked, after, until), length, count)
    return found


def on_duty(team: str, at: datetime) -> int | None:
    """Who answers for the team on its duty rota at this moment; ``None`` is a gap (E4a-duty)."""
    found = people.on_duty(team, at)
    return found.person if found else None


def present(site: str, first: datetime, last: datetime) -> dict[int, list[Span]]:
    """Who is at the site when: on shift there and not away. A calendar does not say that somebody left the house."""
    who = list(dict.fromkeys(shift.person for shift in times.shifts(first, last, None, site)))
    there, gone = at_work(who, first, last, site), away(who, first, last)
    return {person: rules.without(there[person], gone.get(person, ())) for person in who}


def away(who: Collection[int], first: datetime, last: datetime) -> dict[int, list[Span]]:
    """When those of these people who are away are away."""
    return _by_person(times.absences(first, last, who), last)


def opened(site: str, first: datetime, last: datetime) -> list[Span] | None:
    """When the hours have the site open within this time; ``None`` where no hours are recorded."""
    hours = sites.hours(site)
    return _openings(hours, first, last) if hours.known else None


def open_to_customers(site: str, first: datetime, last: datetime) -> list[Span] | None:
    """The same for times that customers are given: one opened by hand is closed on its holidays all the same."""
    hours = sites.hours(site)
    if not hours.known and hours.special:
        hours = hours.around_special_days
    return _openings(hours, first, last) if hours.known else None


def _openings(hours: Hours, first: datetime, last: datetime) -> list[Span]:
    start, end = (at.astimezone(ZoneInfo(hours.zone)).date() for at in (first, last))
    days = (start + timedelta(days=n) for n in range(-1, (end - start).days + 1))
    return rules.within((Span(o.start, o.end) for o in openings(hours, days)), first, last)


def lone_periods(site: str, first: datetime, last: datetime) -> list[LonePeriod]:
    """When one person alone is at the open site (L2d-i); a site without hours is open whenever anybody is there."""
    return alone(site, present(site, first, last), Span(first, last))


def alone(site: str, there: Mapping[int, Iterable[Span]], span: Span) -> list[LonePeriod]:
    """The same, if these people were there at these times."""
    hours = opened(site, span.start, span.end)
    found = rules.alone(there, [span] if hours is None else hours)
    evening, zone = _evening(site), sites.site(site).time_zone
    return [
        LonePeriod(site, person, piece.start, piece.end, rules.is_evening(piece, evening, zone))
        for person, piece in found
    ]


def _evening(site: str) -> tuple[time, time]:
    """From when to when it is evening for those who work alone; a site without a protocol has the usual one."""
    try:
        lone = documents.in_force(site).protocol.lone_working
    except NotFound:
        return USUAL_EVENING
    return time.fromisoformat(lone.evening_from), time.fromisoformat(lone.evening_until)


def patterns(site: str) -> list[Pattern]:
    """The site's patterns, person by person and in order of beginning; those that are over too."""
    rows = Pattern.objects.filter(site=site).select_related("person", "team", "place")
    return list(rows.order_by("kind", "team__name", "person__name", "from_day", "starts", "pk"))


def who_could(site: str, first: datetime, last: datetime) -> list[int]:
    """Those who work at the site and are neither at work nor away within this time."""
    who = [c.person for c in people.workers(site) if people.works_for(c.person, site)]
    taken = {s.person for s in times.shifts(first, last, who) if s.ends_at is not None}
    gone = {a.person for a in times.absences(first, last, who)}
    return [person for person in who if person not in taken | gone]


def site_of_shift(id: int) -> str:
    """Where a planned shift is worked; empty when it is gone."""
    found = planning.find_turn(id)
    return found.site if found else ""


def day_start(day: date, zone: str) -> datetime:
    """When the day begins by these clocks."""
    return moments(day, MIDNIGHT, MIDNIGHT, zone)[0]
