"""Acts as the alarm thread records them, on a connection of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from steadydesk.alarms import bookkeeping, recorder
from steadydesk.alarms.actions import channels
from steadydesk.alarms.book import Book
from steadydesk.alarms.connections import Connection, PostgresConnection, SqliteConnection
from steadydesk.alarms.press import presser, read_press
from steadydesk.alarms.recorder import Recorded
from steadydesk.alarms.rules import Act
from steadydesk.alarms.store import Cursor, Store
from steadydesk.journal.gate import gate
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.project import postgres
from tests.world import World

PATIENCE = 2.0


def real_connection() -> Connection:
    """The alarm path's own connection to the test's database."""
    if connection.vendor == "sqlite":
        return SqliteConnection(Path(connection.settings_dict["NAME"]), gate)
    return PostgresConnection(postgres.conninfo())


@contextmanager
def line() -> Iterator[Connection]:
    """A connection that is closed at the end."""
    found = real_connection()
    try:
        yield found
    finally:
        found.close()


def record(act: Act, wrap: Callable[[Cursor], Cursor] = lambda c: c, *, book: Book | None = None) -> Recorded | None:
    """One try of the alarm thread, on a fresh connection; its book is read anew when none is given."""
    book = book or bookkeeping.load(clock.now())
    with line() as db, db.transaction(PATIENCE) as cursor:
        return recorder.record(Store(wrap(cursor)), act, book, clock.now(), channels())


def act_by(actor: Actor, verb: str, alarm: str, **facts: Any) -> Act:
    """What somebody does about an alarm now, with an id of its own."""
    id = f"{alarm[:-4]}{abs(hash((verb, actor.id))) % 65536:04x}"
    return Act(id, alarm, verb, clock.now(), actor.ref, int(actor.id), facts)


def press_at(world: World, desk: str, key: str, book: Book | None = None) -> Act:
    """A call for help from a desk, under this key."""
    book = book or bookkeeping.load(clock.now())
    facts = {"urgency": "help", "note": "please"}
    return read_press(presser([world.device(desk)]), key, facts, book, clock.now())[0]
