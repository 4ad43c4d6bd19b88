"""A customer waits again whom a wrong press, or their going, had ended: what is still true is asked again."""

from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.visits import prompting, queries, rules
from steadydesk.visits.models import Clock, Prompt, Visit
from steadydesk.visits.settling import Turn


def ask_anew(turn: Turn) -> None:
    """Ask what nobody answered: of the clocks when the visit is settled, and now what the service area said (E1a).

    What the queue and the people present show is looked at by the reaction to the same entry.
    """
    visit = turn.visit
    answered = queries.answered_kinds(visit.pk)
    unanswered = [kind for kind, prompt in rules.PROMPT_OF.items() if prompt not in answered]
    Clock.objects.filter(visit=visit, kind__in=unanswered).update(asked_at=None)
    if visit.cannot_at is not None and not _told_since(visit):
        prompting.ask([("tell_customer", visit)], turn.force, by=turn.by, now=turn.now)


def _told_since(visit: Visit) -> bool:
    """Whether the customer was told after the service area had said that it cannot come in time."""
    said = journal.newest_of(f"visit:{visit.pk}", [Event.VISIT_CANNOT_IN_TIME, Event.VISIT_TOLD], 1)
    if not said or said[0].type == Event.VISIT_TOLD:
        return True
    told = Prompt.objects.filter(visits=visit, kind__in=rules.TOLD_AT_ONCE, answered_at__gte=said[0].at)
    return told.exists()
