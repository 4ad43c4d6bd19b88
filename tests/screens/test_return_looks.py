"""How the pages look on which a customer is given a time: axe, every light and size, the keyboard alone."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tests.screens.conftest import Screens, live

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("TESTS_SHOTS")


def api(screens: Screens, device: str, path: str, **body: object) -> dict:
    headers = {"Authorization": f"Bearer {screens.server.token(device)}"}
    url = f"{screens.server.url}/api/v1/{path}"
    reply = httpx.post(url, json=body, headers=headers) if body else httpx.get(url, headers=headers)
    assert reply.status_code in (200, 201), reply.text
    return reply.json()


def a_time(screens: Screens, visit: str) -> str:
    """The next one today; in the last half hour before midnight there is none that this server knows of."""
    times = api(screens, "desk-1", f"visits/{visit}/return-times")["items"]
    if not times:
        pytest.skip("nobody of the playground is at work any more today")
    return times[0]["at"]


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_no_page_about_a_return_has_a_fault_in_any_light_or_size(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    waiting, other = (api(screens, "desk-1", "visits", service="housing")["id"] for _n in range(2))
    at = a_time(screens, waiting)
    made = api(screens, "desk-1", "sites/exchange/expected", **{"with": "team:housing", "at": at, "service": "housing"})
    page = screens.person("tariq", "/me")
    faults = []
    for path in (
        f"/visits/{other}/return", "/expected", "/expected/new", "/expected/warn",
        f"/expected/{made['id']}", f"/expected/{made['id']}/slip",
    ):  # fmt: skip
        page.goto(screens.server.url + path)
        live(page)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
        shoot(page, path.strip("/").replace("/", "-"))
        faults += [f"{path} {fault}" for fault in looked_at(page)]
    assert faults == []


def test_a_return_is_booked_at_the_desk_by_the_keyboard_alone(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    visit = api(screens, "desk-1", "visits", service="housing")["id"]
    a_time(screens, visit)
    page = screens.desk("desk-1", f"/visits/{visit}/return")
    shoot(page, "desk-return")
    assert looked_at(page) == []
    page.locator("main button[name=at]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/expected/*")
    page.get_by_role("button", name="Undo").wait_for()
    live(page)
    shoot(page, "desk-expected")
    assert looked_at(page) == []
    page.goto(f"{screens.server.url}/desk")
    page.get_by_role("link", name="Expected today").wait_for()
    shoot(page, "desk-board")
