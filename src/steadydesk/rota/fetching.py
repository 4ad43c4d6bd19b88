"""Fetches the calendars that people named by address, in a thread of its own and never inside a transaction.

Only by HTTPS and only from the open internet, but for the servers that an administrator allowed: an address that
somebody types must not make Steadydesk read what lies behind the organisation's own walls.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Collection, Iterable
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
from django.db import connection

from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.rota import calendars
from steadydesk.rota.models import Calendar
from steadydesk.rota.reading import LARGEST, Unreadable, read_busy

EVERY_S = 10.0
ANSWER_S = 10.0
WHOLE_S = 20.0
MOST_MOVES = 3
FETCHER = system("calendars")

log = logging.getLogger(__name__)


class Hurried(httpcore.NetworkStream):
    """A connection on which everything together is done by one moment: a slow server keeps nobody else waiting."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come."""
        return self._stream.read(max_bytes, left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send it."""
        self._stream.write(buffer, left(self._until, timeout))

    def close(self) -> None:
        """No more of it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted, and no later."""
        tls = self._stream.start_tls(ssl_context, server_hostname, left(self._until, timeout))
        return Hurried(tls, self._until)

    def get_extra_info(self, info: str) -> Any:
        """What is known of it."""
        return self._stream.get_extra_info(info)


def left(until: float, timeout: float | None) -> float:
    """How long this step may last. Raises ``httpcore.TimeoutException`` when no time is left."""
    seconds = until - clock.monotonic()
    if seconds <= 0:
        raise httpcore.TimeoutException
    return seconds if timeout is None else min(seconds, timeout)


class Guard(httpcore.SyncBackend):
    """Connects to where the name leads, unless that is inside the organisation's network."""

    def __init__(self, allowed: Collection[str], until: float) -> None:
        self._allowed = allowed
        self._until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """To the very address that was looked at: a name may lead elsewhere a moment later."""
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, ValueError):  # no such name, or none that could be one
            raise Unreadable("unreachable") from None
        if host.lower() not in self._allowed and not all(ip_address(f.partition("%")[0]).is_global for f in found):
            raise Unreadable("not_allowed")
        stream = super().connect_tcp(found[0], port, left(self._until, timeout), local_address, socket_options)
        return Hurried(stream, self._until)


def fetch(address: str, allowed: Collection[str]) -> bytes:
    """The calendar at this address, within its time and size. Raises ``Unreadable``."""
    until = clock.monotonic() + WHOLE_S
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), ANSWER_S)
    with httpcore.ConnectionPool(ssl.create_default_context(), network_backend=Guard(allowed, until)) as pool:
        for _move in range(MOST_MOVES + 1):
            calendars.check_address(address, allowed)
            moved = _ask(pool, address, timeout)
            if isinstance(moved, bytes):
                return moved
            address = moved
    raise Unreadable("refused")


def _ask(pool: httpcore.ConnectionPool, address: str, timeout: dict[str, float]) -> bytes | str:
    """What the server gives out, or the address to which it sends us on."""
    host = urlsplit(address).netloc.rpartition("@")[2]
    headers = [("Accept", "text/calendar"), ("User-Agent", "Steadydesk"), ("Host", host)]
    try:
        with pool.stream("GET", address, headers=headers, extensions={"timeout": timeout}) as answer:
            said = {name.lower(): value for name, value in answer.headers}
            if answer.status in (301, 302, 303, 307, 308) and b"location" in said:
                return urljoin(address, said[b"location"].decode("ascii", "replace"))
            if answer.status != 200:
                raise Unreadable("refused")
            return _body(answer)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, ValueError):
        raise Unreadable("unreachable") from None


def _body(answer: httpcore.Response) -> bytes:
    found = bytearray()
    for piece in answer.iter_stream():
        found += piece
        if len(found) > LARGEST:
            raise Unreadable("too_large")
    return bytes(found)


class Fetcher:
    """The one who fetches what is due, one calendar after the other."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self, now: datetime) -> int:
        """Fetch every calendar that is due at ``now``; how many were tried."""
        tried = 0
        while (row := calendars.claim_due(now)) is not None and not self._stopping.is_set():
            self._take(row, now)
            tried += 1
        return tried

    def _take(self, row: Calendar, now: datetime) -> None:
        asked = calendars.asked(row.person_id, now)
        try:
            spans = read_busy(fetch(row.address, self._allowed), asked)
        except Unreadable as error:
            calendars.note_failure(row.pk, error.code, by=FETCHER, now=clock.now())
        else:
            calendars.keep_spans(row.pk, spans, asked, by=FETCHER, now=clock.now())

    def start(self) -> None:
        """Look every few seconds, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="calendars", daemon=True)
        self._thread.start()

    def halt(self) -> None:
        """Begin no more."""
        self._stopping.set()

    def join(self, wait_s: float) -> None:
        """Wait for what is being fetched, or leave it to its time-out."""
        if self._thread is not None:
            self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self.run_once(clock.now())
            except Exception:
                log.exception("the look for calendars failed")
                connection.close()
        connection.close()
