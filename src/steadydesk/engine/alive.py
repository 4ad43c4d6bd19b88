"""Whether the server was off: the engine renews a deadline of its own, and one that was let pass says since when."""

from datetime import datetime, timedelta

from steadydesk.deadlines import queries
from steadydesk.deadlines.actions import set_deadline
from steadydesk.deadlines.firing import Clockwork, Due
from steadydesk.engine.lock import fenced
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.sites import actions as sites
from steadydesk.visits import actions as visits

ALIVE = "engine-alive"
ENGINE = "engine:clock"
LEASE = timedelta(seconds=60)
"""A shorter time without the server is a late prompt at most; a longer one is an outage, and a list."""
RENEWED_EVERY = timedelta(seconds=20)


def renew(now: datetime) -> None:
    """Say that the engine runs. Time may be sped up; then a minute of it is short."""
    with fenced(now):
        set_deadline(ALIVE, ENGINE, now + _lease())


def find_outage(now: datetime) -> None:
    """Before anything else that fell due meanwhile is looked at: if the server was off, make its list."""
    for due_at in queries.due_at(ALIVE, now):
        with fenced(now):
            end_outage(Due(ALIVE, ENGINE, due_at), now)


def end_outage(due: Due, now: datetime) -> None:
    """Nobody has renewed it: nothing was looked at since."""
    since, by = due.due_at - _lease(), system("engine")
    sites.end_outage(since, by=by, now=now)
    visits.count_after_outage(since, by=by, now=now)


def _lease() -> timedelta:
    return LEASE * max(1.0, clock.speed)


WORK: Clockwork = {ALIVE: end_outage}
