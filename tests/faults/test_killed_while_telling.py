"""The server is killed while every way of telling is under way: each goes on after it, and the call is one call."""

import os
import re
import signal
import socket
import sqlite3
import threading
from contextlib import ExitStack, closing, contextmanager
from uuid import uuid4

import pytest

from tests.faults.receivers import HOST, SECRET
from tests.faults.test_running import children
from tests.faults.test_storage import on_record, press, raised_entries
from tests.faults.test_telephone_line import until
from tests.pushing import Phone
from tests.running import DATABASE, Server

pytestmark = pytest.mark.fault
BY_TCP = ("mail", "push", "apprise", "webhook")
LOGIN = "viktor"


class Peer:
    """Takes what is said to it and never answers; counts how often it was spoken to."""

    def __init__(self, kind):
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.bind((HOST, 0))
        self.port, self.count, self._kept = self.socket.getsockname()[1], 0, []
        self.calls = set()
        if kind == socket.SOCK_STREAM:
            self.socket.listen()
        threading.Thread(target=self._take if kind == socket.SOCK_STREAM else self._hear, daemon=True).start()

    def _take(self):
        while True:
            try:
                self._kept.append(self.socket.accept()[0])
            except OSError:
                return
            self.count += 1

    def _hear(self):
        while True:
            try:
                said = self.socket.recv(8192)
            except OSError:
                return
            if said.startswith(b"INVITE"):
                self.calls.add(re.search(rb"Call-ID: (\S+)", said)[1])
                self.count = len(self.calls)


@contextmanager
def telling(folder):
    """A server, and a peer that hangs for each of its ways; Viktor is reached by all of them."""
    with ExitStack() as stack:
        peers = {way: Peer(socket.SOCK_STREAM) for way in BY_TCP} | {"phone": Peer(socket.SOCK_DGRAM)}
        for peer in peers.values():
            stack.callback(peer.socket.close)
        at = {way: f"{HOST}:{peer.port}" for way, peer in peers.items()}
        environ = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in {
            "SMTP": f"smtp://{at['mail']}", "MAIL_FROM": "desk@example.org",
            "WEBHOOK_URL": f"http://{at['webhook']}/", "WEBHOOK_SECRET": SECRET,
            "PUSH_CONTACT": "mailto:it@example.org", "PUSH_SERVICES": f"http://{at['push']}",
            "APPRISE": f"json://{at['apprise']}",
            "SIP_SERVER": at["phone"], "SIP_LISTEN": f"{HOST}:{free_udp()}", "SIP_RING_SECONDS": "5",
        }.items():  # fmt: skip
            environ.setenv(f"STEADYDESK_{name}", value)
        server = Server(folder, "--empty").start()
        stack.callback(server.kill)
        reach(server, at)
        yield server, peers


def free_udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((HOST, 0))
        return s.getsockname()[1]


def reach(server, at):
    """Viktor's browser, service, mail and telephone."""
    with server.client(LOGIN) as client:
        page = client.get("/me/reached").raise_for_status().text
        token = {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]}
        given = {**Phone().given(f"http://{at['push']}/phone"), "name": "phone", **token}
        assert client.post("/me/browsers", data=given).status_code == 201
        client.post("/me/service", data={"url": f"json://{at['apprise']}/", **token})
    with closing(sqlite3.connect(server.data / DATABASE, isolation_level=None, timeout=20)) as records:
        asked = "UPDATE people_person SET email = 'viktor@example.org', phone = '07700 900151' WHERE login = ?"
        records.execute(asked, (LOGIN,))
    kill(server)


def kill(server):
    """At once; it is started again."""
    [pid] = children(server, "steadydesk.project.server")
    os.kill(pid, signal.SIGKILL)
    server.wait_until_ready()


def test_killed_with_every_way_under_way_each_goes_on_and_the_chain_too(tmp_path):
    with telling(tmp_path) as (server, peers):
        answer = press(server, str(uuid4()), device="desk-2")
        id = answer.json()["id"]
        for step in (1, 2):
            until(lambda step=step: on_record(server, id)["step"] >= step)
            until(lambda: all(peer.count for peer in peers.values()))
            before = {way: peer.count for way, peer in peers.items()}
            kill(server)
            until(lambda before=before: all(peer.count > before[way] for way, peer in peers.items()))
        assert raised_entries(server, id) == 1
        found = on_record(server, id)
        assert (found["presses"], found["state"]) == (1, "open")
        with server.client("helen") as client:
            page = client.get(f"/alarms/{id}").raise_for_status().text
    assert "cannot be reached" in page or "does not answer" in page
