"""Who may come in: somebody met without a badge, and the badges of who is in the building."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from steadydesk.api.v1 import again
from steadydesk.api.v1.schemas import Body, Page
from steadydesk.api.v1.visits import DONE, JSON, Nothing, key
from steadydesk.incidents import actions, queries
from steadydesk.incidents.actions import Visitor
from steadydesk.incidents.models import Badge, Challenge
from steadydesk.incidents.rules import Met
from steadydesk.kernel.actor import Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.sites import queries as sites

router = Router(tags=["access"])
LATELY = timedelta(days=1)


class Challenged(Body):
    """Somebody without a badge. ``met_at`` is now unless it was earlier today."""

    place: str
    result: str
    met_at: datetime | None = None


class Accounted(Body):
    """What became of them: badge, reception, left or mistake."""

    how: str


class Coming(Body):
    """A visitor or a contractor; their name is erased when they leave."""

    kind: str
    name: str
    state: str
    host: int | None = None


class State(Body):
    """One of the protocol's badge states."""

    state: str


def _challenge(row: Challenge) -> JSON:
    return {
        "id": str(row.pk),
        "place": row.place,
        "met_at": row.met_at.isoformat(),
        "challenged": row.challenged,
        "result": row.result,
        "accounted": row.accounted or None,
        "visit": row.visit and str(row.visit),
    }


def _badge(row: Badge) -> JSON:
    left = row.left_at and row.left_at.isoformat()
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "state": row.state,
        "came_at": row.came_at.isoformat(),
        "left_at": left,
    }


def _of(site: str, row: Challenge | Badge) -> None:
    if row.site != site:
        raise NotFound(_("There is no such entry."))


@router.get("/{site}/challenges", response={200: Page, **DONE}, summary="Who was met without a badge")
def list_challenges(request: HttpRequest, site: str) -> JSON:
    """Those that nobody has accounted for, and all of the last day."""
    actor(request).check(Permission.VISIT_READ, site)
    found = queries.challenges(sites.site(site).pk, clock.now() - LATELY)
    return {"items": [_challenge(row) for row in found], "next": None}


@router.post("/{site}/challenges", response={200: JSON, 201: JSON, **DONE}, summary="Log somebody without a badge")
def log_challenge(request: HttpRequest, site: str, payload: Challenged, once: str | None = again.KEY) -> Any:
    """Whoever went to reception arrives there; whoever walked on is looked for. 200 when the same was sent before."""
    met, by = Met(**payload.model_dump()), actor(request)
    status, id = again.made(request, once, lambda: actions.log_challenge(site, met, by=by, now=clock.now()).pk)
    return Status(status, _challenge(queries.challenge(id)))


@router.post("/{site}/challenges/{id}/account", response=DONE, summary="Say what became of them")
def account_for(request: HttpRequest, site: str, id: str, payload: Accounted) -> JSON:
    """Done twice is refused."""
    _of(site, queries.challenge(key(id)))
    actions.account_for(key(id), payload.how, by=actor(request), now=clock.now())
    return _challenge(queries.challenge(key(id)))


@router.get("/{site}/badges", response={200: Page, **DONE}, summary="Who is in the building")
def list_badges(request: HttpRequest, site: str) -> JSON:
    """Visitors, contractors and colleagues at work; no names of visitors."""
    actor(request).check(Permission.VISIT_READ, site)
    where = sites.site(site).pk
    found = [*queries.visitors(where), *queries.colleagues(where, clock.now())]
    items = [
        {"id": p.badge and str(p.badge), "kind": p.kind, "person": p.person, "state": p.state or None} for p in found
    ]
    return {"items": items, "next": None}


@router.post("/{site}/visitors", response={200: JSON, 201: JSON, **DONE}, summary="A visitor or contractor comes in")
def sign_in_visitor(request: HttpRequest, site: str, payload: Coming, once: str | None = again.KEY) -> Any:
    """With the badge that they have. 200 when the same was sent before."""
    visitor, by = Visitor(**payload.model_dump()), actor(request)
    status, id = again.made(request, once, lambda: actions.sign_in_visitor(site, visitor, by=by, now=clock.now()).pk)
    return Status(status, _badge(queries.badge(id)))


@router.post("/{site}/badges/{id}", response=DONE, summary="Say what badge somebody has now")
def note_badge(request: HttpRequest, site: str, id: str, payload: State) -> JSON:
    """Without one the duty manager is told after a while."""
    _of(site, queries.badge(key(id)))
    actions.note_badge(key(id), payload.state, by=actor(request), now=clock.now())
    return _badge(queries.badge(key(id)))


@router.post("/{site}/colleagues/{person}/badge", response=DONE, summary="Say what badge a colleague has")
def note_colleague(request: HttpRequest, site: str, person: str, payload: State) -> JSON:
    """Somebody who is at work at the site."""
    return _badge(actions.note_colleague(site, key(person), payload.state, by=actor(request), now=clock.now()))


@router.post("/{site}/badges/{id}/leave", response=DONE, summary="They leave")
def sign_out(request: HttpRequest, site: str, id: str, payload: Nothing | None = None) -> JSON:
    """Their name is erased."""
    _of(site, queries.badge(key(id)))
    actions.sign_out(key(id), by=actor(request), now=clock.now())
    return _badge(queries.badge(key(id)))
