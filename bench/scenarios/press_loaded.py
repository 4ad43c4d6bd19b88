"""A press while 20 writers and reports run flat out."""

from bench.figures import Figure, Goal
from bench.load import loaded
from bench.presses import Closer, press_often
from bench.setting import ROUNDS, Setting
from bench.streams import Streams
from bench.wire import Caller

WHAT = "press → last of {screens:,} screens, 20 writers and reports flat out"
P99_MS = {100: 50.0, 1000: 150.0}


def measure(setting: Setting) -> list[Figure]:
    return [_on(setting, screens) for screens in ROUNDS]


def _on(setting: Setting, screens: int) -> Figure:
    demo = setting.demo
    spacing, count = ROUNDS[screens]
    fsync = setting.fsync(spacing)
    with Streams(demo.port, demo.watcher_tokens(), screens) as streams:
        caller = Caller(demo.port, demo.device_token)
        with loaded(demo, seconds=spacing * count + 4) as load:
            presses = press_often(caller, streams, spacing, count, Closer(demo))
    spread = presses.spread
    return Figure(
        WHAT.format(screens=screens),
        (Goal("p99 ms", spread.p99, P99_MS[screens]), *presses.goals()),
        spread,
        setting.floor(screens),
        fsync,
        note=load.words(),
    )
