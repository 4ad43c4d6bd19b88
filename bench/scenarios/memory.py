"""Memory of the whole tree, idle and with open screens."""

from bench.figures import Figure, Goal
from bench.setting import Setting
from bench.streams import Streams

SCREENS = 500


def measure(setting: Setting) -> list[Figure]:
    demo = setting.fresh_demo("memory")
    with demo:
        idle = demo.memory_mb()
        with Streams(demo.port, demo.watcher_tokens(), SCREENS) as streams:
            streams.pump(1)
            more = (demo.memory_mb() - idle) * 1000 / SCREENS
    return [
        Figure(
            "memory, all processes, pages they share counted once",
            (Goal("idle MB", idle, 150), Goal("KB more per open screen", more, 20)),
        )
    ]
