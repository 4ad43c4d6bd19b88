"""A desk that nobody uses locks: it shows no customer, and a call for help works as before."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.desks import queries, tapping
from steadydesk.desks.models import Station, Tap
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Refusal
from steadydesk.people import actions as people
from steadydesk.people import devices


def see_desk(device: int, now: datetime) -> None:
    """Somebody used the desk just now. Not journalled: it is the last of many, and only the last counts."""
    with write(now):
        Station.objects.update_or_create(device_id=device, defaults={"seen_at": now})


def use_desk(*, unlocked: bool, by: Actor, now: datetime) -> None:
    """The screen of whoever is tapped in was used just now, or was locked: for "someone can answer"."""
    desk = devices.one(int(by.id))
    with write(now):
        if unlocked:
            see_desk(desk.pk, now)
        for here in queries.tapped_in(desk.pk):
            key = f"desk-{desk.pk}-{here.person}"
            people.use_screen(key, here.person, desk.place_pk, unlocked=unlocked, by=by, now=now)


def lock_desk(*, by: Actor, now: datetime) -> None:
    """Nobody has used the desk for a while, or somebody goes away from it."""
    device = int(by.id)
    with write(now):
        station, _fresh = Station.objects.get_or_create(device_id=device)
        if station.locked_at is not None:
            return
        Station.objects.filter(pk=device).update(locked_at=now)
        use_desk(unlocked=False, by=by, now=now)
        record(Event.DESK_LOCKED, f"device:{device}", by=by, site=by.site or "")


def unlock_desk(key: str = "", *, person: int | None = None, new_pin: str = "", by: Actor, now: datetime) -> bool:
    """Let the desk be used again by who gives a PIN or a badge; by anybody while nobody at the site has one.

    Returns whether what was half typed there may be shown: to whoever was tapped in when it locked, or when
    nobody can be told from anybody else.
    """
    if not by.locked or not queries.needs_key(by.site or ""):
        _unlock(by, now)
        return True
    if not key:
        raise Refusal("not_known", _("Type your PIN, or hold your badge to the reader."))
    before = {h.person for h in queries.tapped_in(int(by.id))}
    who = tapping.tap_in(key, person=person, new_pin=new_pin, by=by, now=now)
    _unlock(queries.acting(by, who), now)
    return who in before


def unlock_for(person: int, device: int, *, by: Actor, now: datetime) -> None:
    """Somebody signed in at the locked desk with their password: a way for who has no PIN yet."""
    _unlock(by, now, device)


def unlock_from_afar(device: int, *, by: Actor, now: datetime) -> None:
    """A manager lets a desk be used again, when nobody there has a PIN; whoever was tapped in is tapped out."""
    desk = devices.one(device)
    by.check(Permission.PRESENCE_SET, desk.site)
    with write(now):
        for tap in Tap.objects.filter(device_id=device, ended_at__isnull=True):
            tapping.end(tap, by=by, now=now)
        _unlock(by, now, device)


def _unlock(by: Actor, now: datetime, device: int | None = None) -> None:
    id = device if device is not None else int(by.id)
    with write(now):
        if Station.objects.filter(pk=id, locked_at__isnull=False).update(locked_at=None, seen_at=now):
            record(Event.DESK_UNLOCKED, f"device:{id}", by=by, site=devices.one(id).site)
