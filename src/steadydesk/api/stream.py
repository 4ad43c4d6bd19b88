"""``GET /api/v1/stream``: server-sent events, resumable by journal id, filtered by what the subscriber may see."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from steadydesk.alarms.book import Book
from steadydesk.api import asgi
from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.journal.frames import HELLO, frame
from steadydesk.journal.hub import Hub, Subscriber
from steadydesk.journal.reader import Reader
from steadydesk.journal.rules import BEYOND, NEEDS, OF_A_SITE, is_bare, is_lost, is_told, needed, read_cursor
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotSignedIn, SteadydeskError, StorageUnavailable
from steadydesk.kernel.words import gettext as _

PATH = "/api/v1/stream"
_EVERYWHERE = {f for f, permission in NEEDS.items() if permission is Permission.STREAM_READ} - OF_A_SITE
"""Families that are told to every screen when they are about the installation as a whole."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

State = Callable[[], dict[str, Any]]

log = logging.getLogger(__name__)


class TooManyStreams(StorageUnavailable):
    """This process can hold no more; another node, or the same a little later, may."""

    code = "too_many_streams"


class Stream:
    """Every open stream of this process."""

    def __init__(
        self, hub: Hub, past: Reader, book: Callable[[], Book], state: State, room: Callable[[], bool]
    ) -> None:
        self._hub, self._past, self._book, self._state, self._room = hub, past, book, state, room
        # A thousand screens that come back at once are caught up one page after the other, beside what is new.
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="past")
        self._ending = False
        self._open: dict[asyncio.Event, tuple[list[str], list[Actor]]] = {}
        """What ends each open stream, the credentials it was opened with, and whom these stood for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until the client goes or the server stops."""
        actors = asgi.actors(scope, self._book())
        try:
            after = self._admit(scope, actors)
        except SteadydeskError as error:
            await asgi.answer_problem(scope, send, self._book(), error)
            return
        ended = asyncio.Event()
        if self._ending:
            # A browser that comes back at once, to the server that is still going down.
            ended.set()
        self._open[ended] = asgi.credentials(scope), actors
        try:
            await self._serve(actors, ended, after, receive, send)
        finally:
            del self._open[ended]

    def _admit(self, scope: Scope, actors: list[Actor]) -> int | None:
        """From where the stream goes on; ``None`` for now. Raises what refuses it."""
        if not actors:
            raise NotSignedIn(_("This token is not known."))
        after = _cursor(scope)
        if not self._room():
            # A press must always find a descriptor, so a stream may not take the last ones.
            raise TooManyStreams(_("Too many screens are open here."))
        return after

    async def _serve(
        self, actors: list[Actor], ended: asyncio.Event, after: int | None, receive: Receive, send: Send
    ) -> None:
        subscriber = self._subscriber(actors, send)
        subscriber.drop = ended.set
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": HELLO + self.heartbeat(subscriber), "more_body": True})
        self._hub.join(subscriber)
        try:
            await self._catch_up(subscriber, after)
            gone = asyncio.ensure_future(_disconnected(receive))
            stop = asyncio.ensure_future(ended.wait())
            await asyncio.wait({gone, stop}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            stop.cancel()
        finally:
            self._hub.remove(subscriber)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(send({"type": "http.response.body", "body": b"", "more_body": False}), 0.5)

    def _subscriber(self, actors: list[Actor], send: Send) -> Subscriber:
        person = next((a for a in actors if a.kind == "person"), None)
        where = next((a for a in actors if a.kind == "device"), actors[0])
        sees: dict[str, set[str]] = {"": {f for f in _EVERYWHERE if is_told(f, where)}}
        for actor in actors:
            for family in NEEDS:
                permission = needed(family, actor)
                if permission is not None and is_told(family, actor):
                    for site in actor.sites(permission, self._book().sites):
                        sees.setdefault(site, set()).add(family)
        return Subscriber(
            send=send,
            sees={s: frozenset(f) for s, f in sees.items()},
            person=int(person.id) if person else None,
            site=where.site or "",
            place=where.place or "",
            asker=person.ref if person else where.ref,
            watching=lambda: self._watching(actors),
            bare=frozenset(f for f in NEEDS if is_bare(f, where)),
        )

    def _watching(self, actors: list[Actor]) -> frozenset[int]:
        book = self._book()
        return frozenset(p for actor in actors for p in book.watching(actor))

    async def _catch_up(self, subscriber: Subscriber, after: int | None) -> None:
        newest = self._hub.last
        told = newest or 0
        if after is not None and newest is not None and after != newest:
            try:
                found = await self._tell_past(subscriber, after, newest)
            except Exception as error:
                # Without the records it cannot be caught up, but early news of a call must reach it.
                log.warning("a screen could not be caught up: %s", type(error).__name__)
                found = None
            if found is None:
                self._hub.reset(subscriber)
            else:
                told = found
        self._hub.go_live(subscriber, told)

    async def _tell_past(self, subscriber: Subscriber, after: int, newest: int) -> int | None:
        """Tell what came after its cursor, and up to where; ``None`` when it has to fetch everything anew.

        It slept for long then, or the records were replaced by older ones.
        """
        loop, at = asyncio.get_running_loop(), after
        if after > newest:
            # The node that it comes from may have been ahead of this one.
            return after if after <= await loop.run_in_executor(self._reading, self._past.last_id) else None
        if is_lost(after, await loop.run_in_executor(self._reading, self._past.first_id), newest):
            return None
        while page := await loop.run_in_executor(self._reading, self._page, subscriber, at):
            at, data = page
            if data:
                # As fast as the client takes it: it has not fallen behind, it only comes back.
                await subscriber.send({"type": "http.response.body", "body": data, "more_body": True})
            if at >= newest:
                break
        return max(at, newest)

    def _page(self, subscriber: Subscriber, after: int) -> tuple[int, bytes] | None:
        """Some entries of the past as the stream's bytes, and the last one's id; not on the loop."""
        rows = self._past.after(after)
        if not rows:
            return None
        seen = (r for r in rows if subscriber.may_see(r.site, r.family) and not self._hub.hidden(subscriber, r))
        return rows[-1].id, b"".join(self._hub.encode(r, subscriber.bare) for r in seen)

    def heartbeat(self, subscriber: Subscriber, cache: dict[Any, bytes] | None = None) -> bytes:
        """The present, whether the engine is alive, and how many could answer a call from there."""
        now = clock.now()
        where = self._book().where(subscriber.person, subscriber.site, subscriber.place, now)
        key = (*where, subscriber.asker)
        if cache is not None and key in cache:
            return cache[key]
        can = self._book().can_answer(*key, now)
        data = frame("heartbeat", {"now": now.isoformat(), "can_answer": can, **self._state()})
        if cache is not None:
            cache[key] = data
        return data

    async def beat(self) -> None:
        """Each second to everybody; a screen that hears none for four seconds counts the link as lost."""
        while True:
            await asyncio.sleep(1)
            cache: dict[Any, bytes] = {}
            for subscriber in list(self._hub.subscribers):
                self._hub.push(subscriber, self.heartbeat(subscriber, cache))

    def end_all(self) -> None:
        """The server stops: end each stream in order, so that browsers come back at once."""
        self._ending = True
        for ended in self._open:
            ended.set()

    def end_changed(self) -> None:
        """The book was read again: end the streams of those who were revoked or may now see something else.

        Browsers come back at once, with what they may see now or to be refused.
        """
        book = self._book()
        for ended, (hashes, actors) in self._open.items():
            if book.who(hashes) != actors:
                ended.set()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _cursor(scope: Scope) -> int | None:
    """A browser brings ``Last-Event-ID`` by itself and cannot mend it, so one that makes no sense is no refusal."""
    if brought := asgi.header(scope, b"last-event-id"):
        with contextlib.suppress(Invalid):
            return read_cursor(brought)
        return BEYOND
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return read_cursor(query.get("after", [""])[0])
