"""Gaps of a published rota, seen before they happen: nobody at the desk, on duty, or to lead a team (E2a-dep)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from steadydesk.deadlines.actions import set_deadline
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.people import queries as people
from steadydesk.people import times
from steadydesk.people.models import Team
from steadydesk.rota import queries, rules
from steadydesk.rota.models import Publication
from steadydesk.rota.pattern_rules import moments
from steadydesk.rota.rules import Span
from steadydesk.rota.telling import tell_of_gaps
from steadydesk.sites import queries as sites

AHEAD = timedelta(days=14)
"""So far ahead somebody can still find cover, and sees the gap."""
AT_A_DESK = ("reception", "desk")
LEADS = ("manager", "deputy")
MIDNIGHT = time()
A_DAY = timedelta(days=1)
LOOK = "rota-gaps"
"""Kind of deadline: look at a site's rota."""
MOST = 200


@dataclass(frozen=True)
class Gap:
    """Nobody is there although somebody should be."""

    kind: str
    """``desk``, ``duty`` or ``lead``."""
    team: str
    """Its id; empty for the desk."""
    span: Span


def published(site: str, first: datetime, last: datetime) -> list[Span]:
    """The part of this time for which the site's rota is published."""
    zone = sites.site(site).time_zone
    day = first.astimezone(ZoneInfo(zone)).date()
    rows = Publication.objects.filter(site=site, last__gte=day)
    spans = (
        Span(moments(row.first, MIDNIGHT, MIDNIGHT, zone)[0], moments(row.last, MIDNIGHT, MIDNIGHT, zone)[1])
        for row in rows
    )
    return rules.within(spans, first, last)


def gaps(site: str, first: datetime, last: datetime) -> list[Gap]:
    """Every gap of the published rota within this time while the site is open, in order of beginning."""
    hours = queries.opened(site, first, last)
    asked = rules.common(published(site, first, last), hours or ())
    if not asked:
        return []
    there = queries.present(site, first, last)
    found = [Gap("desk", "", span) for span in rules.without(asked, _at_desks(site, first, last))]
    for team in people.teams_at(site):
        found += _gaps_of_team(team, asked, there)
    return sorted(found, key=lambda gap: (gap.span.start, gap.kind, gap.team))


def _gaps_of_team(team: Team, asked: list[Span], there: dict[int, list[Span]]) -> list[Gap]:
    leads = [c.person for post in LEADS for c in people.with_post(team.pk, post)]
    led = [span for person in leads for span in there.get(person, ())]
    # A team without any lead is a gap of the set-up, and told as that.
    found = [Gap("lead", team.pk, span) for span in rules.without(asked, led)] if leads else []
    if team.runs_duty_rota:
        found += [Gap("duty", team.pk, span) for span in rules.without(asked, _on_duty(team.pk, asked))]
    return found


def _at_desks(site: str, first: datetime, last: datetime) -> list[Span]:
    """Who is on shift at a desk, or nowhere in particular; somebody in the back office serves nobody."""
    desks = {place.pk for place in sites.places(site) if place.kind in AT_A_DESK}
    rows = [s for s in times.shifts(first, last, None, site) if s.place is None or s.place in desks]
    away = queries.away({row.person for row in rows}, first, last)
    spans = []
    for row in rows:
        end = row.ends_at or queries.presumed_end(site, row.starts_at)
        spans += rules.without([Span(row.starts_at, end)], away.get(row.person, ()))
    return spans


def _on_duty(team: str, asked: list[Span]) -> list[Span]:
    first, last = asked[0].start, asked[-1].end
    rows = times.duties(first, last, [team])
    away = queries.away({row.person for row in rows}, first, last)
    spans = [(row.person, Span(row.starts_at, row.ends_at or last)) for row in rows]
    return [piece for person, span in spans for piece in rules.without([span], away.get(person, ()))]


def published_until(site: str) -> Publication | None:
    """The publication that reaches farthest."""
    return Publication.objects.filter(site=site).order_by("-last", "-pk").first()


def look_soon(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody's time was withdrawn, or a rota published: the engine looks at the sites that it touches, once."""
    person = entry.facts.get("person")
    for site in {entry.site} if person is None else people.belongs_to(int(person)):
        if site:
            set_deadline(LOOK, f"site:{site}", now)


def look_for_gaps(site: str, *, by: Actor, now: datetime) -> None:
    """Whatever of the next two weeks nobody covers is said once, to whom it concerns; looked at again each day."""
    with write(now):
        said = [e.facts for e in journal.latest([site], [Event.ROTA_GAP], now - AHEAD, limit=MOST)]
        fresh = []
        for gap in gaps(site, now, now + AHEAD)[:MOST]:
            start, end = gap.span.start.isoformat(), gap.span.end.isoformat()
            if all((f["kind"], f["team"], f["end"]) != (gap.kind, gap.team, end) for f in said):
                fresh.append(gap.team)
                record(
                    Event.ROTA_GAP, f"site:{site}", by=by, site=site, kind=gap.kind, team=gap.team, start=start, end=end
                )
        tell_of_gaps(site, fresh, now)
        if published(site, now, now + AHEAD):
            set_deadline(LOOK, f"site:{site}", now + A_DAY)
