"""The phrase: it stands on the desk's card, one quiet key pages the duty manager, and who has rehearsed it is known."""

import pytest

from steadydesk.delivery.rules import Message
from steadydesk.delivery.words import caller_name, sentence
from steadydesk.people.models import Shift
from tests.alarming import SECOND, answer, press

BY_PHRASE = {"urgency": "manager", "source": "phrase"}


def messages(world, channel):
    return [Message.of(row.message) for row in world.messages(channel)]


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_the_duty_manager_is_paged_by_every_way_with_the_desk_and_that_it_was_the_phrase(world, settings):
    settings.RINGS_OUT = True
    call = press(world, **BY_PHRASE)
    rows = world.messages()
    assert {row.person for row in rows} == {world.person("joan").person}
    assert {row.channel for row in rows} == {"screen", "phone"}
    said = Message.of(rows[0].message)
    assert sentence(said) == "A manager is asked for by the phrase: Desk 1"
    assert caller_name(said) == "Desk 1, manager by phrase"
    page = world.client("joan").get(f"/alarms/{call['id']}").text
    assert "Manager, asked for by the phrase" in page and "by the phrase" in page
    assert call["needed"] == 1


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_the_other_managers_follow_when_the_duty_manager_does_not_answer_and_at_once_without_one(world):
    call = press(world, **BY_PHRASE)
    assert world.told() == {"joan"}
    world.advance(15 * SECOND)
    assert world.told() == {"helen", "grace", "farid", "david", "peter", "carol", "joan"}
    answer(world, call, "acknowledge", "helen")
    Shift.objects.filter(person__login="joan").delete()
    press(world, device="desk-2", **BY_PHRASE)
    assert world.told() == {"helen", "grace", "farid", "david", "peter", "carol"}


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_a_manager_called_by_a_button_is_called_as_before_and_help_after_the_phrase_is_help(world):
    press(world, urgency="manager")
    assert len(world.told()) == 7
    press(world, device="desk-2", **BY_PHRASE)
    world.messages()
    urgent = press(world, device="desk-2", status=200)
    assert urgent["urgency"] == "help" and {"viktor", "amira"} <= world.told()
