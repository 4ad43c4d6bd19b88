"""Whose turn it is on the desk's pages: next, before the others, again, not here, and undone."""

import pytest
from django.test import Client

from steadydesk.visits import queries
from steadydesk.visits.models import Visit
from tests.screens.test_desk_pages import arrive, enrolled
from tests.visiting import MINUTE, SECOND, events
from tests.world import World

BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> Client:
    return enrolled(world, "desk-1")


def act(client: Client, visit: Visit, action: str, **said: str) -> str:
    return client.post(f"/visits/{visit.pk}/{action}", said, headers=BY_SCRIPT).text


def test_call_next_calls_the_longest_wait_and_can_be_undone_on_the_card(desk: Client, world: World) -> None:
    first = arrive(world)
    world.advance(SECOND)
    arrive(world, mood="agitated")
    board = desk.get("/desk").text
    assert f"Next: {first.ref}" in board and 'data-hotkey="Shift+F6"' in board
    card = desk.post("/desk/next", headers=BY_SCRIPT).text
    assert "Called." in card and f"/visits/{first.pk}/undo" in card and "Not here" in card
    assert "Undone" in act(desk, first, "undo")
    assert f"/visits/{first.pk}/undo" not in desk.get(f"/visits/{first.pk}/card").text
    assert queries.visit(first.pk).state == "waiting"


def test_whom_to_speak_to_first_stands_beside_who_is_next_by_a_mark_alone(desk: Client, world: World) -> None:
    arrive(world)
    world.advance(SECOND)
    agitated = arrive(world, mood="agitated")
    counter = desk.get("/desk/board").text
    line = counter[counter.index('id="next"') : counter.index('id="order"')]
    assert agitated.ref in line and "○" in line and "Speak" not in line
    assert "Speak to first" in enrolled(world, "back-office").get("/desk/board").text


def test_who_is_called_before_others_has_why_asked_once_and_kept(desk: Client, world: World) -> None:
    arrive(world)
    world.advance(MINUTE)
    quick = arrive(world)
    assert f"/visits/{quick.pk}/card?to=call-before" in desk.get("/desk/board").text
    card = desk.get(f"/visits/{quick.pk}/card?to=call-before").text
    assert "Why before those who have waited longer" in card and f'"/visits/{quick.pk}/call"' not in card
    assert "Say why they are called before the others." in act(desk, quick, "call-before", reason=" ")
    assert "Called." in act(desk, quick, "call-before", reason="Only a form")
    record = desk.get(f"/visits/{quick.pk}").text
    assert "Called before 1 who had waited longer" in record and "Only a form" in record


def test_who_was_called_is_called_again_or_is_not_here_and_back_in_at_the_old_place(desk: Client, world: World) -> None:
    visit = arrive(world)
    act(desk, visit, "call")
    row = desk.get("/desk/board").text
    assert "Call again" in row and "Not here" in row
    assert "Called." in act(desk, visit, "call")
    assert "Called again" in desk.get(f"/visits/{visit.pk}").text
    act(desk, visit, "no-show")
    assert visit.ref in desk.get("/desk/gone").text
    act(desk, visit, "reinstate")
    assert queries.visit(visit.pk).waits_from == visit.waits_from
    assert [e.type for e in events(visit.pk)][-2:] == ["visit:no-show", "visit:reinstated"]


def test_a_team_calls_its_own_next_and_the_choice_stays(desk: Client, world: World) -> None:
    arrive(world, team="housing")
    other = arrive(world, team="finance")
    board = desk.get("/desk/board?team=finance").text
    assert f"Next: {other.ref}" in board and '<option value="finance" selected>' in board
    assert desk.post("/desk/next", {"team": "finance"}).status_code == 302
    assert queries.visit(other.pk).state == "offered"
    assert desk.post("/desk/next", {"team": "finance"}).status_code == 409
    assert "Nobody waits" in desk.post("/desk/next", {"team": "finance"}, headers=BY_SCRIPT).text
