"""Set and clear due times. Called by the actions of a subject, inside their transaction, at every write of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from steadydesk.deadlines.models import Deadline

Lane = Deadline.Lane

A_DAY = timedelta(days=1)

_SOONER = """
INSERT INTO deadlines_deadline (kind, subject, due_at, generation, lane) VALUES (%s, %s, %s, 1, 1)
ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at WHERE deadlines_deadline.due_at > excluded.due_at
"""
_EACH = """
INSERT INTO deadlines_deadline (kind, subject, due_at, generation, lane) VALUES {}
ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, generation = deadlines_deadline.generation + 1
"""
# Plain SQL where thousands fall due at one instant: to build such a statement costs many times what it does.


def set_deadline(kind: str, subject: str, due_at: datetime, lane: int = Lane.REST) -> None:
    """Look at ``subject`` again at ``due_at``; an earlier setting of the same kind is replaced."""
    moved = Deadline.objects.filter(kind=kind, subject=subject).exclude(due_at=due_at, lane=lane)
    if moved.update(due_at=due_at, lane=lane, generation=F("generation") + 1):
        return
    Deadline.objects.get_or_create(kind=kind, subject=subject, defaults={"due_at": due_at, "lane": lane})


def set_no_later(kind: str, subject: str, due_at: datetime) -> None:
    """Look at ``subject`` at ``due_at`` unless that is to be done sooner: one look serves all who asked for it."""
    with connection.cursor() as cursor:
        cursor.execute(_SOONER, [kind, subject, connection.ops.adapt_datetimefield_value(due_at)])


def clear_deadline(kind: str, subject: str) -> None:
    """Nothing of this kind is awaited for ``subject`` any more."""
    Deadline.objects.filter(kind=kind, subject=subject).delete()


def set_deadlines(subject: str, due: Mapping[str, datetime | None], *, fresh: bool = False) -> None:
    """Make the subject's due times those of its rules' one pure function; ``None`` clears the kind.

    For a ``fresh`` subject nothing can have been set yet.
    """
    known = {}
    if not any(due.values()):
        if due and not fresh:
            Deadline.objects.filter(subject=subject, kind__in=list(due)).delete()
        return
    if not fresh:
        known = {d.kind: d for d in Deadline.objects.filter(subject=subject, kind__in=list(due))}
    gone = [d.pk for kind, d in known.items() if due[kind] is None]
    if gone:
        Deadline.objects.filter(pk__in=gone).delete()
    missing = [Deadline(kind=k, subject=subject, due_at=at) for k, at in due.items() if at and k not in known]
    if missing:
        Deadline.objects.bulk_create(missing)
    for kind, deadline in known.items():
        at = due[kind]
        if at is not None and at != deadline.due_at:
            set_deadline(kind, subject, at, deadline.lane)


def set_for_all(kind: str, subjects: Iterable[str], due_at: datetime) -> None:
    """Look at each of the subjects at ``due_at``, in one statement; earlier settings of the kind are replaced."""
    rows = [Deadline(kind=kind, subject=subject, due_at=due_at) for subject in subjects]
    Deadline.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("kind", "subject"), update_fields=("due_at", "lane")
    )


def set_each(kind: str, due: Mapping[str, datetime]) -> None:
    """Look at each of these subjects at its own time, in one statement; earlier settings of the kind are replaced."""
    rows = [(kind, subject, connection.ops.adapt_datetimefield_value(at)) for subject, at in due.items()]
    if rows:
        values = ", ".join(["(%s, %s, %s, 1, 1)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(_EACH.format(values), [value for row in rows for value in row])


def take(deadlines: Sequence[Deadline]) -> list[Deadline]:
    """Compare-and-set: those whose very setting is still there; they are consumed. Plain SQL: one statement for all."""
    settings = [value for deadline in deadlines for value in (deadline.pk, deadline.generation)]
    marks = ", ".join(["(%s, %s)"] * len(deadlines))
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM deadlines_deadline WHERE (id, generation) IN (VALUES {marks}) RETURNING id", settings
        )
        gone = {id for (id,) in cursor.fetchall()}
    return [deadline for deadline in deadlines if deadline.pk in gone]


def push_ahead(deadline: Deadline, by: timedelta) -> None:
    """Look at a bad row later, so that it never stops the loop."""
    Deadline.objects.filter(pk=deadline.pk, generation=deadline.generation).update(
        due_at=F("due_at") + by, generation=F("generation") + 1
    )


def move_with_clock(by: timedelta, now: datetime) -> int:
    """The clock stepped: deadlines less than a day away keep their remaining time. Returns how many.

    An alarm sets its own again: it keeps other times beside the deadline, and these move together.
    """
    before = now - by
    near = Deadline.objects.filter(lane=Lane.REST, due_at__lt=before + A_DAY)
    return near.update(due_at=F("due_at") + by, generation=F("generation") + 1)
