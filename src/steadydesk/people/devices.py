"""The desks of a site as devices: which hold a credential, and what becomes of these."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.people.models import Device, Token


@dataclass(frozen=True)
class Desk:
    """A device as other capabilities see it."""

    pk: int
    name: str
    site: str
    place: str
    place_pk: int
    staff_only: bool
    enrolled: bool
    """Whether it has a credential that is good."""
    started_at: datetime | None
    kind: str = Device.Kind.DESK

    @property
    def worked_at(self) -> bool:
        """Whether people work at it; a board or a kiosk is never started, tapped into or taken over."""
        return self.kind == Device.Kind.DESK


def at(site: str) -> list[Desk]:
    """The devices of a site that people use, in the order they were set up."""
    good = Token.objects.filter(device=OuterRef("pk"), revoked_at__isnull=True)
    used = Device.objects.filter(site_id=site).exclude(kind__in=(Device.Kind.PHONES, Device.Kind.GATEWAY))
    rows = used.select_related("place")
    found = rows.annotate(good=Exists(good)).order_by("pk")
    return [_desk(d, enrolled=d.good) for d in found]


def one(id: int) -> Desk:
    """One device; ``NotFound`` when there is none."""
    found = Device.objects.filter(pk=id).select_related("place").first()
    if found is None:
        raise NotFound(_("There is no such desk."))
    return _desk(found, enrolled=Token.objects.filter(device=found, revoked_at__isnull=True).exists())


def _desk(d: Device, *, enrolled: bool) -> Desk:
    where = (d.place.name, d.place_id, d.place.staff_only)
    return Desk(d.pk, d.name, d.site_id, *where, enrolled, d.started_at, d.kind)


def row(id: int) -> Device:
    """The row of a device, to be handed to the action that makes its credential."""
    return Device.objects.get(pk=id)


def move_token(hash: str, device: int, *, by: Actor, now: datetime) -> None:
    """The credential stands for another desk of the same site from now on."""
    moved = Token.objects.filter(hash=hash, revoked_at__isnull=True, device__site=one(device).site)
    with write(now):
        if not moved.update(device_id=device):
            raise NotFound(_("There is no such desk."))
        record(Event.SET_UP_CHANGED, f"device:{device}", by=by)


def revoke_desk(device: int, *, by: Actor, now: datetime) -> None:
    """Every browser and program that was this desk is it no longer."""
    by.check(Permission.TOKEN_CREATE, one(device).site)
    with write(now):
        Token.objects.filter(device_id=device, revoked_at__isnull=True).update(revoked_at=now)
        record(Event.SET_UP_CHANGED, f"device:{device}", by=by)
