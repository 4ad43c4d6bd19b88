"""Where a clause needs a name, a desk asks for it: of two who are here, or by PIN at that moment."""

from http import HTTPStatus

import pytest
from django.test import Client

from steadydesk.desks import actions, queries
from steadydesk.visits.models import Visit
from tests.screens.test_desk_pages import arrive, enrolled
from tests.world import World

PIN = "2580"


@pytest.fixture
def desk(world: World) -> Client:
    """Desk 1 at a site where Amira and Ben have a PIN."""
    for login in ("amira", "ben"):
        by = world.person(login)
        actions.set_pin(by.person or 0, PIN, by=by, now=world.now)
    return enrolled(world, "desk-1")


def tap_in(world: World, *logins: str) -> None:
    for login in logins:
        by = queries.standing(world.device("desk-1"))
        actions.tap_in(PIN, person=world.person(login).person, by=by, now=world.now)


def attend(desk: Client, visit: Visit, **more: object) -> tuple[int, str]:
    reply = desk.post(f"/visits/{visit.pk}/attend", {"channel": "face_to_face", **more})
    visit.refresh_from_db()
    return reply.status_code, visit.owner


def test_with_nobody_tapped_in_attending_asks_for_a_pin_and_names_who_gave_it(desk: Client, world: World) -> None:
    visit, ben = arrive(world), world.person("ben")
    assert "Who is it?" in desk.get(f"/visits/{visit.pk}/card").text
    assert attend(desk, visit) == (422, "")
    assert attend(desk, visit, person=ben.person, key="0000") == (409, "")
    assert attend(desk, visit, person=ben.person, key=PIN) == (302, ben.ref)
    assert queries.tapped_in(int(world.device("desk-1").id)) == []


@pytest.mark.clause("E3a")
def test_e3a_where_nobody_has_a_pin_a_colleague_is_named_all_the_same(world: World) -> None:
    desk, visit, ben = enrolled(world, "desk-1"), arrive(world), world.person("ben")
    card = desk.get(f"/visits/{visit.pk}/card").text
    assert "Who is it?" in card and ben.name in card and "PIN" not in card
    reply = desk.post(f"/visits/{visit.pk}/attend", {"channel": "phone"}, headers={"HX-Request": "true"})
    assert reply.status_code == 422 and "Say who of you it is." in reply.text
    assert attend(desk, visit, person=99_999) == (422, "")
    assert attend(desk, visit, person=ben.person) == (302, ben.ref)


def test_what_a_proxy_adds_for_itself_is_nobodys_name(desk: Client, world: World) -> None:
    visit = arrive(world)
    reply = desk.post(f"/visits/{visit.pk}/attend", {"channel": "phone"}, headers={"Authorization": "Basic cHJveHk="})
    visit.refresh_from_db()
    assert (reply.status_code, visit.owner) == (422, "")


def test_of_two_who_are_here_one_is_chosen_without_a_pin(desk: Client, world: World) -> None:
    tap_in(world, "amira", "ben")
    visit, amira = arrive(world), world.person("amira")
    assert attend(desk, visit) == (422, "")
    assert attend(desk, visit, person=world.person("joan").person) == (422, "")
    assert attend(desk, visit, person=amira.person) == (302, amira.ref)


def test_one_who_is_here_is_not_asked(desk: Client, world: World) -> None:
    tap_in(world, "amira")
    visit = arrive(world)
    assert "Who is it?" not in desk.get(f"/visits/{visit.pk}/card").text
    assert attend(desk, visit) == (302, world.person("amira").ref)


def test_an_arrival_asks_nobody_for_a_name(desk: Client, world: World) -> None:
    assert desk.post("/desk/arrivals", {"description": "red coat"}).status_code == 302
    assert Visit.objects.count() == 1


def test_a_day_pass_leaves_the_desk_when_its_time_is_over(desk: Client, world: World) -> None:
    at = queries.standing(world.device("desk-1"))
    pin = actions.give_pass("Kit Long", int(at.id), by=world.person("helen"), now=world.now)
    assert "Kit Long" in desk.get("/desk").content.decode(), "one of those who may tap in"
    [held] = queries.passes("exchange")
    actions.tap_in(pin, person=held.person, by=at, now=world.now)
    assert "Nobody is tapped in" not in desk.get("/desk").content.decode()
    world.advance(held.ends_at - world.now)
    page = desk.get("/desk").content.decode()
    assert "Kit Long" not in page and "Nobody is tapped in" in page
    assert desk.post("/desk/tap", {"key": pin, "person": held.person}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
