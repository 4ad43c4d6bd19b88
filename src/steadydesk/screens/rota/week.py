"""The rota of a site, week by week: on a screen, on a phone and on paper."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.people import queries as people
from steadydesk.rota import gaps, papers, queries, weeks
from steadydesk.rota.pattern_rules import moments
from steadydesk.rota.rules import Span
from steadydesk.rota.words import NOBODY, when
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.screens.rota.days import A_WEEK, asked_day, monday, today
from steadydesk.sites.models import Site


@page(Permission.VISIT_READ)
def week(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who works when, who is on now and next, and what nobody covers; a manager sees the plan in it too."""
    site, now = choose_site(request, by, Permission.VISIT_READ), clock.now()
    first = monday(asked_day(request, "week", today(site, now)))
    leads = by.may(Permission.PRESENCE_SET, site.pk)
    teams = people.teams_at(site.pk)
    team = next((t.pk for t in teams if t.pk == request.GET.get("team")), "")
    found: dict[str, Any] = {
        "week": weeks.week(site.pk, first, now, team=team, drafts=leads),
        "team": team,
        "teams": teams,
        "before": first - A_WEEK,
        "after": first + A_WEEK,
        "today": today(site, now),
        "standing": weeks.standing(site.pk, now),
        "published": gaps.published_until(site.pk),
        "leads": leads,
        "me": by.person,
        "taken_out": weeks.taken_out(site.pk, first, first + timedelta(days=6)) if leads else [],
    }
    return show(request, by, "rota/week.html", site=site, **found, **_lacking(site, first, now))


def _lacking(site: Site, first: date, now: datetime) -> dict[str, Any]:
    """What of this week nobody covers, and who is alone."""
    start, end = _span(site, first)
    names = {team.pk: team.name for team in people.teams_at(site.pk)}
    start = max(start, now)
    if start >= end:
        return {"gaps": [], "lone": []}
    missing = gaps.gaps(site.pk, start, end)
    alone = [p for days in gaps.published(site.pk, start, end) for p in queries.lone_periods(site.pk, *_pair(days))]
    return {
        "gaps": [
            str(NOBODY[g.kind]) % {"team": names.get(g.team, g.team), "when": when(g.span, site.time_zone)}
            for g in missing
        ],
        "lone": [(when(Span(p.start, p.end), site.time_zone), p.evening) for p in alone],
    }


def _pair(span: Span) -> tuple[datetime, datetime]:
    return span.start, span.end


def _span(site: Site, first: date) -> tuple[datetime, datetime]:
    last = first + timedelta(days=6)
    none = gaps.MIDNIGHT
    return moments(first, none, none, site.time_zone)[0], moments(last, none, none, site.time_zone)[1]


@page(Permission.PRESENCE_SET)
def export(request: HttpRequest, by: Actor, form: str) -> HttpResponse:
    """The published rota of four weeks as a file."""
    site, now = choose_site(request, by, Permission.PRESENCE_SET), clock.now()
    first = monday(asked_day(request, "week", today(site, now)))
    lines = papers.rows(site.pk, _span(site, first)[0], _span(site, first + 3 * A_WEEK)[1])
    if form == "csv":
        answer = HttpResponse(papers.as_csv(lines), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(papers.as_calendar(site.pk, lines, now), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rota-{site.pk}-{first}.{form}"'
    return answer
