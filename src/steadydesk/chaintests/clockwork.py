"""What falls due for tests of the chain: the next one, and the end of one that runs."""

from datetime import datetime

from steadydesk.chaintests import actions
from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system

ENGINE = system("clock")


def look(due: Due, now: datetime) -> None:
    """The next test of a site is due."""
    actions.look_whether_to_test(due.key, due.due_at, by=ENGINE, now=now)


def look_after(due: Due, now: datetime) -> None:
    """Somebody may have called meanwhile, or its time is over."""
    actions.look_after_test(int(due.key), by=ENGINE, now=now)


WORK: Clockwork = {actions.DUE: look, actions.ENDS: look_after}
