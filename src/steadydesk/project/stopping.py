"""An orderly stop: all threads together within one time, however many of them hang."""

from collections.abc import Sequence
from typing import Protocol

from steadydesk.alarms.clerk import Clerk
from steadydesk.kernel.clock import clock

STOP_SECONDS = 1.5
CLERK_SECONDS = 0.5


class Part(Protocol):
    """What runs in threads of its own."""

    def halt(self) -> None:
        """Begin to end."""

    def join(self, wait_s: float) -> None:
        """Wait for the end, this long at most."""


def stop_all(parts: Sequence[Part], clerk: Clerk) -> None:
    """End them; what is not done in time is left to its lease, its deadline or the spool."""
    until = clock.monotonic() + STOP_SECONDS
    for part in parts:
        part.halt()
    for part in parts:
        part.join(max(0.0, until - CLERK_SECONDS - clock.monotonic()))
    # Last, for the others may still have an act for it.
    clerk.stop(max(CLERK_SECONDS, until - clock.monotonic()))
