"""Where every press and every answer comes in, on the event loop.

Storage gets 300 ms from the press. Then the act is decided in memory, broadcast as early news and spooled; the write
goes on, and is harmless twice. While storage is away the next steps run from memory too.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from steadydesk.alarms import recorder, rules
from steadydesk.alarms.book import Book
from steadydesk.alarms.clerk import Clerk, Task
from steadydesk.alarms.recorder import Decision, Recorded
from steadydesk.alarms.rules import Act, Outcome
from steadydesk.alarms.spool import RecordTooLarge, Spool
from steadydesk.alarms.state import Alarm, Told
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound, SteadydeskError, StorageUnavailable
from steadydesk.kernel.words import gettext as _

CONFIRM_SECONDS = 0.3
STORAGE_SECONDS = 5.0
WATCH_SECONDS = 0.25
OVERDUE_SECONDS = 0.5
KEPT_ACTS = 4096
KEPT_FOR_PEOPLE = 512
"""So much room in the spool is left for presses and answers; steps that fire for hours while storage is away end here.

A step that is not kept fires once more after a restart: somebody is told twice.
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answered:
    """What the caller is told."""

    alarm: Alarm
    recorded: bool
    fresh: bool = False
    joined: bool = False


def act_as_json(act: Act) -> dict[str, Any]:
    """An act as the spool keeps it."""
    return {
        "id": act.id,
        "alarm": act.alarm,
        "verb": act.verb,
        "at": act.at.isoformat(),
        "ref": act.ref,
        "person": act.person,
        "facts": dict(act.facts),
    }


def act_of_spool(kept: Mapping[str, Any]) -> Act:
    """The act that a process kept which is gone now."""
    return Act(**{**kept, "at": datetime.fromisoformat(kept["at"])}, told=Told(by_another=True))


def keep_act(spool: Spool, act: Act) -> int:
    """The act's slot in the spool. Words too long for a slot are left out: a long note must not cost the call."""
    kept = act_as_json(act)
    try:
        return spool.append(kept)
    except RecordTooLarge:
        short = {k: v for k, v in act.facts.items() if k not in ("note", "words")}
        return spool.append({**kept, "facts": short | ({"words": "…"} if "words" in act.facts else {})})


def tick_act(alarm: Alarm) -> Act:
    """The passing of time as an act of its own id, so that engine, memory and replay fire each step once."""
    id = str(uuid5(NAMESPACE_OID, f"tick {alarm.id} {alarm.generation}"))
    return Act(id=id, alarm=alarm.id, verb="tick", at=clock.now(), ref="system:engine")


def _is_overdue(alarm: Alarm) -> bool:
    due = rules.due_at(alarm)
    return due is not None and (clock.now() - due).total_seconds() > OVERDUE_SECONDS


def _answer_of(task: Task) -> asyncio.Future[Recorded | None]:
    """The clerk's answer on this loop. One that comes too late was dealt with already: it is no error in the log."""
    answer = asyncio.wrap_future(task.answer)
    answer.add_done_callback(lambda late: late.cancelled() or late.exception())
    return answer


class AlarmDesk:
    """One for each server process."""

    def __init__(
        self,
        clerk: Clerk,
        spool: Spool,
        book: Callable[[], Book],
        early_news: Callable[[Act, Decision], None],
    ) -> None:
        self._clerk, self._spool, self._book, self._early_news = clerk, spool, book, early_news
        self._loop = asyncio.get_running_loop()
        self.open: dict[str, Alarm] = {}
        self._early: dict[str, int] = {}
        """Alarm → how many of its acts were decided in memory and are not yet on disk."""
        self._on_disk: dict[str, Alarm] = {}
        self.own_entries: set[int] = set()
        """Journal ids that this process wrote, until the hub has told them."""
        self._known: dict[str, str] = {}
        """Press → its alarm, so that a repeated one is known while storage is away."""
        self._ahead: set[str] = set()
        """Acts that were decided in memory and are not yet on disk."""
        self._spooling = ThreadPoolExecutor(1, thread_name_prefix="spool")

    async def perform(self, act: Act, started: float) -> Answered:
        """Record the act, or broadcast and spool it. Raises a refusal."""
        task = Task(act)
        self._clerk.submit(task)
        left = CONFIRM_SECONDS - (clock.monotonic() - started)
        try:
            recorded = await asyncio.wait_for(asyncio.shield(_answer_of(task)), max(left, 0.001))
        except SteadydeskError:
            raise
        except Exception as error:
            if task.recorded is not None:
                return self._answered(act, task.recorded)
            log.warning("storage did not confirm %s: %s", act.verb, type(error).__name__)
            if act.verb != "press" and act.alarm not in self.open:
                return await self._wait_for_storage(task)
            return await self._go_early(task)
        return self._answered(act, recorded)

    def _answered(self, act: Act, recorded: Recorded | None) -> Answered:
        if recorded is None:
            return Answered(self._in_memory(act.alarm), recorded=True)
        if act.verb == "press":
            self._know(act.id, recorded.decision.alarm.id)
        return Answered(recorded.decision.alarm, True, recorded.decision.fresh, recorded.decision.joined)

    async def _wait_for_storage(self, task: Task) -> Answered:
        """An answer to a call that memory does not know: only the records can say."""
        settled = asyncio.Event()
        task.when_settled(lambda: self._loop.call_soon_threadsafe(settled.set))
        try:
            await asyncio.wait_for(settled.wait(), STORAGE_SECONDS)
        except TimeoutError:
            raise StorageUnavailable(_("This could not be saved just now. Try again.")) from None
        if isinstance(task.refusal, SteadydeskError):
            raise task.refusal
        return self._answered(task.act, task.recorded)

    async def _go_early(self, task: Task) -> Answered:
        act = task.act
        known = self._known.get(act.id, act.id)
        if known in self.open:
            return Answered(self.open[known], recorded=act.id not in self._ahead, joined=known != act.id)
        decision = self._decide(act)
        if decision is None:
            return Answered(self._in_memory(act.alarm), recorded=False)
        # A disk that hangs may keep this waiting: not on the loop, and the caller is not kept for long.
        kept = self._spooling.submit(self._keep, act)
        self._follow(task, kept, decision)
        await asyncio.wait([asyncio.wrap_future(kept)], timeout=CONFIRM_SECONDS)
        return Answered(decision.alarm, False, decision.fresh, decision.joined)

    def _decide(self, act: Act) -> Decision | None:
        """Decide in memory, and tell."""
        decision = recorder.decide(act, self.open.values(), self._book())
        if decision is not None:
            self._remember(decision)
            self._know(act.id, decision.alarm.id)
            self._early_news(act, decision)
        return decision

    def _follow(self, task: Task, kept: Future[int | None], decision: Decision | None) -> None:
        """Until the act is settled memory is ahead of the records; then its slot of the spool is free again."""
        ids = [o.alarm.id for o in decision.outcomes] if decision else []
        for id in ids:
            self._early[id] = self._early.get(id, 0) + 1
        if decision:
            self._ahead.add(task.act.id)
        task.when_settled(lambda: self._loop.call_soon_threadsafe(self._settled, task, kept, ids))
        if decision and decision.fresh:
            task.when_settled(lambda: self._loop.call_soon_threadsafe(self._go_on_as_one, task, decision.alarm))

    def _in_memory(self, alarm: str) -> Alarm:
        if alarm not in self.open:
            raise NotFound(_("There is no such call."))
        return self.open[alarm]

    def _keep(self, act: Act) -> int | None:
        if act.verb == "tick" and self._spool.room <= KEPT_FOR_PEOPLE:
            return None
        try:
            return keep_act(self._spool, act)
        except Exception:
            # It was broadcast, and the write is still being tried: the screens say "not yet recorded".
            log.exception("the spool could not keep an act")
            return None

    def _settled(self, task: Task, kept: Future[int | None], ids: list[str]) -> None:
        self._spooling.submit(self._clear, kept)
        self._ahead.discard(task.act.id)
        for id in ids:
            self._early[id] -= 1
            if not self._early[id]:
                del self._early[id]
                if latest := self._on_disk.pop(id, None):
                    self.take_alarm(latest)

    def _go_on_as_one(self, task: Task, alarm: Alarm) -> None:
        """The records had a call open there that memory did not know: this one is that call, and ends for itself."""
        if task.recorded is None or task.recorded.decision.alarm.id == alarm.id:
            return
        self._know(task.act.id, task.recorded.decision.alarm.id)
        self.open.pop(alarm.id, None)
        ended = replace(alarm, state="closed", closed_at=clock.now())
        self._early_news(task.act, Decision((Outcome(ended, (("alarm:closed", {}),)),)))

    def _clear(self, kept: Future[int | None]) -> None:
        slot = kept.result()
        try:
            if slot is not None:
                self._spool.done(slot)
        except OSError:
            # It is replayed at the next start, which is harmless: the act is known by its id.
            log.exception("the spool could not be cleared of an act")

    def recorded(self, recorded: Recorded) -> None:
        """The clerk has it on disk; called on its thread."""
        self._loop.call_soon_threadsafe(self._take, recorded)

    def _take(self, recorded: Recorded) -> None:
        self.own_entries.update(id for id, _, _ in recorded.entries)
        for outcome in recorded.decision.outcomes:
            if outcome.alarm.id in self._early:
                self._on_disk[outcome.alarm.id] = outcome.alarm
            else:
                self.take_alarm(outcome.alarm)

    def take_all(self, alarms: list[Alarm], known: Mapping[str, int]) -> None:
        """Another process wrote alarms: memory follows. ``known`` is what memory held when the reading began.

        What came in since, and what is decided here and not yet on disk, is newer than the reading.
        """
        read = {a.id: a for a in alarms}
        for alarm in alarms:
            held = self.open.get(alarm.id)
            closed_since = held is None and alarm.id in known
            newer = held is not None and held.generation >= alarm.generation
            if not (closed_since or newer or alarm.id in self._early):
                self.open[alarm.id] = alarm
        for id, generation in known.items():
            held = self.open.get(id)
            if held and held.generation == generation and id not in read and id not in self._early:
                del self.open[id]

    def held(self) -> dict[str, int]:
        """The open alarms in memory and how far each has come."""
        return {id: alarm.generation for id, alarm in self.open.items()}

    def take_alarm(self, alarm: Alarm) -> None:
        """Memory follows the record."""
        if alarm.open:
            self.open[alarm.id] = alarm
        else:
            self.open.pop(alarm.id, None)

    def _remember(self, decision: Decision) -> None:
        for outcome in decision.outcomes:
            self.take_alarm(outcome.alarm)

    def _know(self, press: str, alarm: str) -> None:
        self._known[press] = alarm
        if len(self._known) > KEPT_ACTS:
            self._known.pop(next(iter(self._known)))

    def is_recorded(self, alarm: str) -> bool:
        """Whether everything known of the alarm is on disk."""
        return alarm not in self._early

    def unrecorded(self) -> dict[str, Alarm]:
        """Open alarms of which something was broadcast and is not yet on disk; read by other threads too."""
        held = ((id, self.open.get(id)) for id in list(self._early))
        return {id: alarm for id, alarm in held if alarm}

    async def replay(self, acts: list[tuple[int, dict[str, Any]]]) -> None:
        """At start: what the spool holds goes to storage before the first page is served; once, by the acts' ids.

        Without storage all of them together wait no longer than one.
        """
        tasks = [(slot, Task(act_of_spool(body))) for slot, body in acts]
        for _slot, task in tasks:
            self._clerk.submit(task)
        patience = CONFIRM_SECONDS
        for slot, task in tasks:
            kept: Future[int | None] = Future()
            kept.set_result(slot)
            decision = None
            if not await self._is_settled(task, patience):
                patience = 0.0
                with suppress(SteadydeskError):
                    decision = self._decide(task.act)
            self._follow(task, kept, decision)

    @staticmethod
    async def _is_settled(task: Task, patience: float) -> bool:
        """Whether storage has taken or refused the act."""
        await asyncio.wait([_answer_of(task)], timeout=patience)
        error = task.answer.exception() if task.answer.done() else TimeoutError()
        return error is None or isinstance(error, SteadydeskError)

    async def watch(self) -> None:
        """Fire from memory whatever the engine has not: storage is away, or the engine itself is."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            # Together: each may wait for storage as long as it may, and no call waits for another.
            await asyncio.gather(*(self._fire(alarm) for alarm in self.open.values() if _is_overdue(alarm)))

    async def _fire(self, alarm: Alarm) -> None:
        try:
            await self.perform(tick_act(alarm), clock.monotonic())
        except Exception:
            log.exception("a step of %s could not be fired", alarm.id)
