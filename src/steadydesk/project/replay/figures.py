"""What the product recorded of the replayed week: how long people waited, and how it ended."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from steadydesk.project.replay.reading import Fault
from steadydesk.protocol.durations import parse_duration

LIMITS = {name: parse_duration(name) for name in ("PT5M", "PT10M")}


@dataclass(frozen=True)
class Wait:
    """One customer's wait, as recorded."""

    service: str
    attended: bool
    lasted: timedelta | None
    """Until somebody attended or the customer left; ``None`` while they wait."""


def as_json(waits: Sequence[Wait], faults: Iterable[Fault]) -> dict[str, Any]:
    """The figures as the contract has them, with those of each service."""
    services = sorted({wait.service for wait in waits})
    return {
        **_figures(waits),
        "by_service": {name: _figures([w for w in waits if w.service == name]) for name in services},
        "faulty": [{"line": fault.line, "reason": fault.reason} for fault in faults],
    }


def _figures(waits: Sequence[Wait]) -> dict[str, Any]:
    lasted = sorted(wait.lasted for wait in waits if wait.lasted is not None)
    attended = sum(wait.attended for wait in waits)
    return {
        "arrivals": len(waits),
        "attended": attended,
        "left_unattended": sum(not wait.attended and wait.lasted is not None for wait in waits),
        "wait_s": {"median": _rank(lasted, 50), "p95": _rank(lasted, 95)},
        "over": {name: sum(wait > limit for wait in lasted) for name, limit in LIMITS.items()},
    }


def _rank(ordered: Sequence[timedelta], percent: int) -> float | None:
    """The percentile by nearest rank, in seconds; a whole number where it is one."""
    if not ordered:
        return None
    seconds = ordered[math.ceil(len(ordered) * percent / 100) - 1].total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def as_text(found: Mapping[str, Any]) -> str:
    """The same for a person."""
    rows = [("", *HEAD), _cells("everybody", found), *(_cells(n, f) for n, f in found["by_service"].items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    faulty = [f"line {fault['line']}: {fault['reason']}" for fault in found["faulty"]]
    return "\n".join([*table, *(["", f"faulty: {len(faulty)}", *faulty] if faulty else [])])


HEAD = ("arrivals", "attended", "left unattended", "median wait", "95 in 100 within", "over 5 min", "over 10 min")


def _cells(name: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (found["arrivals"], found["attended"], found["left_unattended"])
    waits = ("–" if wait is None else f"{wait} s" for wait in found["wait_s"].values())
    return (name, *(str(count) for count in counts), *waits, *(str(count) for count in found["over"].values()))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Names to the left, numbers to the right."""
    return [
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
