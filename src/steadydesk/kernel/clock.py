"""The only reader of time.

A wall anchor plus the monotonic clock: the operating system's clock may be set back an hour in the middle of an
alarm, and no deadline may notice. ``discipline`` follows the system's clock by slewing at most 1 %, and reports a
step of more than two seconds so that open deadlines can be moved with it.
"""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from steadydesk.kernel.pace import Pace

STEP = timedelta(seconds=2)
SLEW = 0.01


@dataclass(frozen=True)
class Step:
    """The system's clock jumped by ``by`` (negative: it was set back)."""

    by: timedelta


class Clock:
    """Reads time for the whole process; can be frozen, advanced and sped up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frozen: datetime | None = None
        self._speed = 1.0
        self._pace: Pace | None = None
        self._anchor_at(datetime.now(UTC))

    def _anchor_at(self, wall: datetime) -> None:
        self._wall = wall
        self._mono = time.monotonic()
        self._disciplined = self._mono

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        with self._lock:
            return self._now()

    def _now(self) -> datetime:
        if self._frozen is not None:
            return self._frozen
        if self._pace is not None:
            return self._pace.now(time.monotonic())
        return self._wall + timedelta(seconds=(time.monotonic() - self._mono) * self._speed)

    def outside(self) -> datetime:
        """The time outside, which neither a demonstration nor a replay speeds up: for how long a sign-in lasts."""
        with self._lock:
            return self._frozen if self._frozen is not None else datetime.now(UTC)

    @property
    def speed(self) -> float:
        """Seconds of desk time for one second outside; 1 but in a replay or a demonstration."""
        return self._speed if self._pace is None else self._pace.speed

    def follow(self, file: Path) -> None:
        """Take the time from a replay's file if there is one, from now on."""
        if self._pace is None:
            with self._lock, suppress(OSError, ValueError):
                self._pace = Pace(file)

    def run_at(self, speed: float) -> None:
        """Let desk time pass ``speed`` times as fast from now on."""
        with self._lock:
            self._anchor_at(self._now())
            self._speed = speed

    def freeze(self, at: datetime) -> None:
        """Stop time at ``at`` (aware); only ``advance`` moves it afterwards."""
        if at.tzinfo is None:
            raise ValueError("the clock needs a time with an offset")
        self._frozen = at.astimezone(UTC)

    def advance(self, by: timedelta) -> datetime:
        """Move frozen time on by ``by`` and return the new present."""
        if self._frozen is None:
            raise RuntimeError("only a frozen clock can be advanced")
        self._frozen += by
        return self._frozen

    def thaw(self) -> None:
        """Let time run again from the system's clock."""
        self._frozen = self._pace = None
        self._anchor_at(datetime.now(UTC))

    def discipline(self) -> Step | None:
        """Compare with the system's clock: slew a small difference away, adopt and report a step.

        Call it about once a second. A frozen or sped-up clock is left alone.
        """
        if self._frozen is not None or self._pace is not None or self._speed != 1.0:
            return None
        with self._lock:
            difference = datetime.now(UTC) - self._now()
            if abs(difference) > STEP:
                self._anchor_at(datetime.now(UTC))
                return Step(by=difference)
            elapsed = time.monotonic() - self._disciplined
            most = timedelta(seconds=elapsed * SLEW)
            self._wall += max(-most, min(most, difference))
            self._disciplined = time.monotonic()
            return None

    @staticmethod
    def monotonic() -> float:
        """Seconds on a clock that nobody can set: for leases, heartbeats and time-outs."""
        return time.monotonic()

    @staticmethod
    def worked() -> float:
        """Seconds of processor time that this thread has had: what it did, however busy the machine is with others."""
        return time.thread_time()


clock = Clock()
