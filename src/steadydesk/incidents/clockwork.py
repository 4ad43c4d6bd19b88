"""What happens when nobody has accounted for somebody without a badge."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.incidents import actions
from steadydesk.kernel.actor import system


def look_again(due: Due, now: datetime) -> None:
    """It has been long enough."""
    actions.look_again(due.subject, by=system("clock"), now=now)


WORK: Clockwork = {actions.LOOK: look_again}
