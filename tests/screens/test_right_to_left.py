"""A language that is written from right to left: the page is mirrored, and nothing hangs over its edge."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from playwright.sync_api import Page

from tests.running import Server
from tests.screens.conftest import PHONE, Screens

ARABIC = {"Sign in": "تسجيل الدخول", "New arrival": "وصول جديد", "Back to the start": "العودة إلى البداية"}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demonstration whose operator has put a catalogue into the data folder."""
    found = Server(tmp_path_factory.mktemp("arabic"))
    _add_catalogue(found.data / "locale/ar/LC_MESSAGES")
    yield found.start()
    found.kill()


def _add_catalogue(folder: Path) -> None:
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="ar")
    for english, arabic in ARABIC.items():
        catalogue.add(english, arabic)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_browser_that_asks_for_it_gets_the_mirrored_page(screens: Screens) -> None:
    page = screens.browser(locale="ar").new_page()
    page.goto(f"{screens.server.url}/accounts/login/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("h1").inner_text() == ARABIC["Sign in"]
    assert fits(page)
    sheets = page.evaluate("[...document.styleSheets].map(sheet => sheet.href)")
    assert [s for s in sheets if "govuk-frontend.rtl" in s] and not [s for s in sheets if "govuk-frontend.min" in s]


def test_the_desk_reads_from_right_to_left(screens: Screens) -> None:
    page = screens.desk("desk-1", locale="ar")
    page.keyboard.press("F2")
    page.locator("#arrival").wait_for()
    tick, label = page.locator("#arrival [type=checkbox]"), page.locator("#arrival .govuk-checkboxes__label")
    tick_box, label_box = tick.bounding_box(), label.bounding_box()
    assert tick_box and label_box and tick_box["x"] > label_box["x"], "the box to tick stands right of its words"
    page.fill("[name=description]", "red coat")
    page.keyboard.press("Enter")
    page.locator(".rows tbody tr").first.wait_for()
    heads = page.locator(".rows thead th")
    first, last = heads.first.bounding_box(), heads.last.bounding_box()
    assert first and last and first["x"] > last["x"] and fits(page)


def test_a_phone_reads_from_right_to_left(screens: Screens) -> None:
    page = screens.phone("tariq", locale="ar", viewport=PHONE)
    assert page.locator("html").get_attribute("dir") == "rtl" and fits(page)


def test_the_pages_of_a_person_are_in_the_language_that_they_chose(screens: Screens) -> None:
    page = screens.person("amira", "/me")
    assert page.locator("html").get_attribute("dir") == "ltr"
    page.select_option("[name=language]", "ar")
    page.locator("[name=language] ~ button").click()
    page.wait_for_function("document.documentElement.dir === 'rtl'")
    page.select_option("[name=language]", "")
    page.locator("[name=language] ~ button").click()
    page.wait_for_function("document.documentElement.dir === 'ltr'")
