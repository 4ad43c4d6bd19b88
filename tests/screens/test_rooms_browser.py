"""A full room in real browsers: forty at once by keyboard, the team's phone, and the wall board beside them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens, live

pytestmark = pytest.mark.browser


def arrive(screens: Screens, count: int, *, minutes: float, **facts: object) -> list[str]:
    """So many who came so many minutes ago; their tickets."""
    came = datetime.now(UTC) - timedelta(minutes=minutes)
    known = {"site": "exchange", "description": "red coat", "service": "housing"}
    body = {**known, "arrived_at": came.isoformat(), **facts}
    with screens.server.client("desk-1") as client:
        return [client.post("/api/v1/visits", json=body).json()["ref"] for _ in range(count)]


@pytest.fixture(autouse=True)
def empty(screens: Screens) -> None:
    """Nobody is left over from the test before."""
    with screens.server.client("desk-1") as client:
        for visit in client.get("/api/v1/visits?site=exchange&open=true").json()["items"]:
            client.post(f"/api/v1/visits/{visit['id']}/leave")


def test_forty_over_time_are_one_question_and_the_room_is_told_by_keyboard(screens: Screens) -> None:
    desk = screens.desk("desk-1")
    arrive(screens, 40, minutes=11)
    question = desk.locator(".question", has_text="40 over 10 minutes: tell the room")
    expect(question).to_be_visible()
    expect(desk.locator(".question")).to_have_count(1)
    desk.keyboard.press("F6")
    desk.locator("#room[open]").wait_for()
    expect(desk.locator("#room [name=away]")).to_have_count(40)
    expect(desk.locator("#room .to-say")).to_contain_text("I am sorry")
    arrive(screens, 1, minutes=1)  # who comes while it is read out was not told
    desk.focus("#room [name=away]")
    desk.keyboard.press("Space")
    desk.select_option("#room_wait", "PT20M")
    desk.select_option("#room_why", "many_here")
    desk.focus("#room_through")
    desk.keyboard.type("interpreter")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-say]")).to_contain_text("39 were told")
    expect(desk.locator(".question")).to_have_count(1)
    expect(desk.locator(".question")).to_contain_text("Tell A")


def test_the_team_answers_on_a_phone_and_the_desk_shows_it_at_once(
    screens: Screens, axe: Callable[[Page], list[str]]
) -> None:
    desk, phone = screens.desk("desk-1"), screens.phone("nina")
    [ref] = arrive(screens, 1, minutes=7.5, service=None, team="childrens")
    expect(phone.locator("#asked")).to_contain_text(ref)
    assert "red coat" not in phone.content()
    assert axe(phone) == []
    phone.fill("[id^=reason-]:not([id$=read])", "All in a meeting")
    phone.get_by_role("button", name="We cannot in time").click()
    phone.wait_for_url("**/respond")
    expect(phone.locator("main")).to_contain_text("Reception tells the customer")
    expect(desk.locator(".question")).to_contain_text(f"Children's services cannot come in time: tell {ref}")


def test_the_wall_board_follows_without_names_and_without_a_fault(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    wall = screens.desk("back-office", "/wall", viewport={"width": 1920, "height": 1080})
    refs = arrive(screens, 14, minutes=11)
    expect(wall.locator("#over .count")).to_have_text("14")
    expect(wall.locator(".tickets").first).to_contain_text(refs[0])
    expect(wall.locator("#asked ~ ul")).to_contain_text("Tell the room")
    screens.press("room-1")
    expect(wall.locator(".calls")).to_contain_text("Interview room 1")
    assert "red coat" not in wall.content()
    assert looked_at(wall) == []
    wall.reload()
    live(wall)


def test_a_call_within_earshot_is_a_quiet_mark_on_the_wall(screens: Screens) -> None:
    wall = screens.desk("back-office", "/wall")
    screens.press("back-office")
    expect(wall.locator("#waiting")).to_contain_text("○")
    expect(wall.locator(".calls")).to_have_count(0)


def test_a_wait_that_is_too_old_is_withdrawn_from_the_screen(screens: Screens) -> None:
    wall = screens.desk("back-office", "/wall")
    wall.evaluate(
        """() => {
          const place = document.createElement("p");
          place.id = "old";
          place.textContent = "5 to 10 minutes";
          place.dataset.goodUntil = new Date(Date.now() - 1000).toISOString();
          place.dataset.otherwise = "not known";
          document.querySelector("header").append(place);
        }"""
    )
    expect(wall.locator("#old")).to_have_text("not known")


@pytest.mark.clause("E2")
def test_e2_nothing_that_a_customer_can_read_tells_who_is_spoken_to_first(screens: Screens) -> None:
    desk = screens.desk("desk-1")
    arrive(screens, 3, minutes=11)
    arrive(screens, 1, minutes=6, mood="agitated")
    expect(desk.locator("[data-row]")).to_have_count(4)
    desk.keyboard.press("F6")
    desk.locator("#room[open]").wait_for()
    shown = desk.locator("body").inner_text().casefold()
    for word in ("agitated", "aggressive", "distressed", "speak to first", "over time", "high"):
        assert word not in shown, word
