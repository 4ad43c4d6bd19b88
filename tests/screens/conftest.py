"""Real browsers before a real server: desks, people at desks, and phones. Nothing waits for a fixed time."""

import json
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.peers import needs
from tests.running import Server

ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
LONGEST_WAIT_MS = 60_000
"""For what comes on a machine that does other things too; whatever comes is not waited for any longer."""
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe whose answer the light can change; the others look at the same page twice."""
SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 740},
    "200 %": {"width": 683, "height": 384},
    "320 px": {"width": 320, "height": 640},
}
WIDER = "document.documentElement.scrollWidth > innerWidth"
WATCHED = """
  window.beeps = 0;
  window.spoken = [];
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.beeps += 1; return make.call(this); };
  addEventListener("DOMContentLoaded", () => {
    const line = document.querySelector("[data-alert]");
    const note = () => line.textContent && window.spoken.push(line.textContent);
    if (line) new MutationObserver(note).observe(line, { childList: true, characterData: true, subtree: true });
  });
"""
"""Counts beeps and keeps what the lasting alert line has said."""
PLAIN_WORKERS = """
  delete window.SharedWorker;
  window.workers = [];
  const Plain = window.Worker;
  window.Worker = class extends Plain { constructor(...how) { super(...how); window.workers.push(this); } };
"""
"""As on phones that have no shared worker; the tests can then reach the worker and its requests."""


expect.set_options(timeout=LONGEST_WAIT_MS)


class Screens:
    """Browsers of their own, each a desk, a person at a desk, or a person's phone."""

    def __init__(self, browser: Browser, server: Server, signed_in: dict[str, Any]) -> None:
        self.server = server
        self.outside: list[str] = []
        """Requests to anywhere but the server; no name is ever found, as without an internet connection."""
        self._browser = browser
        self._signed_in = signed_in
        self._open: list[BrowserContext] = []

    @property
    def by_name(self) -> str:
        """The server's other address: browsers keep no passkey for a number."""
        return self.server.url.replace("127.0.0.1", "localhost")

    def browser(self, *, shared_worker: bool = True, **options: Any) -> BrowserContext:
        """A fresh browser without an internet connection."""
        context = self._browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        context.set_default_timeout(LONGEST_WAIT_MS)
        context.add_init_script(WATCHED)
        if not shared_worker:
            context.add_init_script(PLAIN_WORKERS)
        # Only listened to: a route would hold up every request, and the browser would keep nothing in its cache.
        context.on("request", lambda request: self._note(request.url))
        self._open.append(context)
        return context

    def _note(self, url: str) -> None:
        if not url.startswith((self.server.url, self.by_name, "data:", "blob:")):
            self.outside.append(url)

    def desk(self, name: str, path: str = "/desk", **options: Any) -> Page:
        """A browser that is the desk, started, with nobody signed in."""
        return self._opened(name, None, path, options)

    def person(self, login: str, path: str, *, desk: str | None = None, **options: Any) -> Page:
        """A person signed in, at a desk or on their own phone."""
        return self._opened(desk, login, path, options)

    def phone(self, login: str, path: str = "/respond", **options: Any) -> Page:
        """The person's phone."""
        return self.person(login, path, **{"viewport": PHONE, "has_touch": True, **options})

    def cookies(self, desk: str | None, login: str | None = None) -> Any:
        """What the browser of the desk, the person or both keeps."""
        key = f"{desk} {login}"
        if key not in self._signed_in:
            self._signed_in[key] = self._come_in(desk, login)
        return self._signed_in[key]

    def _opened(self, desk: str | None, login: str | None, path: str, options: dict[str, Any]) -> Page:
        page = self.browser(storage_state=self.cookies(desk, login), **options).new_page()
        page.goto(self.server.url + path)
        live(page)
        return page

    def _come_in(self, desk: str | None, login: str | None) -> Any:
        """What the forms send, without drawing them; that they work is a test of its own."""
        context = self.browser()
        if desk:
            self._send(context, "/desk/enrol", code=self.server.token(desk))
            self._send(context, "/desk/start")
        if login:
            password = self.server.credentials["people"][login]["password"]
            self._send(context, "/accounts/login/", login=login, password=password)
        return context.storage_state()

    def _send(self, context: BrowserContext, path: str, **typed: str) -> None:
        url = self.server.url + path
        assert context.request.get(url).ok
        [proof] = [cookie["value"] for cookie in context.cookies(url) if cookie["name"] == "csrftoken"]
        reply = context.request.post(url, form={"csrfmiddlewaretoken": proof, **typed}, max_redirects=0)
        assert reply.status == HTTPStatus.FOUND, reply.text()

    def close(self) -> None:
        """Close every browser."""
        for context in self._open:
            context.close()

    # What the server knows

    def press(self, device: str = "desk-1", key: str | None = None, **body: Any) -> dict[str, Any]:
        """A call from elsewhere, by the API."""
        headers = {"Idempotency-Key": key} if key else {}
        with self.server.client(device) as client:
            found: dict[str, Any] = client.post("/api/v1/alarms", json=body, headers=headers).json()
        return found

    def answer(self, login: str, id: str, verb: str, **body: str) -> None:
        """An answer from elsewhere, by the API."""
        with self.server.client(login) as client:
            client.post(f"/api/v1/alarms/{id}/{verb}", json=body).raise_for_status()

    def open_calls(self) -> list[dict[str, Any]]:
        """The calls that are open."""
        with self.server.client("joan") as client:
            found: list[dict[str, Any]] = client.get("/api/v1/alarms?open=true").json()["items"]
        return found

    def end_calls(self) -> None:
        """Close every open call."""
        for call in self.open_calls():
            if call["mode"] == "real":
                self.answer("joan", call["id"], "attend")
            self.answer("joan", call["id"], "close", disposition="handled" if call["mode"] == "real" else call["mode"])


def live(page: Page) -> None:
    """Wait until the page's link is live."""
    page.locator('[data-link][data-state="live"]').wait_for()


def mark(page: Page, sign: str) -> None:
    """Wait until the footer mark is ``sign``."""
    page.wait_for_function("sign => document.querySelector('[data-mark]').textContent === sign", arg=sign)


def silently(page: Page) -> None:
    """Press the desk's silent key."""
    page.keyboard.press("Control+Shift+Digit9")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for a file of tests: longer would keep its event loop running under tests that use Django."""
    path = needs("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    """The cookies of who came in once, for the tests of a file: to come in again and again is slow."""
    return {}


@pytest.fixture
def screens(chromium: Browser, server: Server, signed_in: dict[str, Any]) -> Iterator[Screens]:
    """Browsers before the server; what they opened and called is closed again afterwards."""
    found = Screens(chromium, server, signed_in)
    yield found
    found.close()
    found.end_calls()
    assert found.outside == [], "a page asked for something outside"


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Finds what axe-core, by the rules of WCAG 2.2 AA or only by those named, has to say against a page."""
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def look(page: Page, rules: Sequence[str] = ()) -> list[str]:
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": tags}
        options = {"runOnly": only, "resultTypes": ["violations"]}
        if page.evaluate("window.axe === undefined"):
            page.evaluate(Axe().axe_script)
        found = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
        return [
            f"{fault['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
            for fault in found
            for node in fault["nodes"][:3]
        ]

    return look


@pytest.fixture
def looked_at(axe: Callable[..., list[str]]) -> Callable[[Page], list[str]]:
    """Looks at an open page in every light and size: what axe has to say, and where it is wider than the window.

    One page for all of them: to open it anew for each takes longer than to look.
    """

    def look(page: Page) -> list[str]:
        before = page.viewport_size
        page.emulate_media(color_scheme="light")
        faults = [f"light: {fault}" for fault in axe(page)]
        page.emulate_media(color_scheme="dark")
        faults += [f"dark: {fault}" for fault in axe(page, OF_COLOURS)]
        for name, size in SIZES.items():
            page.set_viewport_size(size)
            faults += [f"{name}: wider than the window"] * page.evaluate(WIDER)
        if before:
            page.set_viewport_size(before)
        page.emulate_media(color_scheme="light", forced_colors="active")
        faults += ["forced colours: wider than the window"] * page.evaluate(WIDER)
        page.emulate_media(forced_colors="none")
        return faults

    return look
