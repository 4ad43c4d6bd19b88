"""How the pages look on which a customer has company: axe, every light and size."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tests.screens.conftest import Screens, live

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("TESTS_SHOTS")


def arrive(screens: Screens, **said: object) -> str:
    headers = {"Authorization": f"Bearer {screens.server.token('desk-1')}"}
    reply = httpx.post(f"{screens.server.url}/api/v1/visits", json=said, headers=headers)
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def act(screens: Screens, of: str, action: str, **said: object) -> None:
    headers = {"Authorization": f"Bearer {screens.server.token('desk-1')}"}
    reply = httpx.post(f"{screens.server.url}/api/v1/visits/{of}/{action}", json=said, headers=headers)
    assert reply.status_code == 200, reply.text


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_no_page_about_company_has_a_fault_in_any_light_or_size(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    visit = arrive(screens, service="young_people_finance", companions=3, not_counted=1, description="three friends")
    private = arrive(screens, service="housing", description="grey scarf", private=True)
    act(screens, private, "apart", visit=visit)
    act(screens, private, "interpreter")
    page = screens.desk("desk-1")
    live(page)
    page.keyboard.press("F2")
    page.locator("#arrival").wait_for()
    shoot(page, "company-board")
    faults = looked_at(page)
    for name, id in {"company": visit, "private": private}.items():
        page.goto(f"{screens.server.url}/visits/{id}")
        live(page)
        # Those of one name close each other: all are to be seen at once here.
        page.evaluate(
            "document.querySelectorAll('main details').forEach((part) => {"
            " part.removeAttribute('name'); part.open = true })"
        )
        shoot(page, f"{name}-visit")
        faults += [f"{name} {fault}" for fault in looked_at(page)]
    assert faults == []
