"""Django's SQLite backend with every write passed through the write gate.

The gate is held exactly while this connection is inside a write transaction, or runs one write statement
outside any. Reads never take it. Set `connection.urgent = True` on the connection of an alarm's work.

Options of its own: `create` (a missing file is made) and `read_only` (for a process that only reads).
Without `create` a file that has vanished is an error; only `migrate` may make a new one.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as DjangoWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from steadydesk.journal.gate import gate
from steadydesk.journal.sqlite.features import DatabaseFeatures
from steadydesk.kernel.clock import clock

GIVE_UP_AFTER_S = 5.0
FIRST_RETRY_S = 0.0005
LONGEST_RETRY_S = 0.005

_WRITES = re.compile(
    r"\s*(?:(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|REINDEX|ANALYZE|VACUUM|BEGIN\s+(?:IMMEDIATE|EXCLUSIVE))\b"
    r"|WITH\b.*\b(?:INSERT|UPDATE|DELETE|REPLACE)\b)",
    re.IGNORECASE | re.DOTALL,
)
_BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_write(statement: str) -> bool:
    """Whether a statement may write; a WITH that merely mentions a writing word counts as one."""
    return _WRITES.match(statement) is not None


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection's lock is the reason, told by the code and never by the words."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BUSY_CODES


class GatedCursor(SQLiteCursorWrapper):
    """A cursor whose writing statements hold the gate and wait patiently for other processes."""

    def __init__(self, connection: sqlite3.Connection, wrapper: "DatabaseWrapper") -> None:
        super().__init__(connection)
        self._wrapper = wrapper

    def execute(self, query: str, params: Any = None) -> "GatedCursor":
        with self._wrapper.gated(query):
            self._wrapper.patiently(lambda: super(GatedCursor, self).execute(query, params))
        return self

    def executemany(self, query: str, param_list: Iterable[Any]) -> "GatedCursor":
        with self._wrapper.gated(query):
            # Not tried again: the rows may come from a generator that is used up.
            super().executemany(query, param_list)
        return self


class DatabaseWrapper(DjangoWrapper):
    """One thread's connection; holds the gate from before BEGIN IMMEDIATE to commit, rollback or close."""

    features_class = DatabaseFeatures
    gate = gate

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self.urgent = False
        self._migrating = False
        self._read_only = False
        self._gate_thread: int | None = None
        self._file_id: tuple[int, int] | None = None

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        create = params.pop("create", False) or self._migrating
        self._read_only = params.pop("read_only", False)
        # A writer that begins without the lock may find its snapshot stale at its first write.
        self.transaction_mode = None if self._read_only else "IMMEDIATE"
        # SQLite's own waiting has no queue and sleeps up to 100 ms; `patiently` does the waiting instead.
        params["timeout"] = 0
        if (path := self._path()) is not None:
            mode = "ro" if self._read_only else "rwc" if create else "rw"
            params["database"] = f"{path.absolute().as_uri()}?mode={mode}"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        try:
            self._retry(lambda: self._set_up(connection), lambda: False)
        except BaseException:
            connection.close()
            raise
        self._file_id = self._identity()
        return connection

    def prepare_database(self) -> None:
        """Called by `migrate` alone: the one moment when a missing file is a new installation and no loss."""
        self._migrating = True

    def create_cursor(self, name: str | None = None) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self.connection.cursor(factory=partial(GatedCursor, wrapper=self))
        return cursor

    @contextmanager
    def gated(self, statement: str) -> Iterator[None]:
        """Hold the gate round a writing statement, and on as long as a transaction stays open after it."""
        if is_write(statement) and self._gate_thread != threading.get_ident():
            self._enter_gate()
        try:
            yield
        finally:
            self._leave_gate_if_ended()

    def patiently(self, run: Callable[[], object]) -> None:
        """Run a statement, trying again while another process has the lock.

        Inside a transaction there is nothing to wait for: its lock is held, or its snapshot is too old.
        """
        self._retry(run, lambda: bool(self.connection.in_transaction))

    def _retry(self, run: Callable[[], object], in_transaction: Callable[[], bool]) -> None:
        began = clock.monotonic()
        pause = FIRST_RETRY_S
        while True:
            try:
                run()
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error) or in_transaction() or clock.monotonic() - began > GIVE_UP_AFTER_S:
                    raise
            time.sleep(pause)
            pause = pause if self.urgent else min(pause * 1.5, LONGEST_RETRY_S)

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave_gate_if_ended()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_gate_if_ended()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave_gate()

    def _enter_gate(self) -> None:
        if not self.gate.acquire(self.urgent, GIVE_UP_AFTER_S):
            raise _busy("database is locked: the write gate was not free in time")
        self._gate_thread = threading.get_ident()
        if self._identity() != self._file_id:
            self._leave_gate()
            # An open connection goes on writing into a removed file and reports success: better no write.
            if not self.in_atomic_block:
                self.close()
            raise sqlite3.OperationalError("the database file was removed or replaced")

    def _leave_gate_if_ended(self) -> None:
        if self.connection is None or not self.connection.in_transaction:
            self._leave_gate()

    def _leave_gate(self) -> None:
        if self._gate_thread == threading.get_ident():
            self._gate_thread = None
            self.gate.release()

    def _set_up(self, connection: sqlite3.Connection) -> None:
        if self._read_only:
            connection.execute("PRAGMA query_only = ON")
            return
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    def _path(self) -> Path | None:
        """The database's file, or None when it is in memory or given as a URI of its own."""
        name = str(self.settings_dict["NAME"])
        if self.is_in_memory_db() or name.startswith("file:"):
            return None
        return Path(name)

    def _identity(self) -> tuple[int, int] | None:
        path = self._path()
        if path is None:
            return None
        try:
            found = path.stat()
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)


def _busy(message: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error.sqlite_errorname = "SQLITE_BUSY"
    return error
