"""What happens when a moment comes for a visit, a prompt, or everybody who waits at a site."""

from datetime import datetime

from steadydesk.deadlines.actions import set_deadline
from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system
from steadydesk.visits import actions, prompting
from steadydesk.visits.settling import CLOCK, look_again

ENGINE = system("clock")


def look_at_visit(due: Due, now: datetime) -> None:
    """A clock of the visit may have passed."""
    look_again(int(due.key), by=ENGINE, now=now)


def repeat_prompt(due: Due, now: datetime) -> None:
    """Nobody may have answered the prompt."""
    prompting.repeat(int(due.key), by=ENGINE, now=now)


def stop_waits(due: Due, now: datetime) -> None:
    """The site was closed or emptied."""
    if actions.stop_some_waits(due.key, by=ENGINE, now=now):
        set_deadline(actions.SITE_WAITS, due.subject, now)


WORK: Clockwork = {CLOCK: look_at_visit, prompting.REPEAT: repeat_prompt, actions.SITE_WAITS: stop_waits}
