"""The processes: killed, stopped, short of descriptors, and back."""

import os
import random
import signal
import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.faults.receivers import mute_server
from tests.faults.streams import LONGEST_WAIT_S, Stream
from tests.faults.test_storage import finish, raised_entries
from tests.running import Server

pytestmark = pytest.mark.fault
KILLS = 3
ROUNDS_IN_SOAK, KILLS_IN_SOAK = 40, 25
"""A thousand in all, in rounds that run beside each other."""
FEW_FILES = 128
STOPPED_WITHIN_S = 8.0
"""Five seconds, before the parent would kill it at six, and the parent's own end."""


def children(server: Server, module: str) -> list[int]:
    """The ids of the parent's children that run this module."""
    found = subprocess.run(["pgrep", "-P", str(server.pid), "-f", module], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def newest(server: Server) -> int:
    """The id of the last entry; a page is drawn with it, and so its stream misses nothing from the start."""
    with server.client("helen") as client:
        return int(client.get("/screens/news").raise_for_status().json()["after"])


def press_until_confirmed(server: Server, key: str) -> httpx.Response:
    """What the page's script does: the same press again and again until the server confirms."""
    until = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < until:
        try:
            with server.client("desk-1") as client:
                answer = client.post("/api/v1/alarms", headers={"Idempotency-Key": key}, json={}, timeout=2)
            if answer.status_code < 500:
                return answer
        except httpx.HTTPError:
            threading.Event().wait(0.05)
    raise AssertionError("the press was never confirmed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """As many rounds of kills as the version asks for."""
    if "kills" in metafunc.fixturenames:
        soak = metafunc.config.getoption("--soak")
        rounds, kills = (ROUNDS_IN_SOAK, KILLS_IN_SOAK) if soak else (1, KILLS)
        metafunc.parametrize(("seed", "kills"), [(20_826 + round, kills) for round in range(rounds)])


def test_a_press_survives_the_server_being_killed_at_any_moment(server: Server, seed: int, kills: int) -> None:
    dice = random.Random(seed)
    with Stream(server, "helen", after=newest(server)) as screen:
        for _ in range(kills):
            key = str(uuid4())
            [pid] = children(server, "steadydesk.project.server")
            killer = threading.Timer(dice.uniform(0, 0.02), os.kill, (pid, signal.SIGKILL))
            killer.start()
            answer = press_until_confirmed(server, key)
            killer.join()
            server.wait_until_ready()
            again = press_until_confirmed(server, key)
            id = answer.json()["id"]
            assert again.json()["id"] == id
            assert raised_entries(server, id) == 1
            shown = screen.wait_for("alarm:raised", recorded=True)
            assert shown["data"]["facts"]["id"] == id
            finish(server, id)
    assert screen.ids == sorted(set(screen.ids)), "an event came twice or out of order"


def test_what_dies_is_started_again_by_the_parent(server: Server) -> None:
    for module in ("steadydesk.project.server", "steadydesk.reports.renderer"):
        [pid] = children(server, module)
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + LONGEST_WAIT_S
        while time.monotonic() < until:
            if children(server, module) not in ([], [pid]):
                break
            threading.Event().wait(0.02)
        else:
            pytest.fail(f"{module} did not come back")
    server.wait_until_ready()


def test_stopping_ends_open_streams_in_order(tmp_path: Path) -> None:
    running = Server(tmp_path, "--empty").start()
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(Stream(running, "helen"))
        assert running.stop() == 0
    assert "Traceback" not in running.log.read_text()


def test_stopping_waits_neither_for_a_receiver_that_hangs_nor_for_a_page_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEADYDESK_WEBHOOK_SECRET", "a key for tests")
    with ExitStack() as stack:
        port, connected = stack.enter_context(mute_server())
        monkeypatch.setenv("STEADYDESK_WEBHOOK_URL", f"http://127.0.0.1:{port}/")
        running = Server(tmp_path, "--empty").start()
        for _ in range(8):
            stack.enter_context(Stream(running, "helen"))
        press_until_confirmed(running, str(uuid4()))
        assert connected.wait(LONGEST_WAIT_S), "the webhook is under way, and its receiver says nothing"
        began = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - began < STOPPED_WITHIN_S


def test_short_of_descriptors_streams_are_refused_and_a_press_still_comes_in(tmp_path: Path) -> None:
    running = Server(tmp_path, "--empty", files=FEW_FILES)
    try:
        running.start()
        head = {"Authorization": f"Bearer {running.token('helen')}"}
        with ExitStack() as stack:
            statuses = []
            for _ in range(FEW_FILES):
                answer = stack.enter_context(
                    httpx.stream("GET", f"{running.url}/api/v1/stream", headers=head, timeout=5)
                )
                statuses.append(answer.status_code)
                if answer.status_code != 200:
                    break
            assert statuses[-1] == 503
            assert press_until_confirmed(running, str(uuid4())).status_code in (200, 201)
    finally:
        running.kill()
