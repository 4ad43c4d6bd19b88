"""The responder's view: a phone in one hand. No customer's name and no risk word is on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.screens.opening import home
from steadydesk.screens.response import calls, duty
from steadydesk.screens.response.asked import questions
from steadydesk.screens.response.browsers import push_part
from steadydesk.screens.response.page import page, screen, show
from steadydesk.visits import expected


@page(Permission.ALARM_ANSWER)
def respond(request: HttpRequest, by: Actor) -> HttpResponse:
    """Open calls, one's own duty, numbers to ring."""
    own = duty.of(by, home(by), clock.now())
    found: dict[str, Any] = {"calls": _calls(by), **questions(by), **push_part(request, by)}
    found["to_tell"] = expected.shown_to(by, expected.to_tell(by.ref))
    return show(request, by, "response/respond.html", **found, duty=own, back="respond")


@page(Permission.ALARM_ANSWER)
def open_calls(request: HttpRequest, by: Actor) -> HttpResponse:
    """The part of the page that tells more about each open call than its banner does."""
    return show(request, by, "response/open_calls.html", calls=_calls(by))


def _calls(by: Actor) -> list[calls.Call]:
    # Within earshot of the place a page stays as quiet as the banner.
    return calls.open_calls(by, tuple(screen(by)["quiet_places"]))
