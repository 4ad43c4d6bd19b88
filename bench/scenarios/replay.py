"""How many rows a second a replay plays, beside the quiet server of the other scenarios."""

import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from bench.figures import Figure, Goal
from bench.setting import Setting

WHAT = "replay, rows (arrival, attend, finish, clocks), start and set-up included"
ROWS = 2_000
APART = timedelta(seconds=20)
BEGIN = datetime(2026, 3, 2, 7)  # noqa: DTZ001 - local times without a zone, as such files have them


def measure(setting: Setting) -> list[Figure]:
    folder = setting.folder / "replay"
    folder.mkdir()
    (folder / "week.csv").write_text(table())
    command = [str(Path(sys.executable).with_name("steadydesk")), "replay", str(folder / "week.csv")]
    began = time.monotonic()
    subprocess.run([*command, "--json", "--data", str(folder / "data")], check=True, capture_output=True)
    rate = ROWS / (time.monotonic() - began)
    return [Figure(WHAT, (Goal("per second", rate, 100, at_least=True),), fsync=setting.fsync())]


def table() -> str:
    """Customers one after the other; one in twenty waits longer than the ten minutes, one in ten leaves."""
    lines = ["arrived_at,service,attended_at,ended_at"]
    for number in range(ROWS):
        came = BEGIN + number * APART
        met = came + timedelta(minutes=11 if number % 20 == 0 else 1)
        ended = met + timedelta(minutes=3)
        attended = met.isoformat() if number % 10 != 5 else ""
        lines.append(f"{came.isoformat()},service {number % 6},{attended},{ended.isoformat()}")
    return "\n".join(lines) + "\n"
