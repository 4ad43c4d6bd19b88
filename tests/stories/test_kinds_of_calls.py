"""A call about the building and one for somebody who is ill, each from the press to its end, with its own chain."""

import pytest
from django.test import Client

from steadydesk.alarms import queries as alarms
from steadydesk.alarms.found_nothing import found_nothing
from steadydesk.delivery.models import Delivery
from tests.alarming import SECOND, answer, events, shown
from tests.screens.test_desk_pages import enrolled
from tests.world import World

FIRST = {"amira", "ben", "viktor", "joan", "helen", "grace", "farid"}
"""Whom a danger to the building is told to at once: duty manager, security, reception, managers."""


@pytest.fixture
def desk(world: World) -> Client:
    return enrolled(world, "desk-1")


def called(desk: Client, kind: str) -> tuple[dict[str, str], str]:
    """The menu's choice, pressed at the desk; the call and the card that came of it."""
    reply = desk.post("/desk/call", {"kind": kind, "urgency": "help", "key": kind}, follow=True)
    [alarm] = alarms.at_sites(["exchange"], open=True)
    assert alarm.kind == kind
    return {"id": alarm.id}, reply.text


def test_a_danger_to_the_building_goes_from_the_card_up_its_own_chain_until_it_is_stood_down(world, desk):
    alarm, card = called(desk, "building")
    assert world.told() == FIRST
    assert 'id="steps-building"' in card and 'name="words"' in card, "what to do, and what the caller says"
    world.advance(29 * SECOND)
    assert not world.told()
    world.advance(SECOND)
    assert {"david", "peter"} <= world.told()
    assert events(alarm).count("alarm:escalated") == 1
    answer(world, alarm, "acknowledge", "viktor")
    assert [c["name"] for c in shown(world, alarm)["coming"]] == ["Viktor Novak"]
    assert "A person is coming" in desk.get(f"/calls/{alarm['id']}/card").text
    world.advance(20 * SECOND)
    answer(world, alarm, "attend", "viktor")
    refused = answer(world, alarm, "stand-down", "desk-1", status=409, reason="all well")
    assert refused["code"] == "own_alarm", "who pressed cannot call it off"
    answer(world, alarm, "stand-down", "joan", reason="a bag that a colleague knew")
    answer(world, alarm, "close", "viktor", disposition="handled")
    world.messages()
    world.advance("10:00")
    assert world.messages() == [] and not alarms.at_sites(["exchange"], open=True)


def test_somebody_ill_is_called_for_openly_with_the_card_standing_open_and_is_never_a_false_call(world, desk):
    alarm, card = called(desk, "medical")
    assert world.told() and Delivery.objects.filter(subject=f"alarm:{alarm['id']}").exists()
    assert '<section class="steps"' in card and "Defibrillator" in card and "Door for the ambulance" in card
    answer(world, alarm, "acknowledge", "viktor")
    answer(world, alarm, "attend", "viktor")
    answer(world, alarm, "close", "viktor", disposition="nothing_found")
    assert found_nothing("exchange", by=world.person("morgan"), now=world.now).count == 0
    world.messages()
    world.advance("10:00")
    assert world.messages() == []
