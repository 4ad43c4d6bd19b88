"""Buttons by MQTT: how their messages are read, what comes twice, and which settings are refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.project.broker.connection import client_name, read_broker
from steadydesk.project.broker.forms import read_form, read_message
from steadydesk.project.broker.hearing import COUNT_S, ECHO_S, QUIET_S, Hearing
from steadydesk.project.environment import Misconfigured

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHELLY = "{zone}/events/rpc shelly-blu"
WITH_GESTURES = "zigbee2mqtt/{device} zigbee2mqtt check_in=double duress=hold,long*"


def blu(button=1, pid=7, address="b4:35:22:aa:bb:cc"):
    data = {"address": address, "button": button, "battery": 98, "pid": pid}
    return json.dumps({"method": "NotifyEvent", "params": {"events": [{"event": "shelly-blu", "data": data}]}})


def said(line, topic, payload):
    """Device and kind of what the message says."""
    found = read_message((read_form(line),), topic, payload if isinstance(payload, bytes) else payload.encode())
    return (found.device, found.kind) if found else None


@pytest.mark.parametrize(
    ("line", "topic", "payload", "device", "kind"),
    [
        ("buttons/{device} text", "buttons/wall-1", "pressed", "wall-1", "press"),
        ("buttons/{device} text", "buttons/wall-1", " ON ", "wall-1", "press"),
        ("buttons/{device} text", "buttons/wall-1", "off", "wall-1", "heard"),
        ("buttons/{device} text", "buttons/wall-1", "", "wall-1", "heard"),
        ("buttons/{device} text", "buttons/wall-1", "gibberish", "wall-1", "unreadable"),
        ("buttons/{device} text", "buttons/wall-1", b"\xff\xfe\x00", "wall-1", "unreadable"),
        ("{device}/binary_sensor/+/state esphome", "desk-2/binary_sensor/knob/state", "ON", "desk-2", "press"),
        ("{device}/binary_sensor/+/state esphome", "desk-2/binary_sensor/knob/state", "OFF", "desk-2", "heard"),
        ("zigbee2mqtt/{device} zigbee2mqtt", "zigbee2mqtt/b-1", '{"action": "single"}', "b-1", "press"),
        ("zigbee2mqtt/{device} zigbee2mqtt", "zigbee2mqtt/b-1", '{"action": "1_hold"}', "b-1", "press"),
        ("zigbee2mqtt/{device} zigbee2mqtt", "zigbee2mqtt/b-1", '{"action": "hold_release"}', "b-1", "heard"),
        ("zigbee2mqtt/{device} zigbee2mqtt", "zigbee2mqtt/b-1", '{"action": ""}', "b-1", "heard"),
        ("zigbee2mqtt/{device} zigbee2mqtt", "zigbee2mqtt/b-1", '{"battery": 40}', "b-1", "battery"),
        ("zigbee2mqtt/{device} zigbee2mqtt", "zigbee2mqtt/b-1", "not JSON", "b-1", "unreadable"),
        ("zigbee2mqtt/{device} zigbee2mqtt", "zigbee2mqtt/b-1", "17", "b-1", "unreadable"),
        (WITH_GESTURES, "zigbee2mqtt/b-1", '{"action": "double"}', "b-1", "check_in"),
        (WITH_GESTURES, "zigbee2mqtt/b-1", '{"action": "long_press"}', "b-1", "duress"),
        ("stat/{device}/RESULT tasmota", "stat/d/RESULT", '{"Button1": {"Action": "SINGLE"}}', "d", "press"),
        (SHELLY, "stacks/events/rpc", blu(), "b4:35:22:aa:bb:cc", "press"),
        (SHELLY, "stacks/events/rpc", blu(button=0), "b4:35:22:aa:bb:cc", "heard"),
        ("b/# json device=who.name action=key", "b/x/y", '{"who": {"name": "k"}, "key": 3}', "k", "press"),
    ],
)
def test_what_common_buttons_say_is_read(line, topic, payload, device, kind):
    assert said(line, topic, payload) == (device, kind)


@pytest.mark.parametrize(
    ("line", "topic", "payload"),
    [
        ("buttons/{device} text", "other/wall-1", "pressed"),
        ("buttons/{device} text", "buttons/wall-1/more", "pressed"),
        (SHELLY, "stacks/events/rpc", '{"method": "NotifyStatus", "params": {"ts": 1}}'),
        (SHELLY, "stacks/events/rpc", "not JSON"),
    ],
)
def test_what_no_button_says_is_left_out(line, topic, payload):
    assert said(line, topic, payload) is None


def test_a_message_larger_or_deeper_than_a_button_says_is_unreadable():
    line = "zigbee2mqtt/{device} zigbee2mqtt"
    assert said(line, "zigbee2mqtt/b", b"[" * 19_000) == ("b", "unreadable")
    assert said(line, "zigbee2mqtt/b", b'{"action": "single"}' + b" " * 30_000) == ("b", "unreadable")


def test_the_zone_comes_from_the_topic_or_from_the_message():
    [by_topic] = [read_message((read_form(SHELLY),), "stacks/events/rpc", blu().encode())]
    assert (by_topic.zone, by_topic.battery) == ("stacks", 98)
    form = read_form("b/{device} json zone=room at=when")
    found = read_message((form,), "b/x", b'{"action": "on", "room": "hall", "when": 1772442000}')
    assert (found.zone, found.at) == ("hall", datetime(2026, 3, 2, 9, tzinfo=UTC))


class Heard:
    """A listener with one button, and what it would tell."""

    def __init__(self, line="buttons/{device} text"):
        self.calls, self.mentions = [], []
        self.hearing = Hearing((read_form(line),), self.calls.append, self.mentions.append)

    def hear(self, payload="pressed", *, topic="buttons/w", retained=False, tick=0.0, late_s=0.0):
        now = NOW + timedelta(seconds=tick + late_s)
        self.hearing.hear(topic, payload.encode(), retained=retained, now=now, tick=tick)

    def ids(self):
        return [e["event_id"] for e in self.calls]


def test_a_retained_press_is_old_and_calls_nobody():
    heard = Heard()
    heard.hear(retained=True)
    assert (heard.calls, heard.mentions) == ([], [])


def test_the_same_press_twice_within_two_seconds_is_one_and_later_it_is_another():
    heard = Heard()
    for tick in (0.0, ECHO_S / 2, ECHO_S, ECHO_S * 3):
        heard.hear(tick=tick)
    assert len(set(heard.ids())) == len(heard.calls) == 3


@pytest.mark.parametrize(
    ("line", "topic", "said", "apart_s"),
    [
        ("buttons/{device} text", "buttons/w", lambda _press: "pressed", ECHO_S),
        (SHELLY, "a/events/rpc", lambda _press: blu(), COUNT_S),
        ("buttons/{device} json", "buttons/w", lambda press: f'{{"action": "on", "id": {press}}}', 0.5),
    ],
)
def test_machines_that_hear_the_same_message_tell_of_one_press_and_of_another_when_it_is_pressed_again(
    line, topic, said, apart_s
):
    machines = Heard(line), Heard(line)
    for machine, late_s in zip(machines, (0.0, 0.1), strict=True):
        for press in range(3):
            machine.hear(said(press), topic=topic, tick=press * apart_s, late_s=late_s)
    first, second = (machine.ids() for machine in machines)
    assert first == second
    assert len(set(first)) == 3


def test_a_press_heard_by_two_gateways_is_one_until_its_number_has_turned_over():
    heard = Heard(SHELLY)
    for topic, tick in (("a/events/rpc", 0.0), ("b/events/rpc", 3.0), ("a/events/rpc", COUNT_S + 1)):
        heard.hear(blu(), topic=topic, tick=tick)
    assert len(set(heard.ids())) == len(heard.calls) == 2


def test_an_id_of_the_button_is_the_same_event_for_ever():
    heard = Heard("buttons/{device} json")
    for tick in (0.0, 5000.0):
        heard.hear('{"action": "on", "id": "e1"}', tick=tick)
    assert len(set(heard.ids())) == 1


def test_what_a_button_says_by_itself_is_told_now_and_then():
    heard = Heard()
    for tick in (0.0, 1.0, QUIET_S + 1):
        heard.hear("off", tick=tick)
    assert [e["kind"] for e in heard.mentions] == ["heard", "heard"]
    assert heard.calls == []


@pytest.fixture
def broker(monkeypatch):
    """The settings, by the end of their names."""

    def use(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"STEADYDESK_MQTT_{name}", value)
        return read_broker()

    return use


def test_without_a_setting_there_is_no_broker(broker):
    assert broker() is None


def test_a_broker_with_tls_password_and_several_topics_is_read(broker, tmp_path, monkeypatch):
    (tmp_path / "password").write_text("secret\n")
    monkeypatch.setenv("STEADYDESK_MQTT_PASSWORD_FILE", str(tmp_path / "password"))
    topics = "# walls\nbuttons/{device} text\n\nzigbee2mqtt/{device} zigbee2mqtt; esp/{device} esphome"
    found = broker(BROKER="mqtts://broker.example.org", USER="desk", CA="/etc/ca.pem", TOPICS=topics)
    assert (found.address, found.is_sealed, found.password) == ("broker.example.org:8883", True, "secret")
    assert [form.topic for form in found.forms] == ["buttons/+", "zigbee2mqtt/+", "esp/+"]
    assert client_name(tmp_path) == client_name(tmp_path) != client_name(tmp_path / "other")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TOPICS": "b/{device} text"}, "name the broker"),
        ({"BROKER": "broker:1883", "TOPICS": "b/{device} text"}, "must look like mqtts://"),
        ({"BROKER": "mqtt://a:b@broker", "TOPICS": "b/{device} text"}, "settings of their own"),
        ({"BROKER": "mqtt://broker:70000", "TOPICS": "b/{device} text"}, "must look like mqtts://"),
        ({"BROKER": "mqtt://broker", "TOPICS": "b/{device} text", "PASSWORD": "x"}, "whose password"),
        ({"BROKER": "mqtt://broker", "TOPICS": "b/{device} text", "CA": "/ca"}, "mqtts:// alone"),
        ({"BROKER": "mqtt://broker"}, "say what is listened to"),
        ({"BROKER": "mqtt://broker", "TOPICS": "b/{device}"}, "write one of text, json"),
        ({"BROKER": "mqtt://broker", "TOPICS": "b/{device} telegraph"}, "write one of text, json"),
        ({"BROKER": "mqtt://broker", "TOPICS": "b/{device} text colour=red"}, "“colour=red” is not known"),
        ({"BROKER": "mqtt://broker", "TOPICS": "b/+ text"}, "which button it is"),
        ({"BROKER": "mqtt://broker", "TOPICS": "b/x{device} text"}, "is no topic"),
        ({"BROKER": "mqtt://broker", "TOPICS": "#/{device} text"}, "is no topic"),
    ],
)
def test_what_cannot_be_used_stops_the_start_with_a_sentence(broker, settings, words):
    with pytest.raises(Misconfigured, match=words):
        broker(**settings)
