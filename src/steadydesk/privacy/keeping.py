"""What this capability itself keeps of people: who looked, what was held, what was given away."""

from collections.abc import Iterable, Iterator
from typing import Any

from steadydesk.journal.actions import erase_words
from steadydesk.kernel.records import Overdue, Record
from steadydesk.privacy.models import Export, Hold, View


def forget_exports(what: Overdue) -> int:
    """What was decided for files that were given away long ago. The files themselves are never kept."""
    return _delete(Export, Export.objects.filter(made_at__lt=what.before).order_by("made_at")[: what.at_most])


def forget_views(what: Overdue) -> int:
    """The oldest of the view log, with what was searched for."""
    old = View.objects.filter(at__lt=what.before).exclude(subject__in=what.held.subjects)
    rows = list(old.exclude(by__in=what.held.people).order_by("at")[: what.at_most])
    erase_words([row.words for row in rows if row.words is not None])
    return _delete(View, rows)


def forget_holds(what: Overdue) -> int:
    """Holds that were lifted long ago, and why they were placed."""
    rows = list(Hold.objects.filter(lifted_at__lt=what.before)[: what.at_most])
    erase_words([row.reason for row in rows])
    return _delete(Hold, rows)


def _delete(model: Any, rows: Iterable[Any]) -> int:
    ids = [row.pk for row in rows]
    return int(model.objects.filter(pk__in=ids).delete()[0]) if ids else 0


def about(subject: str) -> Iterator[Record]:
    """Who looked at the subject, what a member of staff looked at, and holds on it, the newest first."""
    for view in View.objects.filter(subject=subject).iterator(200):
        yield Record("view_log", subject, view.at, facts={"by": view.by, "screen": view.screen})
    if subject.startswith("person:"):
        for view in View.objects.filter(by=subject).exclude(subject=subject).iterator(200):
            yield Record("view_log", view.subject, view.at, facts={"by": view.by, "screen": view.screen})
    for hold in Hold.objects.filter(subject=subject).order_by("-pk"):
        facts = {"by": hold.by, "until": hold.until.isoformat(), "lifted": hold.lifted_at is not None}
        yield Record("hold", subject, hold.placed_at, hold.site, facts, (hold.reason,))
