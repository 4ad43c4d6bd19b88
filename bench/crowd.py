"""Ten thousand waiting customers in a second: copies of a few that really arrived, with their deadlines.

Posting them one by one would take longer than all the rest of the bench. The copies are rows like their
originals, but for the id and whatever else may not be the same twice.
"""

import sqlite3
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VISITS = "visits_visit"
DEADLINES = "deadlines_deadline"


class Crowd:
    """Copies visits in the database of a running server; the server only sees another process write once."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database, timeout=10, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._unique = self._unique_columns()

    def close(self) -> None:
        self._connection.close()

    def multiply(self, visits: Iterable[str], copies: int) -> dict[str, str]:
        """Copy each of these visits (ids of the API) `copies` times; returns copy → original."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        made = {}
        for visit in visits:
            row = dict(self._find(visit))
            subject = f"visit:{visit}"
            deadlines = [
                dict(found) for found in run(f"SELECT * FROM {DEADLINES} WHERE subject = ?", (subject,))
            ]
            for _ in range(copies):
                new, fresh = self._copy(row, visit)
                self._insert(VISITS, new)
                for deadline in deadlines:
                    self._insert(DEADLINES, {**deadline, "id": None, "subject": f"visit:{fresh}"})
                made[fresh] = visit
        run("COMMIT")
        return made

    def due_at(self, subject: str) -> str | None:
        """The next due time of a subject, as stored (UTC, without offset)."""
        found = self._connection.execute(
            f"SELECT min(due_at) FROM {DEADLINES} WHERE subject = ?", (subject,)
        ).fetchone()
        return None if found is None else found[0]

    def _copy(self, row: dict[str, Any], visit: str) -> tuple[dict[str, Any], str]:
        """A row like this one with a new id, and that id as the API writes it."""
        if isinstance(row["id"], int):
            self._last += 1
            stored: Any = self._last
            fresh = str(stored)
        else:
            fresh = str(uuid.uuid4())
            stored = fresh if "-" in row["id"] else fresh.replace("-", "")
        new = {name: _renamed(value, visit, fresh) for name, value in row.items()} | {"id": stored}
        for name in self._unique - {"id"}:
            if new.get(name) is not None:
                new[name] = stored if isinstance(new[name], int) else f"{new[name]}-{fresh[:8]}"[-20:]
        return new, fresh

    def _find(self, visit: str) -> sqlite3.Row:
        self._last = self._connection.execute(f"SELECT max(id) FROM {VISITS}").fetchone()[0]
        for key in (visit, visit.replace("-", "")):
            found = self._connection.execute(f"SELECT * FROM {VISITS} WHERE id = ?", (key,)).fetchone()
            if found is not None:
                return found  # type: ignore[no-any-return]
        raise LookupError(f"the visit {visit} is not in the table {VISITS}")

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        marks = ", ".join("?" * len(row))
        names = ", ".join(row)
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def _unique_columns(self) -> set[str]:
        unique = set()
        for index in self._connection.execute(f"PRAGMA index_list({VISITS})"):
            if index["unique"]:
                columns = self._connection.execute(f"PRAGMA index_info({index['name']})").fetchall()
                unique.add(columns[-1]["name"])
        return unique


def _renamed(value: Any, old: str, new: str) -> Any:
    return value.replace(old, new) if isinstance(value, str) and len(old) > 8 else value
