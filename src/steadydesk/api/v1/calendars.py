"""One's own calendars, read for when one is busy, and the secret address of one's shifts: nobody else's."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.api.v1.visits import JSON, Nothing, key
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotSignedIn
from steadydesk.pages.middleware import actor
from steadydesk.rota import actions, calendars, feeds
from steadydesk.rota.models import Calendar

router = Router(tags=["rota"])
LIST: dict[int, Any] = {200: Page, 401: Problem}
DONE: dict[int, Any] = {200: JSON, 401: Problem, 404: Problem, 409: Problem, 422: Problem}


class NewCalendar(Body):
    """What one calls it, and either its address or the file itself, as iCalendar."""

    label: str = ""
    address: str | None = None
    file: str | None = Field(None, max_length=1_500_000)


@router.get("/calendars", response=LIST, summary="One's own calendars")
def list_calendars(request: HttpRequest) -> JSON:
    """When each was read, and why not. Their addresses are shown to nobody."""
    return {"items": [_calendar(row) for row in calendars.calendars_of(_me(actor(request)))], "next": None}


@router.post("/calendars", response=DONE, summary="Add a calendar of one's own")
def add_calendar(request: HttpRequest, payload: NewCalendar) -> JSON:
    """By address it is fetched every half hour; a file holds for a year."""
    by, now = actor(request), clock.now()
    _me(by)
    if (payload.address is None) is (payload.file is None):
        raise Invalid.one("address", _("Give the address of a calendar, or its file."))
    if payload.file is not None:
        return {"id": str(actions.upload_calendar(payload.label, payload.file.encode(), by=by, now=now))}
    hosts = settings.CALENDAR_HOSTS
    return {"id": str(actions.add_calendar(payload.label, payload.address or "", hosts, by=by, now=now))}


@router.post("/calendars/{id}/fetch", response=DONE, summary="Fetch it now")
def fetch_calendar(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """It does not wait for the half hour."""
    by = actor(request)
    _me(by)
    actions.fetch_again(key(id), by=by, now=clock.now())
    return {"id": id}


@router.post("/calendars/{id}/remove", response=DONE, summary="Take a calendar away")
def remove_calendar(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """With everything that it said."""
    by = actor(request)
    _me(by)
    actions.remove_calendar(key(id), by=by, now=clock.now())
    return {"id": id}


@router.get("/feed", response=DONE, summary="Since when one's shifts have an address")
def show_feed(request: HttpRequest) -> JSON:
    """``null`` without one. The address itself was shown once."""
    found = feeds.feed_of(_me(actor(request)))
    return {"since": found.made_at.isoformat() if found else None}


@router.post("/feed", response=DONE, summary="Make a secret address of one's shifts")
def make_feed(request: HttpRequest, payload: Nothing | None = None) -> JSON:
    """It is told this once; an older one opens nothing any more."""
    secret = feeds.make_feed(by=actor(request), now=clock.now())
    return {"address": request.build_absolute_uri(f"/rota/feed/{secret}.ics")}


@router.post("/feed/revoke", response=DONE, summary="Take the address back")
def revoke_feed(request: HttpRequest, payload: Nothing | None = None) -> JSON:
    """Nothing opens under it any more."""
    feeds.revoke_feed(by=actor(request), now=clock.now())
    return {"since": None}


def _me(by: Actor) -> int:
    if by.person is None:
        raise NotSignedIn(_("Sign in: a desk has no calendar."))
    return by.person


def _calendar(row: Calendar) -> JSON:
    return {
        "id": str(row.pk),
        "label": row.label,
        "fetched": bool(row.address),
        "read_at": row.read_at.isoformat() if row.read_at else None,
        "read_until": row.read_until.isoformat() if row.read_until else None,
        "fault": row.fault or None,
    }
