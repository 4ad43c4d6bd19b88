"""The pages about data of people: axe, sizes, the keyboard, and the whole way from a search to a file."""

import io
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.screens.conftest import Screens, live
from tests.screens.test_response_looks import FOCUSED

pytestmark = pytest.mark.browser


def visited(screens: Screens) -> str:
    """A visit with a note that names a colleague."""
    with screens.server.client("amira") as client:
        visit = client.post("/api/v1/visits", json={"site": "exchange", "description": "Oduya, red coat"}).json()["id"]
        client.post(f"/api/v1/visits/{visit}/note", json={"text": "Mrs Oduya asked for Tom Baker, 01632 960555"})
    return str(visit)


def pages(visit: str) -> tuple[str, ...]:
    """Those that are read."""
    about = f"/privacy/records/visit:{visit}"
    return "/privacy", about, "/privacy/views", "/privacy/assessment", "/privacy/notice", "/me/data", "/privacy/words/2"


def test_no_page_has_a_fault_in_any_light_or_size(screens: Screens, looked_at: Callable[[Page], list[str]]) -> None:
    page = screens.person("dana", "/privacy")
    faults = []
    for path in pages(visited(screens)):
        page.goto(screens.server.url + path)
        live(page)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
        faults += [f"{path} {fault}" for fault in looked_at(page)]
    assert faults == []


def test_a_person_is_found_and_given_a_file_by_keyboard_alone(
    screens: Screens, axe: Callable[[Page], list[str]]
) -> None:
    visited(screens)
    page = screens.person("dana", "/privacy")
    page.get_by_label("Name, ticket or words").focus()
    page.keyboard.type("oduya")
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox").first
    box.focus()
    page.keyboard.press("Space")
    assert page.evaluate(FOCUSED)["ring"]
    page.get_by_role("button", name="Make a file of those that are ticked").press("Enter")
    page.get_by_text("Tom Baker").first.wait_for()
    assert axe(page) == []
    assert page.locator("input:checked").count() == 0
    page.get_by_role("button", name="Make the file").press("Enter")
    page.get_by_text("There is a problem").wait_for()
    page.get_by_label("Take them out").first.check()
    page.get_by_label("Those that are not decided below").select_option("out")
    page.get_by_role("button", name="Make the file").press("Enter")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Fetch it").press("Enter")
    with zipfile.ZipFile(io.BytesIO(fetched.value.path().read_bytes())) as file:
        text = file.read("record.html").decode()
    assert "Oduya" in text
    assert "Tom Baker" not in text and "960555" not in text
