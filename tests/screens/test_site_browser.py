"""A fire bell, from the desk, in a real browser: out in one press, back in at the old place."""

import pytest

from tests.screens.conftest import PHONE

pytestmark = pytest.mark.browser


def arrive(screens, description):
    with screens.server.client("amira") as client:
        reply = client.post("/api/v1/visits", json={"site": "exchange", "description": description})
        reply.raise_for_status()
        return reply.json()["ref"]


def reopen(screens):
    with screens.server.client("joan") as client:
        client.post("/api/v1/sites/exchange/state", json={"state": "open"}).raise_for_status()


def test_the_fire_bell_rings_and_everybody_has_the_old_place_again(screens, looked_at):
    refs = [arrive(screens, who) for who in ("red coat", "blue cap", "grey suit")]
    page, other = screens.desk("desk-1"), screens.desk("desk-2")
    for ref in refs:
        page.get_by_role("rowheader", name=ref).wait_for()
    try:
        page.keyboard.press("F12")
        out = page.get_by_role("button", name="Fire alarm")
        out.wait_for()
        assert looked_at(page) == []
        out.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Everybody outside").wait_for()
        other.get_by_text("Everybody outside").wait_for()
        assert looked_at(page) == []
        page.get_by_role("button", name="Open again").click()
        page.get_by_role("link", name="Who came back?").click()
        page.get_by_role("heading", name="Who came back?").wait_for()
        assert looked_at(page) == []
        page.get_by_role("button", name=f"{refs[1]}: Left").click()
        came_back = page.get_by_role("button", name="All of these came back")
        came_back.click()
        came_back.wait_for(state="detached")
        for ref in (refs[0], refs[2]):
            other.get_by_role("rowheader", name=ref).wait_for()
        assert other.get_by_role("rowheader", name=refs[1]).count() == 0
    finally:
        reopen(screens)


def test_a_manager_says_it_on_a_phone(screens, looked_at):
    page = screens.phone("joan", "/site?site=exchange")
    try:
        page.get_by_role("button", name="Exercise").last.click()
        page.get_by_role("heading", name="Locked down").wait_for()
        assert page.viewport_size == PHONE
        assert looked_at(page) == []
        page.get_by_role("button", name="Open again").click()
        page.get_by_role("heading", name="Open", exact=False).first.wait_for()
    finally:
        reopen(screens)


def test_the_opening_hours_page_can_be_used_by_everybody(screens, looked_at):
    page = screens.person("sasha", "/manage/hours?site=exchange")
    page.get_by_label("Monday").fill("from nine")
    page.get_by_role("button", name="Save the week").click()
    page.get_by_text("There is a problem").wait_for()
    assert page.get_by_label("Monday").input_value() == "from nine"
    assert looked_at(page) == []
