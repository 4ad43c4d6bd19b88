"""A registration that is lost, or back, becomes an entry: a manager sees it, not the log alone."""

from datetime import datetime, timedelta
from pathlib import Path

from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.project.telephones.standing import standing

BY = system("telephones")
LOOK_BACK = timedelta(days=90)


def report_line(data: Path, now: datetime) -> None:
    """Write down a change since the last look; nothing while nothing has changed."""
    state = standing(data)
    if state is None:
        return
    said = journal.latest([], (Event.TELEPHONES_LOST, Event.TELEPHONES_BACK), now - LOOK_BACK, 1)
    was_lost = bool(said) and said[0].type == Event.TELEPHONES_LOST
    if state["registered"] is was_lost:
        with write(now):
            event = Event.TELEPHONES_BACK if was_lost else Event.TELEPHONES_LOST
            record(event, "installation", by=BY, since=state["since"].isoformat(), said=state["said"])
