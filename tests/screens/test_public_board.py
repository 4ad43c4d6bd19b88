"""The public board: what a customer may read, and nothing else."""

import pytest
from django.test import Client

from steadydesk.alarms.press import without_walls
from steadydesk.desks import queries as desks
from steadydesk.encounters import actions as encounters
from steadydesk.kernel.actor import BOARD, DEVICE, Permission
from steadydesk.kernel.errors import NotSignedIn
from steadydesk.sites.actions import change_state
from tests.permitted import API, PAGES
from tests.visiting import MINUTE, SECOND, act, arrive, shown
from tests.world import World


@pytest.fixture
def board(world: World) -> Client:
    """A browser that was made the public board by a code typed once."""
    client = Client()
    assert client.post("/desk/enrol", {"token": world.token(device="board-1")}).status_code == 302
    return client


def called(world: World, client: Client) -> str:
    text: str = client.get("/board/part").text
    return text[text.index("<ul") : text.index("</ul>")]


def test_a_browser_becomes_the_board_and_stays_it(world: World, board: Client) -> None:
    assert board.get("/desk/start", follow=True).redirect_chain[-1][0] == "/board"
    page = board.get("/board")
    assert page.status_code == 200 and page.cookies["steadydesk-desk"]["max-age"] == 365 * 24 * 3600
    assert "<script>" not in page.text and "style=" not in page.text


@pytest.mark.clause("E2")
def test_e2_the_board_shows_who_is_called_now_and_never_who_is_next_or_why(world: World, board: Client) -> None:
    calm, agitated = arrive(world, description="grey hat"), arrive(world, mood="agitated", description="red coat")
    for visit in (calm, agitated):
        assert shown(visit)["ref"] not in board.get("/board").text
    desk = world.client(device="desk-1")
    assert desk.post(f"/api/v1/visits/{agitated}/call", {}, "application/json").status_code == 200
    page = board.get("/board").text
    assert shown(agitated)["ref"] in called(world, board) and "Desk 1" in called(world, board)
    for word in ("grey hat", "red coat", "agitated", "first", "Amira", "Housing", "○", shown(calm)["ref"]):
        assert word not in page, word
    act(world, "attend", agitated, channel="phone")
    assert shown(agitated)["ref"] not in called(world, board)


def test_a_private_visit_and_one_whom_nobody_may_direct_are_never_shown(world: World, board: Client) -> None:
    private, risk = arrive(world, private=True), arrive(world, problem=True)
    for visit in (private, risk):
        act(world, "call", visit)
    encounters.judge_risk(f"visit:{risk}", "exchange", "appears", by=world.person("amira"), now=world.now)
    assert "<li" not in called(world, board)
    world.messages()


def test_each_call_has_a_number_of_its_own_so_that_it_sounds_again(world: World, board: Client) -> None:
    visit = arrive(world)
    act(world, "call", visit)
    first = called(world, board)
    world.advance(SECOND)
    assert called(world, board) == first
    act(world, "call", visit)
    assert called(world, board) != first
    other = arrive(world)
    act(world, "call", other)
    now = called(world, board)
    assert now.index(shown(other)["ref"]) < now.index(shown(visit)["ref"]), "the newest call first"
    act(world, "undo", other)
    assert shown(other)["ref"] not in called(world, board)


def test_its_words_promise_what_the_protocol_says_and_nothing_when_the_site_is_not_open(
    world: World, board: Client
) -> None:
    assert "We try to speak to you within 10 minutes. If we cannot, we tell you." in board.get("/board").text
    visit = arrive(world)
    act(world, "call", visit)
    for state, said in (("locked_down", "Please do as the staff tell you."), ("open", "within 10 minutes")):
        change_state("exchange", state, by=world.person("helen"), now=world.now)
        assert said in board.get("/board/part").text
        assert ("<li" in called(world, board)) == (state == "open")
    world.messages()


def test_a_boards_credential_opens_the_board_and_nothing_else(world: World, board: Client) -> None:
    actor = world.device("board-1")
    assert not any(actor.may(p, "exchange") for p in Permission if p not in BOARD) and BOARD < DEVICE
    with pytest.raises(NotSignedIn):
        without_walls([actor])
    program, visit = world.client(device="board-1"), arrive(world)
    for way in (w for w in API if w.method == "GET" and "{" not in w.address and "openapi" not in w.address):
        reply = program.get(way.address)
        assert reply.status_code in (403, 404, 422) or visit not in (i["id"] for i in reply.json().get("items", []))
    for way in (w for w in PAGES if w.method == "GET" and w.address in ("/desk", "/desk/board", "/desk/gone", "/wall")):
        assert board.get(way.address).status_code in (302, 403)


def test_nobody_is_told_that_a_board_was_not_started(world: World, board: Client) -> None:
    assert "board-1" not in {d.name for d in desks.list_desks_not_started("exchange", world.now + 60 * MINUTE)}
