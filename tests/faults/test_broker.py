"""Buttons by MQTT against a real broker: presses, what comes twice or too late, and what goes wrong."""

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from steadydesk.project.broker.checking import findings
from steadydesk.project.broker.connection import TOKEN, read_broker
from steadydesk.project.broker.hearing import COUNT_S
from steadydesk.project.broker.listener import KEPT
from steadydesk.project.listeners.standing import BROKER, Standing, standing
from tests.faults.brokering import HOST, PASSWORD, USER, Mosquitto
from tests.faults.streams import Stream
from tests.faults.test_running import children
from tests.faults.test_storage import database_of, locked, on_record, raised_entries
from tests.faults.test_telephone_line import until
from tests.peers import needs
from tests.running import DATABASE, Server, free_port

pytestmark = pytest.mark.fault
LISTENER = "steadydesk.project.broker.listener"
PENDING = b"SPL1"
"""What the spool writes before each press that the server has not taken."""
TOPICS = (
    "buttons/{device} text press=press*; counters/{device} json count=n; "
    "badges/{zone}/{device} json check_in=well duress=twist"
)
WALL, BADGE = "buttons/wall-desk-2", "badges/branch-stacks/badge-1"


class House:
    """A server whose buttons speak MQTT, and their broker."""

    def __init__(self, folder: Path) -> None:
        (folder / "broker").mkdir()
        self.broker = Mosquitto(folder / "broker", sealed=True)
        self.server = Server(folder, "--empty")
        self.words = count()

    def press(self, **how) -> None:
        """Somebody presses the wall button; each time in other words, for the same are the same press for a while."""
        self.broker.say(WALL, f"press {next(self.words)}", **how)

    def wear(self, action: str = "push") -> None:
        """Iris does something with the button that she wears."""
        self.broker.say(BADGE, f'{{"action": "{action}", "battery": 64, "n": {next(self.words)}}}')

    def alarms(self) -> list[dict]:
        """Open calls."""
        with self.server.client("sasha") as client:
            return client.get("/api/v1/alarms?open=true").raise_for_status().json()["items"]

    def wait_for_alarm(self) -> dict:
        """The first open call."""
        return until(lambda: next(iter(self.alarms()), None))

    def stands(self) -> Standing | None:
        """What the listener wrote down."""
        return standing(self.server.data, BROKER)

    def wait_until_connected(self, well: bool = True) -> None:
        """Until the listener says that it is, or is not."""
        until(lambda: (found := self.stands()) and found.well is well)

    def entries(self, family: str) -> list[str]:
        """What the journal holds of a family."""
        with closing(sqlite3.connect(self.server.data / DATABASE)) as records:
            asked = "SELECT type FROM journal_entry WHERE type LIKE ? ORDER BY id"
            return [type for (type,) in records.execute(asked, (f"{family}:%",))]

    def end_all(self) -> None:
        """Somebody was there: nothing is open for the next test."""
        with self.server.client("viktor") as here, self.server.client("ruth") as there:
            for alarm in self.alarms():
                client = here if alarm["site"] == "exchange" else there
                client.post(f"/api/v1/alarms/{alarm['id']}/attend", json={}).raise_for_status()
                client.post(f"/api/v1/alarms/{alarm['id']}/close", json={"disposition": "handled"}).raise_for_status()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    needs("mosquitto")
    made = House(tmp_path_factory.mktemp("buttons"))
    made.broker.start()
    with pytest.MonkeyPatch.context() as environ:
        for name, value in made.broker.settings(TOPICS).items():
            environ.setenv(name, value)
        made.server.start()
        until((made.server.data / "broker.token").exists)
        made.wait_until_connected()
        yield made
        made.server.stop()
    made.broker.stop()


@pytest.fixture
def house(running):
    """The same, nothing open."""
    yield running
    running.end_all()


def test_a_press_of_a_wall_button_raises_the_call_of_its_place(house):
    house.press()
    alarm = house.wait_for_alarm()
    assert (alarm["place"]["id"], alarm["source"], alarm["urgency"]) == ("desk-2", "device", "help")
    assert alarm["presses"] == 1


@pytest.mark.clause("L2b")
def test_l2b_a_press_of_a_worn_button_by_mqtt_names_its_wearer_and_the_last_zone(house):
    house.wear()
    alarm = house.wait_for_alarm()
    assert (alarm["site"], alarm["place"]["id"]) == ("branch", "stacks")
    with house.server.client("ruth") as client:
        page = client.get(f"/alarms/{alarm['id']}").raise_for_status().text
        assert "Iris Lund" in page
        assert "branch-stacks" in page
        until(lambda: "64 %" in client.get("/manage/buttons?site=branch").text)


def test_the_same_message_twice_is_one_press(house):
    house.press(times=3)
    house.wear()
    until(lambda: len(house.alarms()) == 2)
    assert [a["presses"] for a in house.alarms() if a["site"] == "exchange"] == [1]


def test_a_press_that_two_machines_hear_is_one_press(house, tmp_path):
    (tmp_path / TOKEN).write_text((house.server.data / TOKEN).read_text())
    environ = {k: v for k, v in os.environ.items() if not k.startswith("STEADYDESK_")}
    environ |= {**house.broker.settings(TOPICS), "STEADYDESK_DATA": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", LISTENER, "--url", house.server.url], env=environ)
    try:
        until(lambda: (found := standing(tmp_path, BROKER)) and found.well)
        until(lambda: time.time() % COUNT_S < COUNT_S / 2)  # the id of a number holds for a minute of the clock
        house.broker.say("counters/wall-desk-2", f'{{"action": "press", "n": {next(house.words)}}}')
        until(lambda: b"event_id" in (kept := (tmp_path / KEPT).read_bytes()) and PENDING not in kept)
        until(lambda: PENDING not in (house.server.data / KEPT).read_bytes() and house.alarms())
    finally:
        process.kill()
        process.wait()
    assert [a["presses"] for a in house.alarms()] == [1]


def test_a_press_that_the_broker_retained_calls_nobody_when_the_listener_comes_back(house):
    house.press(retain=True)
    house.wait_for_alarm()
    house.end_all()
    [pid] = children(house.server, LISTENER)
    os.kill(pid, signal.SIGKILL)
    until(lambda: children(house.server, LISTENER) not in ([], [pid]))
    house.wear()
    until(lambda: [a["site"] for a in house.alarms()] == ["branch"])
    house.broker.say(WALL, "", retain=True)


@pytest.mark.clause("L2b")
def test_l2b_a_button_that_nobody_registered_is_refused_and_nonsense_is_seen_by_a_manager(house):
    [pid] = children(house.server, LISTENER)
    house.broker.say("buttons/stranger", "pressed")
    house.broker.say("buttons/lamp", "off")
    for nonsense in (b"\xff\xfe\x00", b"{" * 5_000, b"x" * 40_000):
        house.broker.say(WALL, nonsense)
        house.broker.say(BADGE, nonsense)
    with house.server.client("grace") as client:
        page = until(lambda: "cannot be read" in (t := client.get("/manage/buttons?site=exchange").text) and t)
    assert "stranger" in page
    assert "lamp" not in page
    assert house.alarms() == []
    assert children(house.server, LISTENER) == [pid]


def test_a_press_while_the_server_is_away_is_told_when_it_is_back_with_its_own_time(house):
    [server] = children(house.server, "steadydesk.project.server")
    kept = (house.server.data / "button-presses").read_bytes()
    os.kill(server, signal.SIGSTOP)
    try:
        house.press()
        until(lambda: (house.server.data / "button-presses").read_bytes() != kept)
    finally:
        os.kill(server, signal.SIGKILL)
    alarm = house.wait_for_alarm()
    assert alarm["raised_at"] < alarm["received_at"]
    assert [a["presses"] for a in house.alarms()] == [1]


def test_a_press_with_the_database_locked_is_broadcast_at_once_and_recorded_once_when_it_is_free(house):
    with Stream(house.server, "sasha") as screen:
        with locked(database_of(house.server)):
            house.press()
            early = screen.wait_for("alarm:raised", recorded=False)["data"]["facts"]
            assert (early["place"]["id"], early["source"]) == ("desk-2", "device")
        screen.wait_for("alarm:raised", recorded=True)
    assert on_record(house.server, early["id"])["presses"] == 1
    assert raised_entries(house.server, early["id"]) == 1


def test_a_press_while_the_listener_is_away_waits_at_the_broker(house):
    [pid] = children(house.server, LISTENER)
    os.kill(pid, signal.SIGSTOP)
    house.press()
    os.kill(pid, signal.SIGKILL)
    assert house.wait_for_alarm()["presses"] == 1


def test_a_broker_that_is_restarted_is_lost_and_back_and_its_buttons_are_heard_again(house):
    house.broker.stop()
    try:
        house.wait_until_connected(False)
        until(lambda: house.entries("broker") == ["broker:lost"])
        with house.server.client("helen") as client:
            for page in ("/manage?site=exchange", "/manage/readiness?site=exchange"):
                assert "Buttons that speak MQTT are not heard" in client.get(page).raise_for_status().text
        with house.server.client("desk-2") as desk:
            assert "are not heard" not in desk.get("/").raise_for_status().text
    finally:
        house.broker.start()
    house.wait_until_connected()
    house.press()
    assert house.wait_for_alarm()["place"]["id"] == "desk-2"
    until(lambda: house.entries("broker")[-1] == "broker:back")


def test_a_check_in_and_the_gesture_for_duress_are_kept_alike_and_one_calls_help(house):
    house.wear("well")
    until(lambda: "button:checked-in" in house.entries("button"))
    assert house.alarms() == []
    house.wear("twist")
    assert house.wait_for_alarm()["source"] == "duress"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, ""),
        ({"PASSWORD": "another"}, "look at STEADYDESK_MQTT_USER and STEADYDESK_MQTT_PASSWORD"),
        ({"CA": ""}, "look at STEADYDESK_MQTT_CA"),
        ({"CA": "/nowhere"}, "look at STEADYDESK_MQTT_CA"),
        ({"BROKER": f"mqtts://{HOST}:{free_port()}"}, "and at the firewall"),
    ],
)
# paho leaves the connection of a handshake that failed to whoever collects garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_check_tries_the_broker_and_says_how_to_mend_it(house, settings, monkeypatch, wrong, words):
    for name, value in house.broker.settings(TOPICS).items():
        monkeypatch.setenv(name, value)
    for name, value in wrong.items():
        monkeypatch.setenv(f"STEADYDESK_MQTT_{name}", value)
    settings.BROKER, settings.DATA = read_broker(), house.server.data
    found = " ".join(findings())
    assert words in found
    assert bool(words) == bool(found)
    assert PASSWORD not in found
    gc.collect()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"PASSWORD": "another"}, "uthori"),
        ({"CA": ""}, "CERTIFICATE_VERIFY_FAILED"),
        ({"BROKER": f"mqtt://{HOST}:{free_port()}"}, "refused"),
    ],
)
def test_what_keeps_the_listener_from_its_broker_is_written_down_for_the_check(house, tmp_path, wrong, words):
    environ = {k: v for k, v in os.environ.items() if not k.startswith("STEADYDESK_")}
    environ |= {**house.broker.settings(TOPICS), "STEADYDESK_DATA": str(tmp_path)}
    environ |= {f"STEADYDESK_MQTT_{name}": value for name, value in wrong.items()}
    if "BROKER" in wrong:
        environ.pop("STEADYDESK_MQTT_CA")
    process = subprocess.Popen([sys.executable, "-m", LISTENER, "--url", "http://127.0.0.1:1"], env=environ)
    try:
        found = until(lambda: standing(tmp_path, BROKER))
    finally:
        process.kill()
        process.wait()
    assert not found.well
    assert words in found.said
    assert USER not in found.said
