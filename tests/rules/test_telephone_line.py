"""The settings of the telephone line, whose packets it looks at, and how numbers are compared."""

from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from steadydesk.alarms.numbers import Telephones, same_number
from steadydesk.alarms.telephones import number_of
from steadydesk.delivery import words
from steadydesk.delivery.rules import Channels, Message, Recipient, delivery_rows
from steadydesk.project.environment import Misconfigured
from steadydesk.project.telephones.line import Line, read_line
from steadydesk.project.telephones.ringing import caller_name

NAMES = ("SERVER", "USER", "SECRET", "SECRET_FILE", "LISTEN", "TRUNK", "RING_SECONDS")


@pytest.fixture
def sip(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"STEADYDESK_SIP_{name}", raising=False)

    def use(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"STEADYDESK_SIP_{name}", value)
        return read_line()

    return use


def test_without_a_setting_there_is_no_line(sip):
    assert sip() is None


def test_an_extension_and_a_trunk_are_read(sip, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a secret\n")
    line = sip(SERVER="pbx.example.org", USER="555", SECRET_FILE=str(secret))
    assert line == Line(("pbx.example.org", 5060), "555", "a secret", ("0.0.0.0", 5060), (), 20)


def test_a_trunk_needs_no_password(sip):
    trunk = sip(SERVER="10.0.0.5:5080", TRUNK="10.0.0.5, 10.1.0.0/24", LISTEN="10.0.0.9:5062")
    assert trunk.server == ("10.0.0.5", 5080)
    assert trunk.trunk == (ip_network("10.0.0.5"), ip_network("10.1.0.0/24"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"USER": "555"}, "without STEADYDESK_SIP_SERVER"),
        ({"SERVER": "pbx", "USER": "555"}, "go together"),
        ({"SERVER": "pbx", "SECRET": "x"}, "go together"),
        ({"TRUNK": "10.0.0.5", "USER": "555", "SECRET": "x"}, "where should it register"),
        ({"SERVER": "pbx:many"}, "write a name or an address"),
        ({"SERVER": "sip://pbx"}, "write a name or an address"),
        ({"TRUNK": "the pbx"}, "write addresses such as"),
        ({"TRUNK": "10.0.0.5/24"}, "write addresses such as"),
        ({"SERVER": "pbx", "RING_SECONDS": "60"}, "from 5 to 25 seconds"),
        ({"SERVER": "pbx", "LISTEN": "5060:"}, "write a name or an address"),
    ],
)
def test_what_cannot_be_used_stops_the_start_with_a_sentence(sip, settings, words):
    with pytest.raises(Misconfigured, match=words):
        sip(**settings)


def test_only_packets_of_the_telephone_system_and_its_trunk_are_looked_at(sip):
    line = sip(TRUNK="10.1.0.0/24")
    known = frozenset({"10.0.0.5"})
    assert [line.admits(a, known) for a in ("10.0.0.5", "10.1.0.77")] == [True, True]
    assert not any(line.admits(a, known) for a in ("10.0.0.6", "192.0.2.1", "nonsense"))


@pytest.mark.parametrize(
    ("said", "dialled"),
    [
        ("#00", "#00"), ("sip:%2300@pbx", "#00"), ("<sip:201@10.0.0.1;user=phone>", "201"),
        ("tel:+44-1632-960102", "+441632960102"),
        ("(01632) 960 102", "01632960102"), ("reception", ""), (None, ""), (201, ""), ("x" * 300, ""), ("", ""),
    ],
)  # fmt: skip
def test_what_was_dialled_is_read_from_a_number_or_an_address(said, dialled):
    assert number_of(said) == dialled


def test_a_number_is_the_same_with_and_without_its_country_and_the_outside_line():
    assert same_number("+44 1632 960102", "01632 960102")
    assert not same_number("01632 960102", "01632 960103")
    assert not same_number("201", "301")
    house = Telephones(emergency=("999",), numbers={"01632960102": "duty_manager"}, outside_line="9")
    assert house.use("901632960102") == "duty_manager"
    assert [house.is_emergency(n) for n in ("999", "9999", "99", "99999")] == [True, True, False, False]


def test_the_display_shows_the_place_and_never_a_name():
    assert words.caller_name(Message("alarm", "1", "Desk 2", urgency="help")) == "Desk 2, help now"
    assert words.caller_name(Message("alarm", "1", "Desk 2", mode="test", urgency="near")).startswith("TEST: Desk 2")


def test_what_a_display_cannot_show_is_left_out():
    assert caller_name('Desk "2"\r\nVia: x <sip:a>') == "Desk  2   Via: x  sip:a"
    assert len(caller_name("x" * 500)) == 60


def test_a_shared_telephone_rings_once():
    people = [Recipient(1, phone="210"), Recipient(2, phone="210"), Recipient(3, phone="211"), Recipient(4)]
    rows = delivery_rows(
        Message("alarm", "1", "Desk 2"),
        people,
        key="k",
        subject="alarm:1",
        site="exchange",
        urgent=True,
        now=datetime(2026, 3, 2, 9, tzinfo=UTC),
        channels=Channels(phone=True),
    )
    assert [row["person"] for row in rows if row["channel"] == "phone"] == [1, 3]
