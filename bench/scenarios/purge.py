"""Presses beside a running purge, and how long a purge, a backup and a replay hold up whoever else writes."""

import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure, Goal
from bench.past import Past
from bench.presses import Closer, press_often
from bench.scenarios import busy_board, replay
from bench.server import Demo
from bench.setting import ROUNDS, Setting
from bench.streams import Streams
from bench.wire import Caller

WHAT = "press → last of 100 screens, beside a purge of {old:,} visits"
SCREENS, OLD, LONGEST_MS = 100, 20_000, 50
PIECE = 200
ALONE = """
import sys
from steadydesk.journal.gate import gate
from steadydesk.project.commands import main, replay
play = replay._let_time_pass
def play_alone(*words):
    gate.__init__()  # making the database is none of a replay's holds
    play(*words)
replay._let_time_pass = play_alone
done = main.main(sys.argv[1:])
held = gate.stats()
print("held", held.longest_hold * 1000, held.longest_work * 1000)
sys.exit(done)
"""
"""A command, and the longest hold of the gate in its process."""


def measure(setting: Setting) -> list[Figure]:
    demo = setting.fresh_demo("purge")
    with demo:
        visit = busy_board.enter(demo)
        past = Past(demo.database(), visit)
        past.grow_to(OLD)
        past.close()
    # Started anew, so that the longest hold is none of the start's.
    with demo:
        pressed = _press(setting, demo)
    return [pressed, *(_alone(setting, demo, what) for what in ("backup", "replay"))]


def _press(setting: Setting, demo: Demo) -> Figure:
    spacing, count = ROUNDS[SCREENS]
    with Streams(demo.port, demo.watcher_tokens(), SCREENS) as streams:
        left = _purge_now(demo.database())
        presses = press_often(Caller(demo.port, demo.device_token), streams, spacing, count, Closer(demo))
    gone = left - _ended(demo.database())
    detail = Caller(demo.port).call("GET", "/health/ready").body["checks"]["database"]["detail"]
    hold, work = map(float, re.findall(r"(\d+) ms", detail))
    spread = presses.spread
    goals = (Goal("p99 ms", spread.p99, LONGEST_MS), *presses.goals(), *_held(hold, work))
    note = f"{gone:,} went meanwhile"
    return Figure(WHAT.format(old=OLD), goals, spread, setting.floor(SCREENS), setting.fsync(spacing), note=note)


def _held(hold: float, work: float) -> tuple[Goal, Goal]:
    return Goal("longest hold ms", hold, LONGEST_MS), Goal("work in one hold ms", work, LONGEST_MS)


def _purge_now(database: Path) -> int:
    """Make the copied visits ten years old, a few at a time, and the daily purge due; returns how many there are."""
    db = sqlite3.connect(database, timeout=10, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    old = "strftime('%Y-%m-%d %H:%M:%f000', {0}, '-10 years')"
    columns = ", ".join(f"{name} = {old.format(name)}" for name in ("arrived_at", "ended_at"))
    [(last,)] = db.execute("SELECT max(id) FROM visits_visit")
    for first in range(0, last + 1, PIECE):
        db.execute(
            f"UPDATE visits_visit SET {columns} WHERE id BETWEEN ? AND ? AND ended_at IS NOT NULL",
            [first, first + PIECE - 1],
        )
    db.execute("UPDATE deadlines_deadline SET due_at = '2000-01-01 00:00:00' WHERE kind = 'privacy-purge'")
    db.close()
    return _ended(database)


def _ended(database: Path) -> int:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    [(count,)] = db.execute("SELECT count(*) FROM visits_visit WHERE ended_at IS NOT NULL")
    db.close()
    return int(count)


def _alone(setting: Setting, demo: Demo, command: str) -> Figure:
    """The longest hold of one command, in its own process."""
    folder = setting.folder / f"held-{command}"
    folder.mkdir()
    file = folder / "week.csv"
    file.write_text("\n".join(replay.table().splitlines()[:301]) + "\n")
    words = {
        "backup": ["backup", "--to", str(folder / "all.backup"), "--data", str(demo.folder / "data")],
        "replay": ["replay", str(file), "--json", "--data", str(folder / "data")],
    }[command]
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", ALONE, *words], check=True, capture_output=True, text=True)
    hold, work = map(float, re.findall(r"^held (\S+) (\S+)$", done.stdout, re.MULTILINE)[0])
    note = f"{time.monotonic() - began:.1f} s in all"
    return Figure(f"{command}: how long one write holds up the others", _held(hold, work), note=note)
