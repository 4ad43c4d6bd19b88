"""What is kept of safe rooms and of the way to the police: inspections, tests, gaps that somebody accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotSignedIn, Refusal
from steadydesk.sites.models import Inspection, Place, PoliceRoute
from steadydesk.sites.queries import police_lacks


@dataclass(frozen=True)
class Seen:
    """What an inspector found, when, and who it was (``person:3``)."""

    found: Mapping[str, bool]
    at: datetime
    by: str


def inspect_safe_room(site: str, place: str, found: Mapping[str, bool], *, by: Actor, now: datetime) -> None:
    """What a named inspector found, item by item; an item that was not looked at keeps its older inspection."""
    _check(site, by)
    room = _room(site, place)
    if not found:
        raise Invalid.one("items", _("Answer at least one item."))
    with write(now):
        for item, good in found.items():
            Inspection.objects.create(place=room, item=item, good=good, at=now, by=by.ref)
        record(Event.SAFE_ROOM_INSPECTED, f"place:{room.pk}", by=by, site=site, found=dict(found))


def bring_inspection(site: str, place: str, seen: Seen, *, by: Actor, now: datetime) -> bool:
    """An inspection that was written down elsewhere, with its own day and inspector; returns whether it is new."""
    by.check(Permission.SET_UP, site)
    room = _room(site, place)
    if seen.at > now:
        raise Invalid.one("on", _("An inspection lies in the past."))
    with write(now):
        known = Inspection.objects.filter(place=room, at=seen.at, by=seen.by).values_list("item", flat=True)
        fresh = {item: good for item, good in seen.found.items() if item not in set(known)}
        for item, good in fresh.items():
            Inspection.objects.create(place=room, item=item, good=good, at=seen.at, by=seen.by)
        if fresh:
            on = seen.at.isoformat()
            record(Event.SAFE_ROOM_INSPECTED, f"place:{room.pk}", by=by, site=site, found=fresh, on=on)
    return bool(fresh)


def record_police_route(
    site: str, provider: str, reference: str, verification: str, *, by: Actor, now: datetime
) -> None:
    """Through whom the site is connected. Another provider or reference must be tested anew."""
    by.check(Permission.SAFETY_RECORD, site)
    with write(now):
        row = _row(site)
        if (row.provider, row.reference) != (provider, reference):
            row.tested_at, row.test_passed, row.tested_by = None, False, ""
        row.provider, row.reference, row.verification = provider, reference, verification
        row.save()
        record(Event.POLICE_ROUTE_CHANGED, f"site:{site}", by=by, site=site)


def say_police_route_tested(site: str, passed: bool, *, by: Actor, now: datetime) -> None:
    """Somebody tried the whole way, from the device to whoever answers for the police."""
    _check(site, by)
    with write(now):
        row = _row(site)
        row.tested_at, row.test_passed, row.tested_by = now, passed, by.ref
        row.save()
        record(Event.POLICE_ROUTE_TESTED, f"site:{site}", by=by, site=site, passed=passed)


def accept_police_gap(site: str, until: datetime, every: timedelta, *, by: Actor, now: datetime) -> None:
    """A named manager accepts, until a set time, that the site is not connected; every screen goes on saying so."""
    _check(site, by)
    if until <= now:
        raise Invalid([FieldFault("until", _("Choose a day that is still to come."))])
    if not police_lacks(site, every, now):
        raise Refusal("no_gap", _("The site is connected to the police: there is nothing to accept."))
    with write(now):
        row = _row(site)
        row.accepted_by, row.accepted_until = by.ref, until
        row.save()
        record(Event.POLICE_GAP_ACCEPTED, f"site:{site}", by=by, site=site, until=until.isoformat())


def _room(site: str, place: str) -> Place:
    room = Place.objects.filter(site=site, slug=place, kind=Place.Kind.SAFE_ROOM).first()
    if room is None:
        raise Invalid.one("place", _("That is no safe room of this site."))
    return room


def _check(site: str, by: Actor) -> None:
    by.check(Permission.SAFETY_RECORD, site)
    if by.person is None:
        raise NotSignedIn(_("Sign in: this needs the name of whoever says it."))


def _row(site: str) -> PoliceRoute:
    row, _new = PoliceRoute.objects.select_for_update().get_or_create(site_id=site)
    return row
