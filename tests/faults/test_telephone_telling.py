"""What the telephone line tells the server, over the way that the server speaks: kept until it is taken."""

import json
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import httpx
import pytest

from steadydesk.alarms.spool import Spool
from steadydesk.kernel.clock import clock
from steadydesk.project.listeners.telling import HANDS, SLOT_BYTES, SLOTS, Teller
from steadydesk.project.tls import folder
from steadydesk.project.tls.authority import Names
from steadydesk.project.tls.pair import own_pair
from steadydesk.project.tls.served import new_context
from tests.running import free_port

pytestmark = pytest.mark.fault
WITHIN_S = 60
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if body["call_id"] in self.server.refused:
            status = 403
        self.server.arrived.put((status, body["call_id"], self.headers["Authorization"]))
        said = json.dumps({"alarm": None, "reason": "extension"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format, *args):
        """Silence."""


@contextmanager
def server(port, *answers, context=None, refused=()):
    """Answers with these and then with 200, and these calls always with 403; keeps what arrives."""
    found = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    found.answers, found.arrived, found.refused = list(answers), Queue(), refused
    if context is not None:
        found.socket = context.wrap_socket(found.socket, server_side=True)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        found.shutdown()
        found.server_close()
        thread.join()


def teller(data, port, *, certificate=None):
    (data / "token").write_text("a token\n")
    scheme = "https" if certificate else "http"
    return Teller(f"{scheme}://127.0.0.1:{port}/api/v1/phone-events", data / "token", data / "kept", certificate)


def tell(to, call="1"):
    """Tell of one call; returns where the reason will be."""
    reason: Queue = Queue()
    to.tell({"call_id": call, "from": "201", "to": "555"}, reason.put)
    return reason


def test_a_call_is_told_until_the_server_takes_it(tmp_path):
    port = free_port()
    told = tell(teller(tmp_path, port))
    with server(port, 503, 401, 404) as there:
        assert told.get(timeout=WITHIN_S) == "extension"
        found = [there.arrived.get(timeout=WITHIN_S) for _ in range(4)]
    assert [status for status, _call, _head in found] == [503, 401, 404, 200]
    assert {head for _status, _call, head in found} == {"Bearer a token"}


def test_calls_that_the_server_does_not_take_keep_no_other_from_being_told(tmp_path):
    port, stuck = free_port(), [f"stuck-{number}" for number in range(3 * HANDS)]
    with server(port, refused=stuck) as there:
        line = teller(tmp_path, port)
        waiting = {call: tell(line, call=call) for call in stuck}
        tried = set()
        while tried != set(stuck):
            tried.add(there.arrived.get(timeout=WITHIN_S)[1])
        assert tell(line, call="help").get(timeout=WITHIN_S) == "extension"
        assert all(reason.empty() for reason in waiting.values())
        there.refused = ()
        assert [reason.get(timeout=WITHIN_S) for reason in waiting.values()] == ["extension"] * len(stuck)


def test_a_proxy_of_the_environment_is_not_asked_about_the_own_server(tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    port = free_port()
    with server(port):
        assert teller(tmp_path, port).post({"call_id": "1"}).is_success


def test_what_an_earlier_life_could_not_tell_is_told_by_the_next_and_then_forgotten(tmp_path):
    port = free_port()
    Spool.open(tmp_path / "kept", SLOTS, SLOT_BYTES).append({"call_id": "kept", "from": "201", "to": "555"})
    with server(port) as there:
        second = teller(tmp_path, port)
        assert there.arrived.get(timeout=WITHIN_S)[1] == "kept"
        while second.kept():
            threading.Event().wait(0.01)
        assert there.arrived.empty()


def test_over_https_the_servers_own_certificate_is_believed_and_no_other(tmp_path):
    port = free_port()
    for name in ("ours", "another"):
        (tmp_path / name).mkdir()
        folder.make(tmp_path / name, Names.read(["desk.example.gov"]), clock.now())
    ours, another = (own_pair(tmp_path / name) for name in ("ours", "another"))
    with server(port, context=new_context(ours)):
        assert tell(teller(tmp_path / "ours", port, certificate=ours)).get(timeout=WITHIN_S) == "extension"
        with pytest.raises((httpx.ConnectError, ssl.SSLError)):
            teller(tmp_path / "another", port, certificate=another).post({"call_id": "2"})
