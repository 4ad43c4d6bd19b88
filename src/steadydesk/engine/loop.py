"""Takes what is due: alarms first and one by one, the rest in short chunks; a bad row never stops it."""

import logging
from datetime import datetime, timedelta

from django.db import OperationalError

from steadydesk.deadlines import actions, queries
from steadydesk.deadlines.actions import Lane
from steadydesk.deadlines.firing import Due
from steadydesk.deadlines.models import Deadline
from steadydesk.engine import lock
from steadydesk.engine.lock import fenced
from steadydesk.engine.table import CLOCKWORK, TOGETHER
from steadydesk.journal.actions import attempt, record
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock

CHUNK = 50
CHUNK_SECONDS = 0.02
LATE = timedelta(seconds=5)
AT_MOST_EVERY = timedelta(seconds=1)
BAD_ROW = timedelta(minutes=1)
ENGINE = system("engine")

log = logging.getLogger(__name__)


def run_due(now: datetime) -> int:
    """Fire everything due at ``now`` and return how many rows were taken."""
    fired = 0
    while some := run_some(now):
        fired += some
    return fired


def run_some(now: datetime) -> int:
    """Fire the alarms that are due and then a little of the rest; 0 when nothing was due."""
    return _run_alarms(now) + _run_chunk(now)


def run_rest(now: datetime) -> int:
    """Fire a little of what is due, but for alarms; these are the server's."""
    return _run_chunk(now)


def _run_alarms(now: datetime) -> int:
    """Alarm steps open their own transaction, so they are never in a chunk."""
    fired = 0
    while rows := queries.due(now, Lane.ALARM, limit=50):
        for row in rows:
            lock.check()
            try:
                CLOCKWORK[row.kind](_due(row), now)
            except Exception as error:
                _push_ahead(row, error, AT_MOST_EVERY, now)
            else:
                # The alarm has set its own deadline; the same setting still there would come again at once.
                with fenced(now):
                    actions.push_ahead(row, AT_MOST_EVERY + (now - row.due_at))
        fired += len(rows)
    return fired


def _run_chunk(now: datetime) -> int:
    rows = queries.due(now, Lane.REST, limit=CHUNK)
    if not rows:
        return 0
    try:
        taken, bad = _fire(rows, now)
    except OperationalError:
        raise
    except Exception:
        # What shows only as the transaction ends is some row's fault: each alone harms nobody else.
        taken, bad = len(rows), [found for row in rows for found in _fire_alone(row, now)]
    for row, fault in bad:
        # One that storage refused, for a lock in its way, is no bad row: it passes at the next try.
        _push_ahead(row, fault, AT_MOST_EVERY if isinstance(fault, OperationalError) else BAD_ROW, now)
    return taken


def _fire(rows: list[Deadline], now: datetime) -> tuple[int, list[tuple[Deadline, Exception]]]:
    """As many of the rows as there is time for, in one transaction; how many these were, and which failed."""
    started, taken, bad = clock.monotonic(), [], []
    with fenced(now):
        for piece in _pieces(rows):
            bad += _fire_piece(piece, now)
            taken += piece
            if clock.monotonic() - started > CHUNK_SECONDS:
                break
        _tell_late(taken, now)
    return len(taken), bad


def _pieces(rows: list[Deadline]) -> list[list[Deadline]]:
    """The rows one by one, but those of a kind that is done several at a time in one piece."""
    pieces: dict[str, list[Deadline]] = {}
    for row in rows:
        pieces.setdefault(row.kind if row.kind in TOGETHER else f"{row.kind} {row.pk}", []).append(row)
    return list(pieces.values())


def _fire_piece(piece: list[Deadline], now: datetime) -> list[tuple[Deadline, Exception]]:
    """Do the piece; which rows failed. A row that fails among others is found by doing each alone."""
    try:
        with attempt():
            if taken := actions.take(piece):
                _do([_due(row) for row in taken], now)
    except Exception as error:
        if len(piece) == 1:
            return [(piece[0], error)]
        return [found for row in piece for found in _fire_piece([row], now)]
    return []


def _do(dues: list[Due], now: datetime) -> None:
    kind = dues[0].kind
    if kind in TOGETHER:
        TOGETHER[kind](dues, now)
    else:
        CLOCKWORK[kind](dues[0], now)


def _fire_alone(row: Deadline, now: datetime) -> list[tuple[Deadline, Exception]]:
    try:
        return _fire([row], now)[1]
    except OperationalError:
        raise
    except Exception as error:
        return [(row, error)]


def _due(row: Deadline) -> Due:
    return Due(row.kind, row.subject, row.due_at)


def _tell_late(rows: list[Deadline], now: datetime) -> None:
    """After an outage overdue rows fire at once; the journal says how late."""
    late = [now - r.due_at for r in rows if now - r.due_at > LATE]
    if late:
        seconds = round(max(late).total_seconds(), 1)
        record(Event.ENGINE_LATE, "engine:deadlines", by=ENGINE, count=len(late), late_s=seconds)


def _push_ahead(row: Deadline, error: Exception, by: timedelta, now: datetime) -> None:
    """Look at the bad row again later, and say so where a person sees it."""
    log.error("deadline %s of %s failed", row.kind, row.subject, exc_info=error)
    with fenced(now):
        actions.push_ahead(row, by + (now - row.due_at))
        record(Event.ENGINE_LATE, row.subject, by=ENGINE, kind=row.kind, failed=type(error).__name__)
