"""Wakes whoever waits for a commit: threads and loops of this process, and on SQLite the server from a command."""

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path


class Bell:
    """Rung after every commit. Ringing is cheap, never blocks and carries nothing: listeners look for themselves."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._outside: Path | None = None

    def listen(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` at each ring, in the ringing thread: it must only set a flag or post to a loop."""
        self._listeners.append(wake)

    def stop_listening(self, wake: Callable[[], None]) -> None:
        """Forget ``wake``."""
        self._listeners.remove(wake)

    def reach(self, path: Path) -> None:
        """Also ring the server that listens on this socket: a command's commit must wake it."""
        self._outside = path

    def ring(self) -> None:
        """Wake everybody."""
        for wake in self._listeners:
            wake()
        if self._outside is not None:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
                s.setblocking(False)
                s.sendto(b"!", str(self._outside))


bell = Bell()
