"""Many screens in one thread: each reads the stream, and the moment the last one had it all is known.

The bytes of one event are the same on all screens of one permission group, so that each frame is decoded once
and then only counted; decoding it a thousand times would measure the reader instead of the server.
"""

import json
import re
import resource
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

_FIELD = re.compile(rb"^(id|event|data): ?(.*)$", re.MULTILINE)
HEARTBEAT = b"event: heartbeat"
UNPROTECTED = b'"protected":false'


@dataclass
class Arrival:
    """One event, on how many screens it has arrived, and when the first and the last had its last byte."""

    event: str
    id: str
    data: dict[str, Any]
    first: float
    last: float
    count: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.data.get("facts") or {}
        return facts


class Streams:
    """`count` open streams; call `pump` or `wait` often, nothing is read in between."""

    def __init__(
        self, port: int, tokens: Sequence[str], count: int, path: str = "/api/v1/stream", last_id: str = ""
    ) -> None:
        allow_descriptors(count + 200)
        self.count = count
        self.lost = 0
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rest: dict[int, bytes] = {}
        self._alive: set[int] = set()
        self.unprotected: set[int] = set()
        """Screens whose last heartbeat said that nobody is protected."""
        self._arrivals: dict[bytes, Arrival] = {}
        self._by_event: dict[tuple[str, str], Arrival] = {}
        for number in range(count):
            self._open(port, tokens[number % len(tokens)], path, last_id)
            self.pump(0)
        deadline = time.monotonic() + 30
        while len(self._alive) < count:
            if time.monotonic() > deadline or self.lost:
                raise TimeoutError(f"{len(self._alive)} of {count} streams began, {self.lost} were closed")
            self.pump(0.1)

    def __enter__(self) -> "Streams":
        return self

    def __exit__(self, *error: object) -> None:
        for connection in self._sockets.values():
            connection.close()
        self._poll.close()

    def pump(self, seconds: float) -> None:
        """Read whatever has come; waits at most `seconds` for the first of it."""
        for descriptor, _ in self._poll.poll(seconds):
            try:
                data = self._sockets[descriptor].recv(1 << 18)
            except ConnectionError:
                data = b""
            if data:
                self._read(descriptor, data)
            else:
                self._poll.unregister(descriptor)
                self.lost += 1

    def wait(self, wanted: Callable[[Arrival], bool], timeout: float) -> Arrival | None:
        """The first wanted event that is on every screen, or None when there was none in time."""
        deadline = time.monotonic() + timeout
        while True:
            for arrival in self._by_event.values():
                if arrival.count >= self.count and wanted(arrival):
                    return arrival
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self.pump(left)

    def rest_until(self, moment: float) -> None:
        """Go on reading until the monotonic clock shows `moment`."""
        while (left := moment - time.monotonic()) > 0:
            self.pump(left)

    def arrivals(self) -> list[Arrival]:
        """All events since the start or since `forget`, in the order of their first arrival."""
        return list(self._by_event.values())

    def forget(self) -> None:
        self._arrivals.clear()
        self._by_event.clear()

    def _open(self, port: int, token: str, path: str, last_id: str) -> None:
        connection = socket.create_connection(("127.0.0.1", port))
        resume = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/event-stream\r\n"
            f"Authorization: Bearer {token}\r\n{resume}\r\n".encode()
        )
        connection.setblocking(False)
        self._sockets[connection.fileno()] = connection
        self._rest[connection.fileno()] = b""
        self._poll.register(connection, select.EPOLLIN)

    def _read(self, descriptor: int, data: bytes) -> None:
        now = time.monotonic()
        *frames, self._rest[descriptor] = (self._rest[descriptor] + data).split(b"\n\n")
        for frame in frames:
            if HEARTBEAT in frame:
                self._alive.add(descriptor)
                (self.unprotected.add if UNPROTECTED in frame else self.unprotected.discard)(descriptor)
                continue
            # Headers and the chunk's length stand before the frame, on lines that end with CR LF.
            body = frame.rpartition(b"\r\n")[2]
            arrival = self._arrivals.get(body) or self._decode(body, now)
            if arrival is not None:
                arrival.count += 1
                arrival.last = now

    def _decode(self, frame: bytes, now: float) -> Arrival | None:
        fields = {name.decode(): value.decode() for name, value in _FIELD.findall(frame)}
        if "event" not in fields:
            return None
        data = json.loads(fields.get("data") or "{}")
        key = (fields["event"], fields.get("id") or f"early {data.get('subject')}")
        arrival = self._by_event.setdefault(key, Arrival(key[0], fields.get("id", ""), data, now, now))
        self._arrivals[frame] = arrival
        return arrival


def allow_descriptors(count: int) -> None:
    """Let this process have `count` files open; raises when the system does not permit so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        if hard < count:
            raise OSError(f"{count} open files are needed, {hard} are allowed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
