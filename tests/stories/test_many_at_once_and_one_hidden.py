"""Ruling 16 where one act is about many: what does not exist for whoever acts is left out, and the rest is done."""

from datetime import timedelta

import pytest

from steadydesk.desks import actions as desks
from steadydesk.documents import queries as documents
from steadydesk.encounters import actions as encounters
from steadydesk.encounters.queries import kept_from
from steadydesk.sites import actions as sites
from steadydesk.visits import actions as visits
from steadydesk.visits import queries as in_visits
from steadydesk.visits.models import Prompt
from tests.alarming import press
from tests.visiting import arrive, prompts


@pytest.fixture
def room(world):
    """Two wait, and of one of them there is a call that is about Helen."""
    hidden, other = arrive(world), arrive(world)
    desk = world.device("desk-1")
    visits.mark_problem(hidden, by=desk, now=world.now)
    call = press(world, login="ben", place="desk-1", about="helen")
    encounters.ask_help(f"visit:{hidden}", "button", call["id"], by=desk, now=world.now)
    return hidden, other


def test_to_tell_the_room_leaves_out_whom_nobody_may_know_of_and_tells_the_others(world, room):
    hidden, other = room
    world.advance(timedelta(minutes=9))
    assert prompts(hidden) and prompts(other)
    told = visits.tell_room("exchange", wait="PT10M", by=world.person("helen"), now=world.now)
    assert [v.pk for v in told] == [other]
    assert prompts(hidden), "of them it is still asked"
    assert not [p for p in prompts(other) if p["kind"] in ("tell_room", "tell_customer")]
    world.messages()


def test_one_answer_for_a_whole_list_leaves_out_whom_nobody_may_know_of(world, room):
    hidden, _other = room
    for state in ("emptied", "open"):
        sites.change_state("exchange", state, by=world.person("grace"), now=world.now)
        world.advance(timedelta(seconds=1))
    assert visits.answer_all("exchange", "emptied", "back", by=world.person("helen"), now=world.now) == 1
    assert [row.visit_id for row in in_visits.headcounts("exchange")] == [hidden]
    assert visits.answer_all("exchange", "emptied", "back", by=world.person("grace"), now=world.now) == 1
    world.messages()


def test_no_visit_whose_call_is_about_them_is_put_into_the_hands_of_whoever_takes_the_desk_over(world, room):
    hidden, other = room
    for visit in room:
        visits.attend(visit, channel="face_to_face", by=world.device("desk-1"), now=world.now)
    desk, helen = world.device("desk-1"), world.person("helen")
    owner = in_visits.visit(hidden).owner
    desks.take_over(int(helen.id), by=desk, now=world.now)
    assert in_visits.visit(other).owner == helen.ref
    assert in_visits.visit(hidden).owner == owner
    world.messages()


def test_a_question_about_no_visit_is_there_for_whoever_something_is_kept_from(world, room):
    desk = world.device("desk-1")
    Prompt.objects.create(
        site="exchange", kind="at_kiosk", name="A199", asked_at=world.now, document="exchange",
        version=documents.in_force("exchange").version,
    )  # fmt: skip
    for by in (desk, world.person("helen")):
        hidden = kept_from(by)
        assert any(p["kind"] == "at_kiosk" for p in in_visits.board("exchange", hidden)["prompts"]), by
    assert kept_from(world.person("helen"))
    world.messages()
