"""Kept private, and two who must not meet: a ticket for everybody, and words only where they are needed."""

from typing import Any

import pytest
from django.test import Client

from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.people.models import Person
from steadydesk.privacy import queries as privacy
from steadydesk.screens.desk import board
from steadydesk.screens.response import asked
from steadydesk.visits import actions, apart, expected
from steadydesk.visits.called import public_board
from steadydesk.visits.models import Apart, Visit
from tests.returning import A_DAY, appoint, pk_of, works
from tests.visiting import act, arrive, events, shown
from tests.world import World

WHO = "Maria, green coat"


@pytest.fixture
def desk(world: World) -> Client:
    """The browser of a desk at the counter, with nobody tapped in."""
    browser = Client()
    browser.cookies[DESK_COOKIE] = world.token(device="desk-1")
    return browser


def at(login: str) -> Client:
    browser = Client()
    browser.force_login(Person.objects.get(login=login))
    return browser


def kept(world: World, **fields: Any) -> int:
    return arrive(world, service="housing", description=WHO, private=True, **fields)


def test_all_but_the_named_see_the_ticket_only(world: World, desk: Client) -> None:
    visit = kept(world)
    act(world, "note", visit, "is afraid of her brother")
    act(world, "keep_private", visit, [pk_of("amira"), pk_of("tariq")])
    for browser in (desk, at("nina")):
        for page in ("/desk", f"/visits/{visit}", f"/visits/{visit}/card", "/desk?find=Maria"):
            text = browser.get(page).text
            assert WHO not in text and "afraid of her brother" not in text, page
        assert shown(visit)["ref"] in browser.get("/desk").text
    for login in ("amira", "tariq"):
        text = at(login).get(f"/visits/{visit}").text
        assert WHO in text and "afraid of her brother" in text
        assert WHO not in at(login).get("/desk").text, "a board can be read by anybody who stands there"


def test_no_name_finds_them_and_no_board_calls_them(world: World, desk: Client) -> None:
    visit = kept(world)
    other = arrive(world, description="Maria too")
    found = desk.get("/desk?find=Maria").text
    assert shown(other)["ref"] in found and f'id="visit-{visit}"' not in found
    act(world, "call", visit)
    act(world, "call", other)
    assert [called.ref for called in public_board("exchange")] == [shown(other)["ref"]]
    assert shown(visit)["description"] is None
    start = works(world, "nina", A_DAY, 3)
    row = appoint(world, "nina", start, who="Maria Lind")
    row.private = True
    row.save()
    world.advance(A_DAY)
    came = arrive(world)
    with pytest.raises(Invalid):
        actions.expect(came, row.pk, "Maria Lind", by=world.person("amira"), now=world.now)
    actions.expect(came, row.pk, row.reference, by=world.person("amira"), now=world.now)
    assert Visit.objects.get(pk=came).private
    world.messages()


def test_every_look_at_who_it_is_is_kept_and_shown_to_the_named(world: World) -> None:
    visit = kept(world)
    act(world, "keep_private", visit, [pk_of("amira"), pk_of("tariq")])
    at("tariq").get(f"/visits/{visit}/card")
    assert world.client(login="amira").get(f"/api/v1/visits/{visit}").json()["description"] == WHO
    assert world.client(login="nina").get(f"/api/v1/visits/{visit}").json()["description"] is None
    looked = {view.by for view in privacy.views(subject=f"visit:{visit}")}
    assert looked == {f"person:{pk_of('amira')}", f"person:{pk_of('tariq')}"}
    assert "Looked at" in at("amira").get(f"/visits/{visit}").text


def test_who_may_read_it_is_chosen_by_the_named_or_a_manager_and_it_can_be_undone(world: World, desk: Client) -> None:
    visit = arrive(world, service="housing", description=WHO)
    assert WHO in desk.get("/desk").text
    form = at("amira").get(f"/visits/{visit}").text
    assert "We use the number of your ticket only" in form, "the desk has the words to say"
    at("amira").post(f"/visits/{visit}/private", {"named": [str(pk_of("tariq"))]})
    assert events(visit, "visit:kept-private")[0].facts["named"] == sorted([pk_of("amira"), pk_of("tariq")])
    with pytest.raises(Refusal) as refused:
        act(world, "keep_private", visit, [pk_of("nina")], by="nina")
    assert refused.value.code == "not_named"
    assert desk.post(f"/visits/{visit}/not-private").status_code == 409
    act(world, "keep_private", visit, [pk_of("amira")], by="grace")
    assert "Kept private, but for" in at("amira").get(f"/visits/{visit}").text
    at("amira").post(f"/visits/{visit}/not-private")
    assert WHO in desk.get("/desk").text and not shown(visit)["private"]


def test_where_nobody_was_tapped_in_the_desk_chooses_who_may_read_it(world: World, desk: Client) -> None:
    desk.post("/desk/arrivals", {"service": "housing", "description": WHO, "private": "on"})
    visit = Visit.objects.latest("pk").pk
    assert WHO not in desk.get(f"/visits/{visit}").text
    assert desk.post(f"/visits/{visit}/private", {"named": [str(pk_of("tariq"))]}).status_code == 302
    assert WHO in at("tariq").get(f"/visits/{visit}").text
    assert desk.post(f"/visits/{visit}/private", {"named": []}).status_code == 409


def test_two_who_must_not_meet_are_marked_on_both_and_warned_of_before_they_are_close(
    world: World, desk: Client
) -> None:
    one, other = arrive(world, service="housing"), arrive(world, service="housing")
    assert desk.post(f"/visits/{one}/apart", {"other": str(other)}).status_code == 302
    first, second = shown(one)["ref"], shown(other)["ref"]
    board = desk.get("/desk").text
    assert board.count("⇹") == 2 and "must not meet" not in board
    assert second in desk.get(f"/visits/{one}").text
    desk.post(f"/visits/{one}/call")
    warned = desk.post(f"/visits/{other}/call")
    assert warned.status_code == 409 and f"{second} and {first} are kept apart" in warned.text
    assert "Call all the same" in warned.text
    with pytest.raises(Refusal, match="kept apart"):
        act(world, "take_to", other, "desk-1")
    with pytest.raises(Refusal, match="kept apart"):
        act(world, "attend", other, channel="face_to_face")
    act(world, "take_to", one, "room-1")
    far = next(s for s in ("desk-1", "desk-2") if apart.in_the_way(Visit.objects.get(pk=other), s) is None)
    act(world, "take_to", other, far)
    with pytest.raises(Refusal, match="kept apart"):
        act(world, "take_to", other, "room-1")
    desk.post(f"/visits/{other}/call-anyway")
    assert shown(other)["state"] == "offered"


def test_the_mark_is_taken_back_and_goes_with_the_visits(world: World, desk: Client) -> None:
    one, other, third = arrive(world), arrive(world), arrive(world)
    act(world, "keep_apart", one, other)
    act(world, "keep_apart", third, one)
    with pytest.raises(Refusal, match="already"):
        act(world, "keep_apart", other, one)
    with pytest.raises(Invalid):
        act(world, "keep_apart", one, one)
    desk.post(f"/visits/{other}/apart-end", {"other": str(one)})
    assert [v.pk for v in apart.of_visits([one])[one]] == [third]
    assert "Need not be kept apart any more" in desk.get(f"/visits/{one}").text
    act(world, "leave", third)
    assert apart.of_visits([one]) == {} and "⇹" not in desk.get("/desk").text
    Visit.objects.filter(pk=third).delete()
    assert not Apart.objects.exists()


def test_whoever_has_the_customer_may_read_who_it_is(world: World) -> None:
    visit = kept(world)
    act(world, "attend", visit, channel="face_to_face", by="tariq")
    assert WHO in at("tariq").get(f"/visits/{visit}").text


def test_whoever_came_back_is_nowhere_until_they_are_called_again(world: World) -> None:
    one, other = arrive(world), arrive(world)
    act(world, "keep_apart", one, other)
    act(world, "take_to", one, "room-1")
    act(world, "leave", one)
    act(world, "reinstate", one)
    assert shown(one)["place"] is None
    act(world, "take_to", other, "room-1")


def test_what_is_written_to_the_team_is_read_by_the_named_and_the_team_alone(world: World, desk: Client) -> None:
    visit = arrive(world, service="childrens", description=WHO, private=True)
    act(world, "ask_help", visit)
    act(world, "say", visit, "afraid of her brother")
    for page in (f"/visits/{visit}", f"/visits/{visit}/asking", f"/api/v1/visits/{visit}/help"):
        for login, reads in (("amira", True), ("nina", True), ("tariq", False)):
            client = world.client(login=login) if "api" in page else at(login)
            assert ("afraid of her brother" in client.get(page).text) is reads, (page, login)
        assert "afraid of her brother" not in desk.get(page).text
    world.messages()


def test_whoever_calls_them_is_shown_who_it_is_and_that_look_is_kept(world: World) -> None:
    visit, following = kept(world), kept(world)
    htmx = {"HX-Request": "true"}
    assert WHO in at("tariq").post(f"/visits/{visit}/call", {"card": "1"}, headers=htmx).text
    assert WHO in at("nina").post("/desk/next", headers=htmx).text
    for subject, login in ((visit, "tariq"), (following, "nina")):
        assert [v.by for v in privacy.views(subject=f"visit:{subject}")] == [f"person:{pk_of(login)}"]


def test_what_they_came_for_stands_with_who_it_is_and_nowhere_else(world: World, desk: Client) -> None:
    service = "young_people_finance"
    visit = arrive(world, service=service, description=WHO, private=True)
    act(world, "keep_private", visit, [pk_of("amira")])
    for login, read in (("amira", service), ("nina", None)):
        assert world.client(login=login).get(f"/api/v1/visits/{visit}").json()["service"] == read
    assert shown(visit)["service"] is None and shown(visit)["team"] == "childrens"
    label = board.labels("exchange").services[service]
    act(world, "refer", visit, person="nina")
    assert [h.service for h in asked.handovers(world.person("nina"))] == [board.labels("exchange").teams["childrens"]]
    act(world, "leave", visit)
    gone = desk.get("/desk/gone", headers={"HX-Request": "true"}).text
    assert shown(visit)["ref"] in gone and label not in gone
    world.messages()


def test_what_a_private_time_is_for_stands_in_no_list(world: World) -> None:
    row = appoint(world, "nina", works(world, "nina", A_DAY, 3), service="housing")
    assert expected.as_json(row)["service"] == "housing" and expected.rows([row])[0].service
    row.private = True
    assert expected.as_json(row)["service"] is None and expected.rows([row])[0].service == ""
    world.messages()
