"""The SQLite backend: every write passes the gate, reads never do, and a vanished file is an error."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from steadydesk.journal.gate import GateMisuseError, WriteGate
from steadydesk.journal.sqlite import base

Connect = Callable[..., base.DatabaseWrapper]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> WriteGate:
    """A gate of its own, so that a test's transaction elsewhere does not matter."""
    own = WriteGate()
    monkeypatch.setattr(base.DatabaseWrapper, "gate", own)
    return own


@pytest.fixture
def connect(gate: WriteGate, tmp_path: Path, django_db_blocker: Any) -> Iterator[Connect]:
    """Make connections to one file with a table `note`; all are closed at the end."""
    made: list[base.DatabaseWrapper] = []

    def make(name: object = tmp_path / "desk.sqlite3", **options: Any) -> base.DatabaseWrapper:
        settings = {
            "ENGINE": "steadydesk.journal.sqlite",
            "NAME": name,
            "OPTIONS": options,
            "AUTOCOMMIT": True,
            "ATOMIC_REQUESTS": False,
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": False,
            "TIME_ZONE": None,
            "TEST": {"NAME": None},
        }
        connection = base.DatabaseWrapper(settings, alias=f"test_{len(made)}")
        connection.inc_thread_sharing()
        made.append(connection)
        return connection

    with django_db_blocker.unblock():
        write(make(create=True), "CREATE TABLE note (id integer PRIMARY KEY, body text)")
        yield make
        for connection in made:
            connection.close()


def write(connection: base.DatabaseWrapper, sql: str = "INSERT INTO note (body) VALUES ('x')") -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def count(connection: base.DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute("SELECT count(*) FROM note").fetchone()[0])


@contextlib.contextmanager
def atomic(connection: base.DatabaseWrapper) -> Iterator[None]:
    """`transaction.atomic` for a connection of our own making."""
    connections[connection.alias] = connection
    try:
        with transaction.atomic(connection.alias):
            yield
    finally:
        del connections[connection.alias]


def run_in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def until(true: Callable[[], bool]) -> None:
    while not true():
        os.sched_yield()


@pytest.mark.parametrize(
    ("statement", "writes"),
    [
        ("INSERT INTO t VALUES (1)", True),
        ("  update t SET a = 1", True),
        ("DELETE FROM t", True),
        ("REPLACE INTO t VALUES (1)", True),
        ("BEGIN IMMEDIATE", True),
        ("WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", True),
        ("BEGIN", False),
        ("SELECT 'INSERT'", False),
        ("WITH x AS (SELECT 1) SELECT * FROM x", False),
        ("PRAGMA foreign_keys", False),
        ("SAVEPOINT s", False),
    ],
)
def test_writing_statements_are_told_from_reading_ones(statement: str, writes: bool) -> None:
    assert base.is_write(statement) is writes


def test_a_transaction_holds_the_gate_from_begin_to_commit(connect: Connect, gate: WriteGate) -> None:
    connection = connect()
    with atomic(connection):
        assert gate.is_mine()
        write(connection)
        assert gate.is_mine()
    assert not gate.is_mine()
    assert count(connection) == 1


def test_a_rollback_lets_the_gate_go(connect: Connect, gate: WriteGate) -> None:
    connection = connect()
    with contextlib.suppress(ZeroDivisionError), atomic(connection):
        write(connection)
        1 / 0  # noqa: B018
    assert not gate.is_mine()
    assert count(connection) == 0


def test_a_refused_statement_lets_the_gate_go(connect: Connect, gate: WriteGate) -> None:
    connection = connect()
    with pytest.raises(DatabaseError):
        write(connection, "INSERT INTO nowhere VALUES (1)")
    assert not gate.is_mine()


def test_closing_within_a_transaction_lets_the_gate_go(connect: Connect, gate: WriteGate) -> None:
    connection = connect()
    with atomic(connection):
        write(connection)
        connection.close()
        assert not gate.is_mine()
    assert count(connection) == 0


def test_a_lone_write_passes_the_gate_and_a_read_does_not(connect: Connect, gate: WriteGate) -> None:
    connection = connect()
    taken = gate.stats().taken
    write(connection)
    assert gate.stats().taken == taken + 1
    assert count(connection) == 1
    assert gate.stats().taken == taken + 1
    assert not gate.is_mine()


def test_reads_go_on_while_another_thread_writes(connect: Connect, gate: WriteGate) -> None:
    writer, reader = connect(), connect()
    with atomic(writer):
        write(writer)
        seen: list[int] = []
        run_in_thread(lambda: seen.append(count(reader))).join()
    assert seen == [0]


def test_a_thread_that_ended_does_not_keep_the_gate(connect: Connect, gate: WriteGate) -> None:
    def begin_and_end() -> None:
        connection = connect()
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        write(connection)
        # The thread's connection goes with it, as Django's thread-local ones do.
        connection.connection.close()
        connection.connection = None

    run_in_thread(begin_and_end).join()
    write(connect())
    assert gate.stats().abandoned == 1


def test_eight_writers_take_turns_and_an_alarm_goes_before_all_of_them(connect: Connect, gate: WriteGate) -> None:
    rows: list[str] = []
    gate.acquire()

    def writer(name: str, urgent: bool) -> Callable[[], None]:
        def work() -> None:
            connection = connect()
            count(connection)
            connection.urgent = urgent
            write(connection, f"INSERT INTO note (body) VALUES ('{name}')")

        return work

    threads = []
    for place, name in enumerate([f"visit {n}" for n in range(8)] + ["alarm"], start=1):
        threads.append(run_in_thread(writer(name, urgent=name == "alarm")))
        until(lambda place=place: gate.stats().waiting == place)  # type: ignore[misc]
    gate.release()
    for thread in threads:
        thread.join()
    with connect().cursor() as cursor:
        rows = [body for (body,) in cursor.execute("SELECT body FROM note ORDER BY id").fetchall()]
    assert rows == ["alarm"] + [f"visit {n}" for n in range(8)]


def test_eight_threads_in_transactions_lose_nothing(connect: Connect, gate: WriteGate) -> None:
    def work() -> None:
        connection = connect()
        for _ in range(25):
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            write(connection)
            write(connection)
            connection.commit()
            connection.set_autocommit(True)

    threads = [run_in_thread(work) for _ in range(8)]
    for thread in threads:
        thread.join()
    assert count(connect()) == 400
    assert gate.stats().waiting == 0


def test_the_lock_of_another_process_is_waited_for(connect: Connect, tmp_path: Path) -> None:
    connection = connect()
    other = sqlite3.connect(tmp_path / "desk.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    tried = threading.Event()
    sleep = base.time.sleep

    def pause(seconds: float) -> None:
        tried.set()
        sleep(seconds)

    def let_go() -> None:
        tried.wait()
        other.execute("COMMIT")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base.time, "sleep", pause)
        thread = run_in_thread(let_go)
        write(connection)
    thread.join()
    other.close()
    assert count(connection) == 1


def test_a_lock_that_is_never_let_go_is_an_error_that_says_locked(
    connect: Connect, gate: WriteGate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "GIVE_UP_AFTER_S", 0.01)
    connection = connect()
    other = sqlite3.connect(tmp_path / "desk.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        write(connection)
    other.close()
    assert not gate.is_mine()
    write(connection)


def test_a_gate_that_is_never_let_go_is_an_error_that_says_locked(
    connect: Connect, gate: WriteGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "GIVE_UP_AFTER_S", 0.01)
    gate.acquire()
    errors: list[bool] = []

    def work() -> None:
        with pytest.raises(OperationalError, match="locked") as raised:
            write(connect())
        errors.append(base.is_busy(raised.value.__cause__))  # type: ignore[arg-type]

    run_in_thread(work).join()
    assert errors == [True]


def test_one_thread_with_two_connections_is_told_instead_of_waiting_for_itself(connect: Connect) -> None:
    first, second = connect(), connect()
    with atomic(first), pytest.raises(GateMisuseError):
        write(second)


def test_a_missing_file_is_an_error_and_no_new_database(connect: Connect, tmp_path: Path) -> None:
    missing = tmp_path / "gone.sqlite3"
    with pytest.raises(OperationalError, match="unable to open"):
        count(connect(missing))
    assert not missing.exists()


def test_migrate_may_make_the_file(connect: Connect, tmp_path: Path) -> None:
    connection = connect(tmp_path / "new #1?.sqlite3")
    connection.prepare_database()
    write(connection, "CREATE TABLE note (id integer PRIMARY KEY, body text)")
    assert (tmp_path / "new #1?.sqlite3").exists()


def test_a_write_to_a_removed_file_is_refused(connect: Connect, gate: WriteGate, tmp_path: Path) -> None:
    connection = connect()
    write(connection)
    (tmp_path / "desk.sqlite3").unlink()
    with pytest.raises(OperationalError, match="removed or replaced"):
        write(connection)
    assert not gate.is_mine()
    with pytest.raises(OperationalError, match="unable to open"):
        write(connection)


def test_the_file_is_opened_durable_and_with_foreign_keys(connect: Connect) -> None:
    with connect().cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
        found["foreign_keys"] = cursor.execute("PRAGMA foreign_keys").fetchone()[0]
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_read_only_connection_reads_and_cannot_write(connect: Connect) -> None:
    connection = connect(read_only=True)
    assert count(connection) == 0
    with pytest.raises(OperationalError):
        write(connection)


@pytest.mark.parametrize("name", [":memory:", "file:desk_in_memory?mode=memory&cache=shared"])
def test_a_database_in_memory_works_too(connect: Connect, gate: WriteGate, name: str) -> None:
    connection = connect(name)
    with atomic(connection):
        write(connection, "CREATE TABLE note (id integer PRIMARY KEY, body text)")
        write(connection)
    assert not gate.is_mine()
    assert count(connection) == 1
