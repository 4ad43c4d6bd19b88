"""Storage is locked, full, gone or replaced: a press still reaches every screen and is on record afterwards, once."""

import contextlib
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.faults.streams import LONGEST_WAIT_S, Stream
from tests.peers import not_run
from tests.running import Server

pytestmark = pytest.mark.fault


def press(server: Server, key: str, device: str = "desk-1", **body: Any) -> httpx.Response:
    """One press at a desk."""
    with server.client(device) as client:
        return client.post("/api/v1/alarms", headers={"Idempotency-Key": key}, json={"mode": "real", **body})


def on_record(server: Server, id: str) -> dict[str, Any]:
    """The alarm as it is read from the records, once it is there."""
    until = time.monotonic() + LONGEST_WAIT_S
    with server.client("helen") as client:
        while time.monotonic() < until:
            answer = client.get(f"/api/v1/alarms/{id}")
            if answer.status_code == 200 and answer.json()["recorded"]:
                return dict(answer.json())
            threading.Event().wait(0.05)
    raise AssertionError("the alarm never came on record")


def raised_entries(server: Server, id: str) -> int:
    """How often the journal says that it was raised."""
    with server.client("helen") as client:
        items = client.get("/api/v1/journal", params={"subject": f"alarm:{id}"}).json()["items"]
    return sum(e["type"] == "alarm:raised" for e in items)


def finish(server: Server, id: str) -> None:
    """Somebody comes and the alarm is closed, so that the next test starts with none."""
    with server.client("helen") as client:
        client.post(f"/api/v1/alarms/{id}/attend", json={}).raise_for_status()
        client.post(f"/api/v1/alarms/{id}/close", json={"disposition": "handled"}).raise_for_status()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds the one write lock."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def database_of(server: Server) -> Path:
    """The file with the records."""
    return server.data / "steadydesk.sqlite3"


def test_with_the_database_locked_a_press_is_broadcast_and_recorded_when_it_is_free(server: Server) -> None:
    key = str(uuid4())
    with Stream(server, "helen") as screen:
        with locked(database_of(server)):
            answer = press(server, key)
            assert (answer.status_code, answer.json()["recorded"]) == (202, False)
            early = screen.wait_for("alarm:raised", recorded=False)
            assert early["data"]["facts"]["id"] == answer.json()["id"]
            again = press(server, key)
            assert again.json()["id"] == answer.json()["id"]
            with server.client("tariq") as client:
                coming = client.post(f"/api/v1/alarms/{answer.json()['id']}/acknowledge", json={})
            assert (coming.status_code, [c["name"] for c in coming.json()["coming"]]) == (202, ["Tariq Aziz"])
        screen.wait_for("alarm:raised", recorded=True)
        screen.wait_for("alarm:acknowledged", recorded=True)
    id = answer.json()["id"]
    found = on_record(server, id)
    assert (found["raised_at"], found["presses"], len(found["coming"])) == (answer.json()["raised_at"], 1, 1)
    assert raised_entries(server, id) == 1
    finish(server, id)


def test_with_the_database_locked_a_repeated_press_that_is_on_record_is_answered_as_such(server: Server) -> None:
    key = str(uuid4())
    first = press(server, key)
    assert first.json()["recorded"]
    with locked(database_of(server)):
        again = press(server, key)
    assert (again.status_code, again.json()["id"], again.json()["recorded"]) == (200, first.json()["id"], True)
    finish(server, first.json()["id"])


def test_a_screen_that_comes_while_the_database_is_locked_is_told_of_what_is_not_yet_on_record(server: Server) -> None:
    with locked(database_of(server)):
        id = press(server, str(uuid4())).json()["id"]
        with server.client("tariq") as client:
            one = client.get(f"/api/v1/alarms/{id}")
            listed = client.get("/api/v1/alarms", params={"open": True}).json()["items"]
            closed = client.get("/api/v1/alarms", params={"open": False}).json()["items"]
        with server.client("paul") as elsewhere:
            assert elsewhere.get(f"/api/v1/alarms/{id}").status_code == 404
            assert elsewhere.get("/api/v1/alarms").json()["items"] == []
    assert (one.status_code, one.json()["recorded"]) == (200, False)
    assert [(a["id"], a["recorded"]) for a in listed] == [(id, False)]
    assert id not in {a["id"] for a in closed}
    assert on_record(server, id)["state"] == "open"
    finish(server, id)


def test_with_the_database_file_gone_a_press_is_broadcast_and_recorded_when_it_is_back(server: Server) -> None:
    database = database_of(server)
    away = database.with_suffix(".away")
    with Stream(server, "helen") as screen:
        database.rename(away)
        try:
            answer = press(server, str(uuid4()))
            assert (answer.status_code, answer.json()["recorded"]) == (202, False)
            screen.wait_for("alarm:raised", recorded=False)
        finally:
            away.rename(database)
    id = answer.json()["id"]
    assert on_record(server, id)["state"] == "open"
    assert raised_entries(server, id) == 1
    finish(server, id)


def test_with_the_database_file_replaced_the_press_is_in_the_file_that_stands_there_now(server: Server) -> None:
    database = database_of(server)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(database.with_suffix(".copy"))) as copy:
        source.backup(copy)
    for ending in ("-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    database.with_suffix(".copy").rename(database)
    with Stream(server, "helen") as screen:
        answer = press(server, str(uuid4()))
        assert answer.status_code in (201, 202)
        id = answer.json()["id"]
        assert screen.wait_for("alarm:raised", recorded=True)["data"]["facts"]["id"] == id
    until = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < until:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as look:
            if look.execute("SELECT count(*) FROM alarms_alarm WHERE id = ?", [id.replace("-", "")]).fetchone()[0]:
                return
        threading.Event().wait(0.05)
    pytest.fail("the press went into the file that is no longer there")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own that can be filled."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if (
        shutil.which("mount") is None
        or subprocess.run(["mount", *options], capture_output=True, check=False).returncode
    ):
        not_run("a small disk (mounting needs root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(file: Path) -> None:
    """Take what is left of the disk."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(b"\0" * 65_536)


def test_with_the_disk_full_and_the_process_killed_the_press_is_still_there_afterwards(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        running = Server(disk, "--empty").start()
        try:
            fill(disk / "filler")
            with Stream(running, "helen") as screen:
                answers = [press(running, str(uuid4()), place=place) for place in ("desk-1", "room-1", "room-2")]
                screen.wait_for("alarm:raised")
            assert {a.status_code for a in answers} <= {201, 202}
            assert any(not a.json()["recorded"] for a in answers), "the disk was not full"
            running.kill()
            (disk / "filler").unlink()
            running.start()
            for answer in answers:
                found = on_record(running, answer.json()["id"])
                assert found["raised_at"] == answer.json()["raised_at"]
                assert raised_entries(running, answer.json()["id"]) == 1
        finally:
            running.kill()
