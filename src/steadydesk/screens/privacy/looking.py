"""Keeping who looked, on pages of the daily work and of set-up."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.pages.middleware import actor
from steadydesk.privacy import actions

OF_A_PERSON = frozenset({"people_person_change", "people_person_history", "desks_key_change"})
"""Pages of set-up about one member of staff, by the names of their addresses; a key has its person's number."""

log = logging.getLogger(__name__)


def keep_look(subject: str, screen: str, by: Actor) -> None:
    """Put the look into the view log. The work goes on when storage is away: the page can be read all the same."""
    try:
        actions.note_view(subject, screen, by=by, now=clock.now())
    except OperationalError as error:
        log.warning("a look at %s could not be kept: %s", subject, type(error).__name__)


class SetUpLooks:
    """Set-up shows addresses and telephone numbers of members of staff: whoever opens one of these pages has looked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the page be made; what was refused was not seen."""
        response = self.get_response(request)
        page = request.resolver_match
        if page is not None and page.app_name == "admin" and response.status_code == HTTPStatus.OK:
            who = page.kwargs.get("object_id", "") if page.url_name in OF_A_PERSON else ""
            if who.isdigit() and request.method == "GET":
                keep_look(f"person:{who}", "set_up", actor(request))
        return response
