"""Services of people's own, by Apprise, against real receivers that are down, slow, refuse or talk nonsense."""

import json
import logging
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest

from steadydesk.delivery import queries, ways
from steadydesk.delivery import records as kept
from steadydesk.delivery.channels.apprise import transport
from steadydesk.delivery.sender import Sender
from steadydesk.journal import queries as journal
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.people.models import Person
from steadydesk.people.queries import actor_of_person
from steadydesk.project.environment import Misconfigured
from steadydesk.project.reaching import read_apprise
from tests.faults import receivers
from tests.faults.telling import ALARM, NOW, SECOND, call, receipts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SECRET = "hunter2"


@pytest.fixture
def ada():
    return actor_of_person(Person.objects.create(login="ada", name="Ada Lovelace"))


class Service(ThreadingHTTPServer):
    """What json:// and ntfy:// post to."""

    daemon_threads = True

    def __init__(self):
        super().__init__((receivers.HOST, 0), _Handler)
        self.answers = []
        self.arrived = Queue()

    @property
    def place(self):
        return f"{receivers.HOST}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answers.pop(0) if self.server.answers else 200
        if isinstance(answer, bytes):
            self.wfile.write(answer)
            return
        self.server.arrived.put((self.path, self.headers.get("Authorization", ""), json.loads(body)))
        self.send_response(answer)
        if answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format, *args):
        """Silence."""


@pytest.fixture
def service(settings):
    server = Service()
    settings.APPRISE = (("json", server.place), ("ntfy", server.place))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def give(ada, url):
    ways.give_service(url, by=ada, now=clock.now())


def said():
    return [f.said for r in receipts("apprise") for f in r.failures]


@pytest.mark.parametrize("kind", ["json", "ntfy"])
def test_a_service_gets_the_place_and_to_open_steadydesk_and_no_name(sender, ada, service, kind):
    give(ada, f"{kind}://ada:{SECRET}@{service.place}/calls")
    call(ada.person)
    sender.run_once(NOW)
    [(_path, login, content)] = list(service.arrived.queue)
    assert content["title"] == "Help is asked for now: Desk 2 (1)"
    assert "Open Steadydesk." in content["message"]
    assert "Lovelace" not in str(content)
    assert login.startswith("Basic")
    assert [r.state for r in receipts("apprise")] == ["sent"]


def test_a_service_that_takes_mail_gets_a_mail(sender, ada, settings):
    with receivers.mailbox(settings) as box:
        settings.EMAIL_HOST = ""
        settings.APPRISE = (("mailto", f"{receivers.HOST}:{box.port}"),)
        give(ada, f"mailto://{receivers.HOST}:{box.port}?to=ada@example.org&from=desk@example.org")
        call(ada.person)
        sender.run_once(NOW)
        mail = box.arrived.get(timeout=60)
    assert mail["Subject"] == "Help is asked for now: Desk 2 (1)"
    assert "Lovelace" not in mail.as_string()


def test_the_address_is_in_no_log_no_entry_and_no_export(sender, ada, service, caplog):
    caplog.set_level(logging.DEBUG)
    url = f"json://ada:{SECRET}@{service.place}/calls"
    service.answers += [401, 500]
    give(ada, url)
    call(ada.person)
    sender.run_once(NOW)
    sender.run_once(clock.advance(SECOND))
    entries = [*journal.of_subject(ada.ref), *journal.of_subject(ALARM)]
    told = [str(e.facts) for e in entries] + [str(r.facts) for r in kept.about(ada.ref)] + said() + [caplog.text]
    assert entries
    assert SECRET not in "".join(told)
    assert "/calls" not in "".join(told)


@pytest.mark.parametrize(
    ("answer", "sentence"), [(401, "The service answered 401."), (503, "The service answered 503.")]
)
def test_a_call_is_tried_on_whatever_the_service_says_and_the_reason_is_shown(sender, ada, service, answer, sentence):
    give(ada, f"json://{service.place}/")
    service.answers.append(answer)
    call(ada.person)
    sender.run_once(NOW)
    assert (said(), [r.state for r in receipts("apprise")]) == ([sentence], ["waiting"])
    sender.run_once(clock.advance(SECOND))
    assert [r.state for r in receipts("apprise")] == ["sent"]


@pytest.mark.parametrize("answer", [b"\0\xff nonsense\r\n", b"HTTP/1.1 abc\r\n\r\n", b""])
def test_a_service_that_talks_nonsense_is_tried_again(sender, ada, service, answer):
    give(ada, f"json://{service.place}/")
    service.answers.append(answer)
    call(ada.person)
    sender.run_once(NOW)
    assert said() == ["The service cannot be reached, or did not take the message."]
    sender.run_once(clock.advance(SECOND))
    assert [r.state for r in receipts("apprise")] == ["sent"]


def test_a_redirect_is_not_followed(sender, ada, service):
    give(ada, f"json://{service.place}/")
    service.answers.append(302)
    call(ada.person)
    sender.run_once(NOW)
    assert [path for path, *_rest in service.arrived.queue] == ["/"]
    assert said() == ["The service answered 302."]


def test_a_service_that_is_down_is_tried_on(sender, ada, settings):
    place = f"{receivers.HOST}:{receivers.free_port()}"
    settings.APPRISE = (("json", place),)
    give(ada, f"json://{place}/")
    call(ada.person)
    sender.run_once(NOW)
    assert said() == ["The service cannot be reached, or did not take the message."]


def test_a_service_that_hangs_is_left_alone_after_a_while(sender, ada, settings, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT_S", 0.2)
    with receivers.mute_server() as (port, connected):
        settings.APPRISE = (("json", f"{receivers.HOST}:{port}"),)
        give(ada, f"json://{receivers.HOST}:{port}/")
        call(ada.person)
        sender.run_once(NOW)
        assert connected.is_set()
        assert said() == ["The service does not answer."]


def test_services_that_hang_do_not_pile_up(sender, ada, service, monkeypatch):
    monkeypatch.setattr(transport, "_places", threading.BoundedSemaphore(1))
    transport._places.acquire()
    give(ada, f"json://{service.place}/")
    call(ada.person)
    sender.run_once(NOW)
    assert said() == ["Too many messages to services hang already."]
    transport._places.release()
    sender.run_once(clock.advance(SECOND))
    sender.run_once(clock.advance(SECOND))
    assert [r.state for r in receipts("apprise")] == ["sent"], "and each gives its place back"


@contextmanager
def running():
    clock.thaw()
    sender = Sender(lambda site: set())
    sender.start()
    try:
        yield
    finally:
        sender.halt()
        sender.join(6)


@pytest.mark.django_db(transaction=True)
def test_a_service_that_hangs_delays_no_other_channel(ada, settings):
    with receivers.mute_server() as (port, connected), receivers.receiver(settings) as webhook:
        settings.APPRISE = (("json", f"{receivers.HOST}:{port}"),)
        give(ada, f"json://{receivers.HOST}:{port}/")
        with running():
            call(ada.person)
            assert connected.wait(30)
            call(ada.person, number=2)
            assert {webhook.arrived.get(timeout=60).content["number"] for _ in range(2)} == {1, 2}


@pytest.mark.parametrize(
    "url",
    [
        "json://elsewhere.example/x",
        "json://{place}@elsewhere.example/x",
        "xml://{place}/x",
        "tgram://123456789:abcdefghijklmnopqrstuvwxyzABCDEFGHI/123",
        "json://{place}/?redirect=yes",
        "json://{place}/?rto=900",
        "json://{place}/?+Host=inside",
        "ntfy://{place}/t?attach=http://10.0.0.7/",
        "file:///etc/passwd",
        "{place}",
        "json://[x",
        "",
        "json://{place}/" + "x" * 600,
    ],
)
def test_only_services_that_the_administrator_named_can_be_given(ada, service, url):
    with pytest.raises(Invalid):
        ways.give_service(url.replace("{place}", service.place) or " x", by=ada, now=NOW)
    assert queries.services() == {}


def test_a_kind_that_could_ask_any_server_is_allowed_at_none_that_is_not_named(ada, service, settings):
    settings.APPRISE = (("json", ""), ("tgram", ""))
    with pytest.raises(Invalid):
        give(ada, f"json://{service.place}/")
    give(ada, "tgram://123456789:abcdefghijklmnopqrstuvwxyzABCDEFGHI/123")


def test_a_service_that_is_not_allowed_any_more_is_not_used(sender, ada, service, settings):
    give(ada, f"json://{service.place}/")
    settings.APPRISE = (("tgram", ""),)
    call(ada.person, urgent=False)
    sender.run_once(NOW)
    assert [r.state for r in receipts("apprise")] == ["failed"]
    assert said() == ["This kind of service is not allowed here. Allowed: tgram"]


def test_the_setting_is_read_and_refused_in_words(monkeypatch):
    monkeypatch.setenv("STEADYDESK_APPRISE", "tgram, ntfys://ntfy.example.org/, json://10.0.0.7:8080")
    assert read_apprise() == (("tgram", ""), ("ntfys", "ntfy.example.org"), ("json", "10.0.0.7:8080"))
    monkeypatch.setenv("STEADYDESK_APPRISE", "json://ntfy.example.org/topic")
    with pytest.raises(Misconfigured):
        read_apprise()
