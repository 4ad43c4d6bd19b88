"""What is due."""

from datetime import datetime

from django.db import connection

from steadydesk.deadlines.models import Deadline
from steadydesk.kernel.moments import moment

# Lane by lane, so that the index answers; over both at once every open deadline would be read.
_SOONEST = "SELECT due_at FROM deadlines_deadline WHERE lane = %s ORDER BY due_at LIMIT 1"


def due(now: datetime, lane: int, limit: int) -> list[Deadline]:
    """Deadlines at or before ``now`` in this lane, the oldest first."""
    return list(Deadline.objects.filter(lane=lane, due_at__lte=now).order_by("due_at")[:limit])


def subjects_due(kind: str, now: datetime) -> list[str]:
    """What is due of this kind, the oldest first."""
    rows = Deadline.objects.filter(kind=kind, due_at__lte=now).order_by("due_at")
    return list(rows.values_list("subject", flat=True))


def due_at(kind: str, now: datetime) -> list[datetime]:
    """When what is due of this kind was to be looked at."""
    return list(Deadline.objects.filter(kind=kind, due_at__lte=now).values_list("due_at", flat=True))


def kinds_due(subject: str, now: datetime) -> list[str]:
    """What is due for this subject, the oldest first."""
    rows = Deadline.objects.filter(subject=subject, due_at__lte=now).order_by("due_at")
    return list(rows.values_list("kind", flat=True))


def next_due() -> datetime | None:
    """When the engine must look next. It asks after every commit, and to build the query would cost more than it."""
    return min((at for lane in Deadline.Lane if (at := next_due_in(lane)) is not None), default=None)


def next_due_in(lane: int) -> datetime | None:
    """When something of this lane falls due next."""
    with connection.cursor() as cursor:
        cursor.execute(_SOONEST, [lane])
        row = cursor.fetchone()
    return moment(row[0]) if row else None


def oldest_overdue(now: datetime) -> datetime | None:
    """The due time of the longest overdue row, if any."""
    at = next_due()
    return at if at is not None and at < now else None
