"""Keeping who looked, on pages of the daily work."""

import logging

from django.db import OperationalError

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.privacy import actions

log = logging.getLogger(__name__)


def keep_look(subject: str, screen: str, by: Actor) -> None:
    """Put the look into the view log. The work goes on when storage is away: the page can be read all the same."""
    try:
        actions.note_view(subject, screen, by=by, now=clock.now())
    except OperationalError as error:
        log.warning("a look at %s could not be kept: %s", subject, type(error).__name__)
