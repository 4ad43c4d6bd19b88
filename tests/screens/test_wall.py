"""The wall board: it reads, it stands where no customer sees it, and it does nothing."""

import json
import re

import pytest
from django.test import Client

from steadydesk.encounters import actions as encounters
from steadydesk.kernel.actor import DEVICE, WALL
from steadydesk.kernel.errors import Invalid
from steadydesk.people import actions as people
from steadydesk.people.models import Device
from steadydesk.sites.models import Place
from steadydesk.visits.actions import mark_problem
from steadydesk.visits.models import Prompt
from tests.alarming import events as alarm_events
from tests.alarming import press
from tests.permitted import API, PAGES
from tests.visiting import MINUTE, SECOND, act, arrive, shown
from tests.world import TESTER, World


def put_up(world: World, place: str = "back-office") -> Device:
    spot = Place.objects.get(site="exchange", slug=place)
    board = Device(name="wall", site_id="exchange", place=spot, kind="wall")
    people.save_row(board, by=TESTER, now=world.now)
    return board


@pytest.fixture
def wall(world: World) -> Client:
    """A browser that was made a wall board in the back office."""
    put_up(world)
    client = Client()
    assert client.post("/desk/enrol", {"token": world.token(device="wall")}).status_code == 302
    return client


def test_a_wall_board_shows_tickets_and_ages_and_no_name(world: World, wall: Client) -> None:
    visits = [arrive(world, description="red coat, buggy") for _ in range(12)]
    act(world, "call", visits[0])
    world.advance(10 * MINUTE + SECOND)
    page = wall.get("/wall")
    assert page.status_code == 200
    assert "red coat" not in page.text and "Amira" not in page.text
    for words in ("A101", "A110", "Over time", "Called", "Housing", "Tell the room", "not known", "and 2 more"):
        assert words in page.text, words
    assert "A111" not in page.text, "ten tickets and how many more"
    world.messages()


def test_a_wall_board_is_a_page_and_nothing_to_press(world: World, wall: Client) -> None:
    page = wall.get("/wall").text
    for part in ("<button", "<input", "<a ", "<form", "alarm.js", "keys.js"):
        assert part not in page, part
    assert "every 3s" in page


def test_a_wall_board_refuses_to_open_where_customers_can_read(world: World, wall: Client) -> None:
    Place.objects.filter(site="exchange", slug="back-office").update(staff_only=False)
    assert wall.get("/wall").status_code == 403
    part = wall.get("/wall/part", headers={"HX-Request": "true"})
    assert (part.headers["HX-Refresh"], part.text) == ("true", ""), "what stands there goes at once"
    counter = Client()
    counter.post("/desk/enrol", {"token": world.token(device="desk-1")})
    assert counter.get("/wall").status_code == 403
    with pytest.raises(Invalid):
        put_up(world, "desk-2")


def test_the_credential_of_a_wall_board_reads_no_visit_and_changes_nothing(world: World, wall: Client) -> None:
    visit = arrive(world, description="red coat")
    world.advance(SECOND)
    assert WALL < DEVICE
    headers = {"Authorization": f"Bearer {world.token(device='wall')}"}
    names = dict.fromkeys(
        ("waiting", "attending", "referred", "left", "prompt", "tom", "desk", "pass", "words", "hold", "export",
         "alarm", "safe", "drill", "document", "token", "bound", "encounter"), str(visit)
    )  # fmt: skip
    for way in [*API, *PAGES]:
        if way.method != "POST" or way.address.startswith(("/api/v1/alarms", "/desk/enrol", "/screens/used")):
            continue
        try:
            address = way.address.format_map(names)
        except KeyError:
            continue
        reply = Client(headers=headers).post(address, json.dumps(way.body or {}), "application/json")
        assert reply.status_code in (302, 401, 403, 404, 405, 409, 422), (address, reply.status_code)
        if reply.status_code == 302:
            assert reply["Location"].startswith(("/wall", "/accounts/login", "/desk")), (address, reply["Location"])
    assert Client(headers=headers).get(f"/api/v1/visits/{visit}").status_code == 403
    assert Client(headers=headers).get("/api/v1/sites/exchange/board").status_code == 403
    assert wall.get("/desk", follow=True).redirect_chain == [("/wall", 302)]
    world.messages()


def test_a_wall_board_is_no_desk_that_was_not_started(world: World, wall: Client) -> None:
    from steadydesk.desks import queries as desks

    assert "wall" in {d.name for d in desks.desks("exchange")}
    assert "wall" not in {d.name for d in desks.list_desks_not_started("exchange", world.now)}
    assert "wall" not in {d.name for d in desks.places_to_stand(world.device("desk-1"))}


def test_a_wall_board_calls_nobody_and_answers_nothing(world: World, wall: Client) -> None:
    asked = world.client(device="wall")
    assert asked.post("/api/v1/alarms", {"urgency": "help"}, content_type="application/json").status_code == 401
    assert world.client("helen").get("/api/v1/alarms?open=true").json()["items"] == []
    alarm = press(world)
    for verb in ("seen", "acknowledge", "attend", "stand-down", "retreat", "close"):
        reply = asked.post(f"/api/v1/alarms/{alarm['id']}/{verb}", {}, content_type="application/json")
        assert reply.status_code == 401, verb
    assert alarm_events(alarm) == ["alarm:raised"]
    world.messages()


def test_a_wall_board_says_how_many_questions_there_are_beyond_those_shown(world: World, wall: Client) -> None:
    visits = [arrive(world) for _ in range(14)]
    for visit in visits:
        row = Prompt.objects.create(site="exchange", kind="tell_customer", team="housing", asked_at=world.now)
        row.visits.add(visit)
    asked = re.sub(r"\s+", " ", wall.get("/wall").text).partition('id="asked"')[2]
    assert '<span class="count">14</span>' in asked and "and 4 more" in asked
    assert asked.count("<li>") == 10


def test_what_is_kept_from_a_colleague_is_not_on_their_wall_board(world: World) -> None:
    visit = arrive(world)
    ref = shown(visit)["ref"]
    mark_problem(visit, by=world.device("desk-1"), now=world.now)
    call = press(world, login="ben", place="desk-1", about="helen")
    encounters.ask_help(f"visit:{visit}", "button", call["id"], by=world.device("desk-1"), now=world.now)
    row = Prompt.objects.create(site="exchange", kind="tell_customer", team="housing", asked_at=world.now)
    row.visits.add(visit)
    world.advance(SECOND)
    helens, joans = (world.client(login).get("/wall").text for login in ("helen", "joan"))
    assert joans.count('<span class="count">1</span>') == 2 and "1 customer" in joans, ref
    assert '<span class="count">1</span>' not in helens and "1 customer" not in helens
    world.messages()
