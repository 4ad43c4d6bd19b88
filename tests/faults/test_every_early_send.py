"""Storage is away and messages are sent from memory; the process dies right before each of them, and right after.

Another takes over when storage is back: what the spool holds is recorded, whoever had no answer tries again, and the
outbox sends what is left. Nothing is lost, and what may arrive twice says that it is said again.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from steadydesk.alarms import bookkeeping, queries, rules
from steadydesk.alarms.book import Book
from steadydesk.alarms.clerk import Task
from steadydesk.alarms.desk import KEPT_FOR_PEOPLE, AlarmDesk, act_of_spool, tick_act
from steadydesk.alarms.rules import Act
from steadydesk.alarms.spool import Spool
from steadydesk.delivery import queries as deliveries
from steadydesk.delivery.channels.table import TRANSPORTS
from steadydesk.delivery.channels.transport import TransportError
from steadydesk.delivery.early import EarlySender
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import SCREEN
from steadydesk.kernel.clock import clock
from steadydesk.project.service import Service
from tests.faults.dying import Killed, WaysOut, reach, send_all
from tests.faults.recording import act_by, press_at, record
from tests.world import World

pytestmark = pytest.mark.fault
MOST_SENDS = 200
SLOTS = KEPT_FOR_PEOPLE + 8
LONG_AGO = 1.0
AT_ONCE, WHEN_KEPT = "at once", "when the spool has it"


class DeathAt:
    """The process dies at one send, counted from the first: right before it, or right after."""

    def __init__(self, moment: str, number: int) -> None:
        self._moment, self._left, self.over = moment, number, False

    def at(self, moment: str, _what: object) -> None:
        """This is about to be sent (``before``), or was just sent (``after``)."""
        if moment == self._moment and not self.over:
            self.over = self._left == 0
            self._left -= 1
            if self.over:
                raise Killed


class Workers:
    """Those of every channel, who send at once or when they are told to."""

    def __init__(self, when: str) -> None:
        self._waiting: list[Callable[[], None]] | None = None if when == AT_ONCE else []

    def submit(self, send: Callable[..., None], *args: Any) -> None:
        if self._waiting is None:
            send(*args)
        else:
            self._waiting.append(lambda: send(*args))

    def send(self) -> None:
        """What waits."""
        for send in self._waiting or ():
            send()


class Away:
    """The alarm thread: storage does not answer it."""

    def submit(self, task: Task) -> None:
        self.task = task


def perform_without_storage(act: Act, spool: Spool, workers: Workers, book: Book) -> Act:
    """What a server does with an act while storage is away; returns the act that its thread goes on trying."""
    thread, early = Away(), EarlySender()
    early._pools = dict.fromkeys(TRANSPORTS, workers)
    server, known = SimpleNamespace(early=early, book=book), queries.open_alarms()

    async def perform() -> None:
        desk = AlarmDesk(thread, spool, lambda: book, lambda *told: Service._send_early(server, *told))
        for alarm in known:
            desk.take_alarm(alarm)
        await desk.perform(act, clock.monotonic() - LONG_AGO)

    asyncio.run(perform())
    return thread.task.act


def a_call(world: World, key: str, book: Book) -> Iterator[Callable[[str], Act]]:
    """Somebody presses, nobody comes at first, it is pressed again, and it ends."""

    def tick(id: str) -> Act:
        alarm = queries.alarm(id)
        clock.freeze(rules.due_at(alarm))
        return tick_act(alarm)

    ben = world.person("ben")
    yield lambda _alarm: press_at(world, "desk-1", key, book)
    yield tick
    yield lambda _alarm: press_at(world, "desk-1", f"{key} again", book)
    yield lambda alarm: act_by(ben, "attend", alarm)
    yield lambda alarm: act_by(ben, "close", alarm, disposition="handled")


class Stage:
    """One call after the other, each with one death or none."""

    def __init__(self, world: World, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._world, self._path, self._monkeypatch = world, path, monkeypatch
        self._number, self.book = 0, bookkeeping.load(clock.now())

    def play(self, death: DeathAt, when: str) -> tuple[WaysOut, set[str]]:
        """A call from its press to its end; returns what left, and what had left when the process died."""
        out = WaysOut(death)
        for channel in TRANSPORTS:
            self._monkeypatch.setitem(TRANSPORTS, channel, out)
        self._number += 1
        alarm, doubtful = "", set()
        for make in a_call(self._world, f"call {self._number}", self.book):
            act = make(alarm)
            before = set(out.left)
            if not self._act(act, when):
                doubtful = set(out.left) - before
            alarm = alarm or queries.open_alarms()[0].id
            send_all()
        assert queries.alarm(alarm).state == "closed"
        told = Delivery.objects.filter(subject=f"alarm:{alarm}").exclude(channel=SCREEN)
        lost = [row.key for row in told.exclude(state="withdrawn") if row.key not in out.left]
        assert lost == [], "every message leaves"
        return out, doubtful

    def _act(self, act: Act, when: str) -> bool:
        """Storage is away and then back; whether the process lived."""
        spool, workers = Spool.open(self._path, slots=SLOTS), Workers(when)
        try:
            tried = perform_without_storage(act, spool, workers, self.book)
            workers.send()
        except Killed:
            lived, acts = False, [act_of_spool(kept) for _slot, kept in spool.pending()]
            # Whoever had no answer tries again: their browser, or the clock of the next process.
            acts.append(Act(act.id, act.alarm, act.verb, act.at, act.ref, act.person, act.facts))
        else:
            lived, acts = True, [tried]
        for one in acts:
            record(one, book=self.book)
        spool.done_many([slot for slot, _kept in spool.pending()])
        spool.close()
        return lived


@pytest.fixture
def calls(stage, settings, monkeypatch, tmp_path) -> Stage:
    reach(settings, "viktor", "helen")
    return Stage(stage, tmp_path / "spool", monkeypatch)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("when", [AT_ONCE, WHEN_KEPT])
def test_killed_at_every_early_send_each_message_leaves_and_none_twice_unsaid(calls, when, moment):
    ways = set()
    for number in range(MOST_SENDS):
        death = DeathAt(moment, number)
        out, doubtful = calls.play(death, when)
        twice = {key for key, times in out.left.items() if times > 1}
        assert twice <= doubtful and max(out.left.values()) <= 2, "only what left before a death leaves once more"
        if when == WHEN_KEPT:
            assert {out.again[key] for key in twice} <= {True}, "whoever gets it twice reads that it is said again"
        ways |= {row.channel for row in Delivery.objects.all() if row.key in out.left}
        if not death.over:
            break
    assert number > 10 and not twice
    assert ways == {"mail", "webhook", "push", "phone", "apprise"}


def test_what_is_still_on_its_way_when_storage_is_back_says_that_it_is_said_again(
    stage, settings, monkeypatch, tmp_path
):
    reach(settings, "viktor")
    out, workers, spool = WaysOut(DeathAt("never", 0)), Workers(WHEN_KEPT), Spool.open(tmp_path / "spool", slots=SLOTS)
    for channel in TRANSPORTS:
        monkeypatch.setitem(TRANSPORTS, channel, out)
    book = bookkeeping.load(clock.now())
    record(perform_without_storage(press_at(stage, "desk-1", "press"), spool, workers, book))
    workers.send()
    assert out.left and set(out.again.values()) == {False}
    early = set(out.left)
    send_all()
    assert {out.again[key] for key in early} == {True}
    spool.close()


def test_an_early_send_that_fails_goes_from_the_outbox_and_a_failure_there_is_seen(
    stage, settings, monkeypatch, tmp_path
):
    reach(settings, "viktor")
    tried: list[str] = []

    def refuse(outgoing) -> None:
        tried.append(outgoing.key)
        raise TransportError("nobody answers")

    for channel in TRANSPORTS:
        monkeypatch.setitem(TRANSPORTS, channel, refuse)
    spool = Spool.open(tmp_path / "spool", slots=SLOTS)
    book = bookkeeping.load(clock.now())
    act = perform_without_storage(press_at(stage, "desk-1", "press"), spool, Workers(AT_ONCE), book)
    assert tried and not act.told.sent
    record(act)
    send_all()
    failed = deliveries.troubles("exchange")
    assert {trouble.channel for trouble in failed} == {"mail", "webhook", "push", "apprise"}
    assert {trouble.failure for trouble in failed} == {"nobody answers"}
    spool.close()
