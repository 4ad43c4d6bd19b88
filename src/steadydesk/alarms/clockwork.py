"""What falls due for an alarm: the next step, an arrival that did not come, another broadcast."""

from datetime import datetime

from steadydesk.alarms import actions, queries
from steadydesk.deadlines.firing import Clockwork, Due


def pass_time(due: Due, now: datetime) -> None:
    """Decide again. The alarm opens its own transaction and sets its own next deadline."""
    actions.tick(queries.alarm(due.key))


WORK: Clockwork = {"alarm": pass_time}
