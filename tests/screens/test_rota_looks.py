"""The rota in a real browser: planned and published by its forms, and without a fault in any light or size."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens, live

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("TESTS_LOOKED_AT")


def published(screens: Screens) -> Page:
    """A manager plans a single shift of today by the form and publishes it; the demonstration's begin tomorrow."""
    page = screens.person("ruth", "/rota/plan?site=branch")
    page.get_by_label("Who", exact=True).select_option("Ruth Allen")
    page.get_by_label("Place", exact=True).select_option("Issue desk")
    page.locator("#plan_starts").fill("00:00")
    page.locator("#plan_ends").fill("23:59")
    page.locator("#plan_until_day").fill(page.locator("#plan_from_day").input_value())
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("Nobody works by it before it is published.")).to_be_visible()
    live(page)
    page.get_by_label("Why somebody is alone").fill("The others are away")
    page.get_by_role("button", name="Publish these days").click()
    expect(page.get_by_text("Published: 1 time changed.")).to_be_visible()
    live(page)
    return page


def test_a_rota_is_planned_and_published_and_no_page_of_it_has_a_fault(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    page = published(screens)
    turn = page.locator(".turn a").last.get_attribute("href")
    faults = []
    for name, path in (
        ("week", "/rota?site=branch"),
        ("plan", "/rota/plan?site=branch"),
        ("mine", "/rota/mine"),
        ("turn", str(turn)),
    ):
        page.goto(screens.server.url + path)
        live(page)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
        faults += [f"{path} {fault}" for fault in looked_at(page)]
        if PICTURES:
            _picture(page, name)
    assert faults == []


def _picture(page: Page, name: str) -> None:
    before = page.viewport_size
    for size, box in (("desk", {"width": 1366, "height": 768}), ("phone", {"width": 360, "height": 740})):
        page.set_viewport_size(box)  # type: ignore[arg-type]
        page.screenshot(path=Path(str(PICTURES)) / f"{name}-{size}.png", full_page=True)
    if before:
        page.set_viewport_size(before)
