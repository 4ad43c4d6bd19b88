"""A change of shift: whoever takes a desk over takes over those who are being attended to there."""

from datetime import datetime

from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.visits.queries import with_somebody
from steadydesk.visits.settling import settle, take


def hand_over(entry: Entry, by: Actor, now: datetime) -> None:
    """The desk was taken over: nobody who is attended to there is without somebody. They are few."""
    to = f"person:{entry.facts['person']}"
    leaving = [f"person:{id}" for id in entry.facts["left"]]
    for visit in with_somebody(entry.site, [*leaving, entry.subject]):
        turn = take(visit.pk, "change", by=by, now=now)
        before, turn.visit.owner = turn.visit.owner, to
        turn.record(Event.VISIT_HANDED_OVER, owner=to, before=before)
        settle(turn)
