"""Nobody bounces, in real browsers: taken on in one tap, help talked over live, a time that stops being true."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens, live
from tests.screens.test_return_looks import api, shoot

pytestmark = pytest.mark.browser

LONG_MS = 30_000
LONDON = ZoneInfo("Europe/London")


def come(screens: Screens, service: str) -> tuple[str, str]:
    made = api(screens, "desk-1", "visits", service=service)
    return made["id"], made["ref"]


def test_a_referral_is_taken_on_in_one_tap_on_a_phone(screens: Screens, looked_at: Callable[[Page], list[str]]) -> None:
    phone = screens.phone("nina")
    id, ref = come(screens, "childrens")
    api(screens, "desk-1", f"visits/{id}/refer", team="childrens")
    asked = phone.locator(f"#handover-{id}")
    asked.wait_for(timeout=LONG_MS)  # by itself: nobody reloads a phone
    expect(asked).to_contain_text(ref)
    shoot(phone, "phone-referral")
    assert looked_at(phone) == []
    asked.get_by_role("button", name="Take them on").tap()
    asked.wait_for(state="detached", timeout=LONG_MS)
    visit = api(screens, "desk-1", f"visits/{id}")
    assert (visit["outcome"], visit["owner"].partition(":")[0]) == ("referred", "person")


def test_the_desk_and_the_team_talk_on_the_same_list_live(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    id, _ref = come(screens, "childrens")
    api(screens, "desk-1", f"visits/{id}/ask-help", team="childrens")
    desk = screens.person("amira", f"/visits/{id}")
    team = screens.phone("nina", f"/visits/{id}")
    for page, said in ((team, "Offer her tomorrow at nine"), (desk, "She cannot before ten")):
        page.locator("#help-say textarea, #help-say input[type=text]").first.fill(said)
        page.locator("#help-say button").click()
        for other in (desk, team):
            other.locator("#asking-list blockquote", has_text=said).wait_for(timeout=LONG_MS)
        live(page)
    option = team.locator("#asking-list li[id^=option-]").first
    name = option.get_attribute("id")
    option.locator("button").first.click()
    desk.locator(f"#{name} strong").wait_for(timeout=LONG_MS)
    live(team)
    shoot(team, "phone-asking")
    assert looked_at(team) == looked_at(desk) == []


def test_badges_and_doors_has_no_fault_in_any_light_or_size(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    page = screens.person("joan", "/site/access")
    page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
    shoot(page, "badges-and-doors")
    assert looked_at(page) == []


def test_designated_lists_have_no_fault_in_any_light_or_size(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    page = screens.person("grace", "/manage/designated")
    shoot(page, "designated")
    assert looked_at(page) == []


@pytest.mark.clause("E4c")
def test_e4c_asked_for_somebody_who_is_away_a_true_time_is_booked_and_when_they_call_in_sick_the_booker_is_told(
    screens: Screens,
) -> None:
    id, _ref = come(screens, "housing")
    desk = screens.person("amira", f"/visits/{id}/return", desk="desk-1")
    desk.locator("#choose-whom").select_option(label="Tariq Aziz")
    desk.get_by_role("button", name="Show times").click()
    desk.wait_for_url("**whom=person*")
    time = desk.locator("main button[name=at]").last
    time.wait_for(timeout=LONG_MS)
    at = datetime.fromisoformat(time.get_attribute("value") or "").astimezone(LONDON)
    time.click()
    desk.wait_for_url("**/expected/*")
    expected = desk.url.rpartition("/")[2]
    live(desk)
    desk.get_by_role("button", name="Slip to print").click()
    desk.wait_for_url("**/slip")
    expect(desk.locator("article.slip")).to_contain_text(f"{at:%H:%M}")

    ill = screens.phone("tariq", "/rota/mine")
    away = ill.locator("section", has=ill.locator("#away"))
    for name, value in (("first", f"{at:%Y-%m-%d}"), ("until", f"{at:%Y-%m-%d}")):
        away.locator(f"[name={name}]").fill(value)
    away.locator("[name=kind]").select_option("ill")
    away.get_by_role("button", name="I am away then").click()
    ill.locator("#absences").wait_for(timeout=LONG_MS)

    desk.goto(f"{screens.server.url}/desk")
    live(desk)
    desk.locator(f'#board a[href="/expected/{expected}"]').wait_for(timeout=LONG_MS)
    booker = screens.phone("amira")
    booker.locator(f'a[href="/expected/{expected}"]').first.click()
    booker.wait_for_url(f"**/expected/{expected}")
    booker.get_by_role("heading", name="Tell the customer before they travel").wait_for(timeout=LONG_MS)
    shoot(booker, "phone-tell-before-they-travel")
