"""A person taps in at a desk with a PIN: from the first key to their name at the desk, in a real browser."""

import time

from playwright.sync_api import Browser, Page

from bench.browsers import chromium, signed_in, started_desk
from bench.figures import Figure, Goal, Spread
from bench.server import Demo
from bench.setting import Setting

WHAT = "tapping in by PIN, first key → name at the desk, typed without a pause"
COUNT = 20
PIN = "4827"


def measure(setting: Setting) -> list[Figure]:
    demo = setting.demo
    with chromium() as browser:
        name = _choose_pin(browser, demo, demo.people("reception", site=demo.site)[0]["login"])
        desk = started_desk(browser.new_context(), demo)
        took = [_tap_in(desk, name) for _ in range(COUNT)]
    spread = Spread.of(took)
    return [Figure(WHAT, (Goal("p95 s", spread.p95 / 1000, 3),), spread, note="a person's own fingers come on top")]


def _choose_pin(browser: Browser, demo: Demo, login: str) -> str:
    """On the person's own page; returns the name that the desk will show."""
    own = signed_in(browser, demo, login, "/me")
    own.fill("[name=new_pin]", PIN)
    own.fill("[name=again]", PIN)
    own.locator("form[action$=pin] button").click()
    own.get_by_text("You tap in with this PIN").wait_for()
    name = own.locator("h1").inner_text()
    own.context.close()
    return name


def _tap_in(desk: Page, name: str) -> float:
    began = time.monotonic()
    desk.keyboard.press("Shift+F2")
    desk.keyboard.type(PIN)
    desk.locator("#tap-person").select_option(label=name)
    desk.locator("#tapping .govuk-button").click()
    desk.locator(".tap-here", has_text=name).wait_for()
    took = time.monotonic() - began
    desk.locator("[popovertarget^=out-]").first.click()
    desk.locator("[popover]:popover-open [value=out]").click()
    desk.locator(".tap-here", has_text=name).wait_for(state="detached")
    return took
