"""Readings of desks: how one stands, who is tapped in, which were not started, day passes."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from steadydesk.desks import rules
from steadydesk.desks.models import DayPass, Key, Station, Tap, Terms
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound
from steadydesk.people import devices
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites


@dataclass(frozen=True)
class Here:
    """Somebody who is tapped in."""

    person: int
    name: str
    since: datetime


def terms(site: str) -> Terms:
    """How desks behave at the site; what is shipped when nobody decided."""
    return Terms.objects.filter(pk=site).first() or Terms(site_id=site)


def standing(desk: Actor) -> Actor:
    """The desk as it stands now: locked or not, and who acts when only one person is tapped in."""
    device = int(desk.id)
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [device, device])
        here = [person for [person] in cursor.fetchall()]
    if None in here:
        return replace(desk, locked=True)
    return acting(desk, here[0]) if len(here) == 1 else desk


_STANDING = """
SELECT NULL FROM desks_station WHERE device_id = %s AND locked_at IS NOT NULL
UNION ALL SELECT person_id FROM desks_tap WHERE device_id = %s AND ended_at IS NULL
"""
# In plain SQL, for every page of a desk asks it. Nobody, for a desk that is locked; then who is tapped in.


def shut(desk: Actor) -> Actor:
    """The desk, as a locked one if it is; whoever is tapped in there acts by the screen alone."""
    return replace(desk, locked=True) if locked_at(int(desk.id)) else desk


def locked() -> set[int]:
    """The devices that are locked."""
    return set(Station.objects.filter(locked_at__isnull=False).values_list("pk", flat=True))


def acting(desk: Actor, person: int) -> Actor:
    """The desk with this person at it; what they belong to comes along, what they may do elsewhere does not."""
    return replace(desk, acting=str(person), team=people.team_of(person))


def tapped_in(device: int) -> list[Here]:
    """Who works at the desk, in the order of coming."""
    taps = Tap.objects.filter(device=device, ended_at__isnull=True).select_related("person").order_by("at", "pk")
    return [Here(t.person_id, t.person.name, t.at) for t in taps]


@dataclass(frozen=True)
class Tapped:
    """Where somebody tapped in, and when they did or, once they are gone, left."""

    site: str
    place: str
    at: datetime


def last_tap(person: int) -> Tapped | None:
    """The desk at which the person works or worked last."""
    tap = Tap.objects.filter(person=person).select_related("device__place").order_by("-at").first()
    return Tapped(tap.device.site_id, tap.device.place.slug, tap.ended_at or tap.at) if tap else None


def everybody_tapped_in() -> dict[int, tuple[int, ...]]:
    """Device → people, for desks that are not locked: at a locked one nobody knows who is there."""
    locked = Station.objects.filter(locked_at__isnull=False).values("pk")
    found: dict[int, tuple[int, ...]] = {}
    taps = Tap.objects.filter(ended_at__isnull=True, person__is_active=True).exclude(device__in=locked)
    for device, person in taps.order_by("at", "pk").values_list("device_id", "person_id"):
        found[device] = (*found.get(device, ()), person)
    return found


def locked_at(device: int) -> datetime | None:
    """Since when the desk is locked."""
    return Station.objects.filter(pk=device).values_list("locked_at", flat=True).first()


@dataclass(frozen=True)
class Keys:
    """How people who work at a site can be told from each other."""

    any: bool
    """By PIN or badge, so that one is asked for."""
    badges: bool


def keys_at(site: str) -> Keys:
    """Whether people who work at the site have PINs or badges."""
    here = Q(person__roles__site=site) | Q(person__roles__site__isnull=True, person__roles__isnull=False)
    badge = ~Q(badge="")
    counts = {"any": Count("pk", filter=badge | ~Q(pin="")), "badges": Count("pk", filter=badge)}
    found = Key.objects.filter(here, person__is_active=True).aggregate(**counts)
    return Keys(any=found["any"] > 0, badges=found["badges"] > 0)


def needs_key(site: str) -> bool:
    """Whether a PIN or a badge is asked for."""
    return keys_at(site).any


@dataclass(frozen=True)
class Choice:
    """Somebody who may tap in at a desk."""

    person: int
    name: str


def may_tap_in(device: int, site: str) -> list[Choice]:
    """Those with a PIN who work at the site, and who has a day pass for this very desk, by name."""
    pass_holders = dict(DayPass.objects.filter(ended_at__isnull=True).values_list("person_id", "device_id"))
    known = set(Key.objects.filter(person__is_active=True).exclude(pin="").values_list("person_id", flat=True))
    here = {c.person: c.name for c in people.workers(site)}
    found = [Choice(p, n) for p, n in here.items() if p in known and pass_holders.get(p, device) == device]
    return sorted(found, key=lambda c: (c.name.casefold(), c.person))


def has_pin(person: int) -> bool:
    """Whether the person can tap in by PIN."""
    return Key.objects.filter(pk=person).exclude(pin="").exists()


@dataclass(frozen=True)
class Desk:
    """One desk of a site, for whoever looks after them."""

    device: int
    name: str
    place: str
    staff_only: bool
    enrolled: bool
    """Whether a browser or a program holds its credential."""
    started_at: datetime | None
    seen_at: datetime | None
    locked_at: datetime | None
    here: list[Here]
    kind: str = "desk"
    worked_at: bool = True
    """Not so at a board or a kiosk, which is never started."""


def desks(site: str) -> list[Desk]:
    """Every desk of the site with when it was started and last seen."""
    stations = {s.pk: s for s in Station.objects.filter(device__site=site)}
    return [_desk(d, stations.get(d.pk, Station())) for d in devices.at(site)]


def _desk(d: devices.Desk, station: Station) -> Desk:
    return Desk(
        device=d.pk,
        name=d.name,
        place=d.place,
        staff_only=d.staff_only,
        enrolled=d.enrolled,
        started_at=d.started_at,
        seen_at=station.seen_at,
        locked_at=station.locked_at,
        here=tapped_in(d.pk),
        kind=d.kind,
        worked_at=d.worked_at,
    )


def list_desks_not_started(site: str, now: datetime) -> list[Desk]:
    """Enrolled desks that nobody has started today, by the site's own day."""
    began = rules.day_began(sites.site(site).time_zone, now)
    return [d for d in desks(site) if d.enrolled and d.worked_at and (d.started_at is None or d.started_at < began)]


@dataclass(frozen=True)
class Pass:
    """A day pass that runs."""

    id: int
    person: int
    name: str
    device: int
    place: str
    ends_at: datetime
    trained: bool


def passes(site: str, device: int | None = None) -> list[Pass]:
    """Day passes that run at the site, or at one desk of it, the first to end first."""
    found = DayPass.objects.filter(site=site, ended_at__isnull=True).select_related("person", "device__place")
    if device is not None:
        found = found.filter(device=device)
    return [
        Pass(p.pk, p.person_id, p.person.name, p.device_id, p.device.place.name, p.ends_at, p.trained)
        for p in found.order_by("ends_at", "pk")
    ]


def day_pass(id: int) -> DayPass:
    """One day pass; ``NotFound`` when there is none."""
    found = DayPass.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such day pass."))
    return found


def places_to_stand(desk: Actor) -> list[Desk]:
    """Other desks of the site that this browser may become: never one that shows more than it may show now."""
    every = desks(desk.site or "")
    full = any(d.device == int(desk.id) and d.staff_only for d in every)
    others = (d for d in every if d.enrolled and d.worked_at and d.device != int(desk.id))
    return [d for d in others if full or not d.staff_only]
