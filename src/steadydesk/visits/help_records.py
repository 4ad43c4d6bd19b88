"""What is kept of what reception asked service areas for, and how it is forgotten."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from steadydesk.kernel.records import Overdue, Record
from steadydesk.visits.models import HelpRequest

KIND = "help_request"


def forget(what: Overdue) -> int:
    """Lists that were closed, with their answers; those of held visits and of held people stay."""
    old = HelpRequest.objects.filter(visit__site=what.site, closed_at__lt=what.before)
    old = old.exclude(visit__in=[int(id) for id in what.held.ids("visit")]).exclude(asked_by__in=what.held.people)
    old = old.exclude(options__by__in=what.held.people)
    ids = list(old.order_by("closed_at").values_list("pk", flat=True)[: what.at_most])
    HelpRequest.objects.filter(pk__in=ids).delete()
    return len(ids)


def about(subject: str) -> Iterator[Record]:
    """What was asked for a visit; of a member of staff, what they asked for or answered, the newest first."""
    noun, _, id = subject.partition(":")
    theirs = Q(visit=id) if noun == "visit" else Q(asked_by=subject) | Q(options__by=subject)
    if noun not in ("visit", "person") or not id.isdigit():
        return
    found = HelpRequest.objects.filter(theirs).distinct().order_by("-pk")
    for row in found.select_related("visit").prefetch_related("options").iterator(200):
        yield Record(KIND, subject, row.asked_at, row.visit.site, _facts(row))


def _facts(row: HelpRequest) -> dict[str, Any]:
    closed = row.closed_at.isoformat() if row.closed_at else None
    facts = {"visit": f"visit:{row.visit_id}", "team": row.team, "asked_by": row.asked_by, "closed_at": closed}
    return facts | {f"option_{one.option}": one.answer for one in row.options.all()}
