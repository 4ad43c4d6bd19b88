"""Check-ins on a phone, in one press; and the pages of safe rooms and check-ins in any light and size."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.screens.conftest import Screens, live

pytestmark = pytest.mark.browser


def test_a_lone_worker_begins_answers_and_ends_on_a_phone(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    phone = screens.phone("iris", "/check-ins")
    faults = looked_at(phone)
    phone.get_by_label("Nothing new").check()
    phone.get_by_role("button", name="Begin").click()
    phone.get_by_text("Next").wait_for()
    faults += looked_at(phone)
    phone.get_by_role("button", name="Everything is fine").click()
    phone.get_by_text("Next").wait_for()
    phone.get_by_role("button", name="The door is locked").click()
    phone.get_by_role("button", name="Begin").wait_for()
    assert faults == []


def test_safe_rooms_and_police_have_no_fault_in_any_light_or_size(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    page = screens.person("ruth", "/manage/safety?site=branch")
    live(page)
    assert looked_at(page) == []
