"""How long interpreters were being connected, as pages, programs and reports read it."""

from datetime import datetime, timedelta
from typing import Any

from steadydesk.visits import interpreter_rules
from steadydesk.visits.interpreter_rules import Connected
from steadydesk.visits.models import Clock, Visit


def spent(visit: Visit, until: datetime) -> timedelta:
    """How long was spent connecting up to a moment, or to the end of the visit."""
    before = timedelta(seconds=visit.connecting_s)
    return interpreter_rules.lasted(before, visit.connecting_since, visit.ended_at or until)


def as_json(visit: Visit) -> dict[str, Any]:
    """What programs read of it: since when it goes on, and the whole seconds of what is over."""
    since = visit.connecting_since
    return {"state": visit.interpreter, "since": since.isoformat() if since else None, "seconds": visit.connecting_s}


def figures(site: str, start: datetime, end: datetime) -> Connected:
    """Of those who came from ``start`` up to ``end``, shown apart from the clocks. Not what still goes on."""
    during = Visit.objects.filter(site=site, arrived_at__gte=start, arrived_at__lt=end).exclude(interpreter="none")
    late = Clock.objects.filter(visit__in=during, kind="attend", over_at__isnull=False)
    over = set(late.values_list("visit", flat=True))
    lengths = ((v, spent(v, v.connecting_since or end)) for v in during)
    return interpreter_rules.summed((v.interpreter, length, v.pk in over) for v, length in lengths)
