"""Who is there."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from steadydesk.api.v1.schemas import Body, Problem
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.people import actions
from steadydesk.people.queries import find
from steadydesk.sites.queries import site as find_site

router = Router(tags=["people"])


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
