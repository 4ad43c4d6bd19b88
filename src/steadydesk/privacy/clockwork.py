"""What happens when the next round of forgetting, or the day of a hold, has come."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system
from steadydesk.privacy import actions, purging


def purge(due: Due, now: datetime) -> None:
    """A piece of a round."""
    purging.purge_on_deadline(now)


def ask_about_hold(due: Due, now: datetime) -> None:
    """A hold's day has come."""
    actions.ask_about_hold(int(due.key), by=system("clock"), now=now)


WORK: Clockwork = {purging.PURGE: purge, actions.HOLD_DUE: ask_about_hold}
