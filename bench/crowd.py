"""Ten thousand waiting customers in a second: copies of a few that really arrived, with clocks and deadlines.

Posting them one by one would take longer than all the rest of the bench.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VISITS, CLOCKS, DEADLINES = "visits_visit", "visits_clock", "deadlines_deadline"
Row = dict[str, Any]


class Crowd:
    """Copies visits in the database of a running server; to it this is another process that writes once."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database, timeout=10, isolation_level=None)
        self._connection.row_factory = sqlite3.Row

    def close(self) -> None:
        self._connection.close()

    def multiply(self, visits: Iterable[str], copies: int) -> dict[str, str]:
        """Copy each of these visits `copies` times; returns copy → original."""
        self._connection.execute("BEGIN IMMEDIATE")
        fresh = int(self._connection.execute(f"SELECT max(id) FROM {VISITS}").fetchone()[0])
        made: dict[str, str] = {}
        for visit in visits:
            [row] = self._rows(VISITS, "id", visit)
            clocks = self._rows(CLOCKS, "visit_id", visit)
            deadlines = self._rows(DEADLINES, "subject", f"visit:{visit}")
            for _ in range(copies):
                fresh += 1
                made[str(fresh)] = visit
                self._insert(VISITS, {**row, "id": fresh})
                for clock in clocks:
                    self._insert(CLOCKS, {**clock, "id": None, "visit_id": fresh})
                for deadline in deadlines:
                    self._insert(DEADLINES, {**deadline, "id": None, "subject": f"visit:{fresh}"})
        self._connection.execute("COMMIT")
        return made

    def due_at(self, subject: str) -> str | None:
        """The next due time of a subject, as stored: UTC, without offset."""
        query = f"SELECT min(due_at) FROM {DEADLINES} WHERE subject = ?"
        return self._connection.execute(query, (subject,)).fetchone()[0]  # type: ignore[no-any-return]

    def _rows(self, table: str, column: str, value: str) -> list[Row]:
        found = self._connection.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,))
        return [dict(row) for row in found]

    def _insert(self, table: str, row: Row) -> None:
        marks = ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
