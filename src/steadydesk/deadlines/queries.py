"""What is due."""

from datetime import datetime

from steadydesk.deadlines.models import Deadline


def due(now: datetime, lane: int, limit: int) -> list[Deadline]:
    """Deadlines at or before ``now`` in this lane, the oldest first."""
    return list(Deadline.objects.filter(lane=lane, due_at__lte=now).order_by("due_at")[:limit])


def next_due() -> datetime | None:
    """When the engine must look next."""
    return Deadline.objects.order_by("due_at").values_list("due_at", flat=True).first()


def oldest_overdue(now: datetime) -> datetime | None:
    """The due time of the longest overdue row, if any."""
    return Deadline.objects.filter(due_at__lt=now).order_by("due_at").values_list("due_at", flat=True).first()
