"""A change of shift: whoever takes a desk over takes over those who are being attended to there."""

from datetime import datetime

from steadydesk.encounters import queries as encounters
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.visits.queries import with_somebody
from steadydesk.visits.settling import settle, take


def hand_over(entry: Entry, by: Actor, now: datetime) -> None:
    """The desk was taken over: nobody who is attended to there is without somebody. They are few.

    A visit that is kept from whoever takes over, for its call is about them, is not put into their hands (ruling 16).
    """
    to = f"person:{entry.facts['person']}"
    leaving = [f"person:{id}" for id in entry.facts["left"]]
    hidden = encounters.kept_from_person(int(entry.facts["person"]))
    for visit in with_somebody(entry.site, [*leaving, entry.subject]):
        if encounters.is_hidden([visit.pk], hidden):
            continue
        turn = take(visit.pk, "change", by=by, now=now)
        before, turn.visit.owner = turn.visit.owner, to
        turn.record(Event.VISIT_HANDED_OVER, owner=to, before=before)
        settle(turn)
