"""The alarm desk while storage is away: a clerk and a spool that do what a broken disk does, and nothing waits."""

import asyncio
import threading
from dataclasses import replace

import pytest

from steadydesk.alarms.desk import AlarmDesk, act_as_json, tick_act
from steadydesk.alarms.recorder import Recorded, decide
from steadydesk.alarms.rules import Act
from steadydesk.kernel.clock import clock
from tests import calls

pytestmark = pytest.mark.fault
LONGEST_WAIT_S = 30
FACTS = {
    "site": "exchange", "place": "desk-1", "place_name": "Desk 1", "mode": "real", "kind": "person",
    "urgency": "help", "to": "", "source": "button", "team": "", "pressers": ["device:1"],
}  # fmt: skip


def press(number=1, **facts):
    return Act(f"press-{number}", f"press-{number}", "press", calls.NOW, "device:1", None, {**FACTS, **facts})


class Clerk:
    """Takes acts and records none until it is told to."""

    def __init__(self):
        self.tasks = []

    def submit(self, task):
        self.tasks.append(task)

    def record(self, desk, task):
        task.recorded = Recorded(decide(task.act, [], calls.Desk().book))
        desk.recorded(task.recorded)


class Spool:
    """Keeps acts in memory."""

    def __init__(self):
        self.kept, self.cleared = [], []

    def append(self, record):
        self.kept.append(record)
        return len(self.kept) - 1

    def done(self, slot):
        self.cleared.append(slot)

    @property
    def room(self):
        return 1024 - len(self.kept)


class Stage:
    """A desk with everything it talks to."""

    def __init__(self, spool=None, clerk=None):
        self.clerk, self.spool, self.told = clerk or Clerk(), spool or Spool(), []
        book = calls.Desk().book
        self.desk = AlarmDesk(self.clerk, self.spool, lambda: book, lambda act, decision: self.told.append(act.id))

    async def press(self, act):
        """A press that has waited for storage long enough."""
        return await self.desk.perform(act, clock.monotonic() - 1)


async def until(true):
    """Let the loop go on until this is so."""
    async with asyncio.timeout(LONGEST_WAIT_S):
        while not true():  # noqa: ASYNC110 (other threads make it so)
            await asyncio.sleep(0)


def test_a_disk_that_hangs_holds_up_neither_the_streams_nor_the_next_press():
    hangs = threading.Event()

    class Hanging(Spool):
        def append(self, record):
            hangs.wait(LONGEST_WAIT_S)
            return super().append(record)

    async def play():
        stage = Stage(Hanging())
        first = asyncio.ensure_future(stage.press(press(1)))
        second = asyncio.ensure_future(stage.press(press(2, place="desk-2")))
        await until(lambda: len(stage.told) == 2)
        assert not stage.spool.kept, "both were told while the disk still hung"
        hangs.set()
        assert [(await f).recorded for f in (first, second)] == [False, False]
        await until(lambda: len(stage.spool.kept) == 2)

    asyncio.run(play())


def test_a_spool_that_cannot_be_cleared_does_not_make_a_recorded_call_look_unrecorded():
    class Stuck(Spool):
        def done(self, slot):
            raise OSError

    async def play():
        stage = Stage(Stuck())
        await stage.press(press())
        assert not stage.desk.is_recorded("press-1")
        [task] = stage.clerk.tasks
        stage.clerk.record(stage.desk, task)
        task.settle()
        await until(lambda: stage.desk.is_recorded("press-1"))

    asyncio.run(play())


def test_a_call_recorded_at_the_very_limit_is_answered_as_recorded():
    class JustInTime(Clerk):
        """The record is there and memory has it; only the answer is still on its way."""

        def submit(self, task):
            super().submit(task)
            self.record(self.desk, task)

    async def play():
        stage = Stage(clerk=JustInTime())
        stage.clerk.desk = stage.desk
        answered = await stage.press(press())
        assert (answered.recorded, answered.fresh, stage.told) == (True, True, [])

    asyncio.run(play())


def test_a_repeated_press_that_is_on_record_is_answered_as_recorded_while_storage_is_away():
    class Prompt(Clerk):
        """Storage is there for the first press of each desk and away for what comes again."""

        def submit(self, task):
            super().submit(task)
            if len(self.tasks) <= 2:
                task.recorded = Recorded(decide(task.act, self.desk.open.values(), calls.Desk().book))
                self.desk.recorded(task.recorded)
                task.answer.set_result(task.recorded)

    async def play():
        stage = Stage(clerk=Prompt())
        stage.clerk.desk = stage.desk
        for number in (1, 2):
            await stage.desk.perform(press(number), clock.monotonic())
            await asyncio.sleep(0)
        first, joined = [await stage.press(press(number)) for number in (1, 2)]
        assert (first.recorded, first.fresh, first.joined) == (True, False, False)
        assert (joined.recorded, joined.fresh, joined.joined) == (True, False, True)
        assert joined.alarm.presses == 2
        assert not stage.told, "nothing new happened"
        early = await stage.press(press(3, place="desk-2"))
        again = await stage.press(press(3, place="desk-2"))
        assert (early.recorded, again.recorded) == (False, False)
        stage.clerk.tasks[-2].settle()
        await until(lambda: stage.desk.is_recorded("press-3"))
        assert (await stage.press(press(3, place="desk-2"))).recorded

    asyncio.run(play())


def spooled(acts):
    return [(slot, act_as_json(act)) for slot, act in enumerate(acts)]


def test_at_a_start_without_storage_spooled_calls_wait_for_it_together_and_stay_unrecorded():
    class WhenAllAreThere(Clerk):
        def submit(self, task):
            super().submit(task)
            if len(self.tasks) == 3:
                self.tasks[0].answer.set_result(None)

    async def play():
        stage = Stage(clerk=WhenAllAreThere())
        acts = [press(n, place=f"desk-{n}") for n in (1, 2, 3)]
        await stage.desk.replay(spooled(acts))
        assert stage.told == ["press-2", "press-3"]
        assert set(stage.desk.unrecorded()) == {"press-2", "press-3"}
        stage.desk.take_all([], stage.desk.held())
        assert set(stage.desk.open) == {"press-2", "press-3"}, "a reading that does not know them is no news of them"
        for task in stage.clerk.tasks:
            task.settle()
        await until(lambda: sorted(stage.spool.cleared) == [0, 1, 2])

    asyncio.run(play())


def test_hours_of_steps_without_storage_leave_room_in_the_spool_for_presses():
    class NearlyFull(Spool):
        room = 512

    async def story():
        stage = Stage(NearlyFull())
        await stage.press(press())
        alarm = stage.desk.open["press-1"]
        await stage.desk.perform(replace(tick_act(alarm), at=calls.NOW + calls.seconds(20)), clock.monotonic() - 1)
        assert stage.desk.open["press-1"].step == 2, "the step fired"
        await stage.press(press(2, place="desk-2"))
        assert [act["verb"] for act in stage.spool.kept] == ["press", "press"]

    asyncio.run(story())


def test_without_storage_the_next_steps_of_many_calls_do_not_wait_for_each_other():
    async def story():
        stage = Stage()
        for number in range(20):
            await stage.press(press(number, place="", pressers=[f"device:{number}"]))
        watching = asyncio.ensure_future(stage.desk.watch())
        pressed = len(stage.told)
        await until(lambda: len(stage.told) > pressed)
        assert len(stage.clerk.tasks) == 40, "all were begun before the first had waited long enough"
        watching.cancel()

    asyncio.run(story())


def test_a_call_told_as_one_of_its_own_that_joined_another_ends_where_it_was_shown():
    async def play():
        stage, shown = Stage(), []
        stage.desk._early_news = lambda act, decision: shown.append(decision.alarm)
        await stage.press(press(2))
        [task] = stage.clerk.tasks
        other = decide(press(1), [], calls.Desk().book).alarm
        task.recorded = Recorded(decide(task.act, [other], calls.Desk().book))
        stage.desk.recorded(task.recorded)
        task.settle()
        await until(lambda: len(shown) == 2)
        assert [(alarm.id, alarm.state) for alarm in shown] == [("press-2", "open"), ("press-2", "closed")]
        assert list(stage.desk.open) == ["press-1"]
        assert (await stage.press(press(2))).alarm.id == "press-1", "the same press again is told what it became"

    asyncio.run(play())
