"""What happens when nobody has asked for help in time."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.encounters import actions
from steadydesk.kernel.actor import system

ENGINE = system("clock")


def ask_once_more(due: Due, now: datetime) -> None:
    """The set seconds are over (L2)."""
    actions.ask_once_more(due.subject, by=ENGINE, now=now)


WORK: Clockwork = {actions.ONCE_MORE: ask_once_more}
