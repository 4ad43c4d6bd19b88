"""Mail and webhook against real receivers that are down, slow, refuse, or talk nonsense."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from steadydesk.delivery import actions, queries
from steadydesk.delivery.channels import table
from steadydesk.delivery.rules import LEASE
from steadydesk.delivery.sender import Sender
from steadydesk.delivery.watch import Watch
from steadydesk.journal import queries as journal
from steadydesk.kernel.clock import clock
from steadydesk.people.models import Person
from tests.faults import receivers
from tests.faults.telling import ALARM, NOW, SECOND, call

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def ada():
    return Person.objects.create(login="ada", name="Ada Lovelace", email="ada@example.org").pk


def state(channel):
    return {r.state for r in queries.receipts(ALARM) if r.channel == channel}


def types():
    return [e.type for e in journal.of_subject(ALARM)]


def test_a_mail_carries_the_place_and_no_name(sender, ada, settings):
    with receivers.mailbox(settings) as box:
        call(ada, mode="drill")
        sender.run_once(NOW)
        mail = box.arrived.get(timeout=60)
    assert mail["Subject"] == "DRILL: Help is asked for now: Desk 2 (1)"
    assert mail["To"] == "ada@example.org"
    assert "Open Steadydesk." in mail.get_content()
    assert "Lovelace" not in mail.as_string()
    assert state("mail") == {"sent"}


def test_a_mail_sent_again_keeps_its_message_id(sender, ada, settings, monkeypatch):
    with receivers.mailbox(settings) as box:
        call(ada)
        crash_before_the_mark(sender, monkeypatch)
        sender.run_once(clock.advance(LEASE))
        first, second = box.arrived.get(timeout=60), box.arrived.get(timeout=60)
    assert first["Message-ID"] == second["Message-ID"]
    assert second["Subject"].endswith("(1, again)")


def test_an_unknown_mailbox_fails_at_once_where_a_person_sees_it(sender, ada, settings):
    with receivers.mailbox(settings) as box:
        box.answers["ada@example.org"] = "550 no such mailbox"
        call(ada, urgent=False)
        sender.run_once(NOW)
    assert state("mail") == {"failed"}
    assert "delivery:failed" in types()
    assert [t.failure for t in queries.troubles("exchange")] == ["The mail server answered 550."]


def test_a_full_mailbox_is_tried_again_and_shown_meanwhile(sender, ada, settings):
    with receivers.mailbox(settings) as box:
        box.answers["ada@example.org"] = "452 full"
        call(ada)
        sender.run_once(NOW)
        (trouble,) = queries.troubles("exchange")
        assert (trouble.failure, trouble.given_up) == ("The mail server answered 452.", False)
        box.answers.clear()
        sender.run_once(clock.advance(SECOND))
        assert box.arrived.qsize() == 1
    assert queries.troubles("exchange") == []


@pytest.mark.parametrize("greeting", [b"\0\xff nonsense\r\n", b"554 go away\r\n", b"HTTP/1.1 400 Bad\r\n\r\n"])
def test_a_mail_server_that_talks_nonsense_is_tried_again(sender, ada, settings, greeting):
    settings.EMAIL_TIMEOUT = 0.2
    with receivers.mute_server(greeting) as (port, _):
        receivers.use_mail(settings, port)
        call(ada)
        sender.run_once(NOW)
    assert state("mail") == {"waiting"}


def test_the_webhook_is_signed_and_carries_no_name(sender, ada, settings):
    with receivers.receiver(settings) as server:
        call(ada)
        sender.run_once(NOW)
    (post,) = server.taken()
    assert post.genuine
    assert post.signed_at == int(NOW.timestamp())
    assert post.key == f"{ALARM}:1:webhook"
    assert "Lovelace" not in str(post.content)
    assert post.content == {
        "kind": "alarm",
        "id": "7d1e",
        "place": "Desk 2",
        "mode": "real",
        "urgency": "help",
        "number": 1,
        "again": False,
        "about": "",
        "key": post.key,
        "site": "exchange",
        "subject": ALARM,
        "text": "Help is asked for now: Desk 2\n\nOpen Steadydesk.\n",
    }


def test_a_receiver_down_for_eight_seconds_gets_all_twenty_within_a_second_of_its_return(sender, settings):
    port = receivers.free_port()
    receivers.use_webhook(settings, port)
    for number in range(20):
        call(number=number)
    for _ in range(8):
        assert sender.run_once(clock.now()) == 20
        clock.advance(SECOND)
    with receivers.receiver(settings, port) as server:
        sender.run_once(clock.now())
    assert sorted(post.content["number"] for post in server.taken()) == list(range(20))
    assert len({post.key for post in server.taken()}) == 20
    assert state("webhook") == {"sent"}


def crash_before_the_mark(sender, monkeypatch):
    class Killed(BaseException):
        """The process ends here."""

    def die(row, now):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(actions, "settle_sent", die)
        with pytest.raises(Killed):
            sender.run_once(clock.now())


def test_a_crash_between_sending_and_marking_sends_again_with_the_same_key(sender, settings, monkeypatch):
    with receivers.receiver(settings) as server:
        call()
        crash_before_the_mark(sender, monkeypatch)
        assert sender.run_once(clock.advance(LEASE - SECOND)) == 0
        assert sender.run_once(clock.advance(SECOND)) == 1
        assert sender.run_once(clock.advance(LEASE)) == 0
    first, second = server.taken()
    assert first.key == second.key
    assert (first.content["again"], second.content["again"]) == (False, True)


def test_a_restart_does_not_wait_for_the_dead_process_lease(sender, settings, monkeypatch):
    with receivers.receiver(settings) as server:
        call()
        crash_before_the_mark(sender, monkeypatch)
        actions.free_leases(clock.now())
        sender.run_once(clock.now())
    assert len(server.taken()) == 2


@pytest.mark.parametrize("answer", [500, 503, 408, 425, 429, 302, b"\0\xff nonsense", b"HTTP/1.1 abc\r\n\r\n", b""])
def test_an_answer_that_may_pass_is_tried_again(sender, settings, answer):
    with receivers.receiver(settings) as server:
        server.answers.append(answer)
        call()
        sender.run_once(NOW)
        assert state("webhook") == {"waiting"}
        sender.run_once(clock.advance(SECOND))
    assert [post.content["again"] for post in server.taken()] == [True]


@pytest.mark.parametrize("answer", [400, 401, 404, 410])
def test_an_answer_that_will_not_pass_fails_at_once(sender, settings, answer):
    with receivers.receiver(settings) as server:
        server.answers.append(answer)
        call(urgent=False)
        sender.run_once(NOW)
        assert sender.run_once(clock.advance(timedelta(days=1))) == 0
    assert server.taken() == []
    assert types() == ["delivery:failed"]
    assert [t.failure for t in queries.troubles("exchange")] == [f"The webhook's receiver answered {answer}."]


def test_a_call_is_tried_on_whatever_the_channel_says_until_the_call_is_closed(sender, settings):
    with receivers.receiver(settings) as server:
        server.answers += [404] * 60 + [410, 503]
        call()
        tried = []
        for _second in range(90):
            if sender.run_once(clock.now()):
                tried.append((clock.now() - NOW).total_seconds())
            clock.advance(SECOND)
        assert tried == [*range(61), 70, 80]
        assert [post.content["again"] for post in server.taken()] == [True], "mended meanwhile, so it got through"
    [receipt] = queries.receipts(ALARM)
    failed = [(f.said, f.times, (f.since - NOW).seconds, (f.until - NOW).seconds) for f in receipt.failures]
    assert (receipt.state, receipt.attempts) == ("sent", 63)
    assert failed == [
        ("The webhook's receiver answered 404.", 60, 0, 59),
        ("The webhook's receiver answered 410.", 1, 60, 60),
        ("The webhook's receiver answered 503.", 1, 70, 70),
    ]
    assert types() == ["delivery:failed"] * 3 + ["delivery:sent"], "the journal has each way to fail once"


def test_a_call_that_no_channel_takes_is_left_alone_when_it_is_closed_and_its_failures_stay(sender, settings):
    with receivers.receiver(settings) as server:
        server.answers += [404] * 9
        call()
        sender.run_once(NOW)
        (trouble,) = queries.troubles("exchange")
        assert not trouble.given_up, "a manager sees it while it is tried"
        actions.withdraw(ALARM, clock.now())
        assert sender.run_once(clock.advance(timedelta(minutes=1))) == 0
    [receipt] = queries.receipts(ALARM)
    assert (receipt.state, [f.times for f in receipt.failures]) == ("withdrawn", [1])


def test_a_channel_taken_out_of_the_set_up_fails_with_a_sentence(sender, settings):
    settings.WEBHOOK_URL = "http://127.0.0.1/"
    call()
    settings.WEBHOOK_URL = ""
    sender.run_once(NOW)
    assert [t.failure for t in queries.troubles("exchange")] == ["No webhook is set up. Set STEADYDESK_WEBHOOK_URL."]


def test_a_webhook_without_a_key_is_not_sent_unsigned(sender, settings):
    with receivers.receiver(settings) as server:
        settings.WEBHOOK_SECRET = ""
        call(urgent=False)
        sender.run_once(NOW)
    assert server.taken() == []
    assert state("webhook") == {"failed"}


def test_a_fault_of_our_own_in_a_channel_is_tried_again(sender, settings, monkeypatch):
    def stumble(outgoing):
        raise ZeroDivisionError

    settings.WEBHOOK_URL = "http://127.0.0.1/"
    monkeypatch.setitem(table.TRANSPORTS, "webhook", stumble)
    call()
    sender.run_once(NOW)
    assert [t.failure for t in queries.troubles("exchange")] == ["ZeroDivisionError"]
    assert state("webhook") == {"waiting"}


def test_an_alarm_goes_before_what_waited_longer(sender, settings):
    with receivers.receiver(settings) as server:
        call(urgent=False, number=1)
        clock.advance(SECOND)
        call(urgent=True, number=2)
        sender.run_once(clock.now())
    assert [post.content["number"] for post in server.taken()] == [2, 1]


def test_the_outside_watch_is_asked_for_each_minute_and_never_while_anything_is_overdue(settings):
    with receivers.mute_server(b"HTTP/1.1 204 OK\r\n\r\n") as (port, connected):
        watch = Watch(f"http://{receivers.HOST}:{port}/")
        at = clock.monotonic()
        assert not watch.look(overdue=True, at=at)
        assert not connected.is_set()
        assert watch.look(overdue=False, at=at)
        assert not watch.look(overdue=False, at=at + 59)
        assert watch.look(overdue=False, at=at + 60)


def test_an_outside_watch_that_is_down_does_no_harm():
    watch = Watch(f"http://{receivers.HOST}:{receivers.free_port()}/")
    assert not watch.look(overdue=False, at=clock.monotonic())


def test_the_outside_watch_looks_from_a_thread_of_its_own():
    with receivers.mute_server(b"HTTP/1.1 204 OK\r\n\r\n") as (port, connected):
        watch = Watch(f"http://{receivers.HOST}:{port}/")
        watch.start(lambda: False)
        assert connected.wait(5)
        watch.halt()
        watch.join(1)


@contextmanager
def running():
    """The sender as the server runs it, in real time."""
    clock.thaw()
    sender = Sender(lambda site: set())
    sender.start()
    try:
        yield
    finally:
        sender.halt()
        sender.join(6)


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_the_sender(settings):
    with receivers.receiver(settings) as server, running():
        call()
        assert server.arrived.get(timeout=60).genuine


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_hangs_delays_no_other_channel(ada, settings):
    with running(), receivers.mute_server() as (port, connected), receivers.receiver(settings) as server:
        receivers.use_mail(settings, port)
        call(ada)
        assert connected.wait(5)
        call(ada, number=2)
        assert {server.arrived.get(timeout=60).content["number"] for _ in range(2)} == {1, 2}


@pytest.mark.django_db(transaction=True)
def test_ordinary_mail_that_hangs_delays_no_alarm(ada, settings):
    with running(), receivers.mute_server() as (port, connected):
        receivers.use_mail(settings, port)
        call(ada, urgent=False)
        assert connected.wait(5)
        with receivers.mailbox(settings) as box:
            call(ada, number=2)
            assert "(2" in box.arrived.get(timeout=60)["Subject"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_arrive_once_each(settings):
    with receivers.receiver(settings) as server:
        with running():
            for number in range(40):
                call(number=number)
            numbers = [server.arrived.get(timeout=60).content["number"] for _ in range(40)]
        assert sorted(numbers) == list(range(40))
        assert server.taken() == []
    assert state("webhook") == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_channel_talks_to_the_network(sender, settings, monkeypatch):
    open_ones = []
    settings.WEBHOOK_URL = f"http://{receivers.HOST}/"
    monkeypatch.setitem(table.TRANSPORTS, "webhook", lambda _: open_ones.append(connection.in_atomic_block))
    call()
    sender.run_once(NOW)
    assert open_ones == [False]


@pytest.mark.django_db(transaction=True)
def test_the_sender_outlives_a_storage_that_fails_for_a_while(settings, monkeypatch, caplog):
    failed = threading.Event()
    claim = actions.claim

    def fail_once(lane, worker, now):
        if lane.channel == "webhook" and not failed.is_set():
            failed.set()
            raise OperationalError("database or disk is full")
        return claim(lane, worker, now)

    monkeypatch.setattr(actions, "claim", fail_once)
    with receivers.receiver(settings) as server, running():
        call()
        assert server.arrived.get(timeout=60).genuine
    assert failed.is_set()
    assert "delivery was interrupted" in caplog.text
