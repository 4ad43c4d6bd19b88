"""How the pages look: axe, light and dark, a phone, 200 %, forced colours, the keyboard; and the manual's pictures."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.screens.conftest import DESKTOP, Screens, live

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ.get("TESTS_PICTURES", Path(__file__).parents[2] / "docs/pictures"))
PAGES = (
    "/respond",
    "/manage",
    "/manage/chain",
    "/manage/people",
    "/documents",
    "/documents/exchange/v2",
    "/reports/",
    "/me",
    "/me/reached",
    "/nothing",
)
FOCUSED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const x = box.left + Math.min(box.width, 20) / 2, y = box.top + Math.min(box.height, 20) / 2;
  const top = document.elementFromPoint(x, y);
  return { name: at.outerHTML.slice(0, 90), body: at === document.body, ring: style.outlineStyle !== "none",
    seen: !top || at.contains(top) || top.contains(at) };
}"""


def pages(screens: Screens) -> tuple[str, ...]:
    """Every page, that of an open call among them."""
    return (*PAGES, f"/alarms/{screens.press('desk-1')['id']}")


def test_no_page_has_a_fault_in_any_light_or_size(screens: Screens, looked_at: Callable[[Page], list[str]]) -> None:
    page = screens.person("joan", "/me")
    faults = []
    for path in pages(screens):
        page.goto(screens.server.url + path)
        if path != "/nothing":
            live(page)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
        faults += [f"{path} {fault}" for fault in looked_at(page)]
    assert faults == []


def test_what_a_responder_presses_on_a_phone_is_large(screens: Screens) -> None:
    screens.press("desk-1")
    phone = screens.phone("tariq")
    phone.locator(".alarm").wait_for()
    small = phone.evaluate(
        """() => [...document.querySelectorAll(".alarm .button, main .button")]
          .filter((b) => b.offsetParent && b.offsetHeight < 72).map((b) => b.textContent.trim())"""
    )
    assert small == []


@pytest.mark.parametrize("path", ["/respond", "/manage", "/alarms"])
def test_every_stop_of_the_tab_key_is_seen_and_has_a_ring(screens: Screens, path: str) -> None:
    id = screens.press("desk-1")["id"]
    page = screens.person("joan", path if path != "/alarms" else f"/alarms/{id}")
    page.locator(".alarm").wait_for()
    page.evaluate("document.activeElement.blur()")
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["body"]:
            break
        stops.append(stop)
    assert len(stops) > 8
    assert [s["name"] for s in stops if not (s["seen"] and s["ring"])] == []


def test_forced_colours_keep_mode_and_urgency_apart(screens: Screens) -> None:
    id = screens.press("desk-1")["id"]
    page = screens.person("joan", f"/alarms/{id}", forced_colors="active")
    page.locator(".alarm").wait_for()
    for part in (".alarm", "#call .mode", "#call .chip"):
        assert page.locator(part).first.evaluate("e => getComputedStyle(e).borderTopStyle") != "none", part


def test_without_scripts_a_call_is_seen_and_answered(screens: Screens) -> None:
    id = screens.press("desk-1")["id"]
    context = screens.browser(storage_state=screens.cookies(None, "tariq"), java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{screens.server.url}/respond")
    page.get_by_role("link", name="Answer this call").click()
    page.locator("#come summary").click()
    page.get_by_role("button", name="Yes, I am coming to Desk 1").click()
    page.get_by_text("You are shown as coming.").wait_for()
    [call] = screens.open_calls()
    assert (call["id"], len(call["coming"])) == (id, 1)


def test_the_pictures_of_the_manual(screens: Screens) -> None:
    """Writes desk-counter, desk-staff, respond-phone, manage and alarm."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    people = {"amira": "red coat, buggy", "ben": "grey hat", "tariq": "two children"}
    for login, words in people.items():
        with screens.server.client(login) as client:
            client.post("/api/v1/visits", json={"site": "exchange", "description": words}).raise_for_status()
    counter = screens.desk("desk-1")
    id = screens.press("room-1")["id"]
    screens.answer("tariq", id, "acknowledge")
    counter.screenshot(path=PICTURES / "desk-counter.png")
    shots = {
        "desk-staff": screens.person("lucy", "/desk", desk="back-office", viewport=DESKTOP),
        "respond-phone": screens.phone("lucy"),
        "manage": screens.person("joan", "/manage"),
        "alarm": screens.person("joan", f"/alarms/{id}"),
    }
    for name, page in shots.items():
        page.locator(".alarm").wait_for()
        page.screenshot(path=PICTURES / f"{name}.png", full_page=name == "respond-phone")
        assert (PICTURES / f"{name}.png").stat().st_size > 5_000
