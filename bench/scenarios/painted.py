"""A press, and the moment a responder's screen in a real browser has painted the call."""

import time

from playwright.sync_api import Page

from bench.browsers import chromium, signed_in
from bench.figures import Figure, Goal, Spread
from bench.presses import Closer
from bench.setting import Setting
from bench.wire import Caller

WHAT = "press → painted at a responder's screen, headless Chromium"
COUNT = 40
SPACING_S = 0.1
# The second frame after the change begins when the first, which shows it, has been painted.
WATCH = """() => {
  window.painted = [];
  const seen = new Set();
  new MutationObserver(() => {
    for (const { dataset } of document.querySelectorAll("[data-alarms] [data-alarm]")) {
      if (seen.has(dataset.alarm)) continue;
      seen.add(dataset.alarm);
      const note = () => window.painted.push([dataset.alarm, (performance.timeOrigin + performance.now()) / 1000]);
      requestAnimationFrame(() => requestAnimationFrame(note));
    }
  }).observe(document.querySelector("[data-alarms]"), { childList: true });
}"""


def measure(setting: Setting) -> list[Figure]:
    demo = setting.demo
    caller, close = Caller(demo.port, demo.device_token), Closer(demo)
    pressed: dict[str, float] = {}
    with chromium() as browser:
        page = signed_in(browser, demo, demo.people("duty_manager", site=demo.site)[0]["login"], "/respond")
        page.evaluate(WATCH)
        for _ in range(COUNT):
            # The browser's clock is the wall's, so the press is timed by it too.
            began = time.time()
            answer = caller.call("POST", "/api/v1/alarms", {"mode": "drill"})
            pressed[answer.ok()["id"]] = began
            _wait_painted(page, len(pressed))
            close(answer)
            time.sleep(SPACING_S)
        painted = dict(page.evaluate("window.painted"))
    took = [painted[alarm] - began for alarm, began in pressed.items() if alarm in painted]
    spread = Spread.of(took)
    goals = (Goal("p99 ms", spread.p99, 100), Goal("missing", COUNT - len(took), 0))
    return [Figure(WHAT, goals, spread, None, setting.fsync())]


def _wait_painted(page: Page, count: int) -> None:
    page.wait_for_function("count => window.painted.length >= count", arg=count, timeout=5_000)
