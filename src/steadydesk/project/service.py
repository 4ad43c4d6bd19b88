"""Puts the parts of one server process together on its event loop, and takes them down in order."""

import asyncio
import contextlib
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.alarms import bookkeeping, queries, recorder
from steadydesk.alarms.book import Book
from steadydesk.alarms.clerk import Clerk
from steadydesk.alarms.connections import Connection, PostgresConnection, SqliteConnection
from steadydesk.alarms.desk import AlarmDesk, Answered
from steadydesk.alarms.recorder import Decision
from steadydesk.alarms.rules import Act
from steadydesk.alarms.spool import Spool
from steadydesk.api.alarm_door import AlarmDoor
from steadydesk.api.device_door import DeviceDoor
from steadydesk.api.health import Check, Ready
from steadydesk.api.phone_door import PhoneDoor
from steadydesk.api.stream import Stream
from steadydesk.delivery.early import EarlySender
from steadydesk.delivery.sender import Sender
from steadydesk.delivery.watch import Watch
from steadydesk.engine.runner import Engine
from steadydesk.journal.bell import bell
from steadydesk.journal.frames import frame
from steadydesk.journal.gate import gate
from steadydesk.journal.hub import NOBODY, Hub
from steadydesk.journal.reader import PostgresReader, Reader, Row, SqliteReader
from steadydesk.journal.rules import is_personal
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import StorageUnavailable
from steadydesk.kernel.pace import FILE as PACE
from steadydesk.project import asking, descriptors, postgres
from steadydesk.project.following import Following
from steadydesk.project.pages import PageCode
from steadydesk.project.rereading import Rereading
from steadydesk.project.stopping import Part, stop_all
from steadydesk.project.tls import served
from steadydesk.project.upgrade import is_upgrading
from steadydesk.rota.fetching import Fetcher
from steadydesk.screens.state import use_state

PROTECTED_SECONDS = 3.0
"""An engine that has not gone round for this long protects nobody; with the heartbeat, screens say so within 5 s."""
SAFETY_LOOK_SECONDS = 1.0
BOOK_SECONDS = 60
SCREENS_SECONDS = 10
SCREENS_PAUSE = 0.5
REREAD_S = 2.0
STREAMS_SHARE = 0.8
LONGEST_WAIT_SECONDS = 7.0
"""Longer than the desk itself waits for storage, so that it is the desk's own answer that is told."""

Found = TypeVar("Found")

log = logging.getLogger(__name__)


class Service:
    """Everything that a server process runs beside Django."""

    def __init__(self) -> None:
        self._data = Path(settings.DATA)
        self._sqlite = settings.DATABASES["default"]["ENGINE"] == "steadydesk.journal.sqlite"
        self._loop = asyncio.get_running_loop()
        self._files = descriptors.raise_limit()
        self._records = ThreadPoolExecutor(1, thread_name_prefix="book")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._book_again = Rereading("the book", self._take_book)
        self._screens_again = Rereading("the screens in use", self._take_screens)
        self._alarms_again = Rereading("the open calls", self._take_alarms)
        self.book = Book()
        self.reader = self._reader()
        self.hub = Hub(self._present, self._noticed)
        self.hub.kept_from = lambda subject: self.book.kept_from.get(subject, NOBODY)
        self.following = Following(self.reader, self.hub, self._skipped)
        self.spool = Spool.open(self._data / "spool")
        self.clerk = Clerk(self._connection(), self._read_book, alarms.channels(), self._recorded)
        self.desk = AlarmDesk(self.clerk, self.spool, self._read_book, self._early_news)
        self.engine = Engine(self._engine_silence)
        self.early = EarlySender()
        self.watch = Watch(settings.WATCHED_BY)
        self.fetcher = Fetcher(settings.CALENDAR_HOSTS)
        self.sender = Sender(reach_screens=self.hub.people_reached)
        self.past = self._reader()
        """For screens that catch up, and for whoever asks how the records are: neither holds up what is new."""
        self.stream = Stream(self.hub, self.past, self._read_book, self.state, self._room)
        self.pages = PageCode()
        self._checks = self._all_checks()
        self.ready = Ready(self._checks)
        self.door = AlarmDoor(self.desk, self._read_book, asking.find_alarm, self._reread_book)
        self.phone_door = PhoneDoor(self.desk, self._read_book, settings.SECRET_KEY, asking.log_number)
        self.device_door = DeviceDoor(self.desk, self._read_book, settings.SECRET_KEY, asking.keep_device)
        self.begun = False  # the engine runs, on records of this version
        self._listener: postgres.Listener | None = None
        self._ear: socket.socket | None = None

    def _all_checks(self) -> dict[str, Check]:
        found: dict[str, Check] = {
            "database": self._check_database,
            "engine": self._check_engine,
            "outbox": asking.check_outbox,
            "pages": self.pages.check,
        }
        if (pair := settings.TLS) is not None:
            found["certificate"] = lambda: served.well(pair, clock.now())
        return found

    def _reader(self) -> Reader:
        if self._sqlite:
            return SqliteReader(self._data / "steadydesk.sqlite3")
        return PostgresReader(postgres.conninfo())

    def _connection(self) -> Connection:
        if self._sqlite:
            return SqliteConnection(self._data / "steadydesk.sqlite3", gate)
        return PostgresConnection(postgres.conninfo())

    # Start and stop

    async def start(self) -> None:
        """Alarms first: the book, the spool, then the rest."""
        clock.follow(self._data / PACE)
        await self._load()
        self.clerk.start()
        await self.desk.replay(self.spool.pending())
        alarms.use_server(self._perform, self._read_book, self.desk.unrecorded)
        self._listen()
        use_state(self.state)
        if not is_upgrading(self._data):
            await self._begin()
        for work in (self.desk.watch(), self.stream.beat(), self._look_for_safety(), self._read_again()):
            self._keep(work)

    async def _begin(self) -> None:
        self.engine.start()
        await self._loop.run_in_executor(None, self.sender.start)
        self.fetcher.start()
        self.watch.start(lambda: not all(check()[0] for check in self._checks.values()))
        await self._keep_listeners()
        self.begun = True

    async def _keep_listeners(self) -> None:
        """The credentials of those that listen elsewhere, made as soon as there is a site; and how they stand."""
        if settings.LINE is not None:
            await self._loop.run_in_executor(self._records, asking.keep_line, self._data)
        if settings.BROKER is not None:
            await self._loop.run_in_executor(self._records, asking.keep_broker, self._data)

    async def _load(self) -> None:
        """What the records say; without them the alarm runs from its book, and they are tried again each second."""
        held = self.desk.held()
        try:
            if is_upgrading(self._data):
                raise BlockingIOError
            self.book = await self._loop.run_in_executor(self._records, asking.read_book, self._data)
            opened = await self._loop.run_in_executor(self._records, asking.retried, queries.open_alarms)
            last = await self._loop.run_in_executor(self._records, self.reader.last_id)
        except Exception as error:
            log.warning("the records cannot be read (%s): the alarm runs from its book", type(error).__name__)
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                self.book = bookkeeping.read_file(self._data / "book.json")
            return
        self.desk.take_all(opened, held)
        self.hub.begin(last)

    def _listen(self) -> None:
        if not self._sqlite:
            self._listener = postgres.Listener(self.following, self._loop, self.hub)
            self._listener.start()
            return
        bell.listen(self._pump_soon)
        path = self._data / "bell.sock"
        path.unlink(missing_ok=True)
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._ear.bind(str(path))
        self._loop.add_reader(self._ear, self._rung_from_outside)

    def _rung_from_outside(self) -> None:
        assert self._ear is not None
        with contextlib.suppress(BlockingIOError):
            while self._ear.recv(16):
                pass
        bell.ring()

    async def stop(self) -> None:
        """End the streams first, so that browsers come back to whoever serves next."""
        self.stream.end_all()
        for task in list(self._tasks):
            task.cancel()
        await self._loop.run_in_executor(None, self._stop_threads)
        if self._ear is not None:
            self._loop.remove_reader(self._ear)
            self._ear.close()
        self._records.shutdown(wait=False)

    def _stop_threads(self) -> None:
        self.early.stop()
        listener = [self._listener] if self._listener else []
        working: list[Part] = [self.engine, self.watch, self.fetcher, self.sender] if self.begun else []
        stop_all([*working, *listener], self.clerk)

    def _keep(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # New entries

    def _pump_soon(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._pump)

    def _pump(self) -> None:
        """Tell the streams what was committed; on PostgreSQL the listener does."""
        if self._sqlite and self.following.look():
            self._pump_soon()

    async def _look_for_safety(self) -> None:
        while True:
            await asyncio.sleep(SAFETY_LOOK_SECONDS)
            clock.follow(self._data / PACE)
            if is_upgrading(self._data):
                continue
            if self.hub.last is None:
                await self._load()
            if not self.begun:
                await self._begin()
            self._pump()

    def _noticed(self, rows: list[Row]) -> None:
        ours = self.desk.own_entries
        if any(r.family == "alarm" and r.id not in ours for r in rows):
            self._keep(self._alarms_again())
        ours.difference_update(r.id for r in rows)
        touched = {bookkeeping.touches(r.type, r.facts) for r in rows}
        if "book" in touched:
            self._keep(self._book_again())
        elif "screens" in touched:
            self._keep(self._screens_again())

    def _skipped(self) -> None:
        """Entries were not seen, so anything may have changed."""
        self._keep(self._alarms_again())
        self._keep(self._book_again())

    async def _take_alarms(self) -> None:
        held = self.desk.held()
        opened = await self._loop.run_in_executor(self._records, asking.retried, queries.open_alarms)
        self.desk.take_all(opened, held)

    async def _take_book(self) -> None:
        self.book = await self._loop.run_in_executor(self._records, asking.read_book, self._data)
        self.stream.end_changed()

    async def _reread_book(self) -> None:
        if not self._book_again.stale:
            await self._book_again.within(REREAD_S)

    async def _take_screens(self) -> None:
        read = partial(asking.retried, lambda: bookkeeping.read_screens(clock.now()))
        self.book = replace(self.book, screens=await self._loop.run_in_executor(self._records, read))
        # Many may come at once; one reading serves all that come meanwhile.
        await asyncio.sleep(SCREENS_PAUSE)

    async def _read_again(self) -> None:
        """That a screen is still in use is no entry of the journal, so these are looked at more often."""
        while True:
            for _look in range(BOOK_SECONDS // SCREENS_SECONDS):
                await asyncio.sleep(SCREENS_SECONDS)
                await self._screens_again()
                await self._keep_listeners()
            await self._book_again()

    def _read_book(self) -> Book:
        return self.book

    # Alarms

    def _recorded(self, recorded: recorder.Recorded) -> None:
        self.desk.recorded(recorded)
        self._loop.call_soon_threadsafe(self._tell_streams_first)

    def _tell_streams_first(self) -> None:
        """Engine and outbox are woken after the streams have the call: all of them want the interpreter's lock."""
        self._pump()
        bell.ring()

    def _early_news(self, act: Act, decision: Decision) -> None:
        """A fact that is not yet on disk: told without an id, and by every channel that can be reached."""
        self._send_early(act, decision)
        at = clock.now().isoformat()
        for outcome in decision.outcomes:
            alarm = outcome.alarm
            facts = queries.as_json(alarm, self.book, recorded=False)
            for event, _facts in outcome.events:
                data = {
                    "id": None,
                    "type": event,
                    "at": at,
                    "site": alarm.site,
                    "subject": f"alarm:{alarm.id}",
                    "facts": facts,
                }
                self.hub.broadcast(alarm.site, "alarm", frame(event, data), frozenset(alarm.left_out))

    def _send_early(self, act: Act, decision: Decision) -> None:
        now = clock.now()
        addresses = self.book.addresses(now)
        for outcome in decision.outcomes:
            rows = recorder.deliveries(outcome, self.book, now, alarms.channels())
            self.early.send(rows, addresses, act.told.begun.add, act.told.sent.add)

    def _present(self, row: Row) -> dict[str, Any]:
        facts, subject = row.facts, row.subject
        if is_personal(row.type, facts):
            facts, subject = {}, f"site:{row.site}"
        if row.family == "alarm":
            more = {k: v for k, v in facts.items() if k != "alarm"}
            named = recorder.with_names(facts["alarm"], lambda p: queries.name_of(self.book, p))
            facts = {**more, **named}
        return {
            "id": row.id,
            "type": row.type,
            "at": row.at,
            "site": row.site,
            "subject": subject,
            "facts": facts,
        }

    def _perform(self, act: Act) -> Answered:
        """For Django's threads and the engine: the same door, waited for."""
        started = clock.monotonic()
        waiting = asyncio.run_coroutine_threadsafe(self.desk.perform(act, started), self._loop)
        try:
            return waiting.result(timeout=LONGEST_WAIT_SECONDS)
        except TimeoutError:
            raise StorageUnavailable(_("This could not be saved just now. Try again.")) from None

    # What the screens are told each second

    def state(self) -> dict[str, Any]:
        """Whether the engine protects anybody."""
        age = self._engine_age()
        protected = age is not None and age < PROTECTED_SECONDS and self._knows()
        return {"protected": protected, "engine_age_s": None if age is None else round(age, 1), "speed": clock.speed}

    def _knows(self) -> bool:
        """Whether memory, from which calls run, is up to date with the records."""
        return self.hub.last is not None and not (self._book_again.stale or self._alarms_again.stale)

    def _engine_age(self) -> float | None:
        if self._listener is not None:
            return self._listener.engine_age(self.engine)
        return self.engine.age()

    def _engine_silence(self) -> float | None:
        """How long no engine was heard of, while one could have been; ``None`` where there is only this one."""
        return self._listener.silence() if self._listener is not None else None

    def _check_database(self) -> tuple[bool, str]:
        if self.clerk.stuck:
            return False, "an alarm waits to be written"
        held = gate.stats()
        longest = f"; longest write {held.longest_hold * 1000:.0f} ms, {held.longest_work * 1000:.0f} ms of it work"
        return True, f"entry {self.past.last_id()}{longest if self._sqlite else ''}"

    def _check_engine(self) -> tuple[bool, str]:
        state = self.state()
        behind = "" if self._knows() else "; memory is behind the records"
        return state["protected"], f"last round {state['engine_age_s']} s ago{behind}"

    def _room(self) -> bool:
        return descriptors.in_use(len(self.hub.subscribers)) < self._files * STREAMS_SHARE
