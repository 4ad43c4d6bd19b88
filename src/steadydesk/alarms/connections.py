"""The alarm path's own way to the database: one connection, no ORM, no patience that is not ours.

SQLite's busy handler sleeps in growing steps and has no queue, so one greedy writer starves everybody: the
connection is opened without it and BEGIN IMMEDIATE is tried again every half millisecond. An open connection goes on
writing into a deleted file and reports success, so after each commit the file's identity is compared.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from steadydesk.alarms.store import Cursor, Row
from steadydesk.journal.gate import WriteGate
from steadydesk.kernel.clock import clock

RETRY_SECONDS = 0.0005


class Busy(Exception):
    """Somebody else holds the database; try again, the connection is good."""


class Broken(Exception):
    """The database cannot take the write: full, gone, replaced, refusing. Reopen and try again."""


class Connection(Protocol):
    """One transaction at a time."""

    def transaction(self, patience: float) -> Any:
        """A context manager over a ``Cursor``; raises ``Busy`` after ``patience`` seconds, ``Broken`` at once."""

    def close(self) -> None:
        """Let the connection go."""


class SqliteConnection:
    """The alarm thread's connection to the SQLite file."""

    vendor = "sqlite"

    def __init__(self, path: Path, gate: WriteGate) -> None:
        self._path, self._gate = path, gate
        self._db: sqlite3.Connection | None = None
        self._identity = (0, 0)
        self._changed = 0
        self._pause = Event()

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            uri = f"file:{self._path}?mode=rw"
            self._db = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA synchronous = FULL")
            self._identity = self._on_disk()
        return self._db

    def _on_disk(self) -> tuple[int, int]:
        stat = self._path.stat()
        return stat.st_dev, stat.st_ino

    @contextmanager
    def transaction(self, patience: float) -> Iterator[Cursor]:
        """One IMMEDIATE transaction behind the write gate."""
        until = clock.monotonic() + patience
        if not self._gate.acquire(urgent=True, timeout=patience):
            raise Busy("the write gate")
        try:
            db = self._open()
            self._begin(db, until)
            try:
                yield self
                db.execute("COMMIT")
            except BaseException:
                self._rollback(db)
                raise
            if self._on_disk() != self._identity:
                raise Broken("the database file was replaced")
        except sqlite3.Error as error:
            raise self._named(error) from error
        except OSError as error:
            self.close()
            raise Broken(str(error)) from error
        except Broken:
            self.close()
            raise
        finally:
            self._gate.release()

    def _begin(self, db: sqlite3.Connection, until: float) -> None:
        while True:
            try:
                db.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or clock.monotonic() > until:
                    raise
            self._pause.wait(RETRY_SECONDS)

    @staticmethod
    def _rollback(db: sqlite3.Connection) -> None:
        if db.in_transaction:
            db.execute("ROLLBACK")

    def _named(self, error: sqlite3.Error) -> Exception:
        if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Busy(str(error))
        self.close()
        return Broken(str(error))

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run one statement."""
        assert self._db is not None
        cursor = self._db.execute(sql.replace("%s", "?"), params)
        self._changed = cursor.rowcount
        return cursor.fetchall()

    def changed(self) -> int:
        """How many rows the last statement changed."""
        return self._changed

    def close(self) -> None:
        """Close; the next transaction opens again."""
        if self._db is not None:
            try:
                self._db.close()
            finally:
                self._db = None


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class PostgresConnection:
    """The alarm thread's connection to PostgreSQL."""

    vendor = "postgresql"

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._db: Any = None
        self._changed = 0

    @contextmanager
    def transaction(self, patience: float) -> Iterator[Cursor]:
        """One transaction that waits at most 200 ms for any lock."""
        import psycopg

        try:
            if self._db is None or self._db.closed:
                self._db = psycopg.connect(self._conninfo, connect_timeout=2)
            with self._db.transaction():
                self._db.execute("SET LOCAL lock_timeout = '200ms'")
                yield self
        except psycopg.errors.LockNotAvailable as error:
            raise Busy(str(error)) from error
        except psycopg.Error as error:
            self.close()
            raise Broken(str(error)) from error

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run one statement."""
        cursor = self._db.execute(sql, params)
        self._changed = cursor.rowcount
        return cursor.fetchall() if cursor.description else []

    def changed(self) -> int:
        """How many rows the last statement changed."""
        return self._changed

    def close(self) -> None:
        """Close; the next transaction connects again."""
        if self._db is not None:
            self._db.close()
            self._db = None


class DjangoConnection:
    """The same statements on Django's own connection: for commands and tests, which have no alarm thread."""

    def __init__(self) -> None:
        from django.db import connection

        self._connection = connection
        self.vendor = connection.vendor
        self._changed = 0

    @contextmanager
    def transaction(self, patience: float) -> Iterator[Cursor]:
        """A transaction inside whichever is open."""
        from django.db import transaction

        with transaction.atomic():
            yield self

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run one statement."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            self._changed = cursor.rowcount
            return cursor.fetchall() if cursor.description else []

    def changed(self) -> int:
        """How many rows the last statement changed."""
        return self._changed

    def close(self) -> None:
        """Nothing to let go: the connection is Django's."""
