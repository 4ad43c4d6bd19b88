"""Push messages against a real push service that is down, slow, refuses, talks nonsense, or has forgotten a browser."""

import re
import stat
from datetime import timedelta

import pytest

from steadydesk.delivery import actions, browsers, queries
from steadydesk.delivery.channels.push import endpoint
from steadydesk.delivery.early import EarlySender
from steadydesk.delivery.models import Browser
from steadydesk.delivery.rules import Channels, Message, Recipient, delivery_rows
from steadydesk.delivery.sender import Sender
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import write
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people.models import Person
from steadydesk.people.queries import actor_of_person
from steadydesk.project.environment import Misconfigured
from steadydesk.project.reaching import read_push
from tests.faults import receivers
from tests.faults.telling import ALARM, NOW, SECOND, call, receipts
from tests.pushing import push_service, use_push, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def service(settings):
    with push_service() as service:
        use_push(settings, service.origin)
        yield service


@pytest.fixture
def ada():
    return actor_of_person(Person.objects.create(login="ada", name="Ada Lovelace"))


def add(ada, service, name="phone"):
    browsers.add_browser(browsers.Given(**service.add(name), name=name, token=""), by=ada, now=clock.now())


def test_a_browser_shows_the_place_and_to_open_steadydesk_and_no_name(sender, ada, service, settings):
    add(ada, service)
    call(ada.person)
    sender.run_once(NOW)
    [pushed] = service.taken()
    assert pushed.said == {
        "title": "Help is asked for now: Desk 2",
        "body": "Open Steadydesk.",
        "tag": ALARM,
        "opens": "/alarms/7d1e",
        "quiet": False,
    }
    assert (pushed.urgency, pushed.ttl) == ("high", 900)
    assert b"Desk" not in pushed.raw
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", pushed.topic)
    assert [r.state for r in receipts("push")] == ["sent"]


def test_the_push_service_learns_who_sends_and_nothing_else(sender, ada, service, settings):
    add(ada, service)
    call(ada.person)
    sender.run_once(NOW)
    [pushed] = service.taken()
    ends = int((NOW + timedelta(hours=12)).timestamp())
    assert pushed.claims == {"aud": service.origin, "exp": ends, "sub": "mailto:it@example.org"}
    assert pushed.key == settings.PUSH.public_key == browsers.public_key()


def test_a_drill_says_so_first(sender, ada, service):
    add(ada, service)
    call(ada.person, mode="drill")
    sender.run_once(NOW)
    assert service.taken()[0].said["title"] == "DRILL: Help is asked for now: Desk 2"


def test_every_browser_of_a_person_gets_it_and_one_that_is_refused_holds_up_no_other(sender, ada, service):
    for name in ("phone", "tablet", "laptop"):
        add(ada, service, name)
    service.answers["/tablet"] = [503]
    call(ada.person)
    sender.run_once(NOW)
    assert {p.path for p in service.taken()} == {"/phone", "/laptop"}
    sender.run_once(clock.advance(SECOND))
    assert {p.path for p in service.taken()} == {"/phone", "/laptop", "/tablet"}
    assert [f.said for r in receipts("push") for f in r.failures] == ["The push service answered 503."]


@pytest.mark.parametrize("answer", [404, 410])
def test_a_browser_that_is_gone_is_told_no_more_and_its_person_and_their_manager_see_it(sender, ada, service, answer):
    add(ada, service)
    service.answers["/phone"] = [answer]
    call(ada.person)
    sender.run_once(NOW)
    [receipt] = receipts("push")
    assert (receipt.state, [f.said for f in receipt.failures]) == (
        "failed",
        ["The browser takes no messages any more."],
    )
    assert browsers.numbers([ada.person]) == {}
    assert browsers.lost([ada.person]) == {ada.person}
    [event] = [e for e in journal.of_subject(ada.ref) if e.type == "person:browser-removed"]
    assert event.facts["why"] == "lost"
    add(ada, service, "phone again")
    assert browsers.lost([ada.person]) == set(), "they added it again"


@pytest.mark.parametrize("answer", [500, 429, b"\0\xff nonsense", b"HTTP/1.1 abc\r\n\r\n", b""])
def test_an_answer_that_may_pass_is_tried_each_second(sender, ada, service, answer):
    add(ada, service)
    service.answers["/phone"] = [answer]
    call(ada.person)
    sender.run_once(NOW)
    assert [r.state for r in receipts("push")] == ["waiting"]
    sender.run_once(clock.advance(SECOND))
    assert [r.state for r in receipts("push")] == ["sent"]


@pytest.mark.parametrize("answer", [302, 400, 401, 403, 413])
def test_a_refusal_is_tried_on_for_a_call_and_said_at_once_of_the_rest(sender, ada, service, answer):
    add(ada, service)
    service.answers["/phone"] = [answer, answer]
    call(ada.person)
    sender.run_once(NOW)
    assert [r.state for r in receipts("push")] == ["waiting"]
    call_of_the_rest = Message("prompt", "1", "Desk 2")
    with write(NOW):
        actions.queue(call_of_the_rest, people=[ada.person], key="p", subject="prompt:1", site="exchange", now=NOW)
    sender.run_once(NOW)
    [prompt] = [r for r in queries.receipts("prompt:1") if r.channel == "push"]
    assert (prompt.state, prompt.failures[0].said) == ("failed", f"The push service answered {answer}.")


def test_a_push_service_that_is_down_is_tried_until_it_is_back(sender, ada, settings):
    port = receivers.free_port()
    use_push(settings, f"http://127.0.0.1:{port}")
    with push_service() as other:
        given = {**other.add("phone"), "endpoint": f"http://127.0.0.1:{port}/phone"}
        browsers.add_browser(browsers.Given(**given, name="", token=""), by=ada, now=NOW)
        call(ada.person)
        sender.run_once(NOW)
    assert [f.said for r in receipts("push") for f in r.failures] == ["The push service cannot be reached."]
    assert [t.failure for t in queries.troubles("exchange")] == ["The push service cannot be reached."]


@pytest.mark.django_db(transaction=True)
def test_a_push_service_that_hangs_delays_no_other_channel_and_no_other_browser(ada, settings):
    clock.thaw()
    with receivers.mute_server() as (port, connected), push_service() as service, receivers.receiver(settings) as hook:
        use_push(settings, service.origin, f"http://127.0.0.1:{port}")
        given = {**service.add("mute"), "endpoint": f"http://127.0.0.1:{port}/mute"}
        browsers.add_browser(browsers.Given(**given, name="", token=""), by=ada, now=clock.now())
        add(ada, service)
        running = Sender(lambda site: set())
        running.start()
        try:
            call(ada.person)
            assert hook.arrived.get(timeout=60).genuine
            assert service.arrived.get(timeout=60).path == "/phone"
            assert connected.wait(5)
        finally:
            running.halt()
            running.join(6)


def test_where_a_customer_could_read_it_the_browser_shows_a_quiet_mark_alone(ada, service):
    add(ada, service)
    [number] = browsers.numbers([ada.person])[ada.person]
    rows = delivery_rows(
        Message("alarm", "7d1e", "Desk 2", urgency="help"),
        [Recipient(ada.person, browsers=(f"{number} quiet",))],
        key=f"{ALARM}:1",
        subject=ALARM,
        site="exchange",
        urgent=True,
        now=NOW,
        channels=Channels(push=True),
    )
    early = EarlySender()
    addresses = {("push", id): kept for id, kept in browsers.every_browser()[ada.person].items()}
    sent = []
    early.send(rows, addresses, [].append, sent.append)
    pushed = service.arrived.get(timeout=60)
    early.stop()
    assert (pushed.said["title"], pushed.said["quiet"]) == ("Steadydesk", True), "also while storage is away"


@pytest.mark.parametrize(
    "address",
    [
        "http://push.example.org/x",
        "https://user:secret@push.example.org/x",
        "https://push.example.org:8443/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.7/x",
        "https://169.254.169.254/latest",
        "https://intranet/x",
        "https://printer.local/x",
        "file:///etc/passwd",
        "https://[nonsense/x",
        "https://push.example.org/" + "x" * 2_000,
        "",
    ],
)
def test_a_browser_cannot_make_the_server_ask_an_address_inside(ada, service, address):
    given = {**service.add("phone"), "endpoint": address}
    with pytest.raises(Invalid):
        browsers.add_browser(browsers.Given(**given, name="", token=""), by=ada, now=NOW)
    assert not Browser.objects.exists()


def test_a_public_name_that_stands_for_an_address_inside_is_not_asked(sender, ada, service, monkeypatch):
    given = {**service.add("phone"), "endpoint": "https://push.example.org/x"}
    browsers.add_browser(browsers.Given(**given, name="", token=""), by=ada, now=NOW)
    inside = [(2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(endpoint.socket, "getaddrinfo", lambda *a, **k: inside)
    call(ada.person)
    sender.run_once(NOW)
    assert [f.said for r in receipts("push") for f in r.failures] == ["The push service's address cannot be used."]


@pytest.mark.parametrize("keys", [{"p256dh": ""}, {"p256dh": "AAAA"}, {"auth": "*"}, {"auth": written(b"short")}])
def test_keys_that_are_none_are_refused(ada, service, keys):
    given = {**service.add("phone"), **keys}
    with pytest.raises(Invalid):
        browsers.add_browser(browsers.Given(**given, name="", token=""), by=ada, now=NOW)


def test_a_key_that_only_looks_like_one_is_lost_and_not_tried_for_ever(sender, ada, service):
    given = {**service.add("phone"), "p256dh": written(b"\x04" + bytes(64))}
    browsers.add_browser(browsers.Given(**given, name="", token=""), by=ada, now=NOW)
    call(ada.person)
    sender.run_once(NOW)
    assert [(r.state, r.failures[0].said) for r in receipts("push")] == [
        ("failed", "The browser's key cannot be used.")
    ]


def test_a_browser_belongs_to_whoever_added_it_last(sender, ada, service):
    ben = actor_of_person(Person.objects.create(login="ben", name="Ben"))
    given = browsers.Given(**service.add("phone"), name="", token="")
    for by in (ada, ben):
        browsers.add_browser(given, by=by, now=NOW)
    assert browsers.numbers([ada.person]) == {}
    assert len(browsers.numbers([ben.person])[ben.person]) == 1


def test_nobody_has_more_browsers_than_a_call_can_go_to(ada, service):
    for n in range(browsers.MOST):
        add(ada, service, f"b{n}")
    with pytest.raises(Refusal):
        add(ada, service, "one more")


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("STEADYDESK_PUSH_CONTACT", "mailto:it@example.org")
    first, second = read_push(tmp_path), read_push(tmp_path)
    assert first.public_key == second.public_key
    assert stat.S_IMODE((tmp_path / "push-key").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["push-key"]
    monkeypatch.setenv("STEADYDESK_PUSH_KEY", (tmp_path / "push-key").read_text())
    assert read_push(tmp_path / "elsewhere").public_key == first.public_key
    assert (tmp_path / "push-key").read_text().strip() not in repr(first)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STEADYDESK_PUSH_CONTACT", "it@example.org"),
        ("STEADYDESK_PUSH_KEY", "short"),
        ("STEADYDESK_PUSH_SERVICES", "push.example.org"),
        ("STEADYDESK_PUSH_SERVICES", "https://push.example.org/path"),
    ],
)
def test_what_cannot_be_used_stops_the_start_with_a_sentence(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv("STEADYDESK_PUSH_CONTACT", "mailto:it@example.org")
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured):
        read_push(tmp_path)


def test_without_a_contact_nothing_is_pushed_and_no_key_is_made(tmp_path):
    assert read_push(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
