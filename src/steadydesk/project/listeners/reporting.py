"""A connection that is lost, or back, becomes an entry: people see it, not the log alone."""

import socket
from datetime import datetime, timedelta

from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.project.listeners.standing import Standing

TELEPHONES = (Event.TELEPHONES_LOST, Event.TELEPHONES_BACK)
BROKER = (Event.BROKER_LOST, Event.BROKER_BACK)
LOOK_BACK = timedelta(days=90)
LOOKED_AT = 200
UNHEARD = "its own process does not answer"


def report(state: Standing | None, events: tuple[Event, Event], now: datetime, *, gone: bool = False) -> None:
    """Write down a change since the last look; nothing while nothing has changed. Each machine has a listener.

    ``gone``: nothing is heard of the listener itself, which is a loss as well.
    """
    if state is None and not gone:
        return
    lost, back = events
    machine, well = socket.gethostname(), state is not None and state.well and not gone
    said = [e for e in journal.latest([], events, now - LOOK_BACK, LOOKED_AT) if _machine(e.facts) in (machine, "")]
    was_lost = bool(said) and said[0].type == lost
    if well is was_lost:
        words = state.said if state is not None and not state.well else UNHEARD
        since = state.since if state is not None else now
        with write(now):
            event, words = (back, "") if was_lost else (lost, words)
            by = system(event.family)
            record(event, "installation", by=by, since=since.isoformat(), said=words, machine=machine)


def _machine(facts: dict[str, str]) -> str:
    """Entries of earlier releases name none."""
    return facts.get("machine", "")
