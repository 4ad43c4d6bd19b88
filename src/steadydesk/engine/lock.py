"""Which engine is the active one: on PostgreSQL the session with one advisory lock, on SQLite the only one there is.

A lock that was lost unnoticed would let two engines fire. So each transaction of the engine looks whether it is in
the very session that took the lock: such a one can commit only while it lives, and while it lives it has the lock.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import OperationalError, connection

from steadydesk.journal.actions import write

ENGINE_LOCK = 20_827
FROZEN_SECONDS = 1.5
"""An active engine beats twice a second; one that was silent for so long is frozen or cut off, and loses the lock."""
HOLDER = (
    " FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = %s AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

log = logging.getLogger(__name__)


class LockLost(OperationalError):
    """Another engine may be active by now: whatever this one was about to do must not be done."""


class _Held(threading.local):
    """The session in which this thread took the lock."""

    def __init__(self) -> None:
        self.session: object | None = None
        self.wanted = False


_held = _Held()


def hold() -> bool:
    """Whether this thread's engine is the active one, which it becomes if none is."""
    if connection.vendor != "postgresql":
        return True
    _held.wanted = True
    if _is_ours() and _ask("SELECT EXISTS (SELECT 1" + HOLDER + " AND pid = pg_backend_pid())"):
        return True
    _held.session = None
    if _ask("SELECT pg_try_advisory_lock(%s)"):
        _held.session = connection.connection
    return _held.session is not None


def take_from_the_frozen(silence: float | None) -> bool:
    """End the session of an active engine that was not heard of for too long. Its transaction ends with it."""
    if silence is None or silence < FROZEN_SECONDS:
        return False
    log.warning("the active engine has been silent for %.1f s: another takes over", silence)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid)" + HOLDER, [ENGINE_LOCK])
    return True


def check() -> None:
    """Raise ``LockLost`` where a thread that took the lock is in another session now."""
    if _held.wanted and not _is_ours():
        raise LockLost("the engine's session ended, and its lock with it")


@contextmanager
def fenced(now: datetime) -> Iterator[None]:
    """``write``, for the active engine alone."""
    with write(now):
        check()
        yield


def _is_ours() -> bool:
    return _held.session is not None and _held.session is connection.connection


def _ask(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [ENGINE_LOCK])
        return bool(cursor.fetchone()[0])
