"""What a measurement is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """How a measured time is spread, in milliseconds. Percentiles by nearest rank."""

    p50: float
    p95: float
    p99: float
    max: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        """The spread of times given in seconds; at least one."""
        ordered = sorted(second * 1000 for second in seconds)
        ranks = [max(0, math.ceil(len(ordered) * share) - 1) for share in (0.5, 0.95, 0.99)]
        p50, p95, p99 = (ordered[rank] for rank in ranks)
        return cls(p50, p95, p99, ordered[-1], len(ordered))


@dataclass(frozen=True)
class Goal:
    """One figure to reach: `value` at most `limit`, or at least it."""

    words: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True)
class Figure:
    """One row of the table; `spread` is missing where the figure is not a time."""

    what: str
    goals: tuple[Goal, ...] = ()
    spread: Spread | None = None
    floor: Spread | None = None
    fsync: Spread | None = None
    peer: str = ""
    note: str = ""


@dataclass(frozen=True)
class NotMeasured:
    """A row that could not be measured, with the reason: never left out in silence."""

    what: str
    reason: str


Row = Figure | NotMeasured
