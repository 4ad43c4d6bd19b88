"""Reads new journal entries for the stream, on a connection of its own that never writes."""

import contextlib
import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

COLUMNS = "SELECT id, type, at, site, subject, facts FROM journal_entry WHERE id > {} ORDER BY id LIMIT {}"
FIRST = "SELECT coalesce(min(id), 0) FROM journal_entry"
LAST = "SELECT coalesce(max(id), 0) FROM journal_entry"


@dataclass(frozen=True)
class Row:
    """An entry as the stream needs it."""

    id: int
    type: str
    at: str
    site: str
    subject: str
    facts: dict[str, Any]

    @property
    def family(self) -> str:
        """The noun of the type."""
        return self.type.split(":", 1)[0]


class Reader(Protocol):
    """Entries in the order of commit."""

    def last_id(self) -> int:
        """The newest entry's id."""

    def first_id(self) -> int:
        """The id of the oldest entry that is kept."""

    def after(self, id: int, limit: int = 500) -> list[Row]:
        """Entries newer than ``id``, oldest first."""


class _Reading:
    """What both databases are asked in the same words."""

    def _rows(self, sql: str, params: tuple[int, ...] = ()) -> list[Any]:
        raise NotImplementedError

    def last_id(self) -> int:
        """The newest entry's id."""
        return int(self._rows(LAST)[0][0])

    def first_id(self) -> int:
        """The id of the oldest entry that is kept."""
        return int(self._rows(FIRST)[0][0])


class SqliteReader(_Reading):
    """Reads the SQLite file; ids rise in commit order there, for there is one writer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._identity = (0, 0)

    def _rows(self, sql: str, params: tuple[int, ...] = ()) -> list[Any]:
        with self._lock:
            self._leave_a_replaced_file()
            if self._db is None:
                uri = f"file:{self._path}?mode=ro"
                self._db = sqlite3.connect(uri, uri=True, timeout=0.05, isolation_level=None, check_same_thread=False)
            try:
                return self._db.execute(sql, params).fetchall()
            except sqlite3.Error:
                self._db.close()
                self._db = None
                raise

    def after(self, id: int, limit: int = 500) -> list[Row]:
        """Entries newer than ``id``."""
        rows = self._rows(COLUMNS.format("?", "?"), (id, limit))
        return [Row(r[0], r[1], _iso(r[2]), r[3], r[4], json.loads(r[5])) for r in rows]

    def _leave_a_replaced_file(self) -> None:
        """An open connection goes on reading a file that stands there no more; one that is missing may come back."""
        with contextlib.suppress(FileNotFoundError):
            stat = self._path.stat()
            if self._db is not None and (stat.st_dev, stat.st_ino) != self._identity:
                self._db.close()
                self._db = None
            self._identity = (stat.st_dev, stat.st_ino)


def _iso(stored: str) -> str:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).isoformat()


class PostgresReader(_Reading):
    """Reads PostgreSQL; the insert is each transaction's last statement under one lock, so ids rise there too."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._lock = threading.Lock()
        self._db: Any = None

    def _rows(self, sql: str, params: tuple[int, ...] = ()) -> list[Any]:
        import psycopg

        with self._lock:
            if self._db is None or self._db.closed:
                self._db = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=2)
            try:
                return list(self._db.execute(sql, params).fetchall())
            except psycopg.Error:
                self._db.close()
                raise

    def after(self, id: int, limit: int = 500) -> list[Row]:
        """Entries newer than ``id``."""
        rows = self._rows(COLUMNS.format("%s", "%s"), (id, limit))
        return [Row(r[0], r[1], r[2].astimezone(UTC).isoformat(), r[3], r[4], r[5]) for r in rows]
