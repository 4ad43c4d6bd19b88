"""Paper in and paper out in real browsers: by keyboard, through a reload, in every light and size."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens

pytestmark = pytest.mark.browser

KEPT = "() => localStorage.getItem('paper:exchange')"


def sheet(screens: Screens) -> Page:
    """The sheet of yesterday at a desk."""
    page = screens.desk("desk-2", "/paper")
    page.get_by_label("Day", exact=True).first.fill((datetime.now(UTC) - timedelta(days=1)).date().isoformat())
    return page


def test_a_sheet_is_typed_by_keyboard_alone_and_outlives_a_reload(screens: Screens) -> None:
    page = sheet(screens)
    page.locator("#id_line-0-arrived").focus()
    page.keyboard.type("1002")
    page.keyboard.press("Enter")
    expect(page.locator("#id_line-1-arrived")).to_be_focused()
    page.keyboard.type("1003")
    page.locator("#id_line-1-who").focus()
    page.keyboard.type("blue scarf")
    page.reload()
    expect(page.get_by_text("What was typed before and not entered is back.")).to_be_visible()
    expect(page.locator("#id_line-0-arrived")).to_have_value("1002")
    expect(page.locator("#id_line-1-who")).to_have_value("blue scarf")
    page.locator("#id_line-1-who").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Write the tickets on the sheet")).to_be_visible()
    assert page.evaluate(KEPT) is None
    expect(page.locator("#id_line-0-arrived")).to_have_value("")


def test_enter_on_the_last_line_makes_one_more(screens: Screens) -> None:
    page = sheet(screens)
    page.locator("#id_line-5-arrived").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_line-6-arrived")).to_be_focused()


def test_only_what_the_outcome_asks_for_is_shown(screens: Screens) -> None:
    page = sheet(screens)
    expect(page.locator("#id_line-0-channel")).to_be_hidden()
    page.locator("#id_line-0-outcome").select_option("cannot_meet")
    expect(page.locator("#id_line-0-reason")).to_be_visible()
    page.locator("#id_line-0-outcome").select_option("direct")
    expect(page.locator("#id_line-0-channel")).to_be_visible()
    page.get_by_role("button", name="Enter the sheet").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_text("Line 1, How they were dealt with")).to_be_visible()


def test_the_pages_have_no_fault_in_any_light_or_size(screens: Screens, looked_at: Callable[[Page], list[str]]) -> None:
    page = screens.person("joan", "/paper")
    faults = [f"/paper {fault}" for fault in looked_at(page)]
    page.goto(screens.server.url + "/paper/pack")
    assert faults + [f"/paper/pack {fault}" for fault in looked_at(page)] == []
