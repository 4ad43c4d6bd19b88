"""What ends by itself."""

from datetime import datetime

from steadydesk.customers import actions
from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system


def end_withdrawal(due: Due, now: datetime) -> None:
    """Its last day is over."""
    actions.end_on_its_day(int(due.key), by=system("clock"), now=now)


WORK: Clockwork = {actions.ENDS: end_withdrawal}
