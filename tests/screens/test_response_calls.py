"""A call from one screen to the others: loud behind the staff door, a footer mark where customers listen."""

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens, live, mark, silently

pytestmark = pytest.mark.browser

OF_THE_CALL_AND_THE_TIME = (".mark", "[data-link]")
WORDS = """() => {
  const copy = document.body.cloneNode(true);
  const own = "[data-mark], [data-mark-word], [data-link-time], script, template";
  for (const part of copy.querySelectorAll(own)) part.remove();
  return [copy.textContent, document.title, document.activeElement.id || document.activeElement.tagName];
}"""


def looks(page: Page) -> tuple[object, bytes]:
    """Every word, the title, the focus and every pixel of a screen, but for the mark and the time of day."""
    return page.evaluate(WORDS), page.screenshot(mask=[page.locator(part) for part in OF_THE_CALL_AND_THE_TIME])


def banner(page: Page, place: str = "Desk 1") -> None:
    page.locator("[data-alarms] .alarm", has_text=place).wait_for()


@pytest.mark.clause("L3b-ii(1)")
def test_L3b_ii_1_one_press_reaches_the_staff_screens_and_nobody_at_the_counter_can_tell(screens: Screens) -> None:
    presser, neighbour = screens.desk("desk-1"), screens.desk("desk-2")
    office = screens.person("tariq", "/desk", desk="back-office")
    before = looks(presser), looks(neighbour)
    silently(presser)
    banner(office)
    assert "REAL" in office.locator("[data-alarms] .alarm").inner_text()
    office.wait_for_function("() => window.spoken.length > 0")
    assert office.evaluate("window.spoken") == ["REAL. Help now. Desk 1."]
    office.wait_for_function("() => window.beeps > 0")
    office.wait_for_function("() => document.title.startsWith('(1) ')")
    assert office.locator("link[rel=icon]").get_attribute("href").endswith("mark-open.svg")
    for page, then in zip((presser, neighbour), before, strict=True):
        mark(page, "○")
        assert looks(page) == then
        assert page.evaluate("[window.beeps, window.spoken.length]") == [0, 0]
    [call] = screens.open_calls()
    assert (call["place"]["id"], call["urgency"], call["mode"], call["source"]) == ("desk-1", "help", "real", "hot_key")
    assert screens.outside == []


@pytest.mark.clause("L3b-ii(1)")
def test_L3b_ii_1_the_button_calls_when_it_is_held_or_pressed_twice(screens: Screens) -> None:
    desk, office = screens.desk("room-1"), screens.person("tariq", "/desk", desk="back-office")
    button = desk.locator("[data-call]")
    button.click()
    assert screens.open_calls() == []
    button.click()
    banner(office, "Interview room 1")
    [call] = screens.open_calls()
    assert (call["urgency"], call["source"]) == ("nearby", "button")
    button.hover()
    desk.mouse.down()
    office.wait_for_function(
        "async () => (await (await fetch('/api/v1/alarms?open=true')).json()).items[0].presses === 2"
    )
    desk.mouse.up()


@pytest.mark.clause("L3b-ii(1)")
def test_L3b_ii_1_a_press_works_on_the_sign_in_page_and_inside_a_field(screens: Screens) -> None:
    desk = screens.desk("desk-1", "/accounts/login/")
    office = screens.desk("back-office")
    desk.fill("[name=login]", "ami")
    silently(desk)
    banner(office)
    mark(desk, "○")
    assert desk.input_value("[name=login]") == "ami"
    assert desk.evaluate("document.activeElement.name") == "login"


def test_coming_is_asked_once_more_shown_to_the_presser_by_the_mark_and_undone(screens: Screens) -> None:
    desk, office = screens.desk("desk-1"), screens.person("tariq", "/desk", desk="back-office")
    silently(desk)
    banner(office)
    office.keyboard.press("F8")
    office.get_by_role("button", name="Once more: I am coming").wait_for()
    assert screens.open_calls()[0]["coming"] == []
    office.keyboard.press("F8")
    mark(desk, "●")
    assert [c["name"] for c in screens.open_calls()[0]["coming"]] == ["Tariq Aziz"]
    office.locator(".alarm", has_text="1 of 2").wait_for()
    office.get_by_role("button", name="Undo").click()
    mark(desk, "○")
    assert screens.open_calls()[0]["coming"] == []


def test_that_nobody_else_is_reachable_stands_there_with_somebody_coming_and_over_a_reload(screens: Screens) -> None:
    office, id = screens.person("tariq", "/desk", desk="back-office"), screens.press("desk-1")["id"]
    line = office.locator("[data-alarms] .alarm", has_text="Nobody else reachable")
    screens.answer("tariq", id, "acknowledge")
    for login in ("amira", "ben", "viktor", "helen", "david", "joan"):
        screens.answer(login, id, "decline")
    line.wait_for()
    assert "1 of 2" in line.inner_text()
    office.reload()
    line.wait_for()
    assert "1 of 2" in line.inner_text()


def test_a_colleague_of_the_same_name_does_not_stand_in_for_oneself(screens: Screens) -> None:
    desk, office = screens.desk("desk-1"), screens.person("tariq", "/desk", desk="back-office")
    office.evaluate("document.body.dataset.person = 'Viktor Novak'")
    silently(desk)
    banner(office)
    [call] = screens.open_calls()
    with office.expect_response("**/api/v1/alarms?open=true"), screens.server.client("viktor") as viktor:
        viktor.post(f"/api/v1/alarms/{call['id']}/acknowledge", json={}).raise_for_status()
    office.locator(".alarm", has_text="1 of 2").wait_for()
    office.keyboard.press("F8")
    office.get_by_role("button", name="Once more: I am coming").wait_for()
    office.keyboard.press("F8")
    office.locator(".alarm", has_text="2 of 2").wait_for()
    office.get_by_role("button", name="Undo").wait_for()


def test_f8_answers_from_inside_a_form_and_leaves_it_as_it_is(screens: Screens) -> None:
    desk, office = screens.desk("desk-1"), screens.person("tariq", "/desk", desk="back-office")
    field = office.locator("[data-find]")
    field.fill("half a na")
    silently(desk)
    banner(office)
    office.keyboard.press("F8")
    office.get_by_role("button", name="Once more: I am coming").wait_for()
    office.keyboard.press("F8")
    mark(desk, "●")
    assert field.input_value() == "half a na"
    assert field.evaluate("field => field === document.activeElement")


SCAN = """keys => {
  const button = document.querySelector("main button, main summary, main a[href], header a[href]");
  button.focus();
  const key = (name) => new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true });
  return keys.map((name) => !document.activeElement.dispatchEvent(key(name)));
}"""


def test_a_scanned_code_presses_nothing_on_a_page_without_find(screens: Screens) -> None:
    office = screens.person("tariq", "/respond", desk="back-office")
    live(office)
    assert office.evaluate(SCAN, ["Tab", "Enter", " "]) == [False] * 3, "a hand's keys press what has the focus"
    kept_from_the_button = office.evaluate(SCAN, ["9", "7", "8", "A", " "])
    assert kept_from_the_button == [False, False, False, False, True]


def test_a_scanned_code_goes_to_find_from_any_page_of_a_desk_and_no_address_holds_it(screens: Screens) -> None:
    with screens.server.client("desk-1") as client:
        visit = client.post("/api/v1/visits", json={"description": "97800 14"}).json()
    office = screens.person("tariq", "/respond", desk="back-office")
    asked: list[str] = []
    office.on("request", lambda request: asked.append(request.url))
    office.evaluate(SCAN, [*visit["ref"], "Enter", "Enter"])
    office.wait_for_url("**/desk")
    live(office)
    expect(office.locator("[data-find]")).to_have_value(visit["ref"])
    expect(office.locator(f"#visit-{visit['id']}")).to_be_focused()
    assert not [url for url in asked if visit["ref"] in url]
    office.reload()
    live(office)
    expect(office.locator("[data-find]")).to_have_value("")


def test_words_that_are_not_saved_stay_and_the_page_says_that_a_scan_did_nothing(screens: Screens) -> None:
    office = screens.person("tariq", "/expected", desk="back-office")
    office.goto(f"{screens.server.url}/expected/warn")
    live(office)
    office.locator("main textarea").first.fill("half a sentence")
    office.evaluate(SCAN, [*"97801", "Enter"])
    expect(office.locator("[data-scanned]")).to_contain_text("Nothing was done with it")
    assert office.locator("main textarea").first.input_value() == "half a sentence"


def test_a_responder_answers_on_the_phone_and_sees_the_way_in(screens: Screens) -> None:
    desk, phone = screens.desk("desk-1"), screens.phone("tariq")
    phone.get_by_text("Nobody is calling.").wait_for()
    silently(desk)
    banner(phone)
    phone.locator("#open-calls", has_text="From the back office").wait_for()
    phone.get_by_role("button", name="I am coming").click()
    phone.get_by_role("button", name="Once more: I am coming").click()
    mark(desk, "●")
    phone.get_by_role("button", name="I am there").click()
    phone.get_by_role("link", name="Close this call").click()
    phone.locator("#close summary").click()
    phone.get_by_label("It was needed and dealt with").check()
    phone.locator("#close form button").click()
    phone.get_by_text("The call is closed.").wait_for()
    mark(desk, "·")
    assert screens.open_calls() == []


def test_a_phone_within_earshot_stays_as_quiet_as_the_desk(screens: Screens) -> None:
    phone, office = screens.phone("ben"), screens.desk("back-office")
    screens.press("desk-1")
    banner(office)
    mark(phone, "○")
    assert phone.locator(".alarm").count() == 0
    assert phone.evaluate("[window.beeps, window.spoken.length]") == [0, 0]


def test_pages_about_calls_never_open_where_customers_read_along(screens: Screens) -> None:
    desk = screens.person("amira", "/desk", desk="desk-1")
    id = screens.press("room-1")["id"]
    for path in ("/respond", f"/alarms/{id}"):
        reply = desk.request.get(screens.server.url + path)
        assert reply.status == 403
        assert "Interview room 1" not in reply.text()


def test_an_alarm_page_changes_while_one_looks_and_keeps_what_is_typed(screens: Screens) -> None:
    id = screens.press("room-1")["id"]
    page = screens.phone("tariq", f"/alarms/{id}")
    page.locator("#stand-down summary").click()
    reason = page.locator("#stand-down textarea")
    reason.fill("half a rea")
    screens.answer("helen", id, "acknowledge")
    page.locator("#call .facts", has_text="Helen Marsh").wait_for()
    assert reason.input_value() == "half a rea"
    assert reason.evaluate("field => field === document.activeElement")


def test_drill_test_and_real_call_cannot_be_mistaken_for_each_other(screens: Screens) -> None:
    office = screens.desk("back-office")
    for mode in ("drill", "test"):
        screens.press("room-1", mode=mode)
        office.locator(f'.alarm[data-mode="{mode}"]', has_text=mode.upper()).wait_for()
    screens.press("room-1")
    office.locator('.alarm[data-mode="real"]', has_text="REAL").wait_for()
    office.wait_for_function("() => document.querySelectorAll('.alarm').length === 1")
