"""The outside dead-man's ping: while it comes, somebody else knows that nothing here is overdue."""

import logging
import threading
from collections.abc import Callable

from django.db import connection

from steadydesk.kernel.clock import clock

EVERY_S = 60.0
TIMEOUT_S = 5

log = logging.getLogger(__name__)


class Watch:
    """Asks for ``url`` each minute, but not while anything is overdue: silence is the outside's alarm."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._next = clock.monotonic()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self, overdue: bool, at: float) -> bool:
        """Ping when the minute is over and nothing is overdue; whether the outside answered.

        ``at`` is on the monotonic clock. Blocks for a few seconds at worst.
        """
        if overdue or at < self._next:
            return False
        self._next = at + EVERY_S
        import httpx  # most installations have nobody outside to tell

        try:
            httpx.get(self._url, timeout=TIMEOUT_S).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("the outside watch did not answer (%s)", type(error).__name__)
            return False
        return True

    def start(self, is_overdue: Callable[[], bool]) -> None:
        """Look each second in a thread of its own; without an address there is nothing to start."""
        if self._url:
            self._thread = threading.Thread(target=self._run, args=(is_overdue,), name="watch", daemon=True)
            self._thread.start()

    def halt(self) -> None:
        """Ask no more."""
        self._stopping.set()

    def join(self, wait_s: float) -> None:
        """Wait for the end of the thread, or leave it to its time-out."""
        if self._thread is not None:
            self._thread.join(wait_s)

    def _run(self, is_overdue: Callable[[], bool]) -> None:
        while not self._stopping.is_set():
            try:
                self.look(is_overdue(), clock.monotonic())
            except Exception:
                log.exception("nobody could say whether anything is overdue: no ping")
                connection.close()
            self._stopping.wait(1)
        connection.close()
