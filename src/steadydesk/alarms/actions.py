"""One door for every press and every answer, whichever way it came in.

In the server the acts go to the alarm thread; in a command or a test they are recorded at once on Django's own
connection. Rules, statements and outcome are the same.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from django.utils.translation import gettext as _

from steadydesk.alarms import bookkeeping, conflict, queries, recorder, walking
from steadydesk.alarms.book import Book
from steadydesk.alarms.connections import DjangoConnection
from steadydesk.alarms.desk import Answered, act_of_spool, tick_act
from steadydesk.alarms.press import presser, read_press, spot
from steadydesk.alarms.rules import Act
from steadydesk.alarms.state import Alarm
from steadydesk.alarms.store import Store
from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import Lane, clear_deadline, set_deadline
from steadydesk.delivery import reached
from steadydesk.delivery.rules import Channels
from steadydesk.journal.actions import write
from steadydesk.journal.bell import bell
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, SteadydeskError
from steadydesk.protocol.durations import write_duration

Perform = Callable[[Act], Answered]
Unrecorded = Callable[[], dict[str, Alarm]]
_server: list[tuple[Perform, Callable[[], Book], Unrecorded]] = []


def use_server(perform: Perform, book: Callable[[], Book], unrecorded: Unrecorded) -> None:
    """In the server: acts go to the alarm thread, and the book is the one in memory."""
    _server[:] = [(perform, book, unrecorded)]


def channels() -> Channels:
    """Which channels beside the screens are set up."""
    return reached.channels()


def book() -> Book:
    """The alarm book: the server's, or one read now."""
    return _server[0][1]() if _server else bookkeeping.load(clock.now())


def unrecorded() -> dict[str, Alarm]:
    """Alarms that are told of and of which something is not yet on disk, by id: newer than what can be read."""
    return _server[0][2]() if _server else {}


def told_from(site: str, place: str, person: int | None, now: datetime) -> set[int]:
    """The people on shift whom a call for help from this place would be told to, in whatever step."""
    return book().told_from(site, place, f"person:{person}", now)


def watching(by: Actor) -> frozenset[int]:
    """Who reads along where this actor is: lists leave out what is kept from one of them (ruling 16)."""
    return book().watching(by)


def hides(alarm: Alarm, by: Actor) -> bool:
    """Whether this call does not exist for whoever asks."""
    return conflict.hides(alarm, [by], book())


def staff() -> list[tuple[str, str]]:
    """Everybody whom a call may be about, as (id, name), by name."""
    return sorted(((str(p), card.name) for p, card in book().people.items()), key=lambda each: each[1])


def named(alarm: Alarm) -> list[tuple[str, str]]:
    """Whom the call is said to be about, as (id, name), those who have left excepted."""
    known = {**dict(staff()), conflict.ELECTED_MEMBER: _("An elected member")}
    ids = [ref.removeprefix("person:") for ref in alarm.about]
    return [(id, known[id]) for id in ids if id in known]


def kept_from(by: Actor) -> frozenset[str]:
    """What does not exist for whoever asks, as records name it: ``alarm:…``."""
    return queries.kept_from(watching(by)) if queries.anything_kept() else frozenset()


def staffed_points(site: str, place: str, without: Collection[str], now: datetime) -> tuple[str, ...] | None:
    """Points that colleagues are shown to be at now, the nearest first; ``None`` where the place has a desk (L2c)."""
    known = book()
    if not walking.is_away(known, site, place):
        return None
    return tuple(name for _place, name in walking.staffed_points(known, site, place, without, now))


def known_actor(hash: str) -> Actor | None:
    """Whom a credential stands for by the server's book; ``None`` outside a server, or when it is not in the book."""
    return _server[0][1]().actors.get(hash) if _server else None


def perform(act: Act) -> Answered:
    """Record an act. Raises a refusal."""
    if _server:
        return _server[0][0](act)
    now = clock.now()
    with DjangoConnection().transaction(0) as cursor:
        store = Store(cursor)
        recorded = recorder.record(store, act, bookkeeping.load(now), now, channels())
        alarm = recorded.decision.alarm if recorded else store.alarm(act.alarm)
    bell.ring()
    if alarm is None:
        raise NotFound(_("There is no such call."))
    fresh = recorded is not None and recorded.decision.fresh
    return Answered(alarm, True, fresh, recorded is not None and recorded.decision.joined)


def raise_alarm(by: list[Actor], key: str | None, body: dict[str, Any]) -> Answered:
    """A press by a person, a device or a person at a device. Only an unknown credential is refused, before this."""
    act, odd = read_press(presser(by), key, body, book(), clock.now())
    if odd:
        act.facts["odd"] = odd
    return perform(act)


def raise_alarm_at(
    site: str, place: str, source: str, *, key: str | None = None, ago: timedelta = timedelta(), by: Actor
) -> Answered:
    """A press by somebody who is known to be there, whatever their roles and shifts have come to say since."""
    known = book()
    said = {"source": source, "ago": write_duration(ago)}
    act, _odd = read_press(presser([by]), key, said, known, clock.now())
    act.facts.update(spot(site, place, known))
    return perform(act)


def move_to_safe_room(alarm: Alarm, room: str, *, by: Actor) -> None:
    """Whoever called is in this safe room. They are known to be there, whatever their roles have come to say since."""
    card = book().sites.get(alarm.site)
    facts = {"place": room, "place_name": card.safe_rooms().get(room, room) if card else room}
    perform(Act(str(uuid4()), alarm.id, "retreat", clock.now(), by.ref, by.person, facts))


def raise_drill(site: str, place: str | None, by: Actor, *, mode: str = "drill") -> str:
    """Start a drill or a test from the command line; returns the alarm's id. Refused while a real call is open."""
    by.check(Permission.ALARM_DRILL, site)
    card = book().sites.get(site)
    if card is None or (place and place not in card.places):
        raise Invalid.one("place", _("There is no such place at this site."))
    drill = {"mode": mode, "site": site, "place": place or "", "source": "api"}
    act, _odd = read_press(presser([by]), None, drill, book(), clock.now())
    act.facts.update(spot(site, place or "", book()))
    return perform(act).alarm.id


def follow_clock(by: timedelta) -> None:
    """The system's clock jumped by ``by``: open alarms keep the time that remains until their next step."""
    for alarm in queries.open_alarms():
        at, facts = clock.now(), {"by_s": by.total_seconds()}
        perform(Act(id=str(uuid4()), alarm=alarm.id, verb="clock-stepped", at=at, ref="system:clock", facts=facts))


def record_spooled(acts: list[dict[str, Any]]) -> None:
    """Record what a spool holds without a server: after a restore. What the records refuse is on them already."""
    for body in acts:
        with suppress(SteadydeskError):
            perform(act_of_spool(body))


def open_when_restored(taken_at: datetime, until: datetime) -> dict[str, list[str]]:
    """By site, the alarms that were open in the backup of that moment and that nobody has been spared yet.

    What came in after ``until`` is a call of now, however long ago a telephone says that its key was pressed.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for alarm in _of_backup(taken_at, until):
        found[alarm.site].append(alarm.id)
    return dict(found)


def quiet_restored(taken_at: datetime, until: datetime) -> None:
    """Show the alarms that were open in the backup, and call nobody about them; whoever acts on one wakes it again."""
    for alarm in _of_backup(taken_at, until):
        perform(_restored_act(alarm, taken_at))


def _of_backup(taken_at: datetime, until: datetime) -> list[Alarm]:
    """Those not yet quiet; one that was made so may be awake again by now, and stays so."""
    old = [alarm for alarm in queries.open_alarms() if alarm.received_at <= until]
    return [alarm for alarm in old if not queries.has_act(_restored_act(alarm, taken_at).id)]


def _restored_act(alarm: Alarm, taken_at: datetime) -> Act:
    id = str(uuid5(NAMESPACE_OID, f"restored {alarm.id} {taken_at.isoformat()}"))
    return Act(id=id, alarm=alarm.id, verb="restored", at=clock.now(), ref="system:restore")


LEAVER = "alarm-leaver"


def await_leaver(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody left who is coming to a call: they are taken off it as soon as this transaction is over."""
    if _coming(entry.subject):
        set_deadline(LEAVER, entry.subject, now, Lane.ALARM)


def take_leaver_off(subject: str, *, by: Actor, now: datetime) -> None:
    """Whoever has left does not come any more, and the chain goes on. Who is there already stays there."""
    for alarm in _coming(subject):
        id = str(uuid5(NAMESPACE_OID, f"left {alarm.id} {alarm.generation} {subject}"))
        person = int(subject.removeprefix("person:"))
        perform(Act(id=id, alarm=alarm.id, verb="decline", at=clock.now(), ref=by.ref, person=person))
    with write(now):
        clear_deadline(LEAVER, subject)


def settle_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """Nobody is taken off a call any more because they left: it would wake the call, which is on the list itself."""
    for subject in deadlines.subjects_due(LEAVER, now):
        clear_deadline(LEAVER, subject)
    return {}


def _coming(subject: str) -> list[Alarm]:
    return [a for a in queries.open_alarms() if any(f"person:{c.person}" == subject and not c.there for c in a.coming)]


def tick(alarm: Alarm) -> None:
    """Let the time that has passed do what it does to an alarm."""
    perform(tick_act(alarm))
