"""A replay among real processes: killed in the middle, beside a server that people watch, pressed during it."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.running import Server

pytestmark = pytest.mark.fault
COMMAND = str(Path(sys.executable).with_name("steadydesk"))
BEGIN = datetime(1999, 2, 1, 7, tzinfo=UTC)
PATIENCE_S = 90


class Desk(Server):
    """``steadydesk run`` on the folder of a replay."""

    def __init__(self, folder):
        super().__init__(folder)
        self._command = ["run"]

    def as_desk(self):
        """A client that asks as the desk of the replay."""
        words = [COMMAND, "createtoken", "--device", "replay-desk", "--data", str(self.data)]
        token = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True).stdout.strip()
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def write(folder, rows, apart):
    """So many customers, each after the other; every tenth waits eleven minutes and every seventh leaves."""
    lines = ["arrived_at,service,attended_at,ended_at"]
    for number in range(rows):
        came = BEGIN + timedelta(seconds=number * apart)
        met = came + timedelta(minutes=11 if number % 10 == 0 else 1)
        ended = met + timedelta(minutes=2)
        texts = [at.strftime("%Y-%m-%dT%H:%M:%S") for at in (came, met, ended)]
        lines.append(f"{texts[0]},enquiries,{texts[1] if number % 7 else ''},{texts[2]}")
    file = folder / "week.csv"
    file.write_text("\n".join(lines))
    return str(file)


def counted(rows):
    """The same by hand: who leaves waited two minutes longer."""
    waits = [(11 if n % 10 == 0 else 1) + (0 if n % 7 else 2) for n in range(rows)]
    attended = sum(n % 7 > 0 for n in range(rows))
    return {
        "arrivals": rows,
        "attended": attended,
        "left_unattended": rows - attended,
        "over": {"PT5M": sum(w > 5 for w in waits), "PT10M": sum(w > 10 for w in waits)},
    }


def begin(file, data, *words):
    command = [COMMAND, "replay", file, "--json", "--data", str(data), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ask(data, question):
    with sqlite3.connect(f"file:{data / 'steadydesk.sqlite3'}?mode=ro", uri=True, timeout=10) as database:
        return database.execute(question).fetchone()[0]


def visits(data):
    try:
        return ask(data, "SELECT count(*) FROM visits_visit")
    except sqlite3.OperationalError:  # nothing is made yet
        return 0


def over_time(data):
    facts = "type = 'visit:over-time' AND json_extract(facts, '$.clock') = 'attend'"
    return ask(data, f"SELECT count(*) FROM journal_entry WHERE {facts}")


def until(said):
    end = time.monotonic() + PATIENCE_S
    while not (found := said()):
        assert time.monotonic() < end, "this never happened"
        time.sleep(0.02)
    return found


def finish(run, rows):
    """Wait for its end; the figures it printed must be those of the file."""
    out, err = run.communicate(timeout=4 * PATIENCE_S)
    assert run.returncode == 0, err
    found, expected = json.loads(out), counted(rows)
    assert {name: found[name] for name in expected} == expected


def heartbeat(client):
    with client.stream("GET", "/api/v1/stream") as answer:
        for line in answer.iter_lines():
            if line.startswith("data: ") and "speed" in line:
                return json.loads(line.removeprefix("data: "))
    raise AssertionError("no heartbeat")


def test_killed_again_and_again_it_loses_no_row_and_plays_none_twice(tmp_path):
    rows, data = 150, tmp_path / "data"
    file = write(tmp_path, rows, 20)
    for _ in range(4):
        before, run = visits(data), begin(file, data)
        until(lambda before=before, run=run: visits(data) > before + 20 or run.poll() is not None)
        run.send_signal(signal.SIGKILL)
        run.communicate()
    assert 80 <= visits(data) < rows
    finish(begin(file, data), rows)
    assert (visits(data), over_time(data)) == (rows, counted(rows)["over"]["PT10M"])


def test_beside_a_server_that_was_there_before_the_figures_are_the_same(tmp_path):
    rows, desk = 60, Desk(tmp_path)
    file = write(tmp_path, rows, 60)
    desk.start()
    try:
        finish(begin(file, desk.data), rows)
    finally:
        desk.stop()
    assert over_time(desk.data) == counted(rows)["over"]["PT10M"]


def test_live_a_desk_sees_it_at_its_speed_and_a_press_goes_out_as_ever(tmp_path):
    rows, desk = 60, Desk(tmp_path)
    file = write(tmp_path, rows, 20)
    run = begin(file, desk.data, "--speed", "60")
    until(lambda: visits(desk.data))
    desk.start()
    try:
        with desk.as_desk() as client:
            beat = heartbeat(client)
            assert (beat["speed"], beat["now"][:10], beat["protected"]) == (60, "1999-02-01", True)
            pressed = client.post("/api/v1/alarms", json={})
            assert (pressed.status_code, pressed.json()["recorded"]) == (201, True)
            assert run.poll() is None, "it was over before the press"
            finish(run, rows)
            until(lambda: heartbeat(client)["speed"] == 1)
            assert heartbeat(client)["now"][:10] == "1999-02-01"
    finally:
        run.kill()
        desk.stop()
    assert over_time(desk.data) == counted(rows)["over"]["PT10M"]
