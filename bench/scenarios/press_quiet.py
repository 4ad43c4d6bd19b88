"""A press with nothing else going on, on 100 and on 1,000 screens."""

from bench.figures import Figure, Goal
from bench.presses import Closer, press_often
from bench.setting import ROUNDS, Setting
from bench.streams import Streams
from bench.wire import Caller

WHAT = "press → durable → last of {screens:,} screens, quiet"
P99_MS = {100: 20.0, 1000: 60.0}
PEERS = {100: "Starlette 6.6 ms, raw asyncio 2.2 ms", 1000: ""}


def measure(setting: Setting) -> list[Figure]:
    return [_on(setting, screens) for screens in ROUNDS]


def _on(setting: Setting, screens: int) -> Figure:
    demo = setting.demo
    spacing, count = ROUNDS[screens]
    floor = setting.floor(screens)
    with Streams(demo.port, demo.watcher_tokens(), screens) as streams:
        presses = press_often(Caller(demo.port, demo.device_token), streams, spacing, count, Closer(demo))
    spread = presses.spread
    goals = [Goal("p99 ms", spread.p99, P99_MS[screens]), *presses.goals()]
    if screens == 100:
        goals.insert(0, Goal("p50 / floor", spread.p50 / floor.p50, 1.5))
    return Figure(
        WHAT.format(screens=screens),
        tuple(goals),
        spread,
        floor,
        setting.fsync(spacing),
        PEERS[screens],
        f"{presses.unrecorded} shown before they were recorded",
    )
