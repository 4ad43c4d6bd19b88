"""A rota as people read it: who works when, what is only planned, who is away, and who swapped with whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from steadydesk.people import queries as people
from steadydesk.people import times
from steadydesk.rota import queries
from steadydesk.rota.models import Planned, Swap
from steadydesk.rota.pattern_rules import moments
from steadydesk.rota.publishing import Difference, difference
from steadydesk.rota.rules import Span
from steadydesk.sites import queries as sites

A_DAY = timedelta(days=1)
MIDNIGHT = time()


@dataclass(frozen=True)
class Cell:
    """One shift or turn of duty."""

    person: int
    kind: str
    """``work`` or ``duty``."""
    id: int | None
    """Of the published row; ``None`` for what is only planned."""
    start: datetime
    end: datetime | None
    place: str = ""
    team: str = ""
    state: str = "published"
    """``published``; ``new``, ``changed`` or ``ending`` with the next publication."""
    away: bool = False
    swap: Swap | None = None


@dataclass
class Row:
    """A person's week."""

    person: int
    name: str
    team: str
    days: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """Seven days of one site."""

    first: date
    days: list[date]
    rows: list[Row]
    drafts: int
    """How much of it is only planned."""


def week(site: str, first: date, now: datetime, *, team: str = "", drafts: bool = False) -> Week:
    """The seven days from ``first`` on, by name; ``drafts`` adds what the next publication would change."""
    days = [first + n * A_DAY for n in range(7)]
    zone = sites.site(site).time_zone
    start, end = moments(days[0], MIDNIGHT, MIDNIGHT, zone)[0], moments(days[-1], MIDNIGHT, MIDNIGHT, zone)[1]
    found = difference(site, days[0], days[-1], now) if drafts else Difference()
    cells = _with_drafts(_published(site, start, end), found, site)
    away = queries.away({cell.person for cell in cells}, start, end)
    marked = [replace(cell, away=_is_away(cell, away.get(cell.person, ()))) for cell in cells]
    fresh = sum(cell.state != "published" for cell in marked)
    return Week(first, days, _rows(marked, days, site, team, ZoneInfo(zone)), fresh)


def _published(site: str, first: datetime, last: datetime) -> list[Cell]:
    places = {place.pk: place.name for place in sites.places(site)}
    teams = {team.pk: team.name for team in people.teams_at(site)}
    shifts, duties = times.shifts(first, last, None, site), times.duties(first, last, list(teams))
    swaps = {s.shift: s for s in swaps_of([shift.id for shift in shifts])}
    found = [
        Cell(s.person, "work", s.id, s.starts_at, s.ends_at, places.get(s.place or 0, ""), swap=swaps.get(s.id))
        for s in shifts
    ]
    found += [Cell(d.person, "duty", d.id, d.starts_at, d.ends_at, team=teams[d.team]) for d in duties]
    return [cell for cell in found if not _is_told_already(cell, shifts)]


def _is_told_already(cell: Cell, shifts: Iterable[times.Times]) -> bool:
    """Whether somebody who came to work was planned for just then."""
    return cell.end is None and any(
        s.person == cell.person and s.ends_at is not None and s.starts_at <= cell.start < s.ends_at for s in shifts
    )


def swaps_of(shifts: Iterable[int]) -> list[Swap]:
    """Offers and swaps of these shifts; of each the newest that still means something."""
    rows = Swap.objects.filter(shift__in=list(shifts)).exclude(state=Swap.State.WITHDRAWN)
    return list(rows.select_related("giver", "taker").order_by("pk"))


def _with_drafts(cells: list[Cell], found: Difference, site: str) -> list[Cell]:
    places = {place.pk: place.name for place in sites.places(site)}
    teams = {team.pk: team.name for team in people.teams_at(site)}
    going = {(p.row, bool(t.team)): "changed" for p, t in found.changed.values()}
    going |= {(p.row, bool(t.team)): "ending" for p, t in found.removed.values()}
    kept = [replace(c, state=going.get((c.id or 0, c.kind == "duty"), c.state)) for c in cells]
    return kept + [
        Cell(
            turn.person,
            "duty" if turn.team else "work",
            None,
            turn.starts_at,
            turn.ends_at,
            places.get(turn.place or 0, ""),
            teams.get(turn.team, ""),
            "new",
        )
        for turn in found.fresh
    ]


def _is_away(cell: Cell, away: Iterable[Span]) -> bool:
    return any(s.start < (cell.end or s.end) and cell.start < s.end for s in away)


def _rows(cells: list[Cell], days: list[date], site: str, team: str, zone: ZoneInfo) -> list[Row]:
    """Those who have a time that week; of one team, its whole team, so that an empty week is seen too."""
    names_of_teams = {t.pk: t.name for t in people.teams_at(site)}
    of_team = {m.person: t for t in names_of_teams for m in people.members(t)}
    who = {c.person for c in cells} if not team else {p for p, t in of_team.items() if t == team}
    names = people.names(who)
    rows = [Row(p, names[p], names_of_teams.get(of_team.get(p, ""), ""), [[] for _day in days]) for p in who]
    by_person = {row.person: row for row in rows}
    for cell in sorted(cells, key=lambda c: (c.start, c.kind)):
        row, day = by_person.get(cell.person), max(cell.start.astimezone(zone).date(), days[0])
        if row is not None and day <= days[-1]:
            row.days[(day - days[0]).days].append(cell)
    return sorted(rows, key=lambda r: (r.team == "", r.team, r.name.casefold(), r.person))


@dataclass(frozen=True)
class Standing:
    """Who is at work at a site now, and who comes next."""

    now: list[str]
    next_at: datetime | None
    next: list[str]


def standing(site: str, now: datetime) -> Standing:
    """Within the next day."""
    there = queries.present(site, now, now + A_DAY)
    coming = [(span.start, person) for person, spans in there.items() for span in spans if span.start > now]
    at = min((start for start, _person in coming), default=None)
    here = [person for person, spans in there.items() if any(s.start <= now < s.end for s in spans)]
    names = people.names(there)
    following = sorted({names[person] for start, person in coming if start == at})
    return Standing(sorted(names[person] for person in here), at, following)


def taken_out(site: str, first: date, last: date) -> list[Planned]:
    """Published turns of these days that were taken out by hand, and can be put back."""
    rows = Planned.objects.filter(pattern__site=site, day__range=(first, last)).select_related("pattern", "person")
    found = list(rows.order_by("day", "pk"))
    there = {False: times.known(r.row for r in found if r.pattern.kind != "duty")}
    there[True] = times.known((r.row for r in found if r.pattern.kind == "duty"), duty=True)
    return [row for row in found if row.row not in there[row.pattern.kind == "duty"]]


def shifts_of(person: int, first: datetime, last: datetime) -> list[Cell]:
    """One person's own, at every site."""
    rows = times.shifts(first, last, [person])
    names = {(s.pk, p.pk): f"{p.name}, {s.name}" for s in sites.sites() for p in sites.places(s.pk)}
    sites_by_id = {s.pk: s.name for s in sites.sites()}
    swaps = {s.shift: s for s in swaps_of([row.id for row in rows])}
    away = queries.away([person], first, last).get(person, [])
    found = [
        Cell(
            person,
            "work",
            r.id,
            r.starts_at,
            r.ends_at,
            names.get((r.site, r.place or 0), sites_by_id[r.site]),
            swap=swaps.get(r.id),
        )
        for r in rows
    ]
    return [replace(cell, away=_is_away(cell, away)) for cell in found]


def offers_to(person: int, site: str, now: datetime) -> list[Swap]:
    """Shifts that somebody else offers to this person, or to everybody who works there."""
    rows = Swap.objects.filter(state=Swap.State.OFFERED, site=site, starts_at__gt=now).exclude(giver=person)
    return [row for row in rows.select_related("giver").order_by("starts_at") if row.taker_id in (None, person)]
