"""Sends every press until the server has confirmed it. Nothing but a person gives a press up."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from steadydesk.agent.kept import Kept, Press, new_press
from steadydesk.agent.link import Link
from steadydesk.kernel.clock import clock

PAUSE_S = 0.5
OVERDUE_S = 2.0

log = logging.getLogger(__name__)


class Sender:
    """Every unconfirmed press, in memory and on disk; those of an earlier life and of ``press`` too."""

    def __init__(self, link: Link, kept: Kept, confirmed: Callable[[Mapping[str, Any]], None]) -> None:
        self._link, self._kept, self._confirmed = link, kept, confirmed
        self._waiting: dict[str, Press] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._said = ""

    def press(self, body: Mapping[str, str]) -> Press:
        """One press, now. It is sent although it cannot be kept: only a crash before that would lose it."""
        made = new_press(body, clock.now())
        with self._lock:
            self._waiting[made.key] = made
        self._wake.set()
        try:
            self._kept.keep(made)
        except OSError as error:
            log.error("a press could not be kept: %s", error.strerror)
        if not self.is_waiting(made):
            self._kept.forget(made)  # it was confirmed before it was kept
        return made

    def is_waiting(self, press: Press) -> bool:
        """Whether nobody has confirmed it yet."""
        with self._lock:
            return press.key in self._waiting

    def ages(self) -> list[float]:
        """For how many seconds each unconfirmed press waits."""
        now = clock.now()
        with self._lock:
            return [press.ago(now).total_seconds() for press in self._waiting.values()]

    def send_all(self) -> None:
        """Send once what waits, here or on disk."""
        kept = self._kept.all()
        with self._lock:
            self._waiting = {press.key: press for press in kept} | self._waiting
            waiting = list(self._waiting.values())
        for press in waiting:
            self._send(press)

    def run(self, stop: threading.Event) -> None:
        """Send without end, at once when a key is pressed."""
        while not stop.is_set():
            self._wake.clear()
            self.send_all()
            self._wake.wait(PAUSE_S)

    def _send(self, press: Press) -> None:
        try:
            alarm = self._link.raise_alarm(press, press.ago(clock.now()))
        except Exception as error:  # whatever it is, the press is tried again
            if (trouble := type(error).__name__) != self._said:
                log.warning("not sent yet, it is tried again: %s", trouble)
                self._said = trouble
            return
        self._said = ""
        with self._lock:
            self._waiting.pop(press.key, None)
        self._kept.forget(press)
        self._confirmed(alarm)
