"""The pages of a person's own sign-in as people see them: at a desk, on a phone, enlarged, in the dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens

pytestmark = pytest.mark.browser
Look = Callable[[Page], list[str]]


@pytest.mark.parametrize("path", ["/me", "/accounts/password/change/"])
def test_a_page_of_ones_own_sign_in_can_be_read_everywhere(screens: Screens, looked_at: Look, path: str) -> None:
    page = screens.person("amira", path)
    assert looked_at(page) == []


def test_what_is_wrong_with_a_new_password_is_named_by_keyboard_alone(screens: Screens, axe: Look) -> None:
    page = screens.person("amira", "/accounts/password/change/")
    page.get_by_label("Password that you have").focus()
    page.keyboard.type("not the password")
    page.keyboard.press("Tab")
    page.keyboard.type("short")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_contain_text("This is not your password.")
    assert axe(page) == []
