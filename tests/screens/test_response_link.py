"""What a screen does when the server, the stream or its own worker goes away: it says so, and misses nothing."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from tests.running import Server
from tests.screens.conftest import Screens, live, mark, silently

pytestmark = [pytest.mark.browser, pytest.mark.fault]

STREAM = "**/api/v1/stream*"
NETWORK = re.compile(r"/api/v1/|/screens/news")


FREEZE = """() => {
  const link = document.querySelector("[data-link]");
  window.states = [];
  new MutationObserver(() => window.states.push(link.dataset.state)).observe(link, { attributeFilter: ["data-state"] });
  window.workers[0].terminate();
}"""
"""The worker says nothing any more, as in a frozen tab; what the link then says is written down."""


STREAMS = """(code) => {
  const open = new Set(), beats = [], timers = new Map();
  let now = 0, hangs = false;
  const fetch = (address, { signal }) => new Promise((_, fails) => {
    if (!hangs) return fails(new Error("refused"));
    open.add(signal);
    signal.addEventListener("abort", () => (open.delete(signal), fails(new Error("given up"))));
  });
  const later = (what) => (timers.set(timers.size + 1, what), timers.size);
  const world = { self: { onconnect: null }, fetch, setTimeout: later, clearTimeout: (id) => timers.delete(id),
    setInterval: (what) => beats.push(what), performance: { now: () => now } };
  new Function(...Object.keys(world), code)(...Object.values(world));
  const port = { postMessage() {} };
  world.self.onconnect({ ports: [port] });
  port.onmessage({ data: { after: null } });
  return (async () => {
    await new Promise((done) => setTimeout(done));
    hangs = true;
    now += 9000;
    beats[0]();
    for (const due of timers.values()) due();
    return open.size;
  })();
}"""
"""Runs the worker's own code in a world of ours: the first stream is refused, and each that follows says nothing."""


def banners(page: Page, count: int) -> None:
    page.wait_for_function("n => document.querySelectorAll('[data-alarms] .alarm').length === n", arg=count)


def said(page: Page, count: int = 1) -> list[str]:
    """What the alert line has said, once it has said so much: it speaks a moment after the banner is painted."""
    page.wait_for_function("n => window.spoken.length >= n", arg=count)
    found: list[str] = page.evaluate("window.spoken")
    return found


def state(page: Page, wanted: str) -> None:
    page.locator(f'[data-link][data-state="{wanted}"]').wait_for()


def _runs(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/health/live", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def served(screens: Screens) -> Any:
    """The server runs again after the test, whatever the test did to it."""
    yield screens
    if not _runs(screens.server):
        screens.server.start()


def test_a_lost_link_is_said_within_five_seconds_and_nothing_is_missed_or_doubled(served: Screens) -> None:
    office, counter = served.desk("back-office"), served.desk("desk-1")
    served.press("room-1")
    banners(office, 1)
    served.server.kill()
    state(office, "lost")
    assert "Not live since" in office.locator("[data-link-text]").inner_text()
    state(counter, "lost")
    assert counter.locator("[data-link-text]").inner_text().startswith("Link lost")
    served.server.start()
    served.press("room-1")
    served.press("desk-2")
    live(office)
    banners(office, 2)
    served.press("branch-desk", mode="test")
    assert len([s for s in said(office, 2) if "Desk 2" in s]) == 1


def test_with_the_stream_blocked_a_page_asks_again_and_again_and_says_so(served: Screens) -> None:
    context = served.browser(storage_state=served.cookies("back-office"), shared_worker=False)
    context.route(STREAM, lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{served.server.url}/desk")
    state(page, "polling")
    assert page.locator("[data-link-text]").inner_text() == "Polling"
    served.press("desk-1")
    banners(page, 1)
    context.unroute(STREAM)
    live(page)
    banners(page, 1)
    assert said(page) == ["REAL. Help now. Desk 1."]


def test_a_page_whose_worker_froze_says_so_and_starts_another(served: Screens) -> None:
    page = served.desk("back-office", shared_worker=False)
    page.evaluate(FREEZE)
    page.wait_for_function("() => window.workers.length === 2")
    served.press("desk-1")
    live(page)
    assert page.evaluate("window.states[0]") == "lost"
    banners(page, 1)
    assert said(page) == ["REAL. Help now. Desk 1."]


def test_a_press_without_a_server_shows_a_question_mark_and_becomes_one_call_when_it_is_back(served: Screens) -> None:
    desk, office = served.desk("desk-1"), served.desk("back-office")
    served.server.kill()
    silently(desk)
    mark(desk, "?")
    assert desk.evaluate("window.beeps") == 0
    served.server.start()
    mark(desk, "○")
    [call] = served.open_calls()
    assert (call["place"]["id"], call["presses"]) == ("desk-1", 1)
    live(office)
    banners(office, 1)


def test_a_press_whose_answer_was_lost_is_sent_again_and_is_one_call(served: Screens) -> None:
    desk = served.desk("desk-1")
    lost: list[int] = []

    def lose(route: Any) -> None:
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    desk.route("**/api/v1/alarms", lose)
    silently(desk)
    mark(desk, "○")
    desk.wait_for_function("() => document.querySelector('[data-mark]').textContent === '○'")
    assert len(lost) == 1 and lost[0] in (201, 202), "on a busy machine it may be told before it is recorded"
    [call] = served.open_calls()
    assert call["presses"] == 1
    assert served.press("desk-2", key="the same")["id"] == served.press("desk-2", key="the same")["id"]


def test_a_screen_that_slept_through_calls_shows_those_that_are_open_once(served: Screens) -> None:
    context = served.browser(storage_state=served.cookies("back-office"), shared_worker=False)
    page = context.new_page()
    page.goto(f"{served.server.url}/desk")
    live(page)
    context.route(NETWORK, lambda route: route.abort())
    page.evaluate(FREEZE)
    page.wait_for_function("() => window.workers.length === 2")
    state(page, "lost")
    first = served.press("room-1")["id"]
    served.press("desk-1")
    served.answer("joan", first, "attend")
    served.answer("joan", first, "close", disposition="nothing_found")
    context.unroute(NETWORK)
    live(page)
    banners(page, 1)
    assert said(page) == ["REAL. Help now. Desk 1."]


def test_before_any_call_a_counter_shows_by_its_dot_alone_whether_somebody_could_answer(served: Screens) -> None:
    desk = served.desk("desk-1")
    dot = desk.locator("[data-link]")
    desk.wait_for_selector('[data-link][data-answer="nobody"]')
    empty = dot.inner_text()
    office = served.person("helen", "/desk", desk="back-office")
    office.keyboard.press("Escape")
    desk.wait_for_selector('[data-link][data-answer="somebody"]')
    office.close()
    assert not any(word in (empty + dot.inner_text()).lower() for word in ("answer", "nobody", "come"))


def test_a_stream_that_says_nothing_never_leaves_another_behind(screens: Screens) -> None:
    """A browser has six connections to a host: streams that were forgotten would leave none for the board."""
    code = httpx.get(f"{screens.server.url}/static/steadydesk/live-worker.js").text
    assert screens.browser().new_page().evaluate(STREAMS, code) == 1


def test_a_board_that_could_not_be_fetched_is_fetched_again(screens: Screens) -> None:
    desk = screens.desk("desk-1")
    fails = [True]
    desk.route("**/desk/board*", lambda route: route.abort() if fails and fails.pop() else route.continue_())
    with screens.server.client("desk-2") as client:
        client.post("/api/v1/visits", json={"site": "exchange", "description": "missed"}).raise_for_status()
    desk.locator("[data-row]", has_text="missed").wait_for()
    assert not fails
