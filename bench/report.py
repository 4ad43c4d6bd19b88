"""The table, for the terminal and `bench/results.md`, with a sentence for each figure not reached."""

import platform
import sqlite3
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from bench.figures import Figure, Goal, NotMeasured, Row, Spread

HEAD = (
    "what",
    "n",
    "p50",
    "p95",
    "p99",
    "max",
    "floor p50 / p99",
    "ratio",
    "fsync p50 / p99",
    "to reach",
    "peer",
)


def machine(folder: Path) -> str:
    """What the figures were measured on; no name and no address of it."""
    gigabytes = psutil.virtual_memory().total / 1e9
    system = f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}"
    parts = [f"{psutil.cpu_count()} × {_processor()}", f"{gigabytes:.0f} GB", system, _file_system(folder)]
    parts += [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    for package in ("django", "uvicorn", "uvloop"):
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(parts)


def table(rows: Sequence[Row]) -> str:
    """All rows as a Markdown table; times in ms."""
    lines = [HEAD, tuple("---" for _ in HEAD), *map(_cells, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


WHY = {
    "press → durable": "Beside the floor's statements the press writes the act, a delivery for each of nine colleagues"
    " and the deadline, and reads its own entry back for the streams; on 1,000 the reader takes most of a core.",
    "press → last of": "The writers' pages and the alarm share one interpreter and two cores with the clients, and"
    " the alarm waits for the lock at each of its statements.",
    "visit actions": "A request is about seven statements by the ORM and its routing, all of it Python; one process"
    " uses one core for them, and the clients the other.",
    "memory": "A stream keeps the server's own buffers and the roles and sites of its viewer.",
    "deadline passed": "Fifty customers fall due at the same instant, 500 a second for 20 s, at about 1.5 ms each in"
    " the ORM; what is seen at a screen is also coalesced for 50 ms.",
    "desk's board": "The rows are kept and the past is not looked at; what is left is a request of Django's, eighteen"
    " statements and the parts of the page that differ from desk to desk, all of it Python on one core.",
    "replay": "A row is three actions, each with its journal, clocks and deadlines and a commit of its own, one after"
    " the other in the order of time.",
    "kill -9": "Python loads the program twice before it is ready, in the process that brings the records up to date"
    " and then in the server: over a second of processor each time.",
    "10,000 deadlines": "About 1.5 ms of Python each, twenty in a transaction.",
}
"""What is known of the reasons, by how the figure's name begins."""


def _why(row: Figure) -> str:
    return next((f" {why}" for begins, why in WHY.items() if row.what.startswith(begins)), "")


def sentences(rows: Sequence[Row]) -> list[str]:
    """One sentence for each figure not reached or not measured, and one for each note."""
    said = []
    for row in rows:
        if isinstance(row, NotMeasured):
            said.append(f"Not measured: {row.what}: {row.reason}")
            continue
        said += [f"Not reached: {row.what}: {_miss(goal)}.{_why(row)}" for goal in row.goals if not goal.reached]
    return said + [f"{row.what}: {row.note}." for row in rows if isinstance(row, Figure) and row.note]


def text(rows: Sequence[Row], folder: Path, seconds: float) -> str:
    """The whole of the results."""
    said = "\n".join(f"- {sentence}" for sentence in sentences(rows))
    return (
        "# Measured figures\n\n"
        f"By `make bench`, in {seconds:.0f} s. Times in milliseconds. The floor is a raw uvloop server with\n"
        "the same commit and fan-out, its presses at the same spacing; fsync is 200 bytes written to the\n"
        "same disk. The programs that press, write and read run on the same cores as the server.\n\n"
        f"Machine: {machine(folder)}.\n\n"
        f"{table(rows)}\n\n{said}\n"
    )


def _cells(row: Row) -> tuple[str, ...]:
    if isinstance(row, NotMeasured):
        return (row.what, *["–"] * (len(HEAD) - 3), "not measured", "")
    spread = row.spread
    times = [_ms(getattr(spread, name)) if spread else "–" for name in ("p50", "p95", "p99", "max")]
    ratio = f"{spread.p50 / row.floor.p50:.2f}" if spread and row.floor else "–"
    goals = "; ".join(_goal(goal) for goal in row.goals)
    count = str(spread.count) if spread else "–"
    return (row.what, count, *times, _pair(row.floor), ratio, _pair(row.fsync), goals, row.peer)


def _goal(goal: Goal) -> str:
    mark = "✓" if goal.reached else "**✗**"
    return f"{mark} {goal.words} {_number(goal.value)} {'≥' if goal.at_least else '≤'} {goal.limit:g}"


def _miss(goal: Goal) -> str:
    wanted = "at least" if goal.at_least else "at most"
    return f"{goal.words} is {_number(goal.value)}, {wanted} {goal.limit:g} was to be reached"


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() or value >= 100 else f"{value:.2f}"


def _pair(spread: Spread | None) -> str:
    return f"{_ms(spread.p50)} / {_ms(spread.p99)}" if spread else "–"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(folder: Path) -> str:
    """The type of the file system that holds the folder: the one mounted nearest above it."""
    above = [part for part in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(part.mountpoint)]
    return max(above, key=lambda part: len(part.mountpoint)).fstype if above else "unknown file system"
