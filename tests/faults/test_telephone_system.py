"""A real telephone system with the lines of the manual: Kamailio, as trunk, as registrar and by HTTP; and the program
that the manual gives to Asterisk."""

import os
import signal
import stat
import subprocess
from contextlib import contextmanager

import pytest

from steadydesk.project.telephones.listener import TOKEN
from tests.faults import sipping
from tests.faults.kamailio import SECRET, USER, Kamailio, manual
from tests.faults.sipping import HOST, HOST_6, answered_call, play, playing, refused_call
from tests.faults.test_running import children
from tests.faults.test_telephone_line import Line, Process, ring, until
from tests.faults.test_telephone_telling import WITHIN_S, server
from tests.faults.test_tls import steadydesk
from tests.peers import needs
from tests.running import free_port

pytestmark = pytest.mark.fault
SERVER = "steadydesk.project.server"


class House(Line):
    """A server with a line on a trunk, and a credential for the telephone system."""

    def __init__(self, folder):
        super().__init__(folder)
        self.token = ""

    def start(self):
        with pytest.MonkeyPatch.context() as environ:
            for name, value in self.settings.items():
                environ.setenv(name, value)
            self.server.start()
        until((self.server.data / TOKEN).exists)
        words = ("--device", "pbx", "--phones", "--place", "exchange/reception")
        self.token = steadydesk("createtoken", *words, "--data", str(self.server.data)).strip()

    def system(self, folder, **how):
        """A telephone system that tells of calls by HTTP."""
        return Kamailio(folder, url=self.server.url, token=self.token, **how).start()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    needs("kamailio")
    needs("sipp")
    house = House(tmp_path_factory.mktemp("house"))
    house.start()
    yield house
    house.server.stop()


@pytest.fixture
def house(running):
    """Nothing open."""
    yield running
    running.end_all()


@pytest.fixture
def trunk(running, tmp_path_factory):
    """A telephone system that leads 555 and #00 to the line, and tells by HTTP as well."""
    system = running.system(tmp_path_factory.mktemp("trunk"), trunk=running.port)
    yield system
    system.stop()


@pytest.fixture
def by_http(running, tmp_path_factory):
    """A telephone system that tells by HTTP alone."""
    system = running.system(tmp_path_factory.mktemp("http"))
    yield system
    system.stop()


@contextmanager
def away(house):
    """Our server hangs meanwhile, dies, and is started again."""
    [process] = children(house.server, SERVER)
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGKILL)
    house.server.wait_until_ready()


def dial(house, system, caller, number, scenario):
    """Somebody dials at a telephone of this system, and hears what the scenario says."""
    play(house.folder, scenario, to=system.port, number=number).end()


@pytest.mark.parametrize(("number", "source"), [("555", "extension"), ("%2300", "code"), ("#00", "code")])
def test_by_http_alone_a_real_system_calls_help_for_the_telephone_that_dialled(house, by_http, number, source):
    dial(house, by_http, "202", number, refused_call("202", 480))
    alarm = house.wait_for_alarm(since=set())
    assert (alarm["place"]["id"], alarm["source"], alarm["presses"]) == ("desk-2", source, 1)


@pytest.mark.parametrize("caller", ["anonymous", "x%22,%22to%22:%22777"])
def test_a_caller_who_is_no_number_calls_help_all_the_same(house, by_http, caller):
    dial(house, by_http, caller, "555", refused_call(caller, 480))
    assert "a telephone that nobody set up" in house.wait_for_alarm(since=set())["place"]["name"]


def test_by_trunk_and_by_http_at_once_a_real_system_calls_help_once_and_the_caller_hears_it(house, trunk):
    dial(house, trunk, "202", "555", answered_call("202"))
    alarm = house.wait_for_alarm(since=set())
    assert (alarm["place"]["id"], alarm["source"]) == ("desk-2", "extension")
    assert len(house.alarms()) == 1


def test_a_telephone_that_speaks_tcp_reaches_the_line_through_a_system_that_speaks_both(house, trunk):
    play(house.folder, answered_call("201"), to=trunk.port, by_tcp=True).end()
    assert house.wait_for_alarm(since=set())["place"]["id"] == "desk-1"


def test_an_emergency_call_is_shown_and_goes_out_through_a_real_system_though_we_are_away(house, trunk):
    with away(house), playing(house.folder, sipping.telephone(code="486 Busy Here"), port=trunk.outside) as outside:
        dial(house, trunk, "202", "999", refused_call("202", 486))
        outside.end()
    alarm = house.wait_for_alarm(since=set())
    assert (alarm["kind"], alarm["place"]["id"]) == ("emergency_call", "desk-2")
    assert alarm["raised_at"] < alarm["received_at"]


def test_a_call_while_we_are_away_is_told_by_a_real_system_when_we_are_back(house, by_http):
    with away(house):
        dial(house, by_http, "201", "555", refused_call("201", 480))
    alarm = house.wait_for_alarm(since=set())
    assert (alarm["place"]["id"], alarm["presses"]) == ("desk-1", 1)
    assert alarm["raised_at"] < alarm["received_at"]


@pytest.fixture
def system(tmp_path):
    """A telephone system at which a line may register; it tells nobody by HTTP."""
    made = Kamailio(tmp_path, url=f"http://{HOST}:{free_port()}", token="none").start()
    yield made
    made.stop()


def test_as_an_extension_of_a_real_system_the_line_takes_calls_and_rings_out(system, tmp_path, settings):
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    (data / TOKEN).write_text("a token")
    line = Process(data, url=f"http://{HOST}:{port}", USER=USER, SECRET=SECRET, SERVER=f"{HOST}:{system.port}")
    try:
        until(lambda: (found := line.stands()) and found.well)
        with server(port) as there:
            for number in ("555", "%2300"):
                play(tmp_path, answered_call("202"), to=system.port, number=number).end()
                assert there.arrived.get(timeout=WITHIN_S)[0] == 200
        with playing(tmp_path, sipping.telephone(), port=system.outside) as telephone:
            assert ring(line, settings) == ""
            assert 'From: "Issue desk, help now" <sip:555@' in telephone.end()
    finally:
        line.end()


def test_a_real_system_that_does_not_know_the_password_is_written_down_for_the_check(system, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    line = Process(data, USER=USER, SECRET="another", SERVER=f"{HOST}:{system.port}")
    try:
        assert until(lambda: (found := line.stands()) and not found.well and found).said.startswith("401")
    finally:
        line.end()


def test_a_line_on_an_ipv6_address_takes_calls_there(tmp_path):
    needs("sipp")
    port, at = free_port(), sipping.free_udp_port()
    (tmp_path / TOKEN).write_text("a token")
    how = {"LISTEN": f"{HOST_6}:{at}", "TRUNK": "::1", "SERVER": ""}
    line = Process(tmp_path, url=f"http://{HOST}:{port}", **how)
    try:
        sipping.wait_until_bound(at, line.process)
        with server(port) as there:
            said = play(tmp_path, answered_call("202"), to=at, host=HOST_6).end()
            assert there.arrived.get(timeout=WITHIN_S)[0] == 200
    finally:
        line.end()
    assert "c=IN IP6 ::1" in said


@pytest.fixture
def program(house, tmp_path):
    """The program of the manual, as Asterisk calls it."""
    needs("curl")
    (written,) = manual("sh")
    (tmp_path / "token").write_text(house.token)
    file = tmp_path / "tell-steadydesk"
    file.write_text(
        written.replace("/etc/asterisk/steadydesk.token", str(tmp_path / "token"))
        .replace("https://desk.example.gov", house.server.url)
        .replace("--retry-delay 5", "--retry-delay 1")
    )
    file.chmod(stat.S_IRWXU)
    return file


def test_the_program_for_asterisk_calls_help_once_however_often_it_is_started(house, program):
    for _ in range(2):
        subprocess.run([program, "1772466000.7", "202", "#00"], check=True, timeout=60)
    [alarm] = house.alarms()
    assert (alarm["place"]["id"], alarm["source"], alarm["presses"]) == ("desk-2", "code", 1)


def test_the_program_for_asterisk_tells_of_the_call_when_we_are_back(house, program):
    with away(house):
        pass
    subprocess.run([program, "1772466000.8", "201", "555"], check=True, timeout=60)
    assert house.wait_for_alarm(since=set())["place"]["id"] == "desk-1"
