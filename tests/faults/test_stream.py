"""The stream's edges: a cursor ahead of this node, a client that reads slowly, a start without records."""

import asyncio
import threading
from urllib.parse import quote

import pytest

from steadydesk.alarms.book import Book
from steadydesk.api.stream import Stream, _cursor
from steadydesk.journal.frames import RESET
from steadydesk.journal.hub import Hub, Subscriber
from steadydesk.journal.reader import Row
from steadydesk.journal.rules import BEYOND, MOST
from steadydesk.kernel.errors import Invalid

pytestmark = pytest.mark.fault


def row(id):
    return Row(id, "visit:noted", "2026-03-02T10:00:00+00:00", "exchange", "visit:1", {})


class Records:
    """A journal of so many entries, read in pages of two."""

    def __init__(self, last, first=1):
        self.last, self.first = last, first

    def last_id(self):
        return self.last

    def first_id(self):
        return self.first

    def after(self, id, limit=2):
        return [row(n) for n in range(max(id + 1, self.first), self.last + 1)][:limit]


class Screen:
    """A client; ``slow`` lets each message wait for the one before to leave, as the server's flow control does."""

    def __init__(self, slow=False):
        self.slow, self.got, self.resets = slow, [], 0
        sees = {"exchange": frozenset({"visit"})}
        self.subscriber = Subscriber(self.send, sees, None, "exchange", "", "device:1")

    async def send(self, message):
        if self.slow:
            await asyncio.sleep(0)
        self.resets += message["body"] == RESET
        self.got += [int(line[4:]) for line in message["body"].decode().splitlines() if line.startswith("id: ")]


def catch_up(screen, records, hub_at, after, back_at=None):
    """What a screen that comes back with this cursor is told."""

    async def play():
        hub = Hub(lambda row: {}, lambda rows: None)
        hub.last = hub_at
        stream = Stream(hub, records, Book, dict, lambda: True)
        hub.join(screen.subscriber)
        await stream._catch_up(screen.subscriber, after)
        screen.slow = False
        if back_at is not None:
            hub.begin(back_at)
        hub.deliver(records.after(hub.last, 99))
        hub._flush()
        return screen.got

    return asyncio.run(play())


def test_a_screen_that_comes_from_a_node_that_was_ahead_is_told_nothing_twice():
    assert catch_up(Screen(), Records(7), hub_at=5, after=6) == [7]


def test_a_screen_that_reads_slowly_is_waited_for_while_it_catches_up():
    assert catch_up(Screen(slow=True), Records(7), hub_at=5, after=0) == [1, 2, 3, 4, 5, 6, 7]


def test_a_cursor_ahead_of_the_records_means_that_they_were_replaced_and_everything_is_fetched_anew():
    screen = Screen()
    assert catch_up(screen, Records(7), hub_at=5, after=900) == [6, 7]
    assert screen.resets == 1


def test_a_cursor_older_than_the_oldest_entry_kept_means_that_everything_is_fetched_anew():
    screen = Screen()
    assert catch_up(screen, Records(9, first=6), hub_at=7, after=4) == [8, 9]
    assert screen.resets == 1
    assert catch_up(Screen(), Records(9, first=6), hub_at=7, after=5) == [6, 7, 8, 9], "nothing is missing after 5"


def test_a_cursor_of_0_asks_for_everything_that_is_kept():
    screen = Screen()
    assert catch_up(screen, Records(9, first=6), hub_at=7, after=0) == [6, 7, 8, 9]
    assert screen.resets == 0


def test_more_than_is_sent_again_means_that_everything_is_fetched_anew():
    screen = Screen()
    assert catch_up(screen, Records(MOST + 10), hub_at=MOST + 5, after=0) == list(range(MOST + 6, MOST + 11))
    assert screen.resets == 1


@pytest.mark.parametrize(
    ("query", "header", "after"),
    [
        ("", None, None),
        ("after=", None, None),
        ("after=0", None, 0),
        ("after=7", None, 7),
        ("after=7", b"9", 9),
        ("after=" + "9" * 5_000, None, BEYOND),
        ("after=-1", b"9", 9),
        ("", b"-1", BEYOND),
        ("", b"yesterday", BEYOND),
    ],
)
def test_a_cursor_is_read_from_the_address_or_the_header(query, header, after):
    assert _cursor({"query_string": query.encode(), "headers": [(b"last-event-id", header)] if header else []}) == after


@pytest.mark.parametrize("given", ["-1", "yesterday", "1.5", "²", "0x1", "1 2"])
def test_a_cursor_in_the_address_that_is_no_id_is_refused_with_the_reason(given):
    with pytest.raises(Invalid) as refused:
        _cursor({"query_string": f"after={quote(given)}".encode(), "headers": []})
    assert [f.field for f in refused.value.faults] == ["after"]


def test_a_server_that_starts_without_records_tells_no_screen_the_whole_past_when_they_are_back():
    screen = Screen()
    assert catch_up(screen, Records(7), hub_at=None, after=3, back_at=6) == [7]
    assert screen.resets == 1


def test_what_is_new_reaches_every_other_screen_while_many_catch_up_from_a_disk_that_hangs():
    class Hanging(Records):
        hangs, readers = threading.Event(), set()

        def after(self, id, limit=2):
            self.readers.add(threading.current_thread().name)
            self.hangs.wait(5)
            return super().after(id, limit)

    async def play():
        records, live, back = Hanging(7), Screen(), [Screen() for _ in range(40)]
        hub = Hub(lambda row: {}, lambda rows: None)
        hub.last = 7
        stream = Stream(hub, records, Book, dict, lambda: True)
        live.subscriber.waiting = None
        for screen in (live, *back):
            hub.join(screen.subscriber)
        catching_up = [asyncio.ensure_future(stream._catch_up(s.subscriber, 1)) for s in back]
        await asyncio.sleep(0)
        hub.deliver([row(8)])
        hub._flush()
        assert live.got == [8]
        records.hangs.set()
        await asyncio.gather(*catching_up)
        assert [s.got for s in back] == [[2, 3, 4, 5, 6, 7, 8]] * 40
        assert len(records.readers) == 1, "however many come back, one thread reads for them"

    asyncio.run(play())


def test_a_screen_that_comes_back_while_the_records_are_away_is_open_for_early_news():
    class Away(Records):
        def after(self, id, limit=2):
            if limit == 2:
                raise OSError
            return super().after(id, limit)

    screen = Screen()
    assert catch_up(screen, Away(7), hub_at=5, after=3) == [6, 7]
    assert screen.resets == 1


def test_what_comes_after_a_pause_is_told_at_once_and_what_follows_closely_in_one_frame(monkeypatch):
    monkeypatch.setattr("steadydesk.journal.hub.COALESCE_SECONDS", 3600)

    async def play():
        hub, screen = Hub(lambda row: {}, lambda rows: None), Screen()
        hub.begin(0)
        hub.join(screen.subscriber)
        hub.go_live(screen.subscriber, 0)
        hub.deliver([row(1)])
        assert screen.got == [1]
        hub.deliver([row(2)])
        hub.deliver([row(3)])
        assert screen.got == [1]
        hub._flush()
        assert screen.got == [1, 2, 3]

    asyncio.run(play())
