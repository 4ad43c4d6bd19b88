"""The ten minutes of E1 for who was entered from paper: counted by the true times, and nothing is fired."""

from datetime import datetime

from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.protocol.schema.waiting import Waiting
from steadydesk.visits import paper_rules
from steadydesk.visits.models import Clock, Visit


def count_wait(visit: Visit, until: datetime, waiting: Waiting) -> None:
    """Keep how long the customer waited, as the clock would read that had run: it rings nobody and is no event.

    An appointment has no such wait, and is left as not known.
    """
    if visit.appointment_at is not None:
        return
    due = visit.waits_from + waiting.attend_within
    over = paper_rules.over_at(visit.waits_from, until, waiting.attend_within)
    times = {"started_at": visit.waits_from, "due_at": due, "over_at": over, "stopped_at": until, "ask_at": due}
    Clock.objects.update_or_create(visit=visit, kind="attend", defaults=times)


def count_if_from_paper(visit: Visit, waiting: Waiting) -> None:
    """The wait of an open visit has ended at the desk. It is known if paper told when it began.

    A visit that a restore set apart is recorded the same way, but when it really ended nobody knows.
    """
    until = visit.attended_at or visit.ended_at
    if until is None:
        return
    arrived = next((e for e in journal.of_subject(f"visit:{visit.pk}", limit=5) if e.type == Event.VISIT_ARRIVED), None)
    if arrived is not None and arrived.facts.get("on_paper"):
        count_wait(visit, until, waiting)
