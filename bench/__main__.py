"""`python -m bench`: every scenario, the table, `bench/results.md`. Exit 1 when a figure is not reached."""

import argparse
import importlib
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from bench import report
from bench.figures import Figure, NotMeasured, Row
from bench.server import Demo, NotStarted
from bench.setting import Setting
from bench.streams import allow_descriptors

SCENARIOS = (
    "press_quiet",
    "press_loaded",
    "purge",
    "painted",
    "customer_added",
    "stream_blocked",
    "tapped_in",
    "actions",
    "busy_board",
    "replay",
    "first_load",
    "screen_away",
    "receiver_down",
    "engine_dead",
    "memory",
    "deadlines",
    "killed",
)
RESULTS = Path(__file__).with_name("results.md")
FOLDER = Path("build")


def run(scenario: str, setting: Setting) -> list[Row]:
    """One scenario's figures; one that fails is a row that says why, and the rest goes on."""
    began = time.monotonic()
    module = importlib.import_module(f"bench.scenarios.{scenario}")
    try:
        figures: list[Row] = list(module.measure(setting))
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs into the table
        traceback.print_exc()
        figures = [NotMeasured(getattr(module, "WHAT", scenario), f"{type(error).__name__}: {error}"[:300])]
    print(f"{scenario}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return figures


def floors(setting: Setting) -> list[Row]:
    """The floors alone, for a machine that is to be judged before there is a server."""
    return [
        Figure(f"floor: press → last of {screens:,} screens", (), setting.floor(screens), None, setting.fsync())
        for screens in (100, 1000)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the figures of the design.")
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS, "floors"], help="none: all of them")
    parser.add_argument("--data", type=Path, default=FOLDER, help="a folder on the disk to be measured")
    words = parser.parse_args()
    began = time.monotonic()
    allow_descriptors(2500)
    words.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=words.data) as folder:
        try:
            rows = measure(words.scenarios or SCENARIOS, Path(folder))
        except NotStarted as error:
            print(f"The demo did not start, nothing was measured: {error}", file=sys.stderr)
            return 1
    text = report.text(rows, words.data, time.monotonic() - began)
    print(text)
    if not words.scenarios:
        RESULTS.write_text(text)
    reached = all(isinstance(row, Figure) and all(goal.reached for goal in row.goals) for row in rows)
    return 0 if reached else 1


def measure(chosen: Sequence[str], folder: Path) -> list[Row]:
    """The rows of the chosen scenarios; the shared demo runs beside them all."""
    setting = Setting(folder, Demo(folder / "shared"))
    if "floors" in chosen:
        return floors(setting)
    with setting.demo:
        return [row for scenario in chosen for row in run(scenario, setting)]


if __name__ == "__main__":
    sys.exit(main())
