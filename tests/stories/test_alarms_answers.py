"""People answer a call: they come, take it back, arrive, stand it down, close it."""

import pytest

from steadydesk.delivery.models import Delivery
from steadydesk.journal.models import Entry
from steadydesk.people.models import Person
from tests.alarming import EVERYBODY, FIRST, MINUTE, SECOND, answer, due, end, events, press, shown, subject


@pytest.fixture
def alarm(world):
    """A real call from desk 1, and the first step told."""
    raised = press(world)
    world.messages()
    return raised


def test_who_is_coming_can_take_it_back_and_the_chain_goes_on(world, alarm):
    answer(world, alarm, "acknowledge", "viktor")
    back = answer(world, alarm, "decline", "viktor")
    assert (back["state"], back["coming"]) == ("open", [])
    world.advance(20 * SECOND)
    assert "helen" in world.told()
    assert events(alarm) == ["alarm:raised", "alarm:acknowledged", "alarm:declined", "alarm:escalated"]


def test_nobody_there_in_time_reopens_the_call_and_everybody_hears_of_it(world, alarm):
    answer(world, alarm, "acknowledge", "viktor")
    answer(world, alarm, "acknowledge", "helen")
    world.advance(2 * MINUTE - SECOND)
    assert shown(world, alarm)["state"] == "acknowledged"
    world.advance(SECOND)
    late = shown(world, alarm)
    assert (late["state"], late["coming"]) == ("open", [])
    assert events(alarm)[-4:] == ["alarm:reopened", "alarm:escalated", "alarm:escalated", "alarm:nobody"]
    assert world.told() == EVERYBODY


def test_whoever_says_a_little_later_that_they_are_coming_keeps_their_own_two_minutes(world, alarm):
    answer(world, alarm, "acknowledge", "helen")
    world.advance(2 * MINUTE - SECOND)
    answer(world, alarm, "acknowledge", "viktor")
    world.messages()
    world.advance(SECOND)
    late = shown(world, alarm)
    assert (late["state"], [c["name"] for c in late["coming"]]) == ("acknowledged", ["Viktor Novak"])
    assert events(alarm)[-1] == "alarm:late" and "alarm:reopened" not in events(alarm)
    assert due(alarm) == world.now + 2 * MINUTE - SECOND
    world.advance(2 * MINUTE - SECOND)
    assert (shown(world, alarm)["state"], events(alarm)[-2:]) == ("open", ["alarm:reopened", "alarm:nobody"])
    world.messages()


def test_one_of_two_is_a_standing_line_once_nobody_else_can_be_told(world, alarm):
    answer(world, alarm, "acknowledge", "viktor")
    world.advance(MINUTE)
    world.messages()
    line = shown(world, alarm)
    assert (len(line["coming"]), line["needed"], line["exhausted"]) == (1, 2, True)
    assert "alarm:nobody" not in events(alarm), "with somebody coming it is not repeated aloud"


def test_somebody_there_ends_the_wait_and_the_call_is_closed_with_what_it_was(world, alarm):
    answer(world, alarm, "acknowledge", "viktor")
    there = answer(world, alarm, "attend", "viktor")
    assert (there["state"], there["attended_at"]) == ("attended", world.now.isoformat())
    closed = answer(world, alarm, "close", "viktor", disposition="nothing_found", note="A chair fell over")
    assert (closed["state"], closed["disposition"], closed["closed_at"]) == (
        "closed",
        "nothing_found",
        world.now.isoformat(),
    )
    assert due(alarm) is None
    assert answer(world, alarm, "acknowledge", "ben", status=409)["code"] == "alarm_closed"


def test_who_stands_it_down_says_why_and_it_stays_open(world, alarm):
    assert answer(world, alarm, "stand-down", "desk-1", reason="all well", status=409)["code"] == "own_alarm"
    missing = answer(world, alarm, "stand-down", "ben", status=422)
    assert [e["field"] for e in missing["errors"]] == ["reason"]
    down = answer(world, alarm, "stand-down", "ben", reason="He has left")
    assert (down["state"], down["stood_down_at"], down["needed"]) == ("open", world.now.isoformat(), 1)
    world.advance(20 * SECOND)
    assert "helen" in world.told(), "somebody must look"


def test_the_presser_may_stand_it_down_once_the_first_minutes_are_over(world, alarm):
    world.advance(5 * MINUTE - SECOND)
    world.messages()
    assert answer(world, alarm, "stand-down", "desk-1", reason="all well", status=409)["code"] == "own_alarm"
    world.advance(SECOND)
    world.messages()
    assert answer(world, alarm, "stand-down", "desk-1", reason="all well")["stood_down_at"]


def test_who_has_it_on_their_screen_is_kept_once(world, alarm):
    answer(world, alarm, "seen", "ben")
    answer(world, alarm, "seen", "ben")
    ben = Person.objects.get(login="ben").pk
    row = Delivery.objects.get(subject=subject(alarm), person=ben)
    assert (row.state, row.seen_at) == ("seen", world.now)
    assert [e.facts for e in Entry.objects.filter(type="delivery:seen")] == [{"person": ben}]
    assert shown(world, alarm)["state"] == "open", "seen is not answered"


def test_a_retreat_to_the_safe_room_and_the_all_clear(world):
    alarm = press(world, device="branch-desk")
    world.messages()
    inside = answer(world, alarm, "retreat", "iris", place="safe-room")
    assert inside["safe_room"] == "Safe room"
    assert answer(world, alarm, "all-clear", "ruth")["safe_room"] is None
    assert events(alarm)[1:] == ["alarm:safe-room", "alarm:all-clear"]


def test_a_retreat_to_what_is_no_safe_room_is_refused_with_those_there_are_and_changes_nothing(world):
    alarm = press(world, device="branch-desk")
    answer(world, alarm, "acknowledge", "iris")
    world.messages()
    before = shown(world, alarm, "iris")
    for place in ("branch-desk", "desk-1", "nowhere"):
        (fault,) = answer(world, alarm, "retreat", "iris", status=422, place=place)["errors"]
        assert fault["field"] == "place" and "Safe room (safe-room)" in fault["reason"]
    assert shown(world, alarm, "iris") == before and before["coming"]
    assert "alarm:safe-room" not in events(alarm)


def test_a_site_without_a_safe_room_offers_its_rooms_for_staff_only(world, alarm):
    assert answer(world, alarm, "retreat", "ben", status=422, place="desk-2")["errors"]
    assert answer(world, alarm, "retreat", "ben", place="back-office")["safe_room"] == "Back office"


def test_another_call_may_come_after_the_end(world, alarm):
    end(world, alarm)
    assert press(world)["id"] != alarm["id"]
    assert world.told() == FIRST


# Answers that a phone without a link kept


def test_coming_that_was_kept_has_its_own_time_and_waits_for_nobody_longer(world, alarm):
    world.advance(90 * SECOND)
    world.messages()
    coming = answer(world, alarm, "acknowledge", "viktor", ago="PT1M")
    assert coming["coming"][0]["at"] == (world.now - MINUTE).isoformat()
    world.advance(MINUTE - SECOND)
    assert shown(world, alarm)["state"] == "acknowledged"
    world.advance(SECOND)
    assert shown(world, alarm)["state"] == "open", "two minutes after it was said"
    world.messages()


def test_i_am_there_that_was_kept_counts_from_when_it_was_said_and_the_record_shows_both_times(world, alarm):
    world.advance(MINUTE)
    world.messages()
    said = world.now - 20 * SECOND
    assert answer(world, alarm, "attend", "viktor", ago="PT20S")["attended_at"] == said.isoformat()
    entry = Entry.objects.get(subject=subject(alarm), type="alarm:attended")
    assert (entry.at, entry.facts["said_at"]) == (world.now, said.isoformat())
    page = world.client(login="helen").get(f"/alarms/{alarm['id']}").content.decode()
    assert f"said at {said:%H:%M:%S}" in page


def test_no_answer_is_older_than_the_call(world, alarm):
    assert answer(world, alarm, "attend", "viktor", ago="PT23H")["attended_at"] == alarm["received_at"]


def test_cannot_come_that_was_kept_does_not_take_back_what_was_said_later(world, alarm):
    world.advance(30 * SECOND)
    answer(world, alarm, "acknowledge", "viktor")
    world.advance(10 * SECOND)
    assert answer(world, alarm, "decline", "viktor", ago="PT20S")["state"] == "acknowledged"
    assert answer(world, alarm, "decline", "viktor", ago="PT5S")["coming"] == []
    world.messages()


def test_an_answer_to_a_call_that_was_closed_meanwhile_is_told_so(world, alarm):
    end(world, alarm, "helen")
    for verb in ("acknowledge", "attend", "decline"):
        assert answer(world, alarm, verb, "viktor", status=409, ago="PT3M")["code"] == "alarm_closed"


@pytest.mark.parametrize("ago", [45, "nonsense", "-PT1S", "PT24H1S", "P1M", "P99999999999D", {}, "PT1S\0", True])
def test_an_age_of_an_answer_that_cannot_be_is_refused_with_what_to_write(world, alarm, ago):
    problem = answer(world, alarm, "acknowledge", "viktor", status=422, ago=ago)
    assert [e["field"] for e in problem["errors"]] == ["ago"]
    assert shown(world, alarm)["coming"] == []


def test_what_came_late_is_said_to_whoever_goes(world):
    late = press(world, ago="PT13M")
    world.messages()
    assert "Called late" in world.client(login="helen").get("/respond").content.decode()
    page = world.client(login="helen").get(f"/alarms/{late['id']}").content.decode()
    assert "received 09:00:00" in page
