"""An interpreter is being connected: a state of its own, while the wait goes on."""

import pytest
from django.test import Client

from steadydesk.kernel.errors import Refusal
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.reports.table import interpreters
from tests.visiting import MINUTE, act, arrive, clock, events, prompts, shown
from tests.world import World


@pytest.fixture
def desk(world: World) -> Client:
    """The browser of a desk at the counter."""
    browser = Client()
    browser.cookies[DESK_COOKIE] = world.token(device="desk-1")
    return browser


def test_connecting_an_interpreter_is_seen_with_its_own_clock_and_the_wait_goes_on(world: World, desk: Client) -> None:
    visit = arrive(world, service="housing")
    assert desk.post(f"/visits/{visit}/interpreter").status_code == 302
    assert shown(visit)["interpreter"] == {"state": "connecting", "since": world.now.isoformat(), "seconds": 0}
    for page in ("/desk", f"/visits/{visit}"):
        assert "Connecting interpreter" in desk.get(page).text
    world.advance(11 * MINUTE)
    assert clock(visit)["over_at"] and clock(visit)["stopped_at"] is None, "calling one up attends to nobody"
    assert prompts(visit, "tell_customer")
    world.messages()
    desk.post(f"/visits/{visit}/interpreter-there")
    assert shown(visit)["interpreter"] == {"state": "connected", "since": None, "seconds": 660}
    page = desk.get(f"/visits/{visit}").text
    assert "after 660 seconds of connecting" in page and "interpreter there" in page


def test_a_press_by_mistake_counts_no_time_and_a_broken_line_is_called_again(world: World, desk: Client) -> None:
    visit = arrive(world)
    act(world, "begin_connecting", visit)
    with pytest.raises(Refusal, match="already"):
        act(world, "begin_connecting", visit)
    world.advance(MINUTE)
    desk.post(f"/visits/{visit}/interpreter-undo")
    assert shown(visit)["interpreter"] == {"state": "none", "since": None, "seconds": 0}
    for end in ("connect", "give_up_connecting"):
        act(world, "begin_connecting", visit)
        world.advance(MINUTE)
        act(world, end, visit)
    assert shown(visit)["interpreter"] == {"state": "not_reached", "since": None, "seconds": 120}
    assert [e.facts["seconds"] for e in events(visit, "visit:interpreter-not-reached")] == [120]


def test_reports_show_apart_how_long_interpreters_were_being_connected(world: World) -> None:
    quick, slow, going = (arrive(world) for _n in range(3))
    arrive(world)
    for visit in (quick, slow, going):
        act(world, "begin_connecting", visit)
    world.advance(2 * MINUTE)
    act(world, "connect", quick)
    act(world, "attend", quick, channel="face_to_face")
    world.advance(10 * MINUTE)
    act(world, "give_up_connecting", slow)
    world.messages()
    today = world.now.date().isoformat()
    lines = interpreters("exchange", today, today).content.decode("utf-8-sig").splitlines()
    assert lines[1] == "connecting an interpreter,3,1,1,2,2.0,12.0"
    act(world, "leave", going)
    lines = interpreters("exchange", today, today).content.decode("utf-8-sig").splitlines()
    assert lines[1] == "connecting an interpreter,3,1,1,2,12.0,12.0", "it ended with the visit"
