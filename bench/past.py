"""A busy site's past: finished visits by the hundred thousand, copied from one that was really finished.

Each has its clock, as every visit has. Made in the database of a running server, in one statement each.
"""

import sqlite3
from pathlib import Path

VISITS, CLOCKS = "visits_visit", "visits_clock"


class Past:
    """Adds finished visits; to the server this is another process that writes."""

    def __init__(self, database: Path, pattern: str) -> None:
        self._connection = sqlite3.connect(database, timeout=10, isolation_level=None)
        # The rows are thrown away with the demo, so nothing is gained by waiting for the disk.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._pattern = pattern
        self._made = 0

    def close(self) -> None:
        self._connection.close()

    def grow_to(self, count: int) -> None:
        """Until there are so many past visits."""
        run = self._connection.execute
        newest = int(run(f"SELECT max(id) FROM {VISITS}").fetchone()[0])
        numbers = "WITH RECURSIVE n(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n < :last)"
        words = {"first": self._made + 1, "last": count, "from": newest - self._made, "pattern": self._pattern}
        run("BEGIN IMMEDIATE")
        for table, changed, which in (
            (VISITS, {"id": ":from + n", "arrived_at": _ago("arrived_at"), "ended_at": _ago("ended_at")}, "id"),
            (CLOCKS, {"id": "NULL", "visit_id": ":from + n"}, "visit_id"),
        ):
            columns = [row[1] for row in run(f"PRAGMA table_info({table})")]
            values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            run(
                f"INSERT INTO {table} ({names}) {numbers} SELECT {values} FROM n, {table} WHERE {which} = :pattern",
                words,
            )
        run("COMMIT")
        # Years of visits did not come in one transaction: their log was emptied long ago.
        run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._made = count


def _ago(column: str) -> str:
    """The pattern's time, so many steps back, as Django stores it."""
    return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-' || (n * 5) || ' minutes')"
