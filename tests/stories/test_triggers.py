"""What had set people off before an incident, and how long an agitated customer waits for the first word."""

import csv
import io
from datetime import timedelta

import pytest

from steadydesk.reports import table
from steadydesk.visits.triggers import first_contact, triggers
from tests.visiting import act, arrive, met

DAY = "2026-03-02"


def lines(report):
    text = report("exchange", DAY, DAY).content.decode("utf-8-sig")
    return {name: values for name, *values in csv.reader(io.StringIO(text))}


@pytest.mark.clause("E0-aim")
def test_e0_aim_the_report_shows_which_triggers_came_before_an_incident(world):
    start = world.now
    patient, angry, angry_first = (arrive(world) for _ in range(3))
    act(world, "mark_problem", angry_first)
    world.advance("09:03")
    act(world, "tell", angry, wait="PT5M")
    world.advance("09:11")
    act(world, "mark_problem", angry)
    world.advance("09:12")
    met(world, angry)
    act(world, "attend", patient, channel="phone")
    found = triggers("exchange", start, world.now)
    assert found.incidents == 2
    assert (found.customers["over_time"], found.before["over_time"]) == (3, 1), "one was angry before any wait"
    assert (found.customers["promise_broken"], found.before["promise_broken"]) == (1, 1)
    assert (found.customers["turned_away"], found.before["turned_away"]) == (1, 0), "turned away after it"
    shown = lines(table.triggers)
    assert shown["waited over time"] == ["3", "1"] and shown["incidents"] == ["2", ""]
    world.messages()


@pytest.mark.clause("E2")
def test_e2_the_first_word_to_an_agitated_customer_is_timed(world):
    start = world.now
    assert lines(table.contact) == {"": lines(table.contact)[""]}, "no line where there was nobody"
    at_once, later, never = (arrive(world, mood="agitated") for _ in range(3))
    calm = arrive(world)
    act(world, "attend", at_once, channel="phone")
    world.advance("09:02:30")
    act(world, "change_mood", calm, "agitated")
    act(world, "tell", later, wait="PT5M")
    world.advance("09:03")
    act(world, "attend", calm, channel="phone")
    act(world, "leave", never)
    found = first_contact("exchange", start, world.now + timedelta(seconds=1))
    assert (found.customers, found.spoken_to) == (4, 3)
    assert (found.usual, found.longest) == (timedelta(seconds=30), timedelta(seconds=150))
    assert lines(table.contact)["agitated"] == ["4", "3", "30", "150"]
    world.messages()
