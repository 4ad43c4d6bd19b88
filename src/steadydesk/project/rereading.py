"""Memory follows the records: read again after each change, and until it succeeds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

AFTER_A_FAULT = 1.0

log = logging.getLogger(__name__)


class Rereading:
    """One reading into memory. Called again while it runs, it runs once more."""

    def __init__(self, what: str, read: Callable[[], Awaitable[object]], pause: float = AFTER_A_FAULT) -> None:
        self._what, self._read, self._pause = what, read, pause
        self._wanted = False
        self._running = False
        self._over = asyncio.Event()
        self._waiting: set[asyncio.Task[None]] = set()
        self.stale = False
        """Whether something changed that could not be read yet."""

    async def __call__(self) -> None:
        """Read, and return when memory is up to date."""
        self._wanted = True
        if self._running:
            return
        self._running = True
        self._over.clear()
        try:
            while self._wanted:
                self._wanted = False
                await self._try()
        finally:
            self._running = False
            self._over.set()

    async def within(self, seconds: float) -> None:
        """Read what was recorded before this call, and wait for it so long at most."""
        reading = asyncio.create_task(self._whole())
        self._waiting.add(reading)
        reading.add_done_callback(self._waiting.discard)
        await asyncio.wait({reading}, timeout=seconds)

    async def _whole(self) -> None:
        await self()
        await self._over.wait()

    async def _try(self) -> None:
        try:
            await self._read()
        except Exception:
            if not self.stale:
                log.exception("%s could not be read again: memory is behind the records until it can", self._what)
            self.stale = self._wanted = True
            await asyncio.sleep(self._pause)
        else:
            self.stale = False
