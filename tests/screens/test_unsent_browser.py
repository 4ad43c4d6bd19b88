"""What a desk could not send outlives its page, and no page of it is without its call."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.running import Server
from tests.screens.conftest import Screens, live, mark, silently
from tests.screens.test_desk_browser import arrive

pytestmark = [pytest.mark.browser, pytest.mark.fault]

COPIED = """async () => {
  await navigator.serviceWorker.ready;
  while (!(await caches.match("/desk"))) await new Promise((done) => setTimeout(done, 50));
}"""
KEPT = """async (count) => {
  const { desk } = document.body.dataset;
  for (const end = performance.now() + 60_000; (await kept.all(`desk ${desk}`)).length !== count; ) {
    if (performance.now() > end) throw new Error("it did not come true in time");
    await new Promise((done) => setTimeout(done, 50));
  }
}"""
TOO_MUCH = """() => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: "/desk/arrivals" });
  const much = { type: "hidden", name: "much", value: "x".repeat(3_100_000) };
  form.append(Object.assign(document.createElement("input"), much));
  document.body.append(form);
  form.submit();
}"""
"""A form that no page takes: it is answered without Django, a template or the records."""


class Broken(BaseHTTPRequestHandler):
    """Answers everything with a fault."""

    def do_GET(self) -> None:
        """Nothing but 503."""
        self.send_response(503)
        self.end_headers()
        self.wfile.write(b"broken")

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def broken(server: Server) -> Iterator[None]:
    """In the server's place one that can do nothing."""
    server.kill()
    standing_in = None
    while standing_in is None:
        with suppress(OSError):  # its children let go of the address a moment later
            standing_in = ThreadingHTTPServer((server.address, server.port), Broken)
    threading.Thread(target=standing_in.serve_forever, daemon=True).start()
    yield
    standing_in.shutdown()
    standing_in.server_close()


@pytest.fixture
def served(screens: Screens) -> Iterator[Screens]:
    """The server runs again after the test, whatever the test did to it."""
    yield screens
    try:
        httpx.get(f"{screens.server.url}/health/live", timeout=5).raise_for_status()
    except httpx.HTTPError:
        screens.server.kill()
        screens.server.start()


def copied(page: Page) -> Page:
    """The desk with its copy made."""
    page.evaluate(COPIED)
    return page


def unsent(page: Page) -> None:
    """Wait until the page shows that its press was not sent, and this browser has it."""
    mark(page, "?")
    page.evaluate(KEPT, 1)


def test_a_press_that_was_not_sent_outlives_a_reload_and_is_one_call_of_its_own_time(served: Screens) -> None:
    desk = copied(served.desk("desk-1"))
    served.server.kill()
    silently(desk)
    unsent(desk)
    desk.reload()
    unsent(desk)
    served.server.start()
    mark(desk, "○")
    [call] = served.open_calls()
    assert (call["place"]["id"], call["presses"]) == ("desk-1", 1)
    late = datetime.fromisoformat(call["received_at"]) - datetime.fromisoformat(call["raised_at"])
    assert timedelta(seconds=2) < late < timedelta(minutes=10)
    desk.evaluate(KEPT, 0)


def test_an_answer_at_a_desk_that_was_not_sent_outlives_a_reload_as_well(served: Screens) -> None:
    office = copied(served.person("helen", "/desk", desk="back-office"))
    served.press("room-1")
    office.locator("[data-alarms] .alarm").wait_for()
    served.server.kill()
    office.keyboard.press("F8")
    office.keyboard.press("F8")
    office.evaluate(KEPT, 1)
    office.reload()
    office.evaluate(KEPT, 1)
    served.server.start()
    expect(office.locator('[data-alarms] [data-part="coming"]')).to_contain_text("Helen")
    office.evaluate(KEPT, 0)


def test_a_server_that_has_nothing_but_faults_leaves_the_desk_its_copy_and_its_call(served: Screens) -> None:
    desk = copied(served.desk("desk-1"))
    with broken(served.server):
        desk.reload()
        expect(desk.locator("#main.console")).to_be_visible()
        silently(desk)
        unsent(desk)
    served.server.start()
    mark(desk, "○")
    assert [call["presses"] for call in served.open_calls()] == [1]


def test_a_page_that_is_not_there_still_calls_and_shows_how_it_goes(screens: Screens) -> None:
    desk = screens.desk("desk-1")
    desk.goto(f"{screens.server.url}/nowhere")
    desk.locator("[data-carried]").wait_for()
    silently(desk)
    mark(desk, "○")
    [call] = screens.open_calls()
    assert (call["place"]["id"], call["source"]) == ("desk-1", "hot_key")
    screens.answer("helen", call["id"], "acknowledge")
    mark(desk, "●")


def test_a_page_that_knows_nothing_calls_as_the_desk_that_this_browser_is(screens: Screens) -> None:
    desk = screens.desk("desk-1")
    desk.evaluate(TOO_MUCH)
    desk.get_by_text("This body is too large.").wait_for()
    desk.locator("[data-carried]").wait_for()
    silently(desk)
    mark(desk, "○")
    desk.locator(".mark").click()
    desk.locator("dialog a[href^='tel:']").first.wait_for()
    assert [call["place"]["id"] for call in screens.open_calls()] == ["desk-1"]


def test_set_up_has_the_button_and_the_mark_as_well(screens: Screens) -> None:
    page = screens.browser(storage_state=screens.cookies(None, "sasha")).new_page()
    page.goto(f"{screens.server.url}/set-up/")
    call = page.locator("[data-carried] [data-call]")
    call.click()
    call.click()
    mark(page, "○")
    assert [call["urgency"] for call in screens.open_calls()] == ["nearby"]


def test_whoever_signs_out_on_a_phone_leaves_no_call_behind_for_the_next(screens: Screens) -> None:
    phone = screens.phone("tariq")
    phone.goto(f"{screens.server.url}/accounts/logout/")
    live(phone)
    phone.locator("main form button").click()
    phone.wait_for_function("() => !document.body.dataset.screen && localStorage['steadydesk-screen'] === undefined")
    phone.goto(f"{screens.server.url}/nowhere")
    expect(phone.locator("[data-carried]")).to_be_hidden()


def test_the_copy_that_a_desk_keeps_names_no_customer_and_the_list_is_back_with_the_server(served: Screens) -> None:
    arrive(served, "red coat, buggy")
    desk = served.desk("desk-1")
    expect(desk.locator("[data-row]", has_text="red coat, buggy")).to_be_visible()
    desk.evaluate(COPIED)
    desk.reload()  # what was fetched just now is not kept either
    live(desk)
    served.server.kill()
    desk.reload()
    expect(desk.locator("#board")).to_contain_text("Who waits is not known here while the server is away.")
    assert "red coat" not in desk.content()
    served.server.start()
    expect(desk.locator("[data-row]", has_text="red coat, buggy")).to_be_visible()
