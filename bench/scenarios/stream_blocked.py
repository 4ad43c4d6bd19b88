"""A customer typed in at one desk, and another desk that no stream reaches."""

import time

from bench.browsers import chromium, desk_without_stream
from bench.figures import Figure, Goal, Spread
from bench.setting import Setting
from bench.wire import Caller

WHAT = "customer added → shown at another desk with the stream blocked"
COUNT = 5


def measure(setting: Setting) -> list[Figure]:
    demo = setting.demo
    caller = Caller(demo.port, demo.people("reception", "team_member", site=demo.site)[0]["token"])
    took = []
    with chromium() as browser:
        page = desk_without_stream(browser, demo)
        for _ in range(COUNT):
            began = time.monotonic()
            visit = caller.call("POST", "/api/v1/visits", {"site": demo.site}).ok()["id"]
            page.locator(f"#visit-{visit}").wait_for(timeout=10_000)
            took.append(time.monotonic() - began)
            caller.call("POST", f"/api/v1/visits/{visit}/leave", {}).ok()
    spread = Spread.of(took)
    return [Figure(WHAT, (Goal("worst s", spread.max / 1000, 5),), spread, None, setting.fsync())]
