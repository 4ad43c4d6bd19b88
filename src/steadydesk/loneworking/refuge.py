"""“I am in the safe room”: one press that calls, moves the call there and tells whoever comes (L2d-ii(2)e)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.delivery import actions as delivery
from steadydesk.delivery import queries as deliveries
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, NotAllowed
from steadydesk.loneworking import queries
from steadydesk.loneworking.models import LoneShift
from steadydesk.people import queries as people

MOST_INSIDE = 200


def go_to_safe_room(id: int, *, by: Actor, now: datetime) -> str:
    """One press: help is called, and the call stands at the nearest safe room. Returns the call's id.

    Whatever the worker's roles have come to say since, they are there. Only *All clear* on the call ends it.
    """
    row = queries.shift(id)
    if by.person != row.person:
        raise NotAllowed(_("Only whoever works this shift can say that."))
    worker = people.actor(row.person)
    alarm = alarms.raise_alarm_at(row.site, row.place, "app", by=worker).alarm
    nearest = queries.refuge(row, now)
    if nearest is None:
        return alarm.id
    if alarm.safe_room != nearest.place.name:
        alarms.move_to_safe_room(alarm, nearest.place.id, by=worker)
    with write(now):
        fresh = LoneShift.objects.select_for_update().get(pk=id)
        again = str(fresh.refuge_alarm) == alarm.id
        fresh.refuge, fresh.refuge_alarm = nearest.place.id, alarm.id
        fresh.refuge_at = fresh.refuge_at if again else now
        fresh.save(update_fields=["refuge", "refuge_at", "refuge_alarm"])
        _tell_responders(fresh, nearest.place.name, alarm.left_out, now)
        record(Event.LONE_IN_SAFE_ROOM, row.subject, by=by, site=row.site, place=nearest.place.id, alarm=alarm.id)
    return alarm.id


def count_inside(id: int, inside: int, *, by: Actor, now: datetime) -> None:
    """How many are in the room; the police ask."""
    row = queries.shift(id)
    if by.person != row.person:
        raise NotAllowed(_("Only whoever works this shift can say that."))
    if not 1 <= inside <= MOST_INSIDE:
        raise Invalid.one("inside", _("Write how many are in the room, from 1 to %s.") % MOST_INSIDE)
    with write(now):
        LoneShift.objects.filter(pk=id).update(inside=inside)
        record(Event.LONE_COUNTED, row.subject, by=by, site=row.site, inside=inside)


def _tell_responders(row: LoneShift, room: str, left_out: Iterable[int], now: datetime) -> None:
    """Whoever was told of the call is told where it stands now; never whom it is about."""
    subject = f"alarm:{row.refuge_alarm}"
    told = {r.person for r in deliveries.receipts(subject) if r.person is not None} - {row.person, *left_out}
    message = Message("safe_room", str(row.refuge_alarm), room, number=row.pk)
    where = hashlib.sha256(f"{row.refuge} {row.pk}".encode()).hexdigest()[:16]
    key = f"{subject} moved {where}"
    delivery.queue(message, people=told, key=key, subject=subject, site=row.site, urgent=True, now=now)
