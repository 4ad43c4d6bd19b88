"""What is asked afterwards, withdrawals with their letter, and readiness, in every light and size."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import PHONE, Screens, live

pytestmark = pytest.mark.browser


def picture(page: Page, name: str) -> None:
    """A picture for whoever asks for one."""
    if folder := os.environ.get("TESTS_HELP_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
        page.set_viewport_size(PHONE)
        page.screenshot(path=str(Path(folder) / f"{name}-phone.png"), full_page=True)
        page.set_viewport_size({"width": 1366, "height": 768})


def test_a_service_is_withdrawn_for_today_and_every_page_of_it_is_without_fault(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    with screens.server.client("amira") as client:
        said = {"site": "exchange", "description": "red coat", "problem": True}
        visit = client.post("/api/v1/visits", json=said).json()["id"]
        client.post(f"/api/v1/visits/{visit}/leave", json={}).raise_for_status()
    page = screens.person("joan", f"/manage/withdrawals/new?visit={visit}&for=today")
    page.get_by_label("Customer, as the letter names them").fill("Ms Jane Doe")
    page.get_by_role("button", name="Decide for today").click()
    expect(page.get_by_label("Customer, as the letter names them")).to_have_value("Ms Jane Doe")
    faults = [f"refused {fault}" for fault in looked_at(page)]
    picture(page, "withdraw")
    for box in page.locator("form.narrow textarea").all():
        box.fill("Nothing more is known.")
    for label in ("One site", "By telephone", "I have tried that this works"):
        page.get_by_label(label).check()
    page.get_by_role("button", name="Decide for today").click()
    expect(page.locator("article.sheet")).to_contain_text("Ms Jane Doe")
    picture(page, "letter")
    letter = page.url.removeprefix(screens.server.url)
    for path in (
        letter,
        "/manage/withdrawals",
        "/manage/rehearsals",
        "/manage/readiness",
        f"/after/visit:{visit}",
        "/me",
    ):
        page.goto(screens.server.url + path)
        live(page)
        faults += [f"{path} {fault}" for fault in looked_at(page)]
        picture(page, path.split("/")[-1].partition(":")[0])
    assert faults == []
