"""A worn button says that its wearer is well: that answers for their lone shift."""

from datetime import datetime, timedelta

from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.loneworking import actions, queries, rules
from steadydesk.people import queries as people


def check_in(entry: Entry, by: Actor, now: datetime) -> None:
    """As if they had answered themselves when they pressed it, which may be a while ago; nobody alone, nothing to do.

    Its gesture for duress has called help by itself, so that the answer here is never the one that calls.
    """
    person = entry.facts["person"]
    shift = queries.running(person) if person is not None else None
    if shift is None:
        return
    answer = next(a for a in rules.ANSWERS if a != shift.duress_answer)
    actions.check_in(shift.pk, answer, by=people.actor(person), now=now, ago=max(now - entry.at, timedelta()))
