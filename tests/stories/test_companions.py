"""Who comes along: the limit of an enquiry, where the others go, and who was told of it (E5c)."""

from typing import Any

import pytest
from django.test import Client

from steadydesk.encounters import actions as encounters
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.reports.table import along
from steadydesk.visits import actions, company, confirming
from steadydesk.visits.models import Visit
from tests.returning import A_DAY, appoint, book, works
from tests.visiting import act, arrive, events, shown
from tests.world import World

YOUNG = "young_people_finance"
WORDING = "We ask your other friends to wait outside the building"


@pytest.fixture
def desk(world: World) -> Client:
    """The browser of a desk at the counter."""
    browser = Client()
    browser.cookies[DESK_COOKIE] = world.token(device="desk-1")
    return browser


def post(desk: Client, visit: int, action: str, **said: Any) -> Any:
    return desk.post(f"/visits/{visit}/{action}", said)


@pytest.mark.clause("E5c")
def test_e5c_more_companions_than_the_enquiry_allows_are_asked_about_at_once(world: World, desk: Client) -> None:
    came = {"service": YOUNG, "companions": "3", "description": "three friends"}
    strip = desk.post("/desk/arrivals", came, headers={"HX-Request": "true"}).text
    visit = Visit.objects.latest("pk").pk
    assert WORDING in strip and "1 may come in with them" in strip
    board = desk.get("/desk").text
    assert "3 came along, 1 may come in" in board and WORDING in board
    assert post(desk, visit, "others", asked="2", where="outside").status_code == 302
    assert "came along, 1 may come in" not in desk.get("/desk").text
    assert "2 asked to wait elsewhere: Outside the building" in desk.get(f"/visits/{visit}").text
    assert shown(visit)["company"]["to_ask"] == 0 and shown(visit)["company"]["others_asked"] == 2


@pytest.mark.clause("E5c")
def test_e5c_an_enquiry_without_a_limit_asks_nothing(world: World, desk: Client) -> None:
    visit = arrive(world, service="housing", companions=9)
    assert "came along" not in desk.get("/desk").text
    with pytest.raises(Refusal, match="may come in"):
        act(world, "ask_others", visit, 2, "outside")


@pytest.mark.clause("E5c-entourage")
def test_e5c_entourage_one_more_friend_is_not_taken_to_a_room_without_a_managers_reason(
    world: World, desk: Client
) -> None:
    visit = arrive(world, service=YOUNG, companions=2)
    page = post(desk, visit, "take-to", place="room-1")
    assert page.status_code == 409 and "A manager can decide otherwise" in page.text
    with pytest.raises(Refusal) as refused:
        act(world, "take_to", visit, "room-1", reason="they insist")
    assert refused.value.code == "above_limit"
    with pytest.raises(Invalid):
        act(world, "take_to", visit, "room-1", by="grace")
    act(world, "take_to", visit, "room-1", by="grace", reason="the sister interprets")
    (taken,) = events(visit, "visit:taken-to")
    assert taken.facts["above"] == 1 and taken.facts["reason_words"] and "interprets" not in str(taken.facts)
    page = desk.get(f"/visits/{visit}").text
    assert "with 1 more than may come along" in page and "the sister interprets" in page


@pytest.mark.clause("E5c-entourage")
def test_e5c_entourage_a_room_calls_nobody_in_with_one_friend_too_many(world: World) -> None:
    visit = arrive(world, service=YOUNG, companions=2)
    room = world.device("room-1")
    for press in (
        lambda: actions.call(visit, by=room, now=world.now),
        lambda: actions.attend(visit, channel="face_to_face", by=room, now=world.now),
    ):
        with pytest.raises(Refusal) as refused:
            press()
        assert refused.value.code == "above_limit"
    act(world, "take_to", visit, "room-1", by="grace", reason="the sister interprets")
    actions.call(visit, by=room, now=world.now)
    actions.attend(visit, channel="face_to_face", by=room, now=world.now)
    assert shown(visit)["place"] == "room-1"


@pytest.mark.clause("E5c-entourage")
def test_e5c_entourage_carers_interpreters_and_their_like_are_never_counted(world: World) -> None:
    visit = arrive(world, service=YOUNG, companions=1, not_counted=4)
    assert shown(visit)["company"]["to_ask"] == 0
    act(world, "take_to", visit, "room-1")
    assert shown(visit)["place"] == "room-1"
    act(world, "take_to", visit, "")
    assert shown(visit)["place"] is None, "it can be undone"


@pytest.mark.clause("E5c-entourage")
def test_e5c_entourage_a_room_is_open_once_the_others_wait_elsewhere(world: World) -> None:
    visit = arrive(world, service=YOUNG, companions=3)
    act(world, "ask_others", visit, 2, "stayed")
    with pytest.raises(Refusal, match="manager"):
        act(world, "take_to", visit, "room-1")
    act(world, "take_to", visit, "desk-1")
    act(world, "ask_others", visit, 2, "waiting_area")
    act(world, "take_to", visit, "room-1")


@pytest.mark.clause("E5c-out")
def test_e5c_out_the_desk_has_the_words_and_the_record_has_how_many_and_where(world: World, desk: Client) -> None:
    visit = arrive(world, service=YOUNG, companions=4)
    card = desk.get(f"/visits/{visit}/card?to=others").text
    assert WORDING in card and "Never send a child to wait alone" in card and "Outside the building" in card
    wrong = post(desk, visit, "others", asked="9", where="")
    assert wrong.status_code == 422 and "Say how many were asked" in wrong.text and "Say where they went" in wrong.text
    post(desk, visit, "others", asked="2", where="outside")
    post(desk, visit, "others", asked="3", where="waiting_area")
    assert [e.facts["where"] for e in events(visit, "visit:others-asked")] == ["outside", "waiting_area"]
    today = world.now.date().isoformat()
    lines = along("exchange", today, today).content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith("asked to wait elsewhere,Waiting area by the entrance")
    assert lines[1].endswith(",1,1,0,3,3")
    post(desk, visit, "others-undo")
    assert shown(visit)["company"]["others_asked"] == 0 and shown(visit)["company"]["to_ask"] == 3


@pytest.mark.clause("E5c-out")
def test_e5c_out_nobody_is_asked_to_move_while_somebody_is_a_risk(world: World, desk: Client) -> None:
    visit = arrive(world, service=YOUNG, companions=4)
    act(world, "mark_problem", visit)
    assert WORDING in desk.get("/desk").text
    encounters.judge_risk(f"visit:{visit}", "exchange", "appears", by=world.person("amira"), now=world.now)
    assert WORDING not in desk.get("/desk").text
    assert WORDING not in desk.get(f"/visits/{visit}").text


@pytest.mark.clause("E5c-tell")
def test_e5c_tell_confirmations_carry_the_policy_and_it_is_on_record_that_it_was_given(
    world: World, desk: Client
) -> None:
    start = works(world, "nina", A_DAY, 3)
    visit = arrive(world, service=YOUNG)
    row = book(world, visit, "nina", start)
    assert "not given yet" in desk.get(f"/expected/{row.pk}").text
    desk.post(f"/expected/{row.pk}/confirm", {"way": "print"})
    assert "you can bring one friend" in desk.get(f"/expected/{row.pk}/slip").text
    (given,) = events(visit, "expected:confirmed")
    assert given.facts["policy"] is True
    assert "with who may come along" in desk.get(f"/visits/{visit}").text
    assert "given with the confirmation of" in desk.get(f"/expected/{row.pk}").text
    other = appoint(world, "nina", start + A_DAY / 24, service="childrens")
    actions.confirm(other.pk, "print", by=world.person("amira"), now=world.now)
    assert confirming.policy_given(other) == [], "another enquiry has nothing to tell"


@pytest.mark.clause("E5c-tell")
def test_e5c_tell_the_desk_has_the_words_and_records_that_they_were_said(world: World, desk: Client) -> None:
    visit = arrive(world, service=YOUNG)
    assert "you can bring one friend" in desk.get(f"/visits/{visit}").text
    post(desk, visit, "tell-policy")
    page = desk.get(f"/visits/{visit}").text
    assert "The customer was told who may come along" in page and "you can bring one friend" not in page
    assert company.as_json(Visit.objects.get(pk=visit))["policy_told_at"] == world.now.isoformat()


def test_more_who_come_later_are_asked_about_anew(world: World, desk: Client) -> None:
    visit = arrive(world, service=YOUNG, companions=1)
    assert "came along" not in desk.get("/desk").text
    post(desk, visit, "companions", companions="2", not_counted="1")
    assert "2 came along, 1 may come in" in desk.get("/desk").text
    assert "and 1 not counted" in desk.get(f"/visits/{visit}").text


def test_where_a_customer_is_called_to_stands_on_the_visit(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "call")
    assert shown(visit)["place"] == "desk-1"


def test_who_comes_back_after_a_recount_is_asked_about_anew(world: World) -> None:
    visit = arrive(world, service=YOUNG, companions=3)
    act(world, "ask_others", visit, 2, "outside")
    act(world, "count_companions", visit, 1, 0)
    assert shown(visit)["company"]["others_asked"] == 0 and shown(visit)["company"]["others_where"] is None
    act(world, "count_companions", visit, 3, 0)
    assert shown(visit)["company"]["to_ask"] == 2
