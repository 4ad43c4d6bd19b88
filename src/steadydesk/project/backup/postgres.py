"""One moment of a PostgreSQL database, by its own tools; these are named when they are missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steadydesk.kernel.errors import Refusal
from steadydesk.project.postgres import conninfo


def dump(to: Path) -> tuple[dict[str, int], tuple[str, ...], int]:
    """Write the whole database; returns the rows of each table, the migrations and the newest entry of that moment."""
    with _moment() as (db, snapshot):
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={to}")
        migrations = db.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        [last] = db.execute("SELECT coalesce(max(id), 0) FROM journal_entry").fetchone()
        return _counts(db), tuple(f"{app}.{name}" for app, name in migrations), int(last)


def load(dumped: Path) -> None:
    """Fill an empty database, whole or not at all."""
    if tables():
        raise Refusal("not_available", "The database that DATABASE_URL names is not empty. Make a new one and name it.")
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(dumped))


def tables() -> dict[str, int]:
    """How many rows each table has now."""
    with _moment() as (db, _snapshot):
        return _counts(db)


def go_on_from(gap: int) -> None:
    """Numbers go on so much further on."""
    with _connected() as db:
        found = db.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()").fetchall()
        for (name,) in found:
            db.execute(f"SELECT setval('\"{name}\"', coalesce(pg_sequence_last_value('\"{name}\"'), 0) + {gap})")


@contextmanager
def another(name: str) -> Iterator[str]:
    """An empty database beside the present one for as long as the block lasts; gives its address."""
    import psycopg
    from psycopg import sql

    with _connected() as db:
        try:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refusal(
                "not_allowed",
                "A rehearsal needs a database of its own: let this user of PostgreSQL make one (CREATEDB).",
            ) from error
        try:
            yield _address(name)
        finally:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _address(name: str) -> str:
    from urllib.parse import urlsplit, urlunsplit

    from steadydesk.project.environment import read

    return urlunsplit(urlsplit(read("DATABASE_URL"))._replace(path=f"/{name}"))


def _counts(db: Any) -> dict[str, int]:
    names = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1").fetchall()
    return {name: int(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for (name,) in names}


@contextmanager
def _connected() -> Iterator[Any]:
    import psycopg

    try:
        db = psycopg.connect(conninfo(), autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        raise Refusal("storage_unavailable", f"The database cannot be reached: {error}") from error
    with db:
        yield db


@contextmanager
def _moment() -> Iterator[tuple[Any, str]]:
    """A reader that holds one moment, and the name under which another may read the same."""
    with _connected() as db:
        db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        [snapshot] = db.execute("SELECT pg_export_snapshot()").fetchone()
        yield db, snapshot
        db.execute("ROLLBACK")


def _run(tool: str, *words: str) -> None:
    if shutil.which(tool) is None:
        raise Refusal(
            "not_available",
            f"{tool} is not here. Install PostgreSQL's client programs of the server's version, or back the "
            "database up as you do your others.",
        )
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    # The password goes by the environment: the words of a command can be read by everybody on the machine.
    found: dict[str, Any] = {**conninfo_to_dict(conninfo())}
    password = found.pop("password", None)
    environ = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    command = [tool, f"--dbname={make_conninfo(**found)}", *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal("storage_unavailable", f"{tool}: {done.stderr.strip()}")
