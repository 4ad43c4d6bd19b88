"""The chain is tried by a test over everybody's real channels, and readiness says whom it did not reach and why."""

from datetime import timedelta

from steadydesk.alarms.tries import last_try
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.channels.transport import TransportError
from steadydesk.delivery.models import Delivery
from steadydesk.people.models import Person
from steadydesk.readiness.queries import gaps
from steadydesk.sites.queries import site
from tests.alarming import answer, press, subject

PAGE = "/manage/readiness?site=exchange"


def said(world, later=timedelta()):
    return [g.sentence for g in gaps(site("exchange"), world.now + later) if g.about == "chain"]


def try_it(world, *, reached=()):
    """A test from reception, told to the first step; ``reached`` answer it."""
    alarm = press(world, mode="test", urgency="nearby", to="reception")
    people = {row.person for row in world.messages()}
    for login in reached:
        answer(world, alarm, "seen", login)
    return alarm, people


def close(world, alarm):
    answer(world, alarm, "close", "helen", disposition="test")


def test_a_chain_that_nobody_tried_is_a_gap_and_a_drill_is_no_try(world):
    drill = press(world, mode="drill")
    answer(world, drill, "close", "helen", disposition="drill")
    world.messages()
    assert said(world) == ["Nobody has tried it: start a test on the open list."]


def test_a_test_that_reached_everybody_is_good_until_the_next_is_due(world):
    alarm, people = try_it(world, reached=("amira", "ben"))
    assert len(people) == 2
    assert len(said(world)) == 1, "it counts once it has ended"
    close(world, alarm)
    assert said(world) == []
    assert said(world, timedelta(days=7, seconds=1)) == ["The last test is too long ago."]


def test_whoever_answers_that_they_cannot_come_was_reached(world):
    alarm, _people = try_it(world, reached=("amira",))
    answer(world, alarm, "decline", "ben")
    close(world, alarm)
    world.messages()
    assert "ben" not in {m.person for m in last_try("exchange").missed}


def test_whom_it_did_not_reach_is_named_with_the_reason_to_those_who_can_mend_it_alone(world, settings):
    settings.EMAIL_HOST = "mail.example"
    Person.objects.filter(login="ben").update(email="ben@council.example")
    alarm, _people = try_it(world, reached=("amira",))
    for row in Delivery.objects.filter(subject=subject(alarm), person=world_id(world, "ben"), channel="mail"):
        delivery.settle_failed(row, TransportError("The mail server answered 550."), world.now)
    close(world, alarm)
    assert said(world) == ["The last test did not reach 1 of the 2 people it told."]
    page = world.client("helen").get(PAGE).text
    assert "The mail server answered 550." in page
    assert "Ben" in page
    looker_on = world.client("robin").get(PAGE).text
    assert "did not reach 1 of the 2" in looker_on
    assert "answered 550" not in looker_on


def test_a_message_that_went_out_and_was_never_looked_at_did_not_reach_anybody(world):
    alarm, _people = try_it(world)
    Delivery.objects.filter(subject=subject(alarm)).update(state="sent", sent_at=world.now)
    close(world, alarm)
    assert {m.why for m in last_try("exchange").missed} == {"It went out, and they have not looked at it."}


def world_id(world, login):
    return int(world.person(login).id)
