"""A person's own phone: it calls from anywhere, keeps what it cannot send, and is read without a link."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.running import Server
from tests.screens.conftest import Screens, live

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ.get("TESTS_PICTURES", Path(__file__).parents[2] / "docs/pictures"))
WORKER = "async () => Boolean((await navigator.serviceWorker.ready).active)"
COPIES = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  return found.filter((path) => path.startsWith("/phone"));
}"""
HAS_ALL = f"async () => (await ({COPIES})()).length === 3"
HAS_NONE = f"async () => (await ({COPIES})()).length === 0"
ROWS = "async () => (await kept.all(document.body.dataset.viewer)).length"
HELD_LATELY = "() => document.querySelector('[data-hold]').classList.contains('holding')"


SETTLED = "async () => (await kept.all(document.body.dataset.viewer)).every((row) => row.settled)"
OLDER = "async (ms) => (await kept.all(document.body.dataset.viewer)).every((row) => kept.ago(row.made) > ms)"
UNTIL = """async (arg) => {
  const ask = ASK, end = performance.now() + 30_000;
  while (!(await ask(arg))) {
    if (performance.now() > end) throw new Error("it did not come true in time");
    await new Promise((done) => setTimeout(done, 50));
  }
}"""
"""As ``wait_for_function``, which takes the promise of an answer for the answer."""


@pytest.fixture
def served(screens: Screens) -> Iterator[Screens]:
    """The server runs again after the test, whatever the test did to it."""
    yield screens
    if not _runs(screens.server):
        screens.server.start()


def _runs(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/health/live", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def until(page: Page, ask: str, arg: Any = None) -> None:
    page.evaluate(UNTIL.replace("ASK", f"({ask})"), arg)


def phone(screens: Screens, login: str = "tariq", **options: Any) -> Page:
    """The app on somebody's phone, with its copies made."""
    page = screens.phone(login, "/phone", **options)
    until(page, WORKER)
    until(page, HAS_ALL)
    return page


def where(page: Page, place: str = "exchange desk-1") -> None:
    page.locator("[data-where]").select_option(place)


def hold(page: Page) -> None:
    """Hold the button until it has called."""
    before = page.evaluate(ROWS)
    page.locator("[data-hold]").hover()
    page.mouse.down()
    until(page, f"async (n) => (await ({ROWS})()) > n", before)
    page.mouse.up()


def away(page: Page) -> None:
    """Into the tunnel."""
    page.context.set_offline(True)
    page.locator("[data-no-link]").wait_for()


def back(page: Page) -> None:
    """Out of it."""
    page.context.set_offline(False)


def said(page: Page, words: str) -> None:
    page.locator("[data-kept] li", has_text=words).first.wait_for()


def age(call: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(call["received_at"]) - datetime.fromisoformat(call["raised_at"])


def test_held_for_a_second_it_calls_silently_from_the_place_that_was_chosen(screens: Screens) -> None:
    page = phone(screens)
    where(page)
    page.locator("[data-hold]").hover()
    page.mouse.down()
    page.wait_for_function(HELD_LATELY)
    page.mouse.up()
    page.wait_for_function(f"() => !({HELD_LATELY})()")
    hold(page)
    said(page, "sent. Nobody has answered yet")
    [call] = screens.open_calls()
    assert (call["place"]["id"], call["urgency"], call["kind"], call["source"]) == ("desk-1", "help", "person", "app")
    assert call["presses"] == 1, "what was released early was no call"
    assert page.evaluate("[window.beeps, window.spoken.length]") == [0, 0]
    assert page.locator("[data-alarms] .alarm").count() == 0
    screens.answer("helen", call["id"], "acknowledge")
    said(page, "Coming: Helen")
    page.locator("[data-kept] a").click()
    page.get_by_text("You called yourself").wait_for()


def test_a_keyboard_and_a_switch_press_twice_for_every_kind_of_call(screens: Screens) -> None:
    page = phone(screens)
    page.get_by_label("Someone is ill or hurt").check()
    page.locator("[data-hold]").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Press again to call").first.wait_for()
    assert screens.open_calls() == []
    page.keyboard.press("Enter")
    said(page, "sent")
    page.get_by_label("Stand near").check()
    page.locator("[data-twice]").tap()
    page.locator("[data-twice]").tap()
    until(page, f"async () => (await ({ROWS})()) === 2")
    until(page, SETTLED)
    assert {(c["urgency"], c["kind"]) for c in screens.open_calls()} == {("help", "medical"), ("nearby", "person")}


def test_the_last_place_is_chosen_by_itself_and_its_age_is_said(screens: Screens) -> None:
    page = phone(screens)
    where(page, "exchange room-3")
    page.reload()
    page.get_by_text("You chose it 0 min ago.").wait_for()
    assert page.locator("[data-where]").input_value() == "exchange room-3"


@pytest.mark.fault
def test_pressed_without_a_link_it_is_one_call_of_that_time_when_there_is_one(served: Screens) -> None:
    page = phone(served)
    where(page)
    served.server.kill()
    hold(page)
    page.locator("[data-no-link] a[href^='tel:']").first.wait_for()
    said(page, "not sent yet")
    page.reload()
    said(page, "not sent yet")
    page.locator("[data-no-link]").wait_for()
    page.goto(served.server.url + "/respond")
    page.locator("[data-hold]").wait_for()
    until(page, OLDER, 6000)
    served.server.start()
    said(page, "sent")
    [call] = served.open_calls()
    assert (call["place"]["id"], call["presses"], call["source"]) == ("desk-1", 1, "app")
    assert timedelta(seconds=5) < age(call) < timedelta(minutes=5)
    page.locator("[data-no-link]").wait_for(state="hidden")


@pytest.mark.fault
def test_in_a_tunnel_the_numbers_stand_there_at_once_and_the_press_follows(served: Screens) -> None:
    page = phone(served)
    where(page)
    away(page)
    assert page.locator("[data-no-link] a[href^='tel:']").count() >= 2
    hold(page)
    said(page, "not sent yet")
    assert served.open_calls() == []
    back(page)
    said(page, "sent")
    assert [c["presses"] for c in served.open_calls()] == [1]


@pytest.mark.fault
def test_two_presses_while_the_server_is_down_are_one_call_joined_and_of_the_first_ones_time(served: Screens) -> None:
    page = phone(served)
    where(page)
    served.server.kill()
    hold(page)
    page.locator("[data-no-link]").wait_for()
    hold(page)
    other = page.context.new_page()
    other.goto(served.server.url + "/phone")
    expect(other.locator("[data-kept] li")).to_have_count(2)
    served.server.start()
    until(page, SETTLED)
    [call] = served.open_calls()
    assert call["presses"] == 2, "two keys, each taken once, whichever tab sent it"
    expect(other.locator("[data-kept] li", has_text="not sent")).to_have_count(0)


@pytest.mark.fault
def test_a_link_that_comes_and_goes_makes_one_call(served: Screens) -> None:
    page = phone(served)
    where(page)
    away(page)
    hold(page)
    lost: list[int] = []

    def flap(route: Any) -> None:
        if len(lost) < 3:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/alarms", flap)
    for _ in range(3):
        back(page)
        page.context.set_offline(True)
    back(page)
    until(page, SETTLED)
    [call] = served.open_calls()
    assert call["presses"] == 1


@pytest.mark.fault
def test_a_closed_browser_keeps_the_press_and_another_page_of_the_phone_sends_it(served: Screens) -> None:
    page = phone(served)
    where(page)
    served.server.kill()
    hold(page)
    said(page, "not sent yet")
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(served.server.url + "/phone")
    said(again, "not sent yet")
    served.server.start()
    said(again, "sent")
    assert [c["presses"] for c in served.open_calls()] == [1]


@pytest.mark.fault
def test_what_is_not_needed_any_more_is_sent_all_the_same_so_that_somebody_looks(served: Screens) -> None:
    page = phone(served)
    where(page)
    away(page)
    hold(page)
    said(page, "not sent yet")
    page.get_by_role("button", name="Not needed any more").click()
    said(page, "sent all the same")
    with page.expect_response("**/stand-down") as asked:
        back(page)
    assert asked.value.status == 409, "the protocol lets whoever called do that after some minutes, and no sooner"
    [call] = served.open_calls()
    assert (call["state"], call["stood_down_at"]) == ("open", None)


def test_a_press_older_than_a_day_is_asked_about_and_not_sent_by_itself(screens: Screens) -> None:
    page = phone(screens)
    page.evaluate(
        """async () => {
          const made = { ...kept.moment(), wall: Date.now() - 26 * 3600_000, life: 0 };
          const body = { urgency: "help", kind: "person", source: "app" };
          await kept.put({ key: "old", kind: "press", viewer: document.body.dataset.viewer, made, body });
        }"""
    )
    page.reload()
    said(page, "Is it still needed?")
    live(page)
    assert screens.open_calls() == []
    page.get_by_role("button", name="Call now").click()
    said(page, "sent")
    [call] = screens.open_calls()
    assert age(call) < timedelta(minutes=1)


def test_the_age_of_a_press_does_not_follow_a_clock_that_is_set(screens: Screens) -> None:
    page = phone(screens)
    ages = page.evaluate(
        """() => {
          const hour = 3600_000, made = { wall: 1000 * hour, mono: 0, life: 1, ahead: 0 };
          const at = (now) => kept.ago(made, { wall: 1000 * hour, mono: 60_000, life: 1, ahead: 0, ...now }) / 1000;
          return [
            at({ wall: 1000 * hour + 60_000 }),
            at({ wall: 999 * hour }),
            at({ wall: 1005 * hour + 60_000, ahead: -5 * hour }),
            at({ wall: 1000 * hour + 600_000 }),
            at({ wall: 1000 * hour + 600_000, life: 2, mono: 0, ahead: null }),
            at({ wall: 995 * hour, life: 2, mono: 0 }),
          ];
        }"""
    )
    assert ages == [60, 60, 60, 600, 600, 0]


@pytest.mark.fault
def test_coming_said_without_a_link_is_sent_later_with_its_own_time(served: Screens) -> None:
    call = served.press("desk-1")["id"]
    page = phone(served)
    page.locator(".alarm").wait_for()
    served.server.kill()
    come(page)
    page.reload()
    said(page, "I am coming Desk 1")
    served.server.start()
    said(page, "received")
    [found] = served.open_calls()
    assert (found["id"], [c["name"] for c in found["coming"]]) == (call, ["Tariq Aziz"])


@pytest.mark.fault
def test_when_a_call_was_closed_before_coming_arrived_it_says_so(served: Screens) -> None:
    call = served.press("desk-1")["id"]
    page = phone(served)
    page.locator(".alarm").wait_for()
    away(page)
    come(page)
    served.answer("joan", call, "attend")
    served.answer("joan", call, "close", disposition="handled")
    back(page)
    said(page, "was not taken. This call is closed.")


def come(page: Page) -> None:
    page.get_by_role("button", name="I am coming").click()
    page.get_by_role("button", name="Once more: I am coming").click()
    said(page, "not sent yet")


@pytest.mark.fault
def test_a_check_in_made_in_a_tunnel_is_sent_with_its_own_time(served: Screens) -> None:
    page = phone(served, "iris")
    with served.server.client("iris"):
        page.goto(served.server.url + "/check-ins")
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Next").wait_for()
    page.goto(served.server.url + "/phone")
    until(page, HAS_ALL)
    live(page)
    away(page)
    page.get_by_role("button", name="Everything is fine").click()
    said(page, "Check-in")
    back(page)
    said(page, "received")
    page.goto(served.server.url + "/check-ins")
    page.get_by_role("button", name="The door is locked").click()
    page.get_by_role("button", name="Begin").wait_for()


@pytest.mark.fault
def test_numbers_and_cards_are_read_without_a_link_and_say_how_old_they_are(served: Screens) -> None:
    page = phone(served)
    away(page)
    page.get_by_role("link", name="Cards").click()
    page.get_by_text("Calming things down").click()
    page.get_by_text("Offer two real choices.").wait_for()
    page.get_by_text("As it stood on").wait_for()
    page.get_by_role("link", name="Numbers").click()
    page.get_by_role("heading", name="Numbers to ring").wait_for()
    back(page)


@pytest.mark.fault
def test_copies_go_after_twelve_hours_and_when_the_person_signs_out(served: Screens) -> None:
    page = phone(served, "lucy")
    served.server.kill()
    page.evaluate(
        """async () => {
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const path of ["/phone", "/phone/cards", "/phone/numbers"]) {
              const copy = await cache.match(path);
              const headers = new Headers(copy.headers);
              headers.set("Steadydesk-Kept-At", Date.now() - 13 * 3600_000);
              await cache.put(path, new Response(await copy.blob(), { headers }));
            }
          }
        }"""
    )
    page.goto(served.server.url + "/phone/cards")
    page.locator("[data-hold]").wait_for()
    served.server.start()
    live(page)
    page.goto(served.server.url + "/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("Nobody is signed in").wait_for()
    until(page, HAS_NONE)
    assert page.evaluate("localStorage.getItem('steadydesk-place')") is None


def test_what_was_not_sent_is_asked_about_once_before_it_is_forgotten(screens: Screens) -> None:
    page = phone(screens, "nina")
    page.route("**/api/v1/alarms", lambda route: route.abort())
    hold(page)
    page.goto(screens.server.url + "/accounts/logout/")
    until(page, ROWS)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("has not sent everything yet").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("Nobody is signed in").wait_for()
    assert screens.open_calls() == []


def test_it_can_be_installed(screens: Screens) -> None:
    page = phone(screens)
    href = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = page.evaluate("async (href) => (await fetch(href)).json()", href)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/phone", "/", "standalone")
    for icon in manifest["icons"]:
        kind = page.evaluate("async (src) => (await fetch(src)).headers.get('Content-Type')", icon["src"])
        assert kind == icon["type"]
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert json.loads(found["data"]) == manifest and found["errors"] == []


def test_the_phone_pages_have_no_fault_in_any_light_or_size(
    screens: Screens, looked_at: Callable[[Page], list[str]]
) -> None:
    page = phone(screens)
    page.route("**/api/v1/alarms", lambda route: route.abort())
    hold(page)
    said(page, "not sent yet")
    faults = looked_at(page)
    for path in ("/phone/numbers", "/phone/cards"):
        page.goto(screens.server.url + path)
        live(page)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
        faults += [f"{path} {fault}" for fault in looked_at(page)]
    page.unroute_all()
    assert faults == []


def test_the_pictures_of_the_manual(screens: Screens) -> None:
    """Writes phone-call and phone-no-link."""
    page = phone(screens)
    where(page)
    page.screenshot(path=PICTURES / "phone-call.png")
    away(page)
    hold(page)
    said(page, "not sent yet")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / "phone-no-link.png")
    back(page)
    said(page, "sent.")


@pytest.mark.fault
def test_with_every_page_closed_the_browser_sends_it_when_it_wakes_the_worker(screens: Screens) -> None:
    page = phone(screens)
    where(page)
    page.route("**/api/v1/alarms", lambda route: route.abort())
    hold(page)
    said(page, "not sent yet")
    other = page.context.new_page()
    other.goto(screens.server.url + "/health/live")
    page.close()
    session = other.context.new_cdp_session(other)
    known: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda news: known.extend(news["registrations"]))
    session.send("ServiceWorker.enable")
    other.evaluate("async () => { await navigator.serviceWorker.ready; }")
    wake = {"origin": screens.server.url, "registrationId": known[-1]["registrationId"], "tag": "kept"}
    session.send("ServiceWorker.dispatchSyncEvent", {**wake, "lastChance": False})
    until(other, "async () => (await (await fetch('/api/v1/alarms?open=true')).json()).items.length === 1")
    [call] = screens.open_calls()
    assert (call["place"]["id"], call["presses"]) == ("desk-1", 1)
