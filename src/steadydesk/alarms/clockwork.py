"""What falls due for an alarm: the next step, an arrival that did not come, another broadcast."""

from datetime import datetime

from steadydesk.alarms import actions, queries
from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.kernel.actor import system

LEFT = system("person:left")


def pass_time(due: Due, now: datetime) -> None:
    """Decide again. The alarm opens its own transaction and sets its own next deadline."""
    actions.tick(queries.alarm(due.key))


def take_leaver_off(due: Due, now: datetime) -> None:
    """Somebody who is coming has left."""
    actions.take_leaver_off(due.subject, by=LEFT, now=now)


WORK: Clockwork = {"alarm": pass_time, actions.LEAVER: take_leaver_off}
