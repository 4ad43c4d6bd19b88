"""Getting help in a real browser: by keyboard alone, at a counter, behind the staff door and on a phone."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens, live, mark
from tests.screens.test_desk_browser import arrive, empty  # noqa: F401

pytestmark = pytest.mark.browser


def picture(page: Page, name: str) -> None:
    """A picture for whoever asks for one."""
    if folder := os.environ.get("TESTS_HELP_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def switch(page: Page, id: str) -> None:
    """From the row to the help panel by keyboard alone."""
    page.locator(f"#visit-{id}").focus()
    page.keyboard.press("Enter")
    page.locator("#card button.big").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#help-now")).to_be_focused()
    page.locator("#help-rest").wait_for()
    expect(page.locator("#help-now")).to_be_focused()


def test_help_is_called_from_a_visit_by_keyboard_and_a_phone_answers(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    id, _ref = arrive(screens, "red coat")
    desk, phone = screens.desk("desk-1"), screens.phone("tariq")
    switch(desk, id)
    faults = looked_at(desk)
    picture(desk, "help-counter")
    desk.keyboard.press("Enter")
    mark(desk, "○")
    [call] = screens.open_calls()
    assert (call["urgency"], call["presses"], call["place"]["id"]) == ("help", 1, "desk-1")
    phone.locator("[data-do=acknowledge]").click()
    phone.locator("[data-do=acknowledge]").click()
    mark(desk, "●")
    assert faults == []


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_one_quiet_key_beside_the_phrase_pages_and_the_counter_shows_the_mark_alone(screens: Screens) -> None:
    id, _ref = arrive(screens, "blue hat")
    desk = screens.desk("desk-1")
    switch(desk, id)
    expect(desk.locator("#help-rest q")).to_be_visible()
    expect(desk.locator("#help-rest .ways kbd").first).to_have_text("Ctrl+Shift+8")
    desk.locator("#find").focus()
    desk.keyboard.press("Control+Shift+Digit8")
    mark(desk, "○")
    [call] = screens.open_calls()
    assert (call["urgency"], call["source"], call["place"]["id"]) == ("manager", "phrase", "desk-1")
    assert desk.locator("#find").input_value() == ""
    expect(desk.locator("[data-alarm]")).to_have_count(0)


def test_the_page_that_help_from_nothing_opens_at_a_counter_closes_by_itself(screens: Screens) -> None:
    desk = screens.desk("desk-1")
    with desk.expect_navigation(url="**/visits/*"):
        desk.evaluate("document.querySelector('form[action=\"/desk/help\"]').submit()")
    desk.clock.install()
    desk.reload()
    live(desk)
    desk.clock.fast_forward(119_000)
    assert "/visits/" in desk.url
    desk.clock.fast_forward(2_000)
    desk.wait_for_url("**/desk")


def test_the_cards_behind_the_staff_door_are_ticked_in_place(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    id, _ref = arrive(screens, "blue hat")
    office = screens.desk("back-office")
    switch(office, id)
    office.locator("button[name=appears][value=appears]").click()
    card = office.locator("#steps-L3b")
    expect(card.locator("li").first).to_contain_text("Stay calm.")
    card.locator("button[value=by_colleague]").click()
    expect(office.locator("#steps-L3b")).to_contain_text("✓ A colleague did")
    picture(office, "help-office")
    assert [c["urgency"] for c in screens.open_calls()] == ["help"]
    assert looked_at(office) == []


def test_one_menu_calls_first_aid_by_keyboard_and_is_neutral_at_a_counter(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    desk, phone = screens.desk("desk-1"), screens.phone("grace")
    desk.keyboard.press("Shift+F9")
    menu = desk.locator("#call-menu")
    expect(menu).to_be_visible()
    words = menu.inner_text()
    assert not any(word in words.lower() for word in ("danger", "risk", "alarm", "ill or hurt"))
    picture(desk, "menu-counter")
    faults = looked_at(desk)
    menu.get_by_role("button", name="First aid").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#card")).to_contain_text("Behind the reception counter")
    expect(menu).to_be_hidden()
    [call] = screens.open_calls()
    assert (call["kind"], call["presses"]) == ("medical", 1)
    expect(phone.locator("[data-alarms]")).to_contain_text("Someone is ill or hurt")
    phone.goto(f"{screens.server.url}/alarms/{call['id']}")
    live(phone)
    expect(phone.locator("#call")).to_contain_text("Main entrance")
    picture(phone, "medical-phone")
    assert faults + looked_at(phone) == []
    assert desk.evaluate("window.beeps") > 0


def test_what_a_caller_says_survives_a_killed_browser(screens: Screens, looked_at: Callable[[Page], list[str]]) -> None:
    desk = screens.desk("desk-1")
    desk.keyboard.press("Shift+F9")
    desk.locator("#call-menu").get_by_role("button", name="Building").click()
    desk.locator("#caller_words").press_sequentially("there is a bag in the hall", delay=5)
    expect(desk.locator("#saved")).to_contain_text(re.compile(r"Saved \d"))
    [call] = screens.open_calls()
    desk.context.close()
    again = screens.desk("desk-2", f"/calls/{call['id']}/card")
    expect(again.locator("#caller_words")).to_have_value("there is a bag in the hall")
    picture(again, "building")
    assert looked_at(again) == []
