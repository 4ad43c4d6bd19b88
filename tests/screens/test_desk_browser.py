"""The desk in a real browser, by keyboard, in every size and light."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens, live, silently

pytestmark = pytest.mark.browser

ADDRESSES = ("/desk/arrivals", "/desk/gone", "/desk/start", "/desk/enrol", "/", "/accounts/login/", "/nowhere")

LATE = """
  const ask = window.fetch;
  window.fetch = async (url, how) => {
    if (url.includes("to=attend")) window.order.push("to attend");
    const answered = await ask(url, how);
    if (url.endsWith("/call")) {
      await new Promise((come) => (window.answer = come));
      window.order.push("called");
    }
    return answered;
  };
  window.order = [];
"""
"""The answer to a call of the customer waits until the test lets it come."""


def arrive(screens: Screens, who: str, *, minutes: float = 0, **facts: object) -> tuple[str, str]:
    """Somebody who came so many minutes ago; the id and the ticket."""
    came = datetime.now(UTC) - timedelta(minutes=minutes)
    body = {"description": who, "service": "housing", "arrived_at": came.isoformat(), **facts}
    with screens.server.client("desk-1") as client:
        visit = client.post("/api/v1/visits", json={"site": "exchange", **body}).json()
    return visit["id"], visit["ref"]


@pytest.fixture(autouse=True)
def empty(screens: Screens) -> None:
    """Nobody is left over from the test before."""
    with screens.server.client("desk-1") as client:
        for visit in client.get("/api/v1/visits?site=exchange&open=true").json()["items"]:
            client.post(f"/api/v1/visits/{visit['id']}/leave")


def row(page: Page, id: str) -> object:
    return page.locator(f"#visit-{id}")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


def test_two_keys_enter_an_arrival_and_another_desk_sees_it(screens: Screens) -> None:
    desk, other = screens.desk("desk-1"), screens.desk("desk-2")
    sent = []
    desk.on("request", lambda request: sent.append(request.url) if request.url.endswith("/desk/arrivals") else None)
    desk.keyboard.press("F2")
    desk.keyboard.type("red coat")
    # A barcode scanner ends with two of them, faster than any answer.
    desk.evaluate("for (const _time of [1, 2]) document.querySelector('#arrival form').requestSubmit()")
    expect(desk.locator("#arrival-place [role=status]")).to_contain_text("Added: A")
    for page in (desk, other):
        expect(page.locator("[data-row]")).to_contain_text("red coat")
    assert len(sent) == 1
    expect(desk.locator("#arrival")).to_be_hidden()


def posts(page: Page, ending: str) -> list[str]:
    """What the page sends to such an address from now on."""
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" and r.url.endswith(ending) else None)
    return sent


def noted(screens: Screens, id: str, type: str) -> int:
    with screens.server.client("desk-1") as client:
        record = client.get(f"/api/v1/journal?subject=visit:{id}").json()["items"]
    return sum(entry["type"] == type for entry in record)


def test_a_double_click_writes_a_note_and_gives_a_time_once(screens: Screens) -> None:
    id, _ref = arrive(screens, "red coat")
    desk = screens.desk("desk-1")
    sent = posts(desk, "/note")
    row(desk, id).locator("[data-row-menu]").click()  # type: ignore[attr-defined]
    desk.locator("#card details#note > summary").click()
    desk.fill("#note_text", "Left a bag.")
    desk.locator("#card #note form button").dblclick()
    expect(desk.locator("#card [role=status]")).to_contain_text("Noted.")
    assert (len(sent), noted(screens, id, "visit:noted")) == (1, 1)

    desk.goto(f"{screens.server.url}/visits/{id}")
    live(desk)
    sent = posts(desk, "/note")
    desk.locator("details#note > summary").click()
    desk.fill("#note_text", "Took it again.")
    desk.locator("#note form button").dblclick()
    expect(desk.locator("main")).to_contain_text("Took it again.")
    assert (len(sent), noted(screens, id, "visit:noted")) == (1, 2)


def test_a_desk_is_enrolled_and_started_and_somebody_signs_in_by_the_forms(screens: Screens) -> None:
    page = screens.browser().new_page()
    page.goto(f"{screens.server.url}/desk/enrol")
    page.fill("[name=code]", screens.server.token("desk-1"))
    page.click("main form button")
    page.wait_for_url("**/desk/start")
    page.locator("[data-start-desk]").click()
    page.wait_for_url("**/desk")
    live(page)
    page.goto(f"{screens.server.url}/accounts/login/")
    page.fill("[name=login]", "amira")
    page.fill("[name=password]", screens.server.credentials["people"]["amira"]["password"])
    page.click("main form button")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    expect(page.locator("body")).to_contain_text("Amira")


def test_a_fault_takes_the_focus_and_nothing_typed_is_lost(screens: Screens) -> None:
    desk = screens.desk("desk-1")
    desk.keyboard.press("F2")
    desk.keyboard.type("grey hat")
    desk.fill("#arrival_companions", "5000")
    desk.locator("#arrival form").evaluate("form => form.noValidate = true")
    desk.press("#arrival_companions", "Enter")
    summary = desk.locator("#arrival .govuk-error-summary")
    expect(summary).to_be_focused()
    expect(desk.locator("#arrival_companions")).to_have_attribute("aria-invalid", "true")
    expect(desk.locator("#arrival_description")).to_have_value("grey hat")
    desk.focus("#arrival_description")
    desk.keyboard.press("Escape")
    expect(desk.locator("#arrival")).to_be_hidden()
    desk.keyboard.press("F2")
    expect(desk.locator("#arrival_description")).to_have_value("grey hat")


def test_rows_are_walked_opened_and_left_by_keys(screens: Screens) -> None:
    first, _ = arrive(screens, "first", minutes=3)
    second, ref = arrive(screens, "second", minutes=2)
    desk = screens.desk("desk-1")
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == f"visit-{first}"
    desk.keyboard.press("Enter")
    expect(desk.locator("#card").get_by_role("button", name="Call", exact=True)).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#card")).to_be_hidden()
    assert focused(desk) == f"visit-{first}"
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Alt+c")
    expect(desk.locator("#card-title")).to_contain_text(ref)
    expect(desk.locator("#call-before summary")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.type("only a form")
    desk.keyboard.press("Enter")
    expect(desk.locator("#card-title")).to_be_focused()
    expect(row(desk, second)).to_contain_text("Called")
    desk.locator(f"#visit-{second}").focus()
    desk.keyboard.press("Alt+a")
    expect(desk.locator("#attend-person")).to_be_focused()
    desk.keyboard.type("Amira")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Face to face")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(row(desk, second)).to_contain_text("Attended")
    expect(desk.locator("#card-title")).to_be_focused()


def test_a_late_answer_takes_neither_card_nor_focus_from_what_was_asked_for_after_it(screens: Screens) -> None:
    id, _ = arrive(screens, "called and attended at once")
    desk = screens.desk("desk-1")
    desk.evaluate(LATE)
    desk.locator(f"#visit-{id}").focus()
    desk.keyboard.press("Alt+c")
    expect(row(desk, id)).to_contain_text("Called")
    desk.wait_for_function("() => window.answer")
    desk.locator(f"#visit-{id}").focus()
    desk.keyboard.press("Alt+a")
    desk.evaluate("window.answer()")
    expect(desk.locator("#attend-person")).to_be_focused()
    assert desk.evaluate("window.order") == ["called", "to attend"]


def test_a_refresh_keeps_the_focus_the_order_and_what_is_half_typed(screens: Screens) -> None:
    first, _ = arrive(screens, "first", minutes=2)
    desk = screens.desk("desk-1")
    desk.keyboard.press("ArrowDown")
    urgent, _ = arrive(screens, "came long ago", minutes=9)
    expect(row(desk, urgent)).to_be_visible()
    assert focused(desk) == f"visit-{first}"
    assert desk.evaluate("[...document.querySelectorAll('[data-row]')].map(r => r.id)") == [
        f"visit-{first}", f"visit-{urgent}",
    ]  # fmt: skip
    desk.keyboard.press("F2")
    desk.keyboard.type("smi")
    third, _ = arrive(screens, "third")
    expect(row(desk, third)).to_be_visible()
    desk.keyboard.type("th")
    expect(desk.locator("#arrival_description")).to_have_value("smith")
    desk.wait_for_function("id => document.querySelector('[data-row]').id === id", arg=f"visit-{urgent}")


def test_letters_typed_anywhere_find_a_row_and_a_scanners_enter_takes_it(screens: Screens) -> None:
    arrive(screens, "grey hat", minutes=3)
    wanted, ref = arrive(screens, "Zoë, blue scarf")
    desk = screens.desk("desk-1")
    desk.keyboard.type("zoe")
    expect(desk.locator("[data-row]:visible")).to_have_count(1)
    desk.keyboard.press("Enter")
    assert focused(desk) == f"visit-{wanted}"
    desk.keyboard.press("F4")
    desk.keyboard.type("nobody has this")
    expect(desk.locator("[data-find-results]")).to_have_text("No results")
    desk.keyboard.press("Escape")
    expect(desk.locator("[data-row]:visible")).to_have_count(2)
    desk.keyboard.type(ref)
    desk.keyboard.press("Enter")
    assert focused(desk) == f"visit-{wanted}"


def test_two_desks_the_second_reads_who_was_first(screens: Screens) -> None:
    id, ref = arrive(screens, "wanted by two")
    desk = screens.desk("desk-1")
    desk.locator(f"#visit-{id} [data-letter=a]").click()
    expect(desk.locator("#card-title")).to_contain_text(ref)
    with screens.server.client("desk-2") as other:
        other.post(f"/api/v1/visits/{id}/attend", json={"channel": "phone"}).raise_for_status()
    desk.locator("#attend-person").select_option(index=1)
    desk.get_by_role("button", name="Face to face").click()
    expect(desk.locator("#card [role=alert]")).to_have_text(f"Desk 2 has taken {ref}.")
    expect(row(desk, id)).to_contain_text("Attended")


def test_a_card_that_is_refused_stays_open_with_what_was_typed(screens: Screens) -> None:
    id, _ = arrive(screens, "cannot be met")
    desk = screens.desk("desk-1")
    desk.locator(f"#visit-{id} [data-row-menu]").click()
    desk.locator("#cannot-meet > summary").click()
    assert desk.locator("#cannot-meet :checked").count() == 2, "the empty choices of the reason and of a name alone"
    desk.fill("#cannot-meet_other", "The folder is not here")
    desk.locator("#cannot-meet").get_by_role("button", name="Cannot meet").click()
    expect(desk.locator("#cannot-meet .govuk-error-summary")).to_be_focused()
    expect(desk.locator("#cannot-meet_other")).to_have_value("The folder is not here")
    desk.get_by_label("An answer by letter").check()
    desk.get_by_label("I have told the customer, and why").check()
    desk.locator("#cannot-meet-person").select_option(index=1)
    desk.locator("#cannot-meet").get_by_role("button", name="Cannot meet").click()
    expect(desk.locator("[data-row]")).to_have_count(0)


def test_cover_hides_the_rows_at_once_and_show_turns_a_page_to_the_customer(screens: Screens) -> None:
    arrive(screens, "not for everybody")
    desk = screens.desk("desk-1")
    desk.keyboard.press("F7")
    seen = desk.get_by_text("not for everybody").filter(visible=True)
    expect(seen).to_have_count(0)
    desk.reload()
    live(desk)
    expect(seen).to_have_count(0)
    desk.keyboard.press("F7")
    expect(seen).to_have_count(1)
    desk.keyboard.press("Shift+F7")
    expect(desk.locator("dialog#show")).to_contain_text("We try to speak to you within 10 minutes.")
    silently(desk)
    expect(desk.locator("dialog#show")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog#show")).to_be_hidden()


def test_a_card_closes_by_itself(screens: Screens) -> None:
    id, ref = arrive(screens, "left open")
    desk = screens.desk("desk-1")
    desk.clock.install()
    desk.reload()
    desk.locator(f"#visit-{id} [data-row-menu]").click()
    expect(desk.locator("#card-title")).to_contain_text(ref)
    desk.clock.fast_forward(59_000)
    expect(desk.locator("#card")).to_be_visible()
    desk.clock.fast_forward(2_000)
    expect(desk.locator("#card")).to_be_hidden()


def test_the_page_of_a_visit_stays_while_something_is_ticked_or_chosen_on_it(screens: Screens) -> None:
    id, _ = arrive(screens, "half filled in")
    desk = screens.desk("desk-1", f"/visits/{id}")
    left: list[str] = []
    desk.on("request", lambda request: left.append(request.url) if request.is_navigation_request() else None)
    desk.clock.install()
    desk.reload()
    live(desk)
    left.clear()
    desk.locator("#cannot-meet > summary").click()
    tick = desk.locator("#cannot-meet [type=checkbox]").first
    choice = desk.locator("#cannot-meet select").first
    tick.check()
    for _ in range(2):
        desk.clock.fast_forward(121_000)
        assert desk.evaluate("async () => (await fetch('/health/live')).ok") and left == []
        tick.uncheck()
        choice.select_option(index=1)
    choice.select_option(index=0)
    desk.clock.fast_forward(121_000)
    desk.wait_for_url("**/desk")


def test_a_counter_shows_marks_and_the_office_the_words(screens: Screens) -> None:
    id, _ = arrive(screens, "green jumper", minutes=5.5, mood="agitated")
    desk, office = screens.desk("desk-1"), screens.desk("back-office")
    expect(row(desk, id)).to_contain_text("○")
    expect(row(office, id)).to_contain_text("Speak to first")
    expect(office.locator(".question").first).to_contain_text("agitated")
    shown = desk.locator("body").inner_text().lower()
    assert not re.search("agitated|aggressive|first|nobody can|protected|manager", shown)
    colours = "e => getComputedStyle(e).backgroundColor"
    assert set(desk.locator("[data-row] .chip").evaluate_all(f"all => all.map({colours})")) <= {"rgba(0, 0, 0, 0)"}


def test_the_question_is_answered_by_key(screens: Screens) -> None:
    arrive(screens, "green jumper", minutes=5.5, mood="agitated", service="childrens")
    desk = screens.desk("desk-1")
    expect(desk.locator(".question")).to_contain_text("Grace Adeyemi 07700 900131")
    desk.keyboard.press("F3")
    desk.keyboard.press("Enter")
    expect(desk.locator(".question")).to_have_count(0)


def test_without_a_stream_the_board_is_polled_and_says_so(screens: Screens) -> None:
    context = screens.browser(shared_worker=False)
    context.route("**/api/v1/stream*", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{screens.server.url}/desk/enrol")
    page.fill("[name=code]", screens.server.token("desk-1"))
    page.click("main form button")
    page.locator("[data-start-desk]").click()
    page.wait_for_url("**/desk")
    page.locator('[data-link][data-state="polling"]').wait_for()
    id, _ = arrive(screens, "by polling")
    expect(row(page, id)).to_be_visible()


def crowd(screens: Screens) -> str:
    """A page with everything on it that is hard to draw."""
    arrive(screens, "محمد عبد الله, نظارات", minutes=14)
    long = "A person with a long description and " + "averyveryverylongword" * 4
    return arrive(screens, long, minutes=6, mood="agitated")[0]


def unfold(page: Page, id: str) -> None:
    """Open the arrival, a card and its longest form."""
    page.keyboard.press("F2")
    page.locator(f"#visit-{id} [data-row-menu]").click()
    page.locator("#cannot-meet > summary").click()


def test_no_page_has_a_fault_in_any_light_or_size(screens: Screens, looked_at: Callable[[Page], list[str]]) -> None:
    id = crowd(screens)
    faults = []
    for device in ("desk-1", "back-office"):
        page = screens.desk(device)
        unfold(page, id)
        faults += [f"{device} {fault}" for fault in looked_at(page)]
    for address in (f"/visits/{id}", *ADDRESSES):
        page.goto(screens.server.url + address)
        faults += [f"{address} {fault}" for fault in looked_at(page)]
    assert faults == []


def test_the_desk_comes_over_the_wire_in_150_kilobytes(screens: Screens) -> None:
    for n in range(12):
        arrive(screens, f"customer {n}")
    context = screens.browser()
    page = context.new_page()
    page.goto(f"{screens.server.url}/desk/enrol")
    page.fill("[name=code]", screens.server.token("desk-2"))
    page.click("main form button")
    page.wait_for_url("**/desk/start")
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    cdp.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{screens.server.url}/desk")
    live(page)
    assert 0 < sum(sizes) <= 150_000
