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
        self.stale = False
        """Whether something changed that could not be read yet."""

    async def __call__(self) -> None:
        """Read, and return when memory is up to date."""
        self._wanted = True
        if self._running:
            return
        self._running = True
        try:
            while self._wanted:
                self._wanted = False
                await self._try()
        finally:
            self._running = False

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
