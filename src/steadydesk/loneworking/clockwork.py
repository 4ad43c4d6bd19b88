"""What silence does, and what an answer does once it is on disk. Both may call for help, so both are alarms' lane."""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system
from steadydesk.loneworking import actions

ENGINE = system("clock")


def pass_silence(due: Due, now: datetime) -> None:
    """The interval, or the grace, is over."""
    actions.pass_silence(int(due.key), by=ENGINE, now=now)


def read_check_in(due: Due, now: datetime) -> None:
    """Somebody checked in."""
    actions.read_check_in(int(due.key), by=ENGINE, now=now)


WORK: Clockwork = {actions.SILENCE: pass_silence, actions.ANSWER: read_check_in}
