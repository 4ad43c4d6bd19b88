"""Who has rehearsed the phrase: read and recorded by those who lead."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.api.v1.visits import Nothing, key
from steadydesk.kernel.actor import Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.people.queries import find
from steadydesk.sites.queries import site as find_site
from steadydesk.training import actions, queries
from steadydesk.training.rules import PHRASE, Rehearsed

router = Router(tags=["sites"])
JSON = dict[str, Any]


class Held(Body):
    """Who rehearsed with whom (login or id), and on which day."""

    person: str = ""
    partner: str = ""
    held_on: date | None = None
    what: str = PHRASE


@router.get("/{site}/rehearsals", response={200: Page, 403: Problem, 404: Problem}, summary="Who has rehearsed")
def list_rehearsals(request: HttpRequest, site: str) -> JSON:
    """Everybody who works there, by name: ``in_date``, ``overdue`` or ``never``, and the last one."""
    by = actor(request)
    find_site(site)
    by.check(Permission.SAFETY_RECORD, site)
    found = queries.standings(site, clock.now())
    return {"items": [_show(one) for one in found], "next": None}


def _show(one: queries.Standing) -> JSON:
    last = None
    if one.last is not None:
        last = {"id": str(one.last.pk), "held_on": one.last.held_on.isoformat(), "with": one.partner}
    return {"person": str(one.person), "name": one.name, "what": PHRASE, "state": one.state, "last": last}


@router.post(
    "/{site}/rehearsals",
    response={201: JSON, 403: Problem, 404: Problem, 422: Problem},
    summary="Somebody rehearsed the phrase",
)
def record_rehearsal(request: HttpRequest, site: str, payload: Held) -> Status[JSON]:
    """With whom, and when; sent twice it is one."""
    by = actor(request)
    find_site(site)
    person, partner = (find(word) if word else None for word in (payload.person, payload.partner))
    ids = (person.person if person else None, partner.person if partner else None)
    row = actions.record_rehearsal(site, Rehearsed(*ids, payload.held_on, payload.what), by=by, now=clock.now())
    return Status(201, {"id": str(row.pk), "what": row.what, "held_on": row.held_on.isoformat()})


@router.post(
    "/{site}/rehearsals/{id}/take-back",
    response={200: JSON, 403: Problem, 404: Problem},
    summary="A rehearsal was recorded by mistake",
)
def take_back_rehearsal(request: HttpRequest, site: str, id: str, payload: Nothing | None = None) -> JSON:
    """It stays on record as taken back, and counts no more."""
    by = actor(request)
    find_site(site)
    by.check(Permission.SAFETY_RECORD, site)
    row = queries.rehearsal(key(id))
    if row.site != site:
        raise NotFound(_("There is no such rehearsal."))
    actions.take_back_rehearsal(row.pk, by=by, now=clock.now())
    return {"id": str(row.pk), "taken_back": True}
