"""A document's pages with their forms: how they look, and by the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.screens.conftest import Screens, live

pytestmark = pytest.mark.browser


def test_a_review_is_completed_by_keyboard_and_no_page_of_it_has_a_fault(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    page = screens.person("sasha", "/documents/library/v1.1/publish")
    faults = [f"publish {fault}" for fault in looked_at(page)]
    page.goto(f"{screens.server.url}/documents/library/v2/amend")
    live(page)
    page.get_by_label("The text").fill("waiting: soon")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("Line 1").first.wait_for()
    live(page)
    faults += [f"amend {fault}" for fault in looked_at(page)]

    for path in ("/documents/new", "/documents/new?from=shipped/library"):
        page.goto(screens.server.url + path)
        live(page)
        faults += [f"{path} {fault}" for fault in looked_at(page)]

    page.goto(f"{screens.server.url}/documents/library/v2")
    live(page)
    faults += [f"version {fault}" for fault in looked_at(page)]
    page.get_by_role("link", name="Complete the review").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    live(page)
    page.get_by_role("button", name="The review is complete").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Authorising authority: Who authorised it is missing").wait_for()
    live(page)
    faults += [f"review {fault}" for fault in looked_at(page)]
    assert faults == []
    page.get_by_label("Authorised on").focus()
    for typed in ("1/1/2026", "Safety committee", "Minute 4", "1/1/2090"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/library/v3")
    page.get_by_role("row", name="Authorising authority Safety committee").wait_for()
