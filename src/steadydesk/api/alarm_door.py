"""``POST /api/v1/alarms`` and the answers to an alarm, as bare ASGI: no session, no rate limit, no queue before it."""

import asyncio
from collections.abc import Awaitable, Callable

from steadydesk.alarms import queries
from steadydesk.alarms.answers import read_answer
from steadydesk.alarms.book import Book
from steadydesk.alarms.desk import AlarmDesk, Answered
from steadydesk.alarms.press import presser, read_body, read_press
from steadydesk.alarms.rules import Act
from steadydesk.alarms.state import Alarm
from steadydesk.api import asgi
from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.api.press_body import PressBody
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refusal, SteadydeskError
from steadydesk.kernel.words import gettext as _

PATH = "/api/v1/alarms"
FindAlarm = Callable[[str], Alarm | None]
"""An alarm that is not open any more, from the records."""
Reread = Callable[[], Awaitable[None]]
"""Bring the book up to date with the records; it takes a moment, and gives up by itself."""


class AlarmDoor:
    """The one way in for presses and answers over HTTP."""

    def __init__(self, desk: AlarmDesk, book: Callable[[], Book], find_alarm: FindAlarm, reread: Reread) -> None:
        self._desk, self._book, self._find_alarm, self._reread = desk, book, find_alarm, reread

    @staticmethod
    def opens(scope: Scope) -> bool:
        """Whether the request is for this door."""
        path = scope["path"]
        return scope["method"] == "POST" and (path == PATH or path.startswith(PATH + "/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw = await asgi.read_body(receive, PressBody())
        started = clock.monotonic()
        try:
            actors = askers(scope, self._book())
            if scope["path"].rstrip("/") == PATH:
                await self._press(scope, raw, actors, started, send)
            else:
                await self._answer(scope, raw, actors, started, send)
        except SteadydeskError as error:
            await asgi.answer_problem(scope, send, self._book(), error)

    async def _press(self, scope: Scope, raw: bytes, actors: list[Actor], started: float, send: Send) -> None:
        body, odd = read_body(raw)
        key = asgi.header(scope, b"idempotency-key")
        act, more = read_press(presser(actors), key, body, self._book(), clock.now())
        if odd or more:
            act.facts["odd"] = [*odd, *more]
        answered = await self._desk.perform(act, started)
        status = 202 if not answered.recorded else 201 if answered.fresh else 200
        await self._show(send, status, answered)

    async def _answer(self, scope: Scope, raw: bytes, actors: list[Actor], started: float, send: Send) -> None:
        id, _slash, verb = scope["path"].removeprefix(PATH + "/").partition("/")
        body, odd = read_body(raw)
        if odd:
            raise Invalid.one("body", _("The body must be a JSON object."))
        verb, known = verb.rstrip("/"), self._desk.open.get(id) or await self._closed(id)
        site, pressers = (known.site, known.pressers) if known else (None, ())

        def read(by: list[Actor]) -> Act:
            return read_answer(id, verb, site, body, by=by, book=self._book(), pressers=pressers)

        try:
            act = read(actors)
        except (NotAllowed, Refusal):
            if verb == "seen" or any(actor.person is not None for actor in actors):
                raise
            # Nobody is known at the desk: the book may be a moment behind who tapped in.
            await self._reread()
            act, started = read(askers(scope, self._book())), clock.monotonic()
        answered = await self._desk.perform(act, started)
        await self._show(send, 200 if answered.recorded else 202, answered)

    async def _closed(self, id: str) -> Alarm | None:
        return await asyncio.get_running_loop().run_in_executor(None, self._find_alarm, id)

    async def _show(self, send: Send, status: int, answered: Answered) -> None:
        body = queries.as_json(answered.alarm, self._book(), recorded=answered.recorded, joined=answered.joined)
        await asgi.answer_json(send, status, body)


def askers(scope: Scope, book: Book) -> list[Actor]:
    """Who asks, at least one; only an unknown credential is refused, and another site's page."""
    found = book.at_desk(asgi.actors(scope, book))
    if not found:
        raise NotSignedIn(_("This token is not known. Ask an administrator for one."))
    if asgi.by_cookie(scope) and asgi.header(scope, asgi.PRESS_HEADER) is None:
        raise NotAllowed(_("A page of Steadydesk must send this."))
    return found


def on_record(id: str) -> Alarm | None:
    """Any alarm that was recorded."""
    try:
        return queries.alarm(id)
    except NotFound:
        return None
