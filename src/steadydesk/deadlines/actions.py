"""Set and clear due times. Called by the actions of a subject, inside their transaction, at every write of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from steadydesk.deadlines.models import Deadline

Lane = Deadline.Lane

A_DAY = timedelta(days=1)
A_STATEMENT = 5_000
"""So many rows are set in one statement: databases take only so many values."""

# Plain SQL: every action sets some, ten thousand may fall due at one instant, and to build such a statement costs many
# times what it does.
_SET = "INSERT INTO deadlines_deadline (kind, subject, due_at, generation, lane) VALUES {} ON CONFLICT (kind, subject)"
_MOVED = " DO UPDATE SET due_at = excluded.due_at, generation = deadlines_deadline.generation + 1"
_OTHER = " WHERE deadlines_deadline.due_at <> excluded.due_at"
_SOONER = " DO UPDATE SET due_at = excluded.due_at WHERE deadlines_deadline.due_at > excluded.due_at"
_IN_LANE = ", lane = excluded.lane" + _OTHER + " OR deadlines_deadline.lane <> excluded.lane"

Setting = tuple[str, str, datetime]
"""Kind, subject, due time."""


def _run(sql: str, settings: Sequence[Setting], lane: int = Lane.REST) -> None:
    stored = connection.ops.adapt_datetimefield_value
    for start in range(0, len(settings), A_STATEMENT):
        some = settings[start : start + A_STATEMENT]
        values = [value for kind, subject, at in some for value in (kind, subject, stored(at), int(lane))]
        with connection.cursor() as cursor:
            cursor.execute(_SET.format(", ".join(["(%s, %s, %s, 1, %s)"] * len(some))) + sql, values)


def set_deadline(kind: str, subject: str, due_at: datetime, lane: int = Lane.REST) -> None:
    """Look at ``subject`` again at ``due_at``; an earlier setting of the same kind is replaced."""
    _run(_MOVED + _IN_LANE, [(kind, subject, due_at)], lane)


def set_no_later(kind: str, subject: str, due_at: datetime) -> None:
    """Look at ``subject`` at ``due_at`` unless that is to be done sooner: one look serves all who asked for it."""
    _run(_SOONER, [(kind, subject, due_at)])


def set_each(kind: str, due: Mapping[str, datetime]) -> None:
    """Look at each of these subjects at its own time, in one statement; earlier settings of the kind are replaced."""
    _run(_MOVED, [(kind, subject, at) for subject, at in due.items()])


def clear_deadline(kind: str, subject: str) -> None:
    """Nothing of this kind is awaited for ``subject`` any more."""
    _clear([kind], subject)


def _clear(kinds: Sequence[str], subject: str) -> None:
    marks = ", ".join(["%s"] * len(kinds))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM deadlines_deadline WHERE kind IN ({marks}) AND subject = %s", [*kinds, subject])


def set_deadlines(subject: str, due: Mapping[str, datetime | None], *, fresh: bool = False) -> None:
    """Make the subject's due times those of its rules' one pure function; ``None`` clears the kind.

    For a ``fresh`` subject nothing can have been set yet.
    """
    gone = [kind for kind, at in due.items() if at is None]
    if gone and not fresh:
        _clear(gone, subject)
    _run(_MOVED + _OTHER, [(kind, subject, at) for kind, at in due.items() if at is not None])


def set_for_all(kind: str, subjects: Iterable[str], due_at: datetime) -> None:
    """Look at each of the subjects at ``due_at``; earlier settings of the kind are replaced."""
    set_each(kind, dict.fromkeys(subjects, due_at))


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
