"""A message is queued, shown, seen, withdrawn or given up, and the journal says so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steadydesk.delivery import actions, queries
from steadydesk.delivery.channels import table
from steadydesk.delivery.channels.transport import TransportError
from steadydesk.delivery.rules import Lane, Message
from steadydesk.delivery.sender import Sender
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import write
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.people.models import Person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALARM = "alarm:7d1e"
CALL = Message("alarm", "7d1e", "Desk 2", urgency="help")
QUESTION = Message("prompt", "12", "Desk 2")


@pytest.fixture(autouse=True)
def frozen():
    clock.freeze(NOW)
    yield
    clock.thaw()


@pytest.fixture
def people(settings):
    settings.EMAIL_HOST = settings.WEBHOOK_URL = ""
    names = ("ada", "ben", "cy")
    return [Person.objects.create(login=n, name=n, email=f"{n}@example.org").pk for n in names]


def call(people, step=1, now=NOW):
    with write(now):
        return actions.queue(
            CALL, people=people, key=f"{ALARM}:{step}", subject=ALARM, site="exchange", urgent=True, now=now
        )


def ask(people, now=NOW):
    with write(now):
        return actions.queue(QUESTION, people=people, key="prompt:12:1", subject="prompt:12", site="exchange", now=now)


def states(subject=ALARM):
    return [(r.person, r.channel, r.state) for r in queries.receipts(subject)]


def entries(subject=ALARM):
    return [(e.type, e.facts) for e in journal.of_subject(subject)]


def sender(*open_screens):
    return Sender(lambda site: set(open_screens) if site == "exchange" else set())


def test_a_message_queued_twice_is_delivered_once(people):
    assert call(people) == call(people)
    assert len(states()) == 3


def test_mail_and_webhook_are_queued_when_they_are_set_up(people, settings):
    settings.EMAIL_HOST, settings.WEBHOOK_URL = "mail.example.org", "https://example.org/"
    call(people[:1])
    assert [c for _, c, _ in states()] == ["screen", "mail", "webhook"]


def test_open_screens_have_it_at_once_and_the_journal_names_them_in_one_entry(people):
    ada, ben, cy = people
    call(people)
    assert sender(ada, ben).run_once(NOW) == 3
    assert states() == [(ada, "screen", "sent"), (ben, "screen", "sent"), (cy, "screen", "waiting")]
    assert entries() == [("delivery:sent", {"channel": "screen", "people": [ada, ben]})]


def test_fifty_screens_cost_three_writing_statements(people):
    crowd = [Person.objects.create(login=f"p{n}", name="P").pk for n in range(50)]
    call(crowd)
    with CaptureQueriesContext(connection) as made:
        sender(*crowd).run_once(NOW)
    writes = [q["sql"].split()[0] for q in made if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert writes == ["UPDATE", "UPDATE", "INSERT"]
    assert {state for *_, state in states()} == {"sent"}


def test_a_receiver_that_is_back_gets_what_waits_at_once_and_not_at_the_next_try(people, settings, monkeypatch):
    def away(outgoing):
        raise TransportError("away")

    settings.WEBHOOK_URL = "https://example.org/"
    monkeypatch.setitem(table.TRANSPORTS, "webhook", away)
    for step in (1, 2):
        at = NOW + timedelta(seconds=step / 2)
        call([], step=step, now=at)
        sender().run_once(at)
    ask([])
    sender().run_once(at)
    monkeypatch.setitem(table.TRANSPORTS, "webhook", lambda outgoing: None)
    sender().run_once(NOW + timedelta(seconds=1.5))
    assert states() == [(None, "webhook", "sent")] * 2
    assert states("prompt:12") == [(None, "webhook", "sent")], "it waits for the same receiver"


def test_a_screen_that_opens_gets_what_waited_for_it_without_waiting_for_the_next_try(people):
    ask(people[:1])
    sender().run_once(NOW)
    later = NOW + timedelta(seconds=1)
    assert queries.outlook(NOW)[1] > later
    sender(people[0]).run_once(later)
    assert states("prompt:12") == [(people[0], "screen", "sent")]


def test_a_screen_open_at_another_site_gets_nothing(people):
    call(people[:1])
    Sender(lambda site: set(people) if site == "library" else set()).run_once(NOW)
    assert states() == [(people[0], "screen", "waiting")]


def test_sent_is_not_seen_and_seeing_is_journalled_once(people):
    ada = people[0]
    by = Actor("person", str(ada), "Ada")
    call(people)
    sender(*people).run_once(NOW)
    assert actions.mark_seen(ALARM, ada, by=by, now=NOW) is True
    assert actions.mark_seen(ALARM, ada, by=by, now=NOW) is False
    call(people, step=2)
    assert actions.mark_seen(ALARM, ada, by=by, now=NOW) is False
    assert [facts for type, facts in entries() if type == "delivery:seen"] == [{"person": ada}]
    assert {state for person, _, state in states() if person == ada} == {"seen"}


def test_seeing_what_was_never_sent_to_you_is_nothing(people):
    call(people[:1])
    assert actions.mark_seen(ALARM, people[1], by=Actor("person", "2", "Ben"), now=NOW) is False
    assert entries() == []


def test_once_seen_on_a_screen_no_mail_follows(people, settings):
    settings.EMAIL_HOST = "mail.example.org"
    call(people[:1])
    actions.mark_seen(ALARM, people[0], by=Actor("person", "1", "Ada"), now=NOW)
    assert actions.claim(Lane(urgent=True, channel="mail"), "w", NOW) is None


def test_a_closed_alarm_withdraws_what_still_waits_and_keeps_what_was_sent(people):
    call(people)
    sender(people[0]).run_once(NOW)
    assert actions.withdraw(ALARM, NOW) == 2
    assert [state for *_, state in states()] == ["sent", "withdrawn", "withdrawn"]
    assert sender(*people).run_once(NOW + timedelta(days=1)) == 0


def test_a_mail_withdrawn_on_its_way_stays_withdrawn_and_says_when_it_left(people, settings):
    settings.EMAIL_HOST = "mail.example.org"
    call(people[:1])
    row = actions.claim(Lane(urgent=True, channel="mail"), "w", NOW)
    actions.withdraw(ALARM, NOW)
    actions.settle_sent(row, NOW)
    mail = queries.receipts(ALARM)[1]
    assert (mail.state, mail.sent_at) == ("withdrawn", NOW)


def test_a_delivery_that_fails_for_good_is_journalled_and_visible(people, settings):
    settings.EMAIL_HOST = "mail.example.org"
    ask(people[:1])
    Person.objects.update(email="")
    sender(*people).run_once(NOW)
    assert entries("prompt:12")[-1] == ("delivery:failed", {"channel": "mail", "people": people[:1]})
    (trouble,) = queries.troubles("exchange")
    assert (trouble.subject, trouble.channel, trouble.given_up) == ("prompt:12", "mail", True)
    assert trouble.failure == "The person has no e-mail address."
    assert queries.troubles("library") == []
    assert queries.troubles("exchange", since=NOW + timedelta(seconds=1)) == []


def test_a_prompt_that_no_screen_got_in_a_day_is_given_up(people):
    ask(people[:1])
    for hours in (0, 12, 24):
        sender().run_once(NOW + timedelta(hours=hours))
    assert states("prompt:12") == [(people[0], "screen", "failed")]
    assert [type for type, _ in entries("prompt:12")] == ["delivery:failed"]
    assert len(queries.troubles("exchange")) == 1


def test_nobody_at_a_screen_is_no_trouble_while_it_is_still_tried(people):
    call(people)
    sender().run_once(NOW)
    assert queries.troubles("exchange") == []


def test_a_dead_sender_is_noticed_by_what_is_overdue(people):
    call(people)
    assert not queries.is_overdue(NOW + timedelta(seconds=30))
    assert queries.is_overdue(NOW + timedelta(seconds=31))


@pytest.mark.django_db(transaction=True)
def test_a_message_without_its_transaction_is_a_mistake(people):
    with pytest.raises(RuntimeError, match="inside write"):
        actions.queue(CALL, people=people, key="k", subject=ALARM, site="exchange", now=NOW)
