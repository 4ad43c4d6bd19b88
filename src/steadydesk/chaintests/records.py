"""What tests of the chain keep of people, and how it is forgotten."""

from collections.abc import Iterator

from steadydesk.chaintests.models import Asked, ChainTest
from steadydesk.kernel.records import Overdue, Record


def forget(what: Overdue) -> int:
    """Tests that have ended, with who was asked."""
    old = ChainTest.objects.filter(site=what.site, ended_at__lt=what.before)
    kept = [int(id) for id in what.held.ids("chain-test") if id.isdigit()]
    people = [int(id) for id in what.held.ids("person") if id.isdigit()]
    held = Asked.objects.filter(person__in=people).values("test_id")
    free = old.exclude(pk__in=kept).exclude(pk__in=held).order_by("started_at")
    ids = list(free.values_list("pk", flat=True)[: what.at_most])
    ChainTest.objects.filter(pk__in=ids).delete()
    return len(ids)


def about(subject: str) -> Iterator[Record]:
    """What somebody was asked and when they answered, the newest first."""
    noun, _, id = subject.partition(":")
    if noun != "person" or not id.isdigit():
        return
    for row in Asked.objects.filter(person=int(id)).select_related("test").order_by("-pk").iterator(200):
        answered = row.answered_at.isoformat() if row.answered_at else None
        yield Record(
            "alarm", f"chain-test:{row.test_id}", row.test.started_at, row.test.site, {"answered_at": answered}
        )
