"""What silence does, and what an answer does once it is on disk. Both may call for help, so both are alarms' lane.

And who is left alone at a site, and what of it is to be inspected.
"""

from datetime import datetime

from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system
from steadydesk.loneworking import actions, periods, reminders

ENGINE = system("clock")


def pass_silence(due: Due, now: datetime) -> None:
    """The interval, or the grace, is over."""
    actions.pass_silence(int(due.key), by=ENGINE, now=now)


def read_check_in(due: Due, now: datetime) -> None:
    """Somebody checked in."""
    actions.read_check_in(int(due.key), by=ENGINE, now=now)


def look_who_is_alone(due: Due, now: datetime) -> None:
    """A shift begins or ends, or somebody has gone: who is alone now, and who will be."""
    periods.look_ahead(due.key, by=ENGINE, now=now)
    actions.look_who_is_alone(due.key, by=ENGINE, now=now)


def remind(due: Due, now: datetime) -> None:
    """Something is to be inspected."""
    reminders.remind(due.key, by=ENGINE, now=now)


WORK: Clockwork = {
    actions.SILENCE: pass_silence,
    actions.ANSWER: read_check_in,
    actions.ALONE: look_who_is_alone,
    reminders.CHECKS: remind,
}
