"""Who is called now, for a board that customers read: the ticket and where to go, and nothing else (E2)."""

from dataclasses import dataclass
from datetime import datetime

from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.sites import queries as sites
from steadydesk.visits.calling import may_be_called
from steadydesk.visits.models import Visit

MOST = 8
"""So many calls stand on a board, the newest first."""


@dataclass(frozen=True)
class Called:
    """One ticket. Neither a name, nor what for, nor who is next: that order would tell who goes first."""

    ref: str
    place: str
    """Where to go, as the site calls it; empty when it was not called from a place."""
    at: datetime
    call: int
    """Another number for each call, so that a board knows one that is new."""


def public_board(site: str) -> list[Called]:
    """The tickets that are called now, the newest call first. Private visits are never among them."""
    names = {spot.id: spot.name for spot in sites.places(site)}
    offered = Visit.objects.filter(site=site, ended_at__isnull=True, state="offered", private=False)
    found = [_called(visit, names) for visit in offered if may_be_called(visit)]
    return sorted((c for c in found if c is not None), key=lambda c: -c.call)[:MOST]


def _called(visit: Visit, names: dict[str, str]) -> Called | None:
    entry = next(iter(journal.newest_of(f"visit:{visit.pk}", [Event.VISIT_CALLED], 1)), None)
    if entry is None:
        return None
    return Called(visit.ref, names.get(visit.place, ""), entry.at, entry.id)
