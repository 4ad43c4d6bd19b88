"""Who is there."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.api.v1.visits import Nothing, key
from steadydesk.kernel.actor import Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.people import actions
from steadydesk.people.queries import find
from steadydesk.sites.queries import site as find_site
from steadydesk.visits import designating

router = Router(tags=["people"])
of_sites = Router(tags=["people"])
"""Stands under the site's address."""
LIST: dict[int, Any] = {200: Page, 403: Problem, 404: Problem}
DONE: dict[int, Any] = {200: dict[str, Any], 403: Problem, 404: Problem, 422: Problem}


class Presence(Body):
    """Whether the person is at work at the site, and there."""

    site: str
    on_shift: bool | None = None
    absent: bool | None = None


@router.post(
    "/{login}/presence", response={200: dict[str, Any], 403: Problem, 404: Problem}, summary="Say who is there"
)
def set_presence(request: HttpRequest, login: str, payload: Presence) -> dict[str, Any]:
    """By the person, or by a manager of the site. No reason is asked."""
    by, now = actor(request), clock.now()
    person = find(login)
    if person is None:
        raise NotFound(_("There is no such person."))
    find_site(payload.site)
    if payload.on_shift is not None:
        change = actions.start_shift if payload.on_shift else actions.end_shift
        change(person.person, payload.site, by=by, now=now)
    if payload.absent is not None:
        mark = actions.mark_absent if payload.absent else actions.mark_present
        mark(person.person, payload.site, by=by, now=now)
    return {"login": login, "on_shift": payload.on_shift, "absent": payload.absent}


class Designated(Body):
    """Who has the customers who come for this: ``service:…`` or ``team:…``, and a login."""

    for_: str = Field("", alias="for")
    person: str = ""


@of_sites.get("/{site}/designated", response=LIST, summary="To whom customers are referred")
def list_designated(request: HttpRequest, site: str) -> dict[str, Any]:
    """For each enquiry type and team; none where the next list counts."""
    by = actor(request)
    find_site(site)
    by.check(Permission.VISIT_READ, site)
    items = [
        {
            "for": one.word,
            "label": one.label,
            "people": [{"line": str(line), "name": name} for line, _p, name in one.lines],
        }
        for one in designating.lists(site)
    ]
    return {"items": items, "next": None}


@of_sites.post("/{site}/designated", response=DONE, summary="Put somebody on a designated list")
def designate(request: HttpRequest, site: str, payload: Designated) -> dict[str, Any]:
    """By those who manage the site."""
    find_site(site)
    found = find(payload.person) if payload.person else None
    person = found.person if found else None
    return {"line": str(designating.designate(site, payload.for_, person, by=actor(request), now=clock.now()))}


@of_sites.post("/{site}/designated/{line}/off", response=DONE, summary="Take somebody off a designated list")
def take_off(request: HttpRequest, site: str, line: str, payload: Nothing | None = None) -> dict[str, Any]:
    """What was asked of them stays asked."""
    designating.take_off(key(line), by=actor(request), now=clock.now())
    return {"line": line}
