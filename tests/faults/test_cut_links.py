"""A screen that stops reading and pages that burn the processor: neither holds up a call for anybody else."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.architecture.source import PACKAGE
from tests.faults.streams import LONGEST_WAIT_S, Stream
from tests.faults.test_running import newest
from tests.faults.test_storage import finish, press
from tests.faults.test_telephone_line import until
from tests.running import Server

pytestmark = pytest.mark.fault
ESTABLISHED = "01"
SMALL = 4_096
"""Bytes that the client's side takes before it is full; a browser's takes longer to fill, and is dropped alike."""
AT_ONCE_S = 3.0
"""Hundreds of times what it takes on an idle machine, and less than the four seconds for which a stuck link stays."""


class Stuck:
    """A screen whose link stands and that reads nothing."""

    def __init__(self, server: Server) -> None:
        self._ports = f":{server.port:04X}"
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self._socket.connect((server.address, server.port))
        self._own = f":{self._socket.getsockname()[1]:04X}"
        head = f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token('viktor')}\r\n\r\n"
        self._socket.sendall(head.encode())

    def close(self) -> None:
        """Go away."""
        self._socket.close()

    def unread(self) -> int | None:
        """Bytes that the server's side cannot get rid of; ``None`` when the server has let go of the link."""
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _n, local, remote, state, queues, *_rest = line.split()
            if local.endswith(self._ports) and remote.endswith(self._own) and state == ESTABLISHED:
                return int(queues.partition(":")[0], 16)
        return None


def note(server: Server, visit: str) -> None:
    """Something happens that every screen of the site is told."""
    with server.client("amira") as client:
        client.post(f"/api/v1/visits/{visit}/note", json={"text": "asked again"}).raise_for_status()


def arrive(server: Server) -> str:
    """A customer, whom things can be noted about."""
    with server.client("amira") as client:
        made = client.post("/api/v1/visits", json={"site": "exchange", "description": "red coat"})
        return str(made.raise_for_status().json()["id"])


def call_and_see(server: Server, screen: Stream) -> float:
    """A call for help; returns the seconds until another screen has it."""
    began = time.monotonic()
    id = press(server, str(uuid4())).raise_for_status().json()["id"]
    shown = screen.wait_for("alarm:raised", recorded=True)
    took = time.monotonic() - began
    assert shown["data"]["facts"]["id"] == id
    finish(server, id)
    return took


def test_a_screen_that_stops_reading_is_let_go_and_holds_up_no_other(server: Server) -> None:
    visit = arrive(server)
    with closing(Stuck(server)) as stuck, Stream(server, "helen", after=newest(server)) as screen:
        until(lambda: stuck.unread() is not None)
        while stuck.unread() == 0:
            note(server, visit)
        assert call_and_see(server, screen) < AT_ONCE_S
        # Heartbeats and news go on; what nobody reads is not kept for long.
        until(lambda: stuck.unread() is None)
        assert call_and_see(server, screen) < AT_ONCE_S
        assert screen.opened == 1, "nobody else was cut off"
    assert screen.ids == sorted(set(screen.ids))


BURN = """

def _burn(request):
    import os, pathlib, threading, time
    from django.http import HttpResponse
    folder = pathlib.Path(os.environ["STEADYDESK_DATA"])
    (folder / f"burns-{threading.get_ident()}").touch()
    until = time.thread_time() + 120
    while time.thread_time() < until and (folder / "burn").exists():
        sum(range(200_000))
    return HttpResponse("done")

urlpatterns[:0] = [path("burn", _burn), path("reports/burn", _burn)]
"""


@pytest.fixture
def burning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server with a page that burns the processor as long as there is a file."""
    source = tmp_path / "source"
    shutil.copytree(PACKAGE, source / "steadydesk", symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    with (source / "steadydesk/project/urls.py").open("a") as urls:
        urls.write(BURN)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(source), os.environ.get("PYTHONPATH", "")]))
    running = Server(tmp_path, "--empty").start()
    (running.data / "burn").touch()
    yield running
    running.kill()


def test_pages_that_burn_the_processor_in_every_thread_hold_up_no_call(burning: Server) -> None:
    from steadydesk.project.asgi import SLOW_THREADS, THREADS

    fires = ["/burn"] * THREADS + ["/reports/burn"] * SLOW_THREADS
    ask = lambda path: httpx.get(burning.url + path, timeout=LONGEST_WAIT_S)  # noqa: E731
    with ThreadPoolExecutor(len(fires) + 1) as pool, ExitStack() as stack:
        stack.callback((burning.data / "burn").unlink)
        screen = stack.enter_context(Stream(burning, "helen", after=newest(burning)))
        pages = [pool.submit(ask, path) for path in fires]
        until(lambda: len(list(burning.data.glob("burns-*"))) == len(fires))
        waits = pool.submit(ask, "/accounts/login/")
        for _ in range(5):
            began = time.monotonic()
            answer = press(burning, str(uuid4()))
            assert (answer.status_code, answer.json()["recorded"]) in {(201, True), (200, True)}
            assert time.monotonic() - began < AT_ONCE_S
        shown = screen.wait_for("alarm:raised", recorded=True)
        assert shown["data"]["facts"]["id"] == answer.json()["id"]
        assert not any(page.done() for page in [*pages, waits]), "every thread for pages was busy meanwhile"
    assert {page.result().status_code for page in [*pages, waits]} == {200}
