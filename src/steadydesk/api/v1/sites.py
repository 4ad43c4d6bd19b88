"""Sites and what a desk shows."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from steadydesk.alarms import actions as alarms
from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.documents.queries import in_force
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.pages.middleware import actor
from steadydesk.people.queries import teams_at
from steadydesk.sites import actions, queries
from steadydesk.sites.models import Site
from steadydesk.visits import queries as visits

router = Router(tags=["sites"])
JSON = dict[str, Any]


class NewState(Body):
    """What the site does from now."""

    state: str


def _site(by: Actor, id: str) -> Site:
    if not by.may(Permission.SITE_READ, id):
        raise NotFound(_("There is no site “%s”.") % id)
    return queries.site(id)


def _as_json(site: Site) -> JSON:
    return {"id": site.pk, "name": site.name, "state": site.state, "time_zone": site.time_zone, "country": site.country}


@router.get("", response={200: Page}, summary="The sites that may be seen")
def list_sites(request: HttpRequest) -> JSON:
    """By name."""
    by = actor(request)
    found = [s for s in queries.sites() if by.may(Permission.SITE_READ, s.pk)]
    return {"items": [_as_json(s) for s in found], "next": None}


@router.get("/{site}", response={200: JSON, 404: Problem}, summary="One site")
def one_site(request: HttpRequest, site: str) -> JSON:
    """With its places, its teams and the protocol in force."""
    found = _site(actor(request), site)
    places = [{"id": p.id, "name": p.name, "kind": p.kind, "staff_only": p.staff_only} for p in queries.places(site)]
    teams = [{"id": t.pk, "name": t.name} for t in teams_at(site)]
    return {**_as_json(found), "places": places, "teams": teams, "protocol": _protocol(site)}


def _protocol(site: str) -> JSON | None:
    try:
        found = in_force(site)
    except NotFound:
        return None
    return {"document": found.document, "version": found.version}


@router.get("/{site}/board", response={200: JSON, 404: Problem}, summary="What a desk shows now")
def board(request: HttpRequest, site: str) -> JSON:
    """Who waits, which prompts are open, and whether somebody could answer a call."""
    by = actor(request)
    found = _site(by, site)
    by.check(Permission.VISIT_READ, site)
    now: datetime = clock.now()
    can = alarms.book().can_answer(site, by.place or "", by.ref, now)
    return {"site": _as_json(found), "now": now.isoformat(), "can_answer": can, **visits.board(site)}


@router.post("/{site}/state", response={200: JSON, 403: Problem, 422: Problem}, summary="Change the site's state")
def change_state(request: HttpRequest, site: str, payload: NewState) -> JSON:
    """open, closing, closed, emptied or locked_down."""
    by = actor(request)
    _site(by, site)
    if payload.state not in queries.STATES:
        raise Invalid.one("state", _("Choose one of: %s.") % ", ".join(queries.STATES))
    actions.change_state(site, payload.state, by=by, now=clock.now())
    return _as_json(queries.site(site))
