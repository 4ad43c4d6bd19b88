"""Mobile telephones with the emergency number stored, and looks at what a lone worker carries (L2d-ii(1), (3))."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from steadydesk.buttons import queries as buttons
from steadydesk.journal.actions import attempt, record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound, NotSignedIn
from steadydesk.loneworking.models import Check, Mobile
from steadydesk.loneworking.provision_rules import Checked
from steadydesk.loneworking.provisions import checked, device_test
from steadydesk.people import queries as people

MOBILE_ITEMS = ("speed_dial", "battery")
DEVICE_ITEMS = ("test",)


@dataclass(frozen=True)
class Looked:
    """A telephone or a device with its last looks, by item."""

    subject: str
    name: str
    number: str
    person: int | None
    looks: Mapping[str, Checked]


def mobiles(site: str) -> list[Looked]:
    """The telephones of the site that are in use."""
    rows = Mobile.objects.filter(site=site, retired_at__isnull=True).order_by("name")
    return [
        Looked(m.subject, m.name, m.number, m.person_id, {i: checked(m.subject, i) for i in MOBILE_ITEMS}) for m in rows
    ]


def devices(site: str) -> list[Looked]:
    """The safety devices of the site that are worn, or may be."""
    return [
        Looked(f"button:{b.pk}", b.name, "", b.person_id, {"test": device_test(b)})
        for b in buttons.buttons(site)
        if b.kind == "worn"
    ]


def save_row(row: Mobile, *, by: Actor, now: datetime) -> None:
    """Set a telephone up, or change it."""
    stored = Mobile.objects.filter(pk=row.pk).values_list("site", flat=True).first() if row.pk else None
    by.check_each(Permission.SAFETY_RECORD, {row.site_id} | ({stored} if stored else set()))
    faults = []
    if not row.name.strip():
        faults.append(FieldFault("name", _("Write what people call it.")))
    if not row.number.strip():
        faults.append(FieldFault("number", _("Write its number.")))
    if row.person_id is not None and all(c.person != row.person_id for c in people.workers(row.site_id)):
        faults.append(FieldFault("person", _("Choose somebody of the site.")))
    if faults:
        raise Invalid(faults)
    with write(now):
        try:
            with attempt():
                row.save()
        except IntegrityError:
            raise Invalid.one("name", _("There is one of this name already.")) from None
        record(Event.SET_UP_CHANGED, row.subject, by=by, site=row.site_id)


def save_mobile(
    site: str, id: int | None, said: Mapping[str, str], person: int | None, *, by: Actor, now: datetime
) -> Mobile:
    """As ``save_row``, from what was typed: ``name`` and ``number``, and who holds it."""
    row = mobile(site, id) if id is not None else Mobile(site_id=site)
    row.name, row.number, row.person_id = said.get("name", "").strip(), said.get("number", "").strip(), person
    save_row(row, by=by, now=now)
    return row


def retire_mobile(site: str, id: int, *, by: Actor, now: datetime) -> None:
    """It is used no longer; its looks stay on record."""
    by.check(Permission.SAFETY_RECORD, site)
    with write(now):
        row = mobile(site, id)
        row.retired_at, row.person_id = now, None
        row.save()
        record(Event.SET_UP_CHANGED, row.subject, by=by, site=site)


def look_at(site: str, subject: str, found: Mapping[str, bool], *, by: Actor, now: datetime) -> None:
    """A named person looked at a telephone or tried a device from end to end: item by item."""
    by.check(Permission.SAFETY_RECORD, site)
    if by.person is None:
        raise NotSignedIn(_("Sign in: this needs the name of whoever says it."))
    known = {one.subject: one for one in (*mobiles(site), *devices(site))}
    if subject not in known:
        raise NotFound(_("There is no such thing at this site."))
    if not found or not found.keys() <= known[subject].looks.keys():
        raise Invalid.one("items", _("Answer at least one item."))
    with write(now):
        for item, good in found.items():
            Check.objects.create(subject=subject, site=site, item=item, good=good, at=now, by=by.ref)
        record(Event.ASSET_CHECKED, subject, by=by, site=site, found=dict(found))


def mobile(site: str, id: int) -> Mobile:
    """One that is in use. Raises ``NotFound``."""
    found = Mobile.objects.filter(pk=id, site=site, retired_at__isnull=True).first()
    if found is None:
        raise NotFound(_("There is no such thing at this site."))
    return found


def take_from_leaver(entry: Entry, by: Actor, now: datetime) -> None:
    """Whoever has left holds nothing any more."""
    Mobile.objects.filter(person=int(entry.subject.removeprefix("person:"))).update(person=None)
