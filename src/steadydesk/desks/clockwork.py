"""What ends by itself at a desk, and the look at opening time."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.desks import actions
from steadydesk.desks.expecting import DESKS_EXPECTED
from steadydesk.desks.passing import PASS_ENDS
from steadydesk.desks.tapping import TAP_ENDS, end_old
from steadydesk.kernel.actor import system

ENGINE = system("clock")


def end_tap(due: Due, now: datetime) -> None:
    """Nobody's shift is that long."""
    end_old(int(due.key), by=ENGINE, now=now)


def end_pass(due: Due, now: datetime) -> None:
    """The day is over."""
    actions.end_pass(int(due.key), by=ENGINE, now=now)


def look_for_desks(due: Due, now: datetime) -> None:
    """Opening time."""
    actions.look_for_desks(due.key, by=ENGINE, now=now)


WORK: Clockwork = {TAP_ENDS: end_tap, PASS_ENDS: end_pass, DESKS_EXPECTED: look_for_desks}
