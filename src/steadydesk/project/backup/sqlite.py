"""One moment of a live SQLite database, read beside its writers."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

PAGES = 256
BREATH_S = 0.001
"""Between two pieces, so that a press finds the disk free."""


def copy(database: Path, to: Path) -> None:
    """Copy the database as it is at this moment.

    A reader's transaction holds the moment; without it SQLite begins anew at every write of another process, and on a
    busy day would never end. A reader in WAL mode keeps no writer waiting, so the write gate is not touched.
    """
    to.unlink(missing_ok=True)
    source = f"{database.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(source, uri=True, isolation_level=None)) as reader,
        closing(sqlite3.connect(to)) as copied,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reader.backup(copied, pages=PAGES, progress=lambda *_: threading.Event().wait(BREATH_S))
        reader.execute("ROLLBACK")
        # One file, without a log beside it.
        copied.execute("PRAGMA journal_mode = DELETE")
        [said] = copied.execute("PRAGMA quick_check").fetchone()
        if said != "ok":
            raise OSError(None, f"the database is damaged: {said}")


def counts(database: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {
            n: db.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names if not n.startswith("sqlite_")
        }


def migrations(database: Path) -> tuple[str, ...]:
    """Every migration that was applied, as ``visits.0001_initial``."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return tuple(f"{app}.{name}" for app, name in db.execute("SELECT app, name FROM django_migrations ORDER BY id"))


def last_entry(database: Path) -> int:
    """The newest entry's id."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT coalesce(max(id), 0) FROM journal_entry").fetchone()[0])
