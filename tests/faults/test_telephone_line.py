"""The telephone line against a real peer: calls for help by SIP, registering, ringing out, and what goes wrong."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from steadydesk.delivery.channels.phone.transport import PIPE, send
from steadydesk.delivery.channels.transport import Outgoing, TransportError
from steadydesk.delivery.rules import Message
from steadydesk.delivery.sender import Sender
from steadydesk.project.listeners.standing import TELEPHONES, Standing, standing
from steadydesk.project.telephones import line as line_settings
from steadydesk.project.telephones import stack as stack_of_line
from tests.faults import sipping
from tests.faults.sipping import HOST, answered_call, free_udp_port, play, playing, refused_call
from tests.faults.streams import LONGEST_WAIT_S
from tests.faults.test_running import children
from tests.peers import needs
from tests.running import DATABASE, Server
from tests.visiting import arrive

pytestmark = pytest.mark.fault
LISTENER = "steadydesk.project.telephones.listener"
SECRET = "a password for tests"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Line:
    """A server with a telephone line, and the telephone system that a test plays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_udp_port()
        self.settings = {"STEADYDESK_SIP_TRUNK": HOST, "STEADYDESK_SIP_LISTEN": f"{HOST}:{self.port}"}
        self.server = Server(folder, "--empty")

    def call(self, caller: str, number: str = "555", *more: str) -> sipping.Sipp:
        """Somebody dials for help."""
        return play(self.folder, answered_call(caller), *more, to=self.port, number=number)

    def alarms(self) -> list[dict]:
        """Open calls."""
        with self.server.client("helen") as client:
            return client.get("/api/v1/alarms?open=true").raise_for_status().json()["items"]

    def wait_for_alarm(self, *, since: set[str]) -> dict:
        """The first call that was not there before."""
        return until(lambda: next((a for a in self.alarms() if a["id"] not in since), None))

    def end_all(self) -> None:
        """Somebody was there: nothing is open for the next test."""
        with self.server.client("viktor") as client:
            for alarm in self.alarms():
                client.post(f"/api/v1/alarms/{alarm['id']}/attend", json={}).raise_for_status()
                client.post(f"/api/v1/alarms/{alarm['id']}/close", json={"disposition": "handled"}).raise_for_status()


def until(found, within_s: float = LONGEST_WAIT_S):
    """What the function returns as soon as it returns something."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if got := found():
            return got
        threading.Event().wait(0.05)
    raise AssertionError("it never came")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    needs("sipp")
    made = Line(tmp_path_factory.mktemp("line"))
    with pytest.MonkeyPatch.context() as environ:
        for name, value in made.settings.items():
            environ.setenv(name, value)
        made.server.start()
        until((made.server.data / "telephones.token").exists)
        yield made
        made.server.stop()


@pytest.fixture
def line(running):
    """The server with a telephone line, nothing open."""
    yield running
    running.end_all()


@pytest.mark.clause("L2a")
def test_l2a_a_call_to_the_extension_raises_the_call_of_that_desk_and_ends_without_a_sound(line):
    said = line.call("202").end()
    [alarm] = line.alarms()
    assert (alarm["place"]["id"], alarm["source"], alarm["urgency"]) == ("desk-2", "extension", "help")
    assert "a=inactive" in said, "nothing is heard"


@pytest.mark.clause("L3b-ii(4)")
def test_l3b_ii_4_the_preset_code_dialled_at_a_desk_raises_its_call(line):
    line.call("201", "%2300").end()
    [alarm] = line.alarms()
    assert (alarm["place"]["id"], alarm["source"]) == ("desk-1", "code")


def test_a_telephone_that_nobody_set_up_raises_the_call_all_the_same(line):
    line.call("298").end()
    [alarm] = line.alarms()
    assert alarm["place"]["name"] == "The Exchange, telephone 298"


def test_an_invitation_that_is_sent_again_is_one_call(line):
    line.call("202", "555", "-cid_str", "the-same-call@pbx").end()
    line.call("202", "555", "-cid_str", "the-same-call@pbx").end()
    [alarm] = line.alarms()
    assert alarm["presses"] == 1


def test_a_number_that_is_no_code_is_told_so_and_raises_nothing(line):
    play(line.folder, refused_call("202", 404), to=line.port, number="777").end()
    assert line.alarms() == []


def test_nonsense_does_not_end_the_line(line):
    [pid] = children(line.server, LISTENER)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for nonsense in (
            b"", b"\0" * 40, b"\xff\xfe" * 100, b"INVITE " + b"x" * 2000, b"SIP/2.0 200 OK\r\n\r\n" + b" " * 40,
            b"INVITE sip:555@h SIP/2.0\r\nVia: nonsense\r\nFrom: x\r\nTo: y\r\nCSeq: z\r\n\r\n" + b"-" * 40,
            b"REGISTER sip:a SIP/2.0\r\n" * 50,
        ):  # fmt: skip
            s.sendto(nonsense, (HOST, line.port))
    line.call("202").end()
    assert children(line.server, LISTENER) == [pid]


def test_a_call_while_the_server_is_away_is_told_when_it_is_back_with_its_own_time(line):
    [server] = children(line.server, "steadydesk.project.server")
    os.kill(server, signal.SIGSTOP)
    try:
        play(line.folder, refused_call("202", 480), to=line.port).end()
    finally:
        os.kill(server, signal.SIGKILL)
    alarm = line.wait_for_alarm(since=set())
    assert alarm["place"]["id"] == "desk-2"
    assert alarm["raised_at"] < alarm["received_at"]
    assert len(line.alarms()) == 1


def test_a_call_while_the_database_is_locked_is_told_at_once_and_recorded_later_once(line):
    token = (line.server.data / "telephones.token").read_text()
    with closing(sqlite3.connect(line.server.data / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reply = httpx.post(
            f"{line.server.url}/api/v1/phone-events",
            json={"call_id": "locked", "from": "202", "to": "555"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        )
        other.execute("ROLLBACK")
    assert (reply.status_code, reply.json()["alarm"]["recorded"]) == (202, False)
    until(lambda: [a["recorded"] for a in line.alarms()] == [True])


def test_a_line_that_dies_is_started_again_and_takes_calls(line):
    [pid] = children(line.server, LISTENER)
    os.kill(pid, signal.SIGKILL)
    until(lambda: children(line.server, LISTENER) not in ([], [pid]))
    line.call("202").end()
    assert len(line.alarms()) == 1


def test_a_call_to_an_emergency_number_is_shown_and_goes_on_to_whoever_takes_it(line):
    play(line.folder, refused_call("202", 404), to=line.port, number="999").end()
    [alarm] = line.alarms()
    assert (alarm["kind"], alarm["place"]["id"]) == ("emergency_call", "desk-2")


class Process:
    """The line's process alone, and the port on which a test plays its telephone system."""

    def __init__(self, folder: Path, *, url: str = "http://127.0.0.1:1", **more: str) -> None:
        self.folder, self.pbx = folder, free_udp_port()
        environ = {k: v for k, v in os.environ.items() if not k.startswith("STEADYDESK_")}
        environ |= {
            "STEADYDESK_DATA": str(folder),
            "STEADYDESK_SIP_SERVER": f"{HOST}:{self.pbx}",
            "STEADYDESK_SIP_LISTEN": f"{HOST}:{free_udp_port()}",
            "STEADYDESK_SIP_RING_SECONDS": "8",
            **{f"STEADYDESK_SIP_{name}": value for name, value in more.items()},
        }
        command = [sys.executable, "-m", LISTENER, "--url", url]
        self.process = subprocess.Popen(command, env=environ)

    def stands(self) -> Standing | None:
        """What the process wrote down of its registration."""
        return standing(self.folder, TELEPHONES)

    def play(self, scenario: str):
        """The telephone system plays this."""
        return playing(self.folder, scenario, port=self.pbx)

    def end(self) -> None:
        """At once."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def extension(tmp_path):
    """A line that registers."""
    needs("sipp")
    made = Process(tmp_path, USER="555", SECRET=SECRET)
    yield made
    made.end()


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    """A line on a trunk."""
    needs("sipp")
    made = Process(tmp_path_factory.mktemp("trunk"))
    until((made.folder / PIPE).exists)
    yield made
    made.end()


def ring(line: Process, settings, **said) -> str:
    """Ring one telephone as the outbox does; returns why nobody was reached, or nothing."""
    settings.DATA, settings.RINGS_OUT = line.folder, True
    message = Message("alarm", "1", "Issue desk", urgency="help", **said)
    try:
        send(Outgoing("k", "alarm:1", "branch", message, False, NOW, "07700 900151"))
    except TransportError as error:
        return error.message
    return ""


def test_it_registers_with_its_password_says_so_and_rings_with_it(extension, settings):
    with extension.play(sipping.registrar("555", SECRET)) as pbx:
        said = pbx.end()
    assert 'Digest username="555"' in said
    assert SECRET not in said
    until(lambda: (found := extension.stands()) and found.well)
    with extension.play(sipping.telephone_behind_a_password()) as phone:
        assert ring(extension, settings) == ""
        said = phone.end()
    assert 'From: "Issue desk, help now" <sip:555@127.0.0.1' in said
    assert 'Proxy-Authorization: Digest username="555"' in said


def test_a_wrong_password_is_written_down_for_the_check(extension):
    with extension.play(sipping.registrar("555", "another")) as pbx:
        pbx.end()
    until(lambda: (found := extension.stands()) and found.said.startswith("403"))


def test_a_telephone_rings_with_the_place_as_the_callers_name_until_it_is_lifted(process, settings):
    with process.play(sipping.telephone(rings_s=0.3)) as phone:
        assert ring(process, settings) == ""
        said = phone.end()
    assert "INVITE sip:07700900151@" in said
    assert 'From: "Issue desk, help now" <sip:steadydesk@127.0.0.1' in said


def test_a_drill_says_so_on_the_display(process, settings):
    with process.play(sipping.telephone()) as phone:
        assert ring(process, settings, mode="drill") == ""
        assert 'From: "DRILL: Issue desk, help now"' in phone.end()


def test_a_telephone_that_nobody_lifts_stops_in_time(process, settings):
    with process.play(sipping.telephone_nobody_lifts()) as phone:
        assert ring(process, settings) == "The telephone rang and nobody answered."
        assert "CANCEL sip:07700900151@" in phone.end()


@pytest.mark.clause("E2a")
def test_e2a_the_managers_telephone_rings_when_somebody_agitated_has_waited_five_minutes(world, process, settings):
    settings.DATA, settings.RINGS_OUT = process.folder, True
    arrive(world, mood="agitated")
    world.advance("09:05:01")
    with process.play(sipping.telephone()) as phone:
        Sender(lambda _site: ()).run_once(world.now)
        said = phone.end()
    assert "INVITE sip:07700900121@" in said
    assert 'From: "The Exchange, you are asked for"' in said
    assert {row.state for row in world.messages("phone")} == {"sent"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("486 Busy Here", "The telephone is in use."),
        ("404 Not Found", "The telephone system answered 404."),
        ("503 Service Unavailable", "The telephone system answered 503."),
    ],
)
def test_a_telephone_that_cannot_be_rung_says_why(process, settings, code, words):
    with process.play(sipping.telephone(code=code)) as phone:
        assert ring(process, settings) == words
        phone.end()


def test_a_telephone_system_that_is_down_is_given_up_in_time(process, settings):
    assert ring(process, settings) == "The telephone system does not answer."


def test_a_telephone_system_that_answers_nonsense_is_given_up_in_time_and_ends_nothing(process, settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pbx:
        pbx.bind((HOST, process.pbx))
        pbx.settimeout(LONGEST_WAIT_S)
        outcome: list[str] = []
        ringing = threading.Thread(target=lambda: outcome.append(ring(process, settings)))
        ringing.start()
        _invitation, line = pbx.recvfrom(4096)
        for nonsense in (b"SIP/2.0 999999 no\r\n" + b"x" * 50, b"SIP/2.0\r\n\r\n" + b"\xff" * 50, b"\0" * 60):
            pbx.sendto(nonsense, line)
        ringing.join()
    assert outcome == ["The telephone system does not answer."]
    assert process.process.poll() is None


def test_a_line_whose_process_is_away_is_told(process, settings, tmp_path):
    settings.DATA, settings.RINGS_OUT = tmp_path, True
    with pytest.raises(TransportError, match="own process cannot be reached"):
        send(Outgoing("k", "alarm:1", "branch", Message("alarm", "1", "Desk 1"), False, NOW, "201"))


def test_a_name_service_that_hangs_holds_up_neither_calls_nor_the_answer_to_them(monkeypatch):
    asked: list[str] = []
    real = socket.getaddrinfo

    def ask(host, *more, **how):
        asked.append(host)
        return real(host, *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(stack_of_line, "_Transactions", lambda *_: None)
    known = line_settings.Line(("pbx.example", 5060), "", "", (HOST, free_udp_port()), (ip_network("127.0.0.0/8"),), 20)
    stack = stack_of_line.Stack(known, lambda *_: None)
    assert known.admits("127.0.0.9", stack.known), "calls of the trunk come in meanwhile"
    assert (stack.peer, stack.address) == (None, HOST)
    stack.learn(frozenset({"::1", "127.0.0.7"}))
    stack.learn(frozenset())
    assert (stack.peer, stack.known) == (("127.0.0.7", 5060), frozenset({"::1", "127.0.0.7"})), "what was known is kept"
    assert "pbx.example" not in asked
