"""A screen that is away for 8 s: everything that happened meanwhile is there at its return, once."""

import time

from bench.figures import Figure, Goal, Spread
from bench.presses import SHOWN, Closer
from bench.setting import Setting
from bench.streams import Streams
from bench.wire import Caller

WHAT = "screen away 8 s, 20 presses meanwhile"
AWAY_S = 8.0
COUNT = 20


def measure(setting: Setting) -> list[Figure]:
    demo = setting.demo
    tokens = demo.watcher_tokens()[:1]
    caller, close = Caller(demo.port, demo.device_token), Closer(demo)
    with Streams(demo.port, tokens, 1) as streams:
        close(caller.call("POST", "/api/v1/alarms", {"mode": "drill"}))
        marker = streams.wait(lambda arrival: arrival.event == "alarm:closed" and bool(arrival.id), 5)
    if marker is None:
        raise RuntimeError("the stream brought no event with an id")
    pressed = set()
    for _ in range(COUNT):
        answer = caller.call("POST", "/api/v1/alarms", {"mode": "drill"})
        pressed.add(answer.ok()["id"])
        close(answer)
        time.sleep(AWAY_S / COUNT)
    back = time.monotonic()
    arrived: dict[str, float] = {}
    twice = 0
    with Streams(demo.port, tokens, 1, last_id=marker.id) as streams:
        streams.rest_until(back + 2)
        for arrival in streams.arrivals():
            if arrival.event in SHOWN and arrival.facts.get("id") in pressed:
                twice += arrival.count > 1 or arrival.facts["id"] in arrived
                arrived[arrival.facts["id"]] = arrival.first - back
    in_time = sum(seconds <= 1 for seconds in arrived.values())
    goals = (Goal("within 1 s of 20", in_time, COUNT, at_least=True), Goal("shown twice", twice, 0))
    spread = Spread.of(list(arrived.values())) if arrived else None
    return [Figure(WHAT, goals, spread, None, setting.fsync(), "healthchecks: 20 of 20 lost (webhook)")]
