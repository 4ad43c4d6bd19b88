"""What happens when the next round of forgetting, or the day of a hold, has come."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system
from steadydesk.privacy import actions, purging, queries
from steadydesk.visits import records as visits


def purge(due: Due, now: datetime) -> None:
    """A piece of a round."""
    purging.purge_on_deadline(now)


def ask_about_hold(due: Due, now: datetime) -> None:
    """A hold's day has come."""
    actions.ask_about_hold(int(due.key), by=system("clock"), now=now)


def wipe_description(due: Due, now: datetime) -> None:
    """A visit is over; while it is held, what was typed waits for the rounds of forgetting after the hold."""
    visits.wipe_description(int(due.key), queries.held())


WORK: Clockwork = {purging.PURGE: purge, actions.HOLD_DUE: ask_about_hold, visits.WIPE: wipe_description}
