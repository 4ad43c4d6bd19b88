"""Listens to the server: whether the link is good before any press, and whether somebody is coming after one."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from steadydesk.agent.link import Link

BACK_AFTER_S = 1.0


class Watcher:
    """What the server says, as far as this desk is concerned."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._mine: set[str] = set()
        self._open: dict[str, Mapping[str, Any]] = {}
        self._linked, self._can_answer = False, 0

    def confirmed(self, alarm: Mapping[str, Any]) -> None:
        """A call was made here."""
        with self._lock:
            self._mine.add(_id(alarm))
            # The stream may have been quicker, and knows who is coming by now.
            self._open.setdefault(_id(alarm), alarm)

    def heard(self) -> tuple[bool, int, tuple[Mapping[str, Any], ...]]:
        """Whether the link is good, how many can answer, and the open calls that were made here."""
        with self._lock:
            return self._linked, self._can_answer, tuple(a for id, a in self._open.items() if id in self._mine)

    def run(self, stop: threading.Event) -> None:
        """Listen without end; after a break what was missed is asked for."""
        while not stop.is_set():
            with suppress(Exception):  # whatever it is, it listens again
                self._listen(stop)
            with self._lock:
                self._linked = False
            stop.wait(BACK_AFTER_S)

    def _listen(self, stop: threading.Event) -> None:
        with self._link.stream() as events:
            for alarm in self.heard()[2]:
                self._take(self._link.alarm(_id(alarm)))
            for name, data in events:
                self.take(name, data)
                if stop.is_set():
                    return

    def take(self, name: str, data: Mapping[str, Any]) -> None:
        """One event."""
        if name == "heartbeat":
            with self._lock:
                self._linked, self._can_answer = bool(data.get("protected")), int(data.get("can_answer") or 0)
        elif name.startswith("alarm:") and isinstance(facts := data.get("facts"), Mapping):
            self._take(facts)

    def _take(self, alarm: Mapping[str, Any]) -> None:
        with self._lock:
            self._open[_id(alarm)] = alarm
            if alarm.get("state") == "closed":
                del self._open[_id(alarm)]
                self._mine.discard(_id(alarm))


def _id(alarm: Mapping[str, Any]) -> str:
    return str(alarm.get("id"))
