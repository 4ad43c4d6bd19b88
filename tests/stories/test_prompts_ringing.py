"""Somebody agitated waits too long: the telephone of the manager rings, or of whoever stands in (E2a)."""

import pytest

from steadydesk.delivery.models import Delivery
from steadydesk.delivery.queries import outgoing
from steadydesk.people.models import Person, Shift
from tests.visiting import answer, arrive, prompts


def ringing():
    """Whose telephones ring about a prompt now, each with the number that stands in for one."""
    rows = Delivery.objects.filter(subject__startswith="prompt:", channel="phone", state="waiting")
    logins = dict(Person.objects.values_list("pk", "login"))
    return {(logins[row.person], row.address) for row in rows}


@pytest.mark.clause("E2a")
def test_e2a_the_telephone_rings_of_whoever_is_called_and_of_nobody_who_was_tried(world, settings):
    settings.RINGS_OUT = True
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    assert ringing() == {("helen", "")}
    world.advance("09:06:01")
    assert ringing() == {("david", "")}, "the manager did not answer"
    (asked,) = prompts(visit)
    answer(world, asked, None)
    assert ringing() == {("joan", "")}
    answer(world, asked, "Joan Price", role="duty_manager")
    assert ringing() == set()
    world.messages()


@pytest.mark.clause("E2a")
def test_e2a_the_teams_line_rings_when_the_manager_has_no_telephone(world, settings):
    settings.RINGS_OUT = True
    Person.objects.filter(login="helen").update(phone="")
    Shift.objects.filter(person__login="helen").update(place=None)
    arrive(world, mood="agitated")
    world.advance("09:05:01")
    assert ringing() == {("helen", "01632 960110")}
    row = Delivery.objects.get(subject__startswith="prompt:", channel="phone")
    assert outgoing(row, world.now).address == "01632 960110"
    Person.objects.filter(login="helen").update(phone="07700 900999")
    assert outgoing(row, world.now).address == "07700 900999", "one that is given meanwhile is used"
    world.messages()


def test_a_question_that_can_wait_rings_no_telephone(world, settings):
    settings.RINGS_OUT = True
    arrive(world, mood="calm")
    world.advance("09:10:01")
    assert ringing() == set()
    world.messages()
