"""The public board and the kiosk in a browser: axe, the keyboard alone, and a network cut."""

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens

LONG = 30_000


def opened(screens: Screens, device: str, path: str, **options: object) -> Page:
    """The browser of a board or a kiosk, which has no stream to wait for."""
    context = screens.browser(**options)
    context.set_default_timeout(LONG)
    page = context.new_page()
    page.goto(screens.server.url + "/desk/enrol")
    page.locator("[name=code]").fill(screens.server.token(device))
    page.locator("form button").click()
    page.wait_for_url(f"**{path}")
    return page


def arrive(screens: Screens, **fields: object) -> dict[str, str]:
    with screens.server.client("amira") as client:
        made = client.post("/api/v1/visits", json={"site": "exchange", **fields})
        assert made.status_code == 201
        return made.json()  # type: ignore[no-any-return]


def call(screens: Screens, visit: dict[str, str]) -> None:
    with screens.server.client("desk-1") as client:
        assert client.post(f"/api/v1/visits/{visit['id']}/call", json={}).status_code == 200


def test_the_board_sounds_and_marks_a_new_call_and_says_so_when_it_cannot_know(screens: Screens, looked_at) -> None:
    board = opened(screens, "board-1", "/board")
    expect(board.locator("#now time")).to_be_visible(timeout=LONG)
    visit = arrive(screens)
    call(screens, visit)
    row = board.locator("#now li", has_text=visit["ref"])
    expect(row).to_have_class("fresh", timeout=LONG)
    expect(row).to_contain_text("Desk 1")
    board.wait_for_function("() => window.beeps >= 2", timeout=LONG)
    assert looked_at(board) == []
    board.context.set_offline(True)
    expect(board.locator("#lost")).to_be_visible(timeout=LONG)
    expect(row).to_be_hidden()
    board.context.set_offline(False)
    expect(row).to_be_visible(timeout=LONG)


def test_on_an_enlarged_board_the_button_for_the_sound_lies_over_no_words(screens: Screens) -> None:
    board = opened(screens, "board-1", "/board", viewport={"width": 683, "height": 384})
    expect(board.locator("#now time")).to_be_visible(timeout=LONG)
    board.evaluate("document.getElementById('sound').hidden = false")
    box = "id => document.querySelector(id).getBoundingClientRect().toJSON()"
    assert board.evaluate(box, "#sound")["top"] >= board.evaluate(box, "main")["bottom"]


def test_a_customer_takes_a_ticket_by_keyboard_alone_and_leaves_nothing_behind(
    screens: Screens, axe, looked_at
) -> None:
    kiosk = opened(screens, "kiosk-1", "/kiosk")
    kiosk.wait_for_function("() => JSON.parse(localStorage.kiosk ?? '{}').numbers?.length > 0", timeout=LONG)
    assert looked_at(kiosk) == []
    kiosk.locator("[data-language]").first.focus()
    kiosk.keyboard.press("Enter")
    for step in ("what", "appointment", "with", "how"):
        shown = kiosk.locator(f"[data-step={step}]:visible")
        expect(shown.locator("h1")).to_be_focused(timeout=LONG)
        assert axe(kiosk) == []
        kiosk.keyboard.press("Tab")
        kiosk.keyboard.press("Enter")
    ticket = kiosk.locator("[data-step=ticket]:visible")
    expect(ticket.locator("h1")).to_be_focused(timeout=LONG)
    ref = ticket.locator("[data-ticket]").inner_text()
    assert axe(kiosk) == []
    kiosk.wait_for_function("() => JSON.parse(localStorage.kiosk).waiting.length === 0", timeout=LONG)
    kiosk.keyboard.press("Tab")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#begin")).to_be_visible(timeout=LONG)
    assert ref not in kiosk.content()
    with screens.server.client("amira") as client:
        items = client.get("/api/v1/visits", params={"site": "exchange", "open": "true"}).json()["items"]
    assert [v["ref"] for v in items].count(ref) == 1


def test_through_a_cut_tickets_go_on_and_each_arrives_once(screens: Screens) -> None:
    kiosk = opened(screens, "kiosk-1", "/kiosk")
    kiosk.wait_for_function("() => JSON.parse(localStorage.kiosk ?? '{}').numbers?.length > 0", timeout=LONG)
    kiosk.context.set_offline(True)
    refs = []
    for _customer in range(2):
        kiosk.locator("[data-language]").first.click()
        kiosk.locator("[data-come]:visible").click()
        refs.append(kiosk.locator("[data-step=ticket]:visible [data-ticket]").inner_text())
        kiosk.locator("[data-step=ticket]:visible [data-reset]").click()
    assert len(set(refs)) == 2
    assert kiosk.evaluate("JSON.parse(localStorage.kiosk).waiting.length") == 2
    kiosk.context.set_offline(False)
    kiosk.wait_for_function("() => JSON.parse(localStorage.kiosk).waiting.length === 0", timeout=LONG)
    with screens.server.client("amira") as client:
        items = client.get("/api/v1/visits", params={"site": "exchange", "open": "true"}).json()["items"]
    found = [v for v in items if v["ref"] in refs]
    assert len(found) == 2 and all(v["walk_over"] == "asked" for v in found)


@pytest.mark.parametrize("size", [{"width": 360, "height": 740}, {"width": 683, "height": 384}])
def test_everything_fits_a_small_or_enlarged_screen(screens: Screens, size) -> None:
    kiosk = opened(screens, "kiosk-1", "/kiosk", viewport=size)
    kiosk.locator("[data-language]").first.click()
    kiosk.locator("[data-toggles=bigger]:visible").click()
    assert not kiosk.evaluate("document.documentElement.scrollWidth > innerWidth")
