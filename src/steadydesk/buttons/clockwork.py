"""What happens when a button is not heard of."""

from datetime import datetime

from steadydesk.buttons import actions
from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system

ENGINE = system("clock")


def miss(due: Due, now: datetime) -> None:
    """It should have said something by now."""
    actions.note_silent(int(due.key), by=ENGINE, now=now)


WORK: Clockwork = {actions.SILENT: miss}
