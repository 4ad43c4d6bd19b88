"""Day passes: somebody from an agency, or a volunteer, for one desk and until a set time."""

import secrets
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.desks import queries, rules, tapping
from steadydesk.desks.models import DayPass, Key, Tap
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.people import actions as people
from steadydesk.people import devices, guests
from steadydesk.sites import queries as sites

PASS_ENDS = "pass-ends"
LONGEST_NAME = 120


def give_pass(
    name: str, device: int, *, ends_at: datetime | None = None, trained: bool = False, by: Actor, now: datetime
) -> str:
    """Let somebody work at one desk, until closing unless ``ends_at`` is said; returns their PIN, shown once.

    Only who is trained is ever told of a call.
    """
    desk = devices.one(device)
    by.check(Permission.PRESENCE_SET, desk.site)
    until_closing, ends_at = ends_at is None, ends_at or _closing(desk.site, now)
    _refuse(name, ends_at, now)
    pin = _random_pin()
    with write(now):
        guest = guests.add_guest(name.strip(), "reception" if trained else "day_pass", desk.site, by=by, now=now)
        held = DayPass.objects.create(
            person_id=guest,
            device_id=device,
            site_id=desk.site,
            trained=trained,
            given_at=now,
            given_by=by.ref,
            ends_at=ends_at,
            until_closing=until_closing,
        )
        Key.objects.create(person_id=guest, pin=tapping.hash_pin(pin))
        set_deadline(PASS_ENDS, f"pass:{held.pk}", ends_at)
        facts: dict[str, Any] = {"person": guest, "device": device, "trained": trained, "ends_at": ends_at.isoformat()}
        record(Event.PASS_GIVEN, f"pass:{held.pk}", by=by, site=desk.site, **facts)
    return pin


def _refuse(name: str, ends_at: datetime, now: datetime) -> None:
    faults = []
    if not name.strip() or len(name.strip()) > LONGEST_NAME:
        faults.append(FieldFault("name", _("Write the name that colleagues will see.")))
    if ends_at <= now:
        faults.append(FieldFault("ends", _("Choose a time that is still to come.")))
    if faults:
        raise Invalid(faults)


def _closing(site: str, now: datetime) -> datetime:
    closing = sites.last_closing(site, now)
    return closing or rules.next_moment(queries.terms(site).passes_end, sites.site(site).time_zone, now)


def _random_pin() -> str:
    while True:
        pin = f"{secrets.randbelow(10_000):04}"
        if rules.pin_fault(pin) is None:
            return pin


def revoke_pass(id: int, *, by: Actor, now: datetime) -> None:
    """End a day pass before its time."""
    by.check(Permission.PRESENCE_SET, queries.day_pass(id).site_id)
    end_pass(id, by=by, now=now)


def end_pass(id: int, *, by: Actor, now: datetime) -> None:
    """Its holder is tapped out, off shift and unknown to every desk from now on."""
    with write(now):
        held = DayPass.objects.select_for_update().filter(pk=id, ended_at__isnull=True).first()
        if held is None:
            return
        held.ended_at = now
        held.save(update_fields=["ended_at"])
        clear_deadline(PASS_ENDS, f"pass:{id}")
        for tap in Tap.objects.filter(person_id=held.person_id, ended_at__isnull=True):
            tapping.end(tap, by=by, now=now)
        people.end_shift(held.person_id, held.site_id, by=by, now=now)
        guests.end_guest(held.person_id, by=by, now=now)
        record(Event.PASS_ENDED, f"pass:{id}", by=by, site=held.site_id, person=held.person_id)


def end_passes(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody closed the site before its hours did: the passes given for the day end with it."""
    if entry.facts.get("state") != "closed" or entry.facts.get("by_hours"):
        return
    for held in DayPass.objects.filter(site_id=entry.site, ended_at__isnull=True):
        end_pass(held.pk, by=by, now=now)


def follow_hours(entry: Entry, by: Actor, now: datetime) -> None:
    """The site's hours may have changed: a pass for the day ends with the day as it is now."""
    noun, _colon, site = entry.subject.partition(":")
    if noun != "site":
        return
    rows = DayPass.objects.select_for_update(of=("self",)).filter(site_id=site, until_closing=True, ended_at=None)
    for held in rows.select_related("site").order_by("pk"):
        closing = sites.last_closing(site, held.given_at)
        ends_at = rules.pass_end(held.ends_at, closing, held.site.time_zone, now)
        if ends_at == held.ends_at:
            continue
        held.ends_at = ends_at
        held.save(update_fields=["ends_at"])
        record(Event.PASS_MOVED, f"pass:{held.pk}", by=by, site=site, ends_at=ends_at.isoformat())
        if ends_at <= now:
            end_pass(held.pk, by=by, now=now)
        else:
            set_deadline(PASS_ENDS, f"pass:{held.pk}", ends_at)


def let_go(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody left: they are tapped out everywhere, and neither PIN, badge nor day pass opens a desk to them."""
    person = int(entry.subject.removeprefix("person:"))
    for tap in Tap.objects.filter(person_id=person, ended_at__isnull=True):
        tapping.end(tap, by=by, now=now)
    if Key.objects.filter(pk=person).delete()[0]:
        record(Event.KEY_CHANGED, entry.subject, by=by, pin=False, badge=False)
    for held in DayPass.objects.filter(person_id=person, ended_at__isnull=True):
        end_pass(held.pk, by=by, now=now)
