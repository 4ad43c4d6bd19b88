"""What the outbox keeps of people: who was told what, when, by which channel, and when they saw it."""

from collections.abc import Iterator

from steadydesk.delivery.channels import table
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import CHANNELS, SCREEN
from steadydesk.kernel.records import Overdue, Record


def forget(what: Overdue) -> int:
    """Messages with their receipts, whatever became of them; one that still waits is not old."""
    old = Delivery.objects.filter(site=what.site, created_at__lt=what.before).exclude(state=Delivery.State.WAITING)
    kept = [int(id) for id in what.held.ids("person") if id.isdigit()]
    free = old.exclude(subject__in=what.held.subjects)
    free = free.exclude(person__in=kept) if kept else free
    ids = list(free.order_by("created_at").values_list("pk", flat=True)[: what.at_most])
    return Delivery.objects.filter(pk__in=ids).delete()[0] if ids else 0


def about(subject: str) -> Iterator[Record]:
    """Messages about the subject, or to a member of staff, the newest first."""
    noun, _, id = subject.partition(":")
    if noun == "person" and id.isdigit():
        found = Delivery.objects.filter(person=int(id))
    else:
        found = Delivery.objects.filter(subject=subject)
    for row in found.order_by("-pk").iterator(200):
        facts = {"channel": row.channel, "state": row.state, "attempts": row.attempts, "to": f"person:{row.person}"}
        times = {name: at.isoformat() if (at := getattr(row, name)) else None for name in ("sent_at", "seen_at")}
        yield Record("delivery", row.subject, row.created_at, row.site, {**facts, **times})


def channels_in_use() -> list[str]:
    """By which channels messages leave here."""
    there = table.set_up()
    return [channel for channel in CHANNELS if channel == SCREEN or getattr(there, channel)]
