"""The engine is dead, and the moment the last screen has been told that nobody is protected."""

import sqlite3
import time

from bench.figures import Figure, Goal, Spread
from bench.setting import Setting
from bench.streams import Streams

WHAT = "engine dead → the last of {screens} screens says so"
SCREENS = 100
ROUNDS = 3
PATIENCE_S = 15.0


def measure(setting: Setting) -> list[Figure]:
    demo = setting.fresh_demo("engine")
    took = []
    with demo, Streams(demo.port, demo.watcher_tokens(), SCREENS) as streams:
        records = sqlite3.connect(demo.database(), timeout=10)
        for _ in range(ROUNDS):
            _wait(streams, 0)
            # Without its table the engine fails at each round and goes round no more; the rest of the server lives.
            records.execute("ALTER TABLE deadlines_deadline RENAME TO deadlines_gone")
            began = time.monotonic()
            _wait(streams, SCREENS)
            took.append(time.monotonic() - began)
            records.execute("ALTER TABLE deadlines_gone RENAME TO deadlines_deadline")
        records.close()
    spread = Spread.of(took)
    return [Figure(WHAT.format(screens=SCREENS), (Goal("worst s", spread.max / 1000, 5),), spread)]


def _wait(streams: Streams, unprotected: int) -> None:
    """Until so many screens have heard that nobody is protected, and the others that somebody is."""
    end = time.monotonic() + PATIENCE_S
    while len(streams.unprotected) != unprotected:
        if time.monotonic() > end:
            raise TimeoutError(f"{len(streams.unprotected)} screens say “not protected”, not {unprotected}")
        streams.pump(0.05)
