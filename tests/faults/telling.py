"""A call that is told to people: what the stories about ways of reaching them have in common."""

from datetime import UTC, datetime, timedelta

from steadydesk.delivery import actions, queries
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import write
from steadydesk.kernel.clock import clock

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ALARM = "alarm:7d1e"


def call(*people, kind="alarm", urgent=True, number=1, mode="real"):
    """Tell these people, by whatever ways they have."""
    message = Message(kind, "7d1e", "Desk 2", mode=mode, urgency="help", number=number)
    with write(clock.now()):
        actions.queue(
            message,
            people=people,
            key=f"{ALARM}:{number}",
            subject=ALARM,
            site="exchange",
            urgent=urgent,
            now=clock.now(),
        )


def receipts(channel):
    """What became of it by one way."""
    return [r for r in queries.receipts(ALARM) if r.channel == channel]
