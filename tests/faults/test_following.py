"""Entries that cannot be read, shown or handed on: said aloud, passed over, and every screen fetches anew."""

import asyncio

import pytest

from steadydesk.journal.frames import RESET
from steadydesk.journal.hub import Hub, Subscriber
from steadydesk.journal.reader import Row
from steadydesk.project.following import Following
from steadydesk.project.rereading import Rereading

pytestmark = pytest.mark.fault


def row(id):
    return Row(id, "alarm:raised", "2026-03-02T10:00:00+00:00", "exchange", "alarm:1", {})


class Records:
    """A journal that may be away, or have an entry that cannot be read."""

    def __init__(self, last):
        self.last, self.away, self.bad, self.faults = last, False, None, 0

    def last_id(self):
        if self.away:
            raise OSError
        return self.last

    def after(self, id, limit):
        if self.faults:
            self.faults -= 1
            raise OSError
        if self.away or (self.bad and id < self.bad <= self.last):
            raise OSError if self.away else ValueError
        return [row(n) for n in range(id + 1, min(id + limit, self.last) + 1)]


class Stage:
    """A hub with one screen that follows the records."""

    def __init__(self, present=lambda row: {}):
        self.records, self.frames, self.lost = Records(5), [], []
        self.hub = Hub(present, lambda rows: None)
        self.hub.last = 5
        screen = Subscriber(self.send, {"exchange": frozenset({"alarm"})}, None, "exchange", "", "device:1")
        screen.waiting = None
        self.hub.join(screen)
        self.following = Following(self.records, self.hub, lambda: self.lost.append(True))

    async def send(self, message):
        self.frames.append(message["body"])

    def look(self, last=None):
        async def look():
            self.records.last = last or self.records.last
            while self.following.look():
                pass

        asyncio.run(look())
        told, self.frames = b"".join(self.frames), []
        ids = [int(line[4:]) for line in told.decode().splitlines() if line.startswith("id: ")]
        return ids, told.count(RESET)


def errors(caplog):
    return [r.getMessage() for r in caplog.records if r.levelname == "ERROR"]


def test_records_that_are_away_are_said_once_and_nothing_is_lost(caplog):
    stage = Stage()
    stage.records.away = True
    for _ in range(3):
        assert stage.look(7) == ([], 0)
    assert errors(caplog) == ["the journal cannot be read: nothing after entry 5 is told now"]
    stage.records.away = False
    assert stage.look() == ([6, 7], 0)


def test_a_connection_that_died_costs_no_screen_a_fresh_start(caplog):
    stage = Stage()
    stage.records.faults = 1
    assert stage.look(7) == ([6, 7], 0)
    assert not errors(caplog)


def test_an_entry_that_cannot_be_read_is_passed_over_and_every_screen_and_memory_begin_anew(caplog):
    stage = Stage()
    stage.records.bad = 6
    assert stage.look(7) == ([], 1)
    assert errors(caplog) == ["entries 6 to 7 could not be read: every screen fetches anew"]
    assert stage.lost == [True]
    assert stage.look(8) == ([8], 0)


def test_an_entry_that_cannot_be_shown_holds_up_no_other(caplog):
    def present(row):
        return {} if row.id != 6 else 1 / 0

    assert Stage(present).look(7) == ([7], 1)
    assert errors(caplog) == ["entry 6 (alarm:raised) cannot be told"]


def test_entries_that_could_not_be_handed_on_are_made_good_by_a_reset(caplog, monkeypatch):
    stage = Stage()
    with monkeypatch.context() as broken:
        broken.setattr(stage.hub, "deliver", lambda rows: 1 / 0)
        assert stage.look(7) == ([], 1)
    assert errors(caplog) == ["entries 6 to 7 could not be told: every screen fetches anew"]
    assert stage.lost == [True]
    assert stage.look(8) == ([8], 0)


def test_memory_that_could_not_follow_is_read_again_until_it_can_and_is_stale_meanwhile(caplog):
    async def play():
        seen, faults = [], [OSError, OSError, None]

        async def read():
            seen.append(again.stale)
            if fault := faults[len(seen) - 1]:
                raise fault

        again = Rereading("the book", read, pause=0)
        await again()
        return seen, again.stale

    assert asyncio.run(play()) == ([False, True, True], False)
    assert errors(caplog) == ["the book could not be read again: memory is behind the records until it can"]


def test_a_change_while_memory_is_read_is_read_once_more():
    async def play():
        seen = []

        async def read():
            seen.append(True)
            if len(seen) == 1:
                await asyncio.gather(*(again() for _ in range(5)))

        again = Rereading("the book", read)
        await again()
        return len(seen)

    assert asyncio.run(play()) == 2


@pytest.mark.parametrize("busy", [False, True])
def test_whoever_needs_the_latest_waits_for_a_reading_that_began_after_they_asked(busy):
    async def play():
        known, recorded, gate = [], [1], asyncio.Event()

        async def read():
            found = list(recorded)
            await gate.wait()
            known[:] = found

        again = Rereading("the book", read)
        before = asyncio.create_task(again()) if busy else None
        await asyncio.sleep(0)
        recorded.append(2)
        asyncio.get_running_loop().call_later(0.01, gate.set)
        await again.within(30)
        return known, before

    assert asyncio.run(play())[0] == [1, 2]


def test_whoever_needs_the_latest_waits_no_longer_than_they_may():
    async def play():
        async def read():
            await asyncio.Event().wait()

        await Rereading("the book", read).within(0.01)

    asyncio.run(play())


def test_a_screen_that_catches_up_for_too_long_is_let_go_instead_of_filling_memory(monkeypatch):
    monkeypatch.setattr("steadydesk.journal.hub.MOST_WAITING", 3)
    stage = Stage()
    [screen] = stage.hub.subscribers
    gone = []
    screen.waiting, screen.drop = [], lambda: gone.append(True)
    stage.look(7)
    assert not gone
    stage.look(9)
    assert gone == [True]
    assert not stage.hub.subscribers
