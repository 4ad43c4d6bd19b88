"""``POST /api/v1/phone-events`` as bare ASGI: a call for help by telephone takes the way of every other press."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from steadydesk.alarms import queries
from steadydesk.alarms.book import Book
from steadydesk.alarms.desk import AlarmDesk
from steadydesk.alarms.press import read_body, without_walls
from steadydesk.alarms.telephones import NOT_A_CODE, Heard, as_press, hear
from steadydesk.api import asgi
from steadydesk.api.alarm_door import askers
from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import SteadydeskError

PATH = "/api/v1/phone-events"
Log = Callable[[Heard, Mapping[str, Any], Actor], str]
"""Keeps that a number was rung; it asks the records, and may find them away."""

log = logging.getLogger(__name__)


class PhoneDoor:
    """The one way in for telephone systems. Like a press it needs nothing but the book."""

    def __init__(self, desk: AlarmDesk, book: Callable[[], Book], key: str, log_number: Log) -> None:
        self._desk, self._book, self._key, self._log_number = desk, book, key, log_number

    @staticmethod
    def opens(scope: Scope) -> bool:
        """Whether the request is for this door."""
        return scope["method"] == "POST" and scope["path"].rstrip("/") == PATH

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        said, _odd = read_body(await asgi.read_body(receive))
        started = clock.monotonic()
        try:
            status, body = await self._hear(said, without_walls(askers(scope, self._book()))[0], started)
        except SteadydeskError as error:
            await asgi.answer_problem(scope, send, self._book(), error)
        else:
            await asgi.answer_json(send, status, body)

    async def _hear(self, said: Mapping[str, Any], by: Actor, started: float) -> tuple[int, dict[str, Any]]:
        book, now = self._book(), clock.now()
        heard = hear(said, by, book, self._key, now)
        if not heard.raises:
            return 200, {"alarm": None, "reason": await self._try_to_log(heard, said, by)}
        answered = await self._desk.perform(as_press(heard, by, said, book, now), started)
        if heard.use:
            await self._try_to_log(heard, said, by)
        status = 202 if not answered.recorded else 201 if answered.fresh else 200
        alarm = queries.as_json(answered.alarm, self._book(), recorded=answered.recorded, joined=answered.joined)
        return status, {"alarm": alarm, "reason": heard.reason}

    async def _try_to_log(self, heard: Heard, said: Mapping[str, Any], by: Actor) -> str:
        """An entry beside a call must not undo it, and one that is no press must not be told again before the next."""
        try:
            return await asyncio.get_running_loop().run_in_executor(None, self._log_number, heard, said, by)
        except Exception as error:
            log.warning("that a number was rung could not be kept (%s)", type(error).__name__)
            return NOT_A_CODE
