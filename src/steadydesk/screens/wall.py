"""The wall board for staff: large, quiet, without names and without anything to press. It reads, and no more."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotAllowed, SteadydeskError
from steadydesk.pages.middleware import actor
from steadydesk.screens import opening
from steadydesk.screens.desk import board, words
from steadydesk.screens.desk.board import LIMITS, Labels
from steadydesk.screens.response import calls
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import here, outlook
from steadydesk.visits import queries as visits
from steadydesk.visits.here import Row
from steadydesk.visits.models import Prompt
from steadydesk.visits.outlook_rules import Expected

MOST = 10
"""So many tickets of a kind stand on the board, then how many more there are."""


@dataclass(frozen=True)
class Ticket:
    """A customer as the board shows one."""

    ref: str
    since: datetime
    due_at: datetime | None = None


@dataclass(frozen=True)
class Question:
    """A prompt that waits for an answer: what is asked and since when; whom to ring stands on the desk."""

    kind: str
    about: str
    team: str
    since: datetime


@dataclass(frozen=True)
class Queue:
    """Who waits for one service."""

    name: str
    count: int
    since: datetime
    """Since when whoever came first waits."""
    expected: str
    good_until: datetime | None


def _admit(request: HttpRequest) -> Actor:
    """A wall board or somebody at work, where no customer can read along. Raises ``NotAllowed``."""
    by = actor(request)
    by.check(Permission.WALL_READ)
    if by.place and not sites.place(by.site or "", by.place).staff_only:
        raise NotAllowed(_("Customers can read this screen. A wall board opens only where the set-up says staff only."))
    if by.locked:
        raise NotAllowed(_("This screen is locked."))
    return by


@opening.opened_by(_admit)
def wall(request: HttpRequest, by: Actor) -> HttpResponse:
    """The whole page, which then keeps itself up to date."""
    site = _home(by)
    shown = opening.screen(by, site, by.place or "", counter=False)
    return render(request, "wall/wall.html", {"screen": shown, **_board(by, site, clock.now())})


@opening.opened_by(actor)
def wall_part(request: HttpRequest, by: Actor) -> HttpResponse:
    """The part that is fetched again. A place where customers can read now is emptied at once."""
    try:
        _admit(request)
    except SteadydeskError:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "wall/part.html", _board(by, _home(by), clock.now()))


def _home(by: Actor) -> Site:
    site = opening.home(by)
    if site is None:
        raise NotAllowed(_("You may not see this at any site."))
    return site


def _board(by: Actor, site: Site, now: datetime) -> dict[str, Any]:
    hidden = encounters.kept_from(by)
    rows = [r for r in here.rows(site.pk, now) if not encounters.is_hidden([r.visit.pk], hidden)]
    waiting = [r for r in rows if r.visit.attended_at is None]
    named = board.labels(site.pk)
    over = [_ticket(r) for r in waiting if set(r.over) & set(LIMITS)]
    called = [_ticket(r) for r in waiting if r.visit.state == "offered"]
    spot = next((s for s in sites.places(site.pk) if s.id == by.place), None)
    quiet = tuple(s.id for s in sites.within_earshot(spot)) if spot else ()
    every = [c for c in calls.open_calls(by) if c.alarm.site == site.pk]
    return {
        "site": site,
        "queues": _queues(waiting, named, outlook.expected_waits(site, now)),
        "waiting": len(waiting),
        "over": _some(over),
        "called": _some(called),
        "prompts": _some(_questions(site, named, hidden)),
        "calls": [c for c in every if c.alarm.place not in quiet],
        "quiet": any(c.alarm.place in quiet for c in every),
    }


def _ticket(row: Row) -> Ticket:
    due = next((c.due_at for c in row.clocks if c.kind in LIMITS), None)
    return Ticket(row.visit.ref, row.visit.waits_from, due)


def _some(found: Iterable["Ticket | Question"]) -> dict[str, Any]:
    """The longest waits first, and how many more there are."""
    every = sorted(found, key=lambda one: one.since)
    return {"count": len(every), "shown": every[:MOST], "more": len(every[MOST:])}


def _queues(rows: Iterable[Row], named: Labels, expected: dict[str, Expected | str]) -> list[Queue]:
    by_service: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_service.setdefault((named.of(row.visit), row.visit.team), []).append(row)
    return [
        Queue(
            name=name,
            count=len(found),
            since=min(r.visit.waits_from for r in found),
            expected=words.expected_words(expected.get(team)),
            good_until=_good_until(expected.get(team)),
        )
        for (name, team), found in sorted(by_service.items())
    ]


def _good_until(expected: Expected | str | None) -> datetime | None:
    return expected.good_until if isinstance(expected, Expected) else None


def _questions(site: Site, named: Labels, hidden: Collection[str]) -> list[Question]:
    """What is asked here, without what is kept from the reader."""
    return [_question(p, len(p.visits.all()), named) for p in visits.open_prompts(site.pk, hidden)]


def _question(prompt: Prompt, count: int, named: Labels) -> Question:
    about = ngettext("%d customer", "%d customers", count) % count
    team = named.teams.get(prompt.team, "") if prompt.kind == "ask_service" else ""
    return Question(words.prompt_kind(prompt.kind), about, team, prompt.asked_at)


urlpatterns = [
    path("wall", require_safe(wall), name="wall"),
    path("wall/part", require_safe(wall_part), name="wall-part"),
]
