"""A desk is enrolled by a code, people tap in, it locks and is taken over: with real browsers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.screens.conftest import DESKTOP, PHONE, Screens, live, mark, silently

PIN = {"amira": "2580", "ben": "7319"}
NAMES = {"amira": "Amira Khan", "ben": "Ben Carter"}
BADGE = "0007731942"
SIZES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE},
    "double": {"viewport": {"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2}},
}


@pytest.fixture(autouse=True)
def pins(screens: Screens, signed_in: dict[str, Any]) -> None:
    """Both have chosen a PIN on their own page, once for the tests of this file."""
    for login, pin in PIN.items() if not signed_in.get("pins") else ():
        own = screens.person(login, "/me")
        own.fill("[name=new_pin]", pin)
        own.fill("[name=again]", pin)
        own.locator("form[action$=pin] button").click()
        own.get_by_text("You tap in with this PIN").wait_for()
        own.context.close()
    signed_in["pins"] = True


def started(screens: Screens, name: str = "desk-1", **options: object) -> Page:
    """The desk at its board with nobody tapped in."""
    return left(screens.desk(name, **options))


def left(desk: Page) -> Page:
    """Open, whatever a test before did at it, and everybody tapped out."""
    if desk.locator("#lock").is_visible():
        unlock(desk, "amira")
        expect(desk.locator("#lock")).to_be_hidden()
    while desk.locator("[popovertarget^=out-]").count():
        tap_out(desk)
    return desk


def tap_out(desk: Page) -> None:
    there = desk.locator("[popovertarget^=out-]")
    before = there.count()
    there.first.click()
    desk.locator("[popover]:popover-open [value=out]").click()
    expect(there).to_have_count(before - 1)


def tap_in(desk: Page, login: str) -> None:
    """By PIN, with the keyboard alone."""
    desk.keyboard.press("Shift+F2")
    desk.keyboard.type(PIN[login])
    desk.locator("#tap-person").select_option(label=NAMES[login])
    desk.locator("#tapping .govuk-button").click()
    expect(desk.locator(".tap-here")).to_contain_text(NAMES[login])


def locked(desk: Page) -> None:
    expect(desk.locator("#lock")).to_be_visible()


def unlock(desk: Page, login: str) -> None:
    desk.fill("#lock-key", PIN[login])
    desk.locator("#lock-person").select_option(label=NAMES[login])
    with desk.expect_response("**/desk/unlock"):
        desk.press("#lock-key", "Enter")


def test_a_code_typed_once_makes_a_browser_a_desk_that_survives_a_reboot(screens: Screens) -> None:
    office = screens.person("sasha", "/manage/desks?site=exchange")
    office.get_by_role("button", name="Code for Desk 2").click()
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", office.locator("main").inner_text())
    assert code
    browser = screens.browser()
    page = browser.new_page()
    page.goto(f"{screens.server.url}/desk/enrol")
    page.fill("[name=code]", code[0].lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/start")
    page.locator("[data-start-desk]").click()
    page.wait_for_url("**/desk")
    assert "Desk 2" in page.locator(".top-where").inner_text()
    rebooted = _after_a_reboot(screens, browser)
    expect(rebooted.locator("#starting")).to_contain_text("You are at Desk 2?")
    rebooted.get_by_role("link", name="No, it stands somewhere else").click()
    rebooted.get_by_role("button", name="Desk 1").click()
    expect(rebooted.locator("#starting")).to_contain_text("You are at Desk 1?")
    page.goto(f"{screens.server.url}/desk/enrol")
    page.fill("[name=code]", code[0])
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-message")).to_contain_text("was used")


def _after_a_reboot(screens: Screens, browser: BrowserContext) -> Page:
    """What lasts is what the browser keeps on disk: cookies with a date."""
    kept = [c for c in browser.cookies() if c["expires"] > 0]
    again = screens.browser()
    again.add_cookies(kept)
    page = again.new_page()
    page.goto(f"{screens.server.url}/desk")
    live(page)
    return page


def test_people_tap_in_by_pin_and_their_names_stand_on_record(screens: Screens) -> None:
    desk = started(screens)
    tap_in(desk, "amira")
    desk.keyboard.press("F2")
    desk.keyboard.type("red coat")
    desk.keyboard.press("Enter")
    desk.locator("[data-row]").first.wait_for()
    desk.locator("[data-row] [data-row-menu]").first.click()
    desk.get_by_role("link", name="Whole record").click()
    expect(desk.locator(".record li").first).to_contain_text(NAMES["amira"])
    desk.goto(f"{screens.server.url}/desk")
    tap_out(desk)


@pytest.fixture
def badge(screens: Screens, signed_in: dict[str, Any]) -> None:
    """Amira's, recorded once for the tests of this file."""
    if not signed_in.get("badge"):
        admin = screens.person("sasha", "/me")
        admin.goto(f"{screens.server.url}/set-up/desks/key/")
        admin.get_by_role("link", name=NAMES["amira"]).first.click()
        admin.fill("[name=new_badge]", BADGE)
        admin.locator("[name=_save]").click()
        admin.wait_for_url("**/set-up/desks/key/")
        admin.context.close()
    signed_in["badge"] = True


@pytest.mark.usefixtures("badge")
def test_a_badge_reader_types_its_number_and_enter(screens: Screens) -> None:
    desk = started(screens)
    desk.keyboard.press("Shift+F2")
    desk.keyboard.type(BADGE + "\n")
    expect(desk.locator(".tap-here")).to_contain_text(NAMES["amira"])
    expect(desk.locator("[data-find]")).to_have_value("")
    tap_out(desk)


SCAN = """number => {
  for (const key of [...number, "Enter"]) {
    const place = document.activeElement;
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    if (!place.dispatchEvent(event)) continue;
    const field = document.activeElement;
    if (key.length === 1 && "value" in field) field.value += key;
    if (key === "Enter") field.form?.requestSubmit();
  }
}"""
"""As a reader types: all at once."""


@pytest.mark.usefixtures("badge")
def test_a_badge_is_known_at_the_idle_desk_in_the_middle_of_a_note_and_at_the_locked_desk(screens: Screens) -> None:
    desk = started(screens)
    desk.locator("body").evaluate("body => document.activeElement.blur()")
    desk.evaluate(SCAN, BADGE)
    expect(desk.locator(".tap-here")).to_contain_text(NAMES["amira"])
    expect(desk.locator("[data-find]")).to_have_value("")
    tap_out(desk)
    desk.keyboard.press("F2")
    note = desk.locator("#arrival [name=description]")
    note.fill("red coat")
    desk.evaluate(SCAN, BADGE)
    expect(desk.locator(".tap-here")).to_contain_text(NAMES["amira"])
    expect(note).to_have_value("red coat")
    desk.keyboard.press("Shift+F3")
    locked(desk)
    desk.locator("#lock-person").select_option(label=NAMES["ben"])
    desk.locator("body").evaluate("body => document.activeElement.blur()")
    desk.evaluate(SCAN, BADGE)
    expect(desk.locator("#lock")).to_be_hidden()
    tap_out(desk)


def test_what_is_scanned_into_find_stays_a_search(screens: Screens) -> None:
    desk = started(screens)
    desk.locator("[data-find]").focus()
    desk.evaluate(SCAN, "9780141036144")
    expect(desk.locator("[data-find]")).to_have_value("9780141036144")
    expect(desk.locator("#tap-said")).to_have_count(0)


def test_a_wrong_pin_is_said_and_the_name_stays_chosen(screens: Screens) -> None:
    desk = started(screens)
    desk.keyboard.press("Shift+F2")
    desk.keyboard.type("0000")
    desk.locator("#tap-person").select_option(label=NAMES["ben"])
    desk.locator("#tapping .govuk-button").click()
    expect(desk.locator("#tap-said")).to_contain_text("not right")
    expect(desk.locator("#tap-person option:checked")).to_have_text(NAMES["ben"])


def idle(desk: Page, minutes: int) -> None:
    """Time passes in the page alone, and nobody touches it."""
    desk.clock.fast_forward(minutes * 60_000)


def with_clock(screens: Screens, name: str = "desk-1") -> Page:
    """A desk whose time the test moves."""
    context = screens.browser(storage_state=screens.cookies(name))
    desk = context.new_page()
    desk.clock.install()
    desk.goto(f"{screens.server.url}/desk")
    desk.clock.run_for(3000)
    return left(desk)


def test_an_unused_desk_locks_and_gives_what_was_half_typed_to_the_same_person_alone(screens: Screens) -> None:
    desk = with_clock(screens)
    tap_in(desk, "amira")
    desk.keyboard.press("F2")
    desk.keyboard.type("green scarf, angr")
    idle(desk, 4)
    expect(desk.locator("#lock")).to_be_hidden()
    idle(desk, 2)
    locked(desk)
    for hidden in ("#board", "#arrival_description", "[data-find]", "#tap"):
        expect(desk.locator(hidden)).to_be_hidden()
    desk.keyboard.press("F2")
    expect(desk.locator("#arrival_description")).to_be_hidden()
    unlock(desk, "amira")
    expect(desk.locator("#lock")).to_be_hidden()
    expect(desk.locator("#arrival_description")).to_have_value("green scarf, angr")
    desk.locator("[data-lock-now]").click()
    locked(desk)
    unlock(desk, "ben")
    expect(desk.locator(".tap-here")).to_contain_text(NAMES["ben"])
    expect(desk.locator("#arrival_description")).to_have_value("")


HEARD_LATE = """() => document.body.dispatchEvent(new CustomEvent("live-desk", {
  detail: { id: "1", type: "desk:unlocked", subject: `device:${document.body.dataset.desk}` },
}))"""


def test_what_a_locked_desk_hears_late_of_an_earlier_unlocking_opens_nothing(screens: Screens) -> None:
    desk = started(screens)
    tap_in(desk, "amira")
    desk.keyboard.press("F2")
    desk.keyboard.type("green scarf")
    with desk.expect_response("**/desk/lock"):
        desk.locator("[data-lock-now]").click()
    desk.evaluate(HEARD_LATE)
    locked(desk)
    unlock(desk, "amira")
    expect(desk.locator("#lock")).to_be_hidden()
    expect(desk.locator("#arrival_description")).to_have_value("green scarf")
    tap_out(desk)


def test_a_locked_desk_shows_no_customer_at_any_address(screens: Screens) -> None:
    desk = started(screens)
    desk.keyboard.press("F2")
    desk.keyboard.type("violet hat")
    desk.keyboard.press("Enter")
    desk.locator("[data-row]").first.wait_for()
    visit = desk.locator("[data-row]").first.get_attribute("id") or ""
    with desk.expect_response("**/desk/lock"):
        desk.locator("[data-lock-now]").click()
    for path in ("/desk", "/desk/board", f"/visits/{visit.removeprefix('visit-')}", "/desk/gone", "/desk/take-over"):
        desk.goto(screens.server.url + path)
        assert "violet hat" not in desk.content(), path
        locked(desk)
    assert desk.request.get(f"{screens.server.url}/api/v1/visits?site=exchange").status == 403
    unlock(desk, "ben")
    expect(desk.locator("#board")).to_contain_text("violet hat")
    tap_out(desk)


@pytest.mark.parametrize("way", ["key", "code", "button"])
def test_a_locked_desk_calls_for_help_and_shows_nothing_but_the_mark(screens: Screens, way: str) -> None:
    office = screens.person("viktor", "/desk", desk="back-office")
    desk = started(screens)
    tap_in(desk, "amira")
    desk.locator("[data-lock-now]").click()
    locked(desk)
    before = desk.locator("#lock").inner_text()
    if way == "key":
        silently(desk)
    elif way == "code":
        desk.locator("body").click(position={"x": 5, "y": 400})
        desk.keyboard.type("#00\n")
    else:
        desk.locator("[data-call]").click()
        desk.locator("[data-call]").click()
    mark(desk, "○")
    expect(office.locator(".alarm")).to_contain_text("Desk 1")
    locked(desk)
    assert desk.locator("#lock").inner_text() == before
    unlock(desk, "amira")
    expect(desk.locator("#lock")).to_be_hidden()
    tap_out(desk)


def test_whoever_is_tapped_in_behind_the_staff_door_answers_with_a_key(screens: Screens) -> None:
    counter = screens.desk("desk-1")
    office = started(screens, "back-office")
    silently(counter)
    banner = office.locator(".alarm", has_text="Desk 1")
    banner.wait_for()
    tap_in(office, "ben")
    office.keyboard.press("F8")
    office.keyboard.press("F8")
    mark(counter, "●")
    [call] = screens.open_calls()
    assert [coming["name"] for coming in call["coming"]] == [NAMES["ben"]]
    tap_out(office)


def test_a_change_of_shift_hands_everything_over_in_one_act(screens: Screens) -> None:
    desk = started(screens)
    tap_in(desk, "amira")
    desk.keyboard.press("F2")
    desk.keyboard.type("blue jumper")
    desk.keyboard.press("Enter")
    row = desk.locator("[data-row]", has_text="blue jumper")
    row.wait_for()
    row.focus()
    desk.keyboard.press("Alt+a")
    desk.get_by_role("button", name="Face to face").click()
    expect(row).to_contain_text(NAMES["amira"])
    ref = row.locator("th").inner_text()
    desk.keyboard.press("Shift+F4")
    desk.wait_for_url("**/desk/take-over")
    expect(desk.locator("main")).to_contain_text(NAMES["amira"])
    expect(desk.locator("[aria-labelledby=with]")).to_contain_text(ref)
    desk.fill("#over-key", PIN["ben"])
    desk.locator("#over-person").select_option(label=NAMES["ben"])
    desk.get_by_role("button", name="I take all of this over").click()
    desk.wait_for_url("**/desk")
    expect(desk.locator(".tap-here")).to_contain_text(NAMES["ben"])
    expect(desk.locator(".tap-here")).not_to_contain_text(NAMES["amira"])
    expect(desk.locator("[data-row]", has_text="blue jumper")).to_contain_text(NAMES["ben"])
    tap_out(desk)


def test_a_day_pass_is_given_at_the_site_and_ended(screens: Screens) -> None:
    office = screens.person("helen", "/manage/desks?site=exchange")
    office.fill("#pass_name", "Kit Long")
    office.locator("#pass_device").select_option(label="Desk 1")
    office.get_by_role("button", name="Give").click()
    said = office.get_by_text("taps in with the PIN").inner_text()
    pin = re.search(r"\b\d{4}\b", said)
    assert pin
    desk = started(screens)
    desk.keyboard.press("Shift+F2")
    desk.keyboard.type(pin[0])
    desk.locator("#tap-person").select_option(label="Kit Long")
    desk.locator("#tapping .govuk-button").click()
    expect(desk.locator(".tap-here")).to_contain_text("Kit Long")
    office.get_by_role("button", name="End the day pass of Kit Long").click()
    expect(office.locator("main")).not_to_contain_text("Kit Long Desk")
    desk.reload()
    expect(desk.locator(".tap-here")).not_to_contain_text("Kit Long")


@pytest.mark.parametrize("size", SIZES)
def test_the_desk_looks_right_while_people_tap_in_lock_it_and_take_it_over(
    screens: Screens, axe: Callable[[Page], list[str]], size: str
) -> None:
    desk = started(screens, **SIZES[size])
    tap_in(desk, "amira")
    desk.locator("[data-opens=tapping]").click()
    faults = axe(desk) + _too_wide(desk, f"tap-{size}")
    desk.goto(f"{screens.server.url}/desk/take-over")
    faults += axe(desk) + _too_wide(desk, f"over-{size}")
    desk.goto(f"{screens.server.url}/desk")
    desk.locator("[data-lock-now]").click()
    locked(desk)
    faults += axe(desk) + _too_wide(desk, f"lock-{size}")
    unlock(desk, "amira")
    expect(desk.locator("#lock")).to_be_hidden()
    tap_out(desk)
    office = screens.person("sasha", "/manage/desks?site=exchange", **SIZES[size])
    faults += axe(office) + _too_wide(office, f"manage-{size}")
    assert faults == []


def _too_wide(page: Page, picture: str) -> list[str]:
    """Nothing stands out of the page sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{picture} is too wide"] if wide else []
