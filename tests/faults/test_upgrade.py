"""A newer version takes over with a call open: calls go on meanwhile, and it is all or nothing."""

import os
import shutil
import threading
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from steadydesk.project.upgrade import KEPT, MARK
from tests.architecture.source import PACKAGE
from tests.faults.streams import LONGEST_WAIT_S, Stream
from tests.faults.test_backup import done
from tests.faults.test_storage import on_record, press, raised_entries
from tests.running import Server

pytestmark = pytest.mark.fault

LATER = """
import os, time
from pathlib import Path
from django.db import migrations

def hold(apps, schema_editor):
    until = time.monotonic() + 300
    while (Path(os.environ["STEADYDESK_DATA"]) / "hold").exists():
        if time.monotonic() > until:
            raise TimeoutError("nobody let it go on")
        time.sleep(0.02)
    if (Path(os.environ["STEADYDESK_DATA"]) / "fail").exists():
        raise RuntimeError("the disk of this migration is on fire")

class Migration(migrations.Migration):
    dependencies = [("visits", "{before}")]
    operations = [
        migrations.RunSQL("ALTER TABLE visits_visit ADD COLUMN later integer NULL"),
        migrations.RunPython(hold),
    ]
"""


@pytest.fixture(scope="module")
def newer(tmp_path_factory):
    """The next version: the same package with one migration more."""
    source = tmp_path_factory.mktemp("newer")
    shutil.copytree(PACKAGE, source / "steadydesk", symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    folder = source / "steadydesk/visits/migrations"
    before = max(path.stem for path in folder.glob("0*.py"))
    (folder / "9999_later.py").write_text(LATER.replace("{before}", before))
    return source


@pytest.fixture
def old(tmp_path):
    running = Server(tmp_path, "--empty").start()
    yield running
    running.kill()


def install(monkeypatch: pytest.MonkeyPatch, source: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(source), os.environ.get("PYTHONPATH", "")]))


def wait_until_it_answers(server: Server) -> None:
    until = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{server.url}/health/live", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            threading.Event().wait(0.05)
    raise AssertionError(server.log.read_text()[-3000:])


def wait_for_words(server: Server, words: str) -> None:
    until = time.monotonic() + LONGEST_WAIT_S
    while words not in server.log.read_text():
        assert time.monotonic() < until, server.log.read_text()[-3000:]
        threading.Event().wait(0.05)


def wait_until_it_changes_the_records(server: Server) -> None:
    """It holds them from before they are put by."""
    until = time.monotonic() + LONGEST_WAIT_S
    while not list((server.data / "backups").glob("*.backup")):
        assert time.monotonic() < until, server.log.read_text()[-3000:]
        threading.Event().wait(0.05)


def start_anew(server: Server) -> Server:
    """``run`` on the same folder, as a service does; not waited for."""
    return Server(server.folder, beside=server).start(wait=False)


def test_with_a_call_open_the_next_version_takes_calls_while_it_changes_the_records(old, newer, monkeypatch):
    opened = press(old, str(uuid4()), place="room-1").json()["id"]
    assert old.stop() == 0
    install(monkeypatch, newer)
    (old.data / "hold").touch()
    new = start_anew(old)
    try:
        wait_until_it_answers(new)
        wait_until_it_changes_the_records(new)
        with Stream(new, "helen") as screen:
            answer = press(new, str(uuid4()))
            assert (answer.status_code, answer.json()["recorded"]) == (202, False)
            screen.wait_for("alarm:raised", recorded=False)
            page = httpx.get(f"{new.url}/desk/")
            assert (page.status_code, page.headers["retry-after"]) == (503, "5")
            with new.client("helen") as client:
                assert client.get("/api/v1/sites").json()["code"] == "storage_unavailable"
            assert httpx.get(f"{new.url}/health/ready").status_code == 503
            (old.data / "hold").unlink()
            screen.wait_for("reset")
        new.wait_until_ready()
        for id in (opened, answer.json()["id"]):
            assert on_record(new, id)["state"] == "open"
            assert raised_entries(new, id) == 1
        assert not (old.data / MARK).exists()
        [kept] = (old.data / "backups").glob("*.backup")
        assert "whole" in done("backup", "--verify", kept)
        assert new.stop() == 0
    finally:
        new.kill()
    monkeypatch.undo()
    assert "A newer version of Steadydesk" in done("run", "--data", old.data, "--port", str(new.port), code=1)


def test_an_upgrade_that_fails_or_is_killed_leaves_the_records_to_the_former_version(old, newer, monkeypatch):
    assert old.stop() == 0
    before = os.environ.copy()
    install(monkeypatch, newer)
    (old.data / "fail").touch()
    for _ in range(2):
        new = start_anew(old)
        wait_until_it_answers(new)
        wait_for_words(new, "They are as they were")
        told = press(new, str(uuid4()))
        new.kill()
    assert len(list((old.data / "backups").glob("*.backup"))) <= KEPT
    monkeypatch.setattr(os, "environ", before)
    monkeypatch.undo()
    old.start()
    assert on_record(old, told.json()["id"])["state"] == "open"


def test_after_the_whole_group_was_killed_it_starts_by_itself_whatever_was_left_behind(old):
    id = press(old, str(uuid4())).json()["id"]
    assert (old.data / "bell.sock").exists()
    old.kill()
    (old.data / MARK).touch()
    (old.data / "spool.new").write_bytes(b"half")
    (old.data / "book.new").write_bytes(b"half")
    (old.data / "book.json").write_bytes(b"{")
    again = Server(old.folder, beside=old).start()
    try:
        assert on_record(again, id)["state"] == "open"
        assert not (old.data / MARK).exists()
    finally:
        again.kill()
