"""Who gets what by which channel, when it is tried again, and what it says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.delivery import rules, words
from steadydesk.delivery.channels.transport import Outgoing
from steadydesk.delivery.channels.webhook.transport import sign
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import Channels, Message, Recipient

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALL = Message("alarm", "7d1e", "Desk 2", urgency="help", number=3)
SOME = Recipient(1, "one@example.org")
OTHER = Recipient(2)


def rows(people=(SOME, OTHER), message=CALL, **channels):
    return rules.delivery_rows(
        message,
        people,
        key="alarm:7d1e:step:1",
        subject="alarm:7d1e",
        site="exchange",
        urgent=True,
        now=NOW,
        channels=Channels(**channels),
    )


def ways(*args, **channels):
    return [(row["person"], row["channel"]) for row in rows(*args, **channels)]


def test_everybody_is_told_on_their_screens():
    assert ways() == [(1, "screen"), (2, "screen")]


def test_mail_goes_to_those_who_have_an_address():
    assert ways(mail=True) == [(1, "screen"), (1, "mail"), (2, "screen")]


def test_the_webhook_gets_a_message_once_however_many_people_it_is_for():
    assert ways(webhook=True) == [(1, "screen"), (2, "screen"), (None, "webhook")]


def test_a_person_named_twice_is_told_once():
    assert ways((SOME, OTHER, SOME)) == [(1, "screen"), (2, "screen")]


def test_every_row_has_a_key_of_its_own_and_the_same_one_each_time():
    keys = [row["key"] for row in rows(mail=True, webhook=True)]
    assert len(set(keys)) == 4
    assert keys == [row["key"] for row in rows(mail=True, webhook=True)]


def test_a_row_gives_every_column_so_that_plain_sql_can_insert_it():
    columns = {f.column for f in Delivery._meta.concrete_fields} - {"id"}
    assert set(rows()[0]) == columns


def test_a_row_keeps_the_message_whole():
    assert Message.of(rows()[0]["message"]) == CALL


def next_try(urgent, age, attempts=1):
    at = rules.next_try(urgent=urgent, created_at=NOW - age, attempts=attempts, now=NOW)
    return None if at is None else at - NOW


def test_an_alarm_is_tried_each_second_for_a_minute_and_then_every_ten_seconds():
    assert next_try(True, timedelta(0)) == timedelta(seconds=1)
    assert next_try(True, timedelta(seconds=59)) == timedelta(seconds=1)
    assert next_try(True, timedelta(minutes=1)) == timedelta(seconds=10)


def test_an_alarm_is_never_given_up():
    assert next_try(True, timedelta(days=30), attempts=100_000) == timedelta(seconds=10)


def test_an_alarm_is_tried_again_though_the_channel_says_it_will_not_help():
    tries = {"created_at": NOW, "attempts": 1, "now": NOW, "permanent": True}
    assert rules.next_try(urgent=True, **tries) == NOW + timedelta(seconds=1)
    assert rules.next_try(urgent=False, **tries) is None


def test_a_call_that_stays_open_for_days_keeps_its_newest_failures():
    kept = []
    for n in range(2 * rules.MOST_FAILURES):
        kept = rules.with_failure(kept, f"reason {n}", NOW)
    assert len(kept) == rules.MOST_FAILURES
    assert kept[-1]["said"] == f"reason {2 * rules.MOST_FAILURES - 1}"


def test_other_messages_wait_twice_as_long_each_time_up_to_five_minutes():
    pauses = [next_try(False, timedelta(0), attempts).total_seconds() for attempts in range(1, 10)]
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_other_messages_are_given_up_after_a_day():
    assert next_try(False, timedelta(hours=23, minutes=59), 300) is not None
    assert next_try(False, timedelta(days=1), 300) is None


@given(st.booleans(), st.integers(1, 10**9), st.timedeltas(timedelta(0), timedelta(days=3650)))
def test_a_next_try_is_always_later(urgent, attempts, age):
    pause = next_try(urgent, age, attempts)
    assert pause is None or timedelta(0) < pause <= timedelta(minutes=5)


def outgoing(message=CALL, again=False):
    return Outgoing("key", "alarm:7d1e", "exchange", message, again, NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Help is asked for now: Desk 2 (3)"),
        ({"urgency": "manager"}, "A manager is asked to come: Desk 2 (3)"),
        ({"urgency": "nearby"}, "Please stand near: Desk 2 (3)"),
        ({"urgency": "of another kind"}, "You are called: Desk 2 (3)"),
        ({"mode": "drill"}, "DRILL: Help is asked for now: Desk 2 (3)"),
        ({"mode": "test"}, "TEST: Help is asked for now: Desk 2 (3)"),
        ({"kind": "prompt", "urgency": ""}, "A question waits for you: Desk 2 (3)"),
        ({"place": "Desk\r\nBcc: all 2"}, "Help is asked for now: Desk Bcc: all 2 (3)"),
        ({"place": ""}, "Help is asked for now: place not known (3)"),
    ],
)
def test_the_subject_says_what_where_and_which(change, said):
    assert words.subject_line(outgoing(replace(CALL, **change))) == said


def test_a_repeat_has_the_same_number_and_says_again():
    assert words.subject_line(outgoing(again=True)) == "Help is asked for now: Desk 2 (3, again)"


def test_the_text_says_to_open_steadydesk():
    assert words.text(outgoing()) == "Help is asked for now: Desk 2\n\nOpen Steadydesk.\n"


KINDS = [{"kind": kind} for kind in words._OTHER]
CALLS = [{"urgency": urgency} for urgency in words._ALARM] + [{"about": about} for about in words._KIND]


@pytest.mark.parametrize("mode", ["real", "drill", "test"])
@pytest.mark.parametrize("change", KINDS + CALLS, ids=str)
def test_whatever_leaves_carries_the_place_and_open_steadydesk_and_nothing_about_anybody(change, mode):
    message = replace(CALL, mode=mode, **change)
    said = words.text(outgoing(message))
    assert said == f"{words.sentence(message)}\n\nOpen Steadydesk.\n"
    for line in (words.sentence(message), words.caller_name(message)):
        assert "Desk 2" in line
        assert line.startswith({"real": "", "drill": "DRILL: ", "test": "TEST: "}[mode])
    assert message.facts.keys() == {"kind", "id", "place", "mode", "urgency", "number", "again", "about"}


def test_the_signature_covers_the_time_the_body_and_the_key():
    assert sign("key", 1_772_442_000, b"{}").startswith("t=1772442000,v1=")
    signed = [sign("key", 1, b"{}"), sign("key", 2, b"{}"), sign("key", 1, b"[]"), sign("no", 1, b"{}")]
    assert len({each.split("v1=")[1] for each in signed}) == 4
