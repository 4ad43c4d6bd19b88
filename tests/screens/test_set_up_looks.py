"""How set-up looks, and the page of the buttons: axe, every light and size."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens

LOOKS = Callable[[Page], list[str]]
PAGES = ["/set-up/", "/set-up/people/person/", "/set-up/sites/place/add/"]


def signed_in(screens: Screens, path: str) -> Page:
    """The administrator's page of set-up, which has no link of its own."""
    page = screens.browser(storage_state=screens.cookies(None, "sasha")).new_page()
    page.goto(screens.server.url + path)
    expect(page.locator("h1")).to_be_visible()
    return page


@pytest.mark.parametrize("path", PAGES)
def test_set_up_is_clean_in_every_light_and_fits_every_size(screens: Screens, looked_at: LOOKS, path: str) -> None:
    assert looked_at(signed_in(screens, path)) == []


def test_the_buttons_are_clean_in_every_light_and_fit_every_size(screens: Screens, looked_at: LOOKS) -> None:
    page = screens.person("helen", "/manage/buttons?site=exchange")
    assert looked_at(page) == []
