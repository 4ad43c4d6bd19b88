"""The process dies right before every send, and right after: all that was to be told is told, to people and screens."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from steadydesk.alarms.actions import book as alarm_book
from steadydesk.api.stream import Stream
from steadydesk.delivery.channels.table import TRANSPORTS
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import SCREEN
from steadydesk.journal import hub as hubs
from steadydesk.journal.hub import Hub
from steadydesk.journal.reader import PostgresReader, Reader, SqliteReader
from steadydesk.kernel.clock import clock
from steadydesk.project import postgres
from steadydesk.project.following import Following
from steadydesk.visits import actions as visits
from tests.alarming import answer as answer_call
from tests.alarming import press
from tests.faults.dying import MOST_LIVES, Death, Killed, WaysOut, reach, send_all
from tests.returning import book, only
from tests.visiting import act, answer, arrive, prompts
from tests.world import World

pytestmark = pytest.mark.fault
MOMENTS = ["before", "after"]
LATER = timedelta(seconds=21)
"""The next step of a call is due, and so are the ways that a person chose as the second."""


def a_call(world: World) -> Iterator[str]:
    """Somebody calls for help; after each act the name of what happened."""
    alarm = press(world)
    yield "raised"
    press(world, status=200)
    yield "pressed again"
    answer_call(world, alarm, "acknowledge", "viktor")
    yield "accepted"
    world.advance(LATER)
    yield "escalated"
    answer_call(world, alarm, "stand-down", "ben", reason="He has left")
    yield "stood down"
    answer_call(world, alarm, "attend", "viktor")
    answer_call(world, alarm, "close", "viktor", disposition="handled")
    yield "closed"


def a_visit(world: World) -> Iterator[str]:
    """An agitated customer, from the door to the end."""
    visit = arrive(world, mood="agitated", service="housing")
    yield "arrived"
    world.advance("09:05:01")
    yield "manager called"
    answer(world, prompts(visit, "call_manager")[0], None)
    yield "deputy called"
    act(world, "tell", visit, wait="PT5M")
    act(world, "change_mood", visit, "aggressive")
    yield "told"
    act(world, "ask_help", visit)
    yield "help asked"
    act(world, "ring_to_speak", visit)
    yield "rung to speak"
    act(world, "call", visit)
    act(world, "attend", visit, channel="face_to_face")
    yield "attended"
    act(world, "finish", visit)
    yield "finished"


def a_return(world: World) -> Iterator[str]:
    """A customer is given a time, in writing."""
    start = only(world, "nina", hours=4)
    row = book(world, arrive(world, service="childrens"), "nina", start, who="Ada Long")
    yield "booked"
    for way, address in (("mail", "ada@mail.example"), ("text", "+44 1632 960001")):
        visits.confirm(row.pk, way, address=address, by=world.person("amira"), now=world.now)
    yield "confirmed"
    visits.call_off(row.pk, by=world.person("amira"), now=world.now)
    yield "called off"


STORIES = [a_call, a_visit, a_return]


# To people


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_send_each_message_leaves(stage, settings, monkeypatch, story, moment):
    reach(settings, "viktor", "helen", "david", "tariq")
    out = WaysOut(Death(moment))
    for channel in TRANSPORTS:
        monkeypatch.setitem(TRANSPORTS, channel, out)
    deaths, told = 0, 0
    for done in story(stage):
        deaths += send_all()
        rows = Delivery.objects.exclude(channel=SCREEN)
        planned = {"leased_by": "", "send_at__gt": clock.now()}  # the second way of a person waits for the first
        assert not rows.filter(state="waiting").exclude(**planned).exists(), f"{done}: not every message left"
        told = rows.exclude(state="withdrawn").count()
    times = {"before": 1, "after": 2}[moment]
    assert set(out.left.values()) == {times}, "nothing leaves more often than a death right after it explains"
    assert len(out.left) == deaths >= told
    assert set(out.again.values()) == {True}, "whoever gets it twice reads that it is said again"
    ways = {row.channel for row in Delivery.objects.all() if row.key in out.left}
    assert ways >= ({"mail", "text"} if story is a_return else {"mail", "webhook", "push", "phone", "apprise"})


# To screens


class Screen:
    """A screen that comes back by itself with the last entry that it had."""

    def __init__(self, actor, after: int, death: Death) -> None:
        self._actor, self.after, self._death = actor, after, death
        self.got: list[int] = []

    async def come_back(self, stream: Stream, hub: Hub) -> None:
        """Open the stream, and be told what it missed."""
        subscriber = stream._subscriber([self._actor], self._send)
        hub.join(subscriber)
        await stream._catch_up(subscriber, self.after)
        self.sees = subscriber.may_see

    async def _send(self, message) -> None:
        ids = [int(line[4:]) for line in message["body"].decode().splitlines() if line.startswith("id: ")]
        if not ids:
            return
        self._death.at("before", (self, ids[-1]))
        self.got += ids
        self.after = ids[-1]
        self._death.at("after", (self, ids[-1]))


class Life:
    """What one process does for its screens, from its start to its death."""

    def __init__(self, screens: list[Screen], records: Reader) -> None:
        self._screens, self._records = screens, records
        self._hub = Hub(asdict, lambda _rows: None)
        book = alarm_book()
        self._stream = Stream(self._hub, self._records, lambda: book, dict, lambda: True)
        self._following = Following(self._records, self._hub, lambda: pytest.fail("entries were skipped"))

    def begin(self) -> None:
        """Start, as the service does, and take the screens that come back."""
        asyncio.run(self._begin())

    async def _begin(self) -> None:
        self._hub.begin(self._records.last_id())
        for screen in self._screens:
            await screen.come_back(self._stream, self._hub)

    def tell(self) -> None:
        """Tell what was committed meanwhile."""
        asyncio.run(self._tell())

    async def _tell(self) -> None:
        while self._following.look():
            pass


@pytest.fixture
def records(stage: World) -> Iterator[Reader]:
    """The journal as the server's streams read it."""
    sqlite = connection.vendor == "sqlite"
    found = SqliteReader(Path(connection.settings_dict["NAME"])) if sqlite else PostgresReader(postgres.conninfo())
    yield found
    found._db.close()


def alive(screens: list[Screen], records: Reader) -> Life:
    """A process that lives, after as many deaths as it takes while the screens come back."""
    for _ in range(MOST_LIVES):
        life = Life(screens, records)
        try:
            life.begin()
        except Killed:
            continue
        return life
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_send_to_a_screen_each_shows_everything_once(
    stage, records, settings, monkeypatch, story, moment
):
    reach(settings, "viktor", "helen", "david", "tariq")
    monkeypatch.setattr(hubs, "COALESCE_SECONDS", 0)
    death, before = Death(moment), records.last_id()
    actors = [stage.device("desk-1"), stage.person("viktor"), stage.person("helen"), stage.person("tom")]
    screens = [Screen(actor, before, death) for actor in actors]
    life = alive(screens, records)
    for done in story(stage):
        try:
            life.tell()
        except Killed:
            life = alive(screens, records)
        for screen in screens:
            due = [r.id for r in records.after(before) if screen.sees(r.site, r.family)]
            assert screen.got == due, f"{done}: not everything, or something twice"
    assert len(death._died) >= 3, "the screens of the site were told"
