"""Headless Chromium before the demo: people signed in, and desks that have been started."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.server import Demo

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# Where there is no shared worker the page has one of its own, whose requests can be blocked.
PLAIN_WORKERS = "delete window.SharedWorker;"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine; raises when it has none."""
    found = (os.environ.get("STEADYDESK_TEST_BROWSER"), *map(shutil.which, PROGRAMS))
    program = next((path for path in found if path), None)
    if program is None:
        raise RuntimeError("there is no Chromium here; STEADYDESK_TEST_BROWSER names one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, demo: Demo, login: str, path: str) -> Page:
    """Somebody's own browser on a page whose link is live."""
    page = browser.new_context().new_page()
    page.goto(f"{demo.url}/accounts/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", demo.credentials["people"][login]["password"])
    page.click("main form button")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.goto(demo.url + path)
    page.locator('[data-link][data-state="live"]').wait_for()
    return page


def desk_without_stream(browser: Browser, demo: Demo) -> Page:
    """A started desk behind something that lets no stream through, once it has noticed and asks again and again."""
    context = browser.new_context()
    context.add_init_script(PLAIN_WORKERS)
    context.route("**/api/v1/stream*", lambda route: route.abort())
    return started_desk(context, demo, "polling")


def started_desk(context: BrowserContext, demo: Demo, link: str = "live") -> Page:
    """The demo's desk, started in this context, once its link is in this state."""
    context.add_cookies([{"name": "steadydesk-desk", "value": demo.device_token, "url": demo.url}])
    page = context.new_page()
    page.goto(f"{demo.url}/desk/start")
    page.locator("[data-start-desk]").click()
    page.wait_for_url("**/desk")
    page.locator(f'[data-link][data-state="{link}"]').wait_for()
    return page
