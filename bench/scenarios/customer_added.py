"""A customer typed in at one desk, and the moment another desk's stream knows."""

import time

from bench.figures import Figure, Goal, Spread
from bench.setting import Setting
from bench.streams import Streams
from bench.wire import Caller

WHAT = "customer added → other desk"
COUNT = 60
SPACING = 0.1


def measure(setting: Setting) -> list[Figure]:
    demo = setting.demo
    caller = Caller(demo.port, demo.people("reception", "team_member", site=demo.site)[0]["token"])
    took, missing = [], 0
    with Streams(demo.port, [demo.device_token], 1) as streams:
        for _ in range(COUNT):
            streams.forget()
            began = time.monotonic()
            caller.send("POST", "/api/v1/visits", {"site": demo.site})
            arrival = streams.wait(lambda arrival: arrival.event == "visit:arrived", 5)
            caller.answer().ok()
            if arrival is None:
                missing += 1
            else:
                took.append(arrival.last - began)
            streams.rest_until(began + SPACING)
    return [_figure(setting, took, missing)]


def _figure(setting: Setting, took: list[float], missing: int) -> Figure:
    spread = Spread.of(took)
    goals = (Goal("p95 ms", spread.p95, 100), Goal("missing", missing, 0))
    note = "to the event; the screen then fetches its fragment"
    return Figure(WHAT, goals, spread, None, setting.fsync(SPACING), "TheQ 125 ms median", note)
