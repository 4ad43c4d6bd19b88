"""``POST /api/v1/device-events`` as bare ASGI: a worn or wall button takes the way of every other press."""

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from steadydesk.alarms import queries
from steadydesk.alarms.book import Book
from steadydesk.alarms.buttons import Heard, Trials, as_press, hear, told
from steadydesk.alarms.desk import AlarmDesk
from steadydesk.api import asgi
from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import SteadydeskError
from steadydesk.kernel.signature import HEADER

PATH = "/api/v1/device-events"
Keep = Callable[[Heard], None]
"""Keeps what the device said of itself, or that it was refused; it asks the records, and may find them away."""

log = logging.getLogger(__name__)


class DeviceDoor:
    """The one way in for devices. A press needs nothing but the book and the installation's key."""

    def __init__(self, desk: AlarmDesk, book: Callable[[], Book], key: str, keep: Keep) -> None:
        self._desk, self._book, self._key, self._keep = desk, book, key, keep
        self._trials = Trials()
        self._keeping: set[asyncio.Task[None]] = set()

    @staticmethod
    def opens(scope: Scope) -> bool:
        """Whether the request is for this door."""
        return scope["method"] == "POST" and scope["path"].rstrip("/") == PATH

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw = await asgi.read_body(receive)
        started = clock.monotonic()
        try:
            status, body = await self._take(self._hear(scope, raw), started)
        except SteadydeskError as error:
            await asgi.answer_problem(scope, send, self._book(), error)
        else:
            await asgi.answer_json(send, status, body)

    def _hear(self, scope: Scope, raw: bytes) -> Heard:
        book, now = self._book(), clock.now()
        header = asgi.header(scope, HEADER.lower().encode()) or ""
        by_gateway = any(a.gateway for a in asgi.actors(scope, book))
        return self._trials.settle(hear(raw, header, book, self._key, now, by_gateway=by_gateway), now)

    async def _take(self, heard: Heard, started: float) -> tuple[int, dict[str, Any]]:
        if heard.refused:
            await self._try_to_keep(heard)
            return HTTPStatus.OK, told(heard)
        if not heard.presses:
            await self._in_records(heard)
            return HTTPStatus.OK, told(heard)
        book = self._book()
        answered = await self._desk.perform(as_press(heard, book, clock.now()), started)
        # Storage may be away: whoever pressed does not wait for it.
        task = asyncio.create_task(self._try_to_keep(heard))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        if heard.hides:
            return HTTPStatus.OK, told(heard)
        status = 202 if not answered.recorded else 201 if answered.fresh else 200
        alarm = queries.as_json(answered.alarm, book, recorded=answered.recorded, joined=answered.joined)
        return status, {"alarm": alarm}

    async def _in_records(self, heard: Heard) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._keep, heard)

    async def _try_to_keep(self, heard: Heard) -> None:
        """The press itself is told of; what is kept beside it must not undo that."""
        try:
            await self._in_records(heard)
        except Exception as error:
            log.warning("what a device said could not be kept (%s)", type(error).__name__)
