"""Somebody leaves: from that moment nothing of theirs opens anything, and nobody waits for them."""

from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.people.credentials import end_credentials
from steadydesk.people.models import Absence, Designation, Duty, Person, Role, Screen, Shift
from steadydesk.people.queries import works_at

ADMINISTRATOR = "administrator"


def deactivate(person: int, *, by: Actor, now: datetime) -> None:
    """The account does nothing any more; the journal still names it."""
    with write(now):
        if Person.objects.filter(pk=person, is_active=True).update(is_active=False, left_at=now):
            take_access(person, by=by, now=now)


def take_access(person: int, *, by: Actor, now: datetime) -> None:
    """Sessions, tokens and screens end, and every shift and duty. What desks keep of them follows from the entry."""
    with write(now):
        end_credentials(person, now)
        Screen.objects.filter(person_id=person).delete()
        Designation.objects.filter(person_id=person).delete()
        for site in works_at(person, now):
            record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, on_shift=False)
        last = Shift.objects.filter(person_id=person, ends_at__gt=now).aggregate(last=Max("ends_at"))["last"]
        for model in (Shift, Duty, Absence):
            theirs = model._default_manager.filter(person_id=person)
            theirs.filter(starts_at__gt=now).delete()
            theirs.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).update(ends_at=now)
        planned: dict[str, Any] = {"planned_until": last.isoformat()} if last else {}
        record(Event.PERSON_LEFT, f"person:{person}", by=by, **planned)


def refuse_last_administrator(gone: Q) -> None:
    """Without one nobody could set anything up again, and without one of every site no other site and no other one.

    ``gone`` are the roles that would be held no longer.
    """
    active = Role.objects.filter(role=ADMINISTRATOR, person__is_active=True)
    for held in (active, active.filter(site__isnull=True)):
        if held.filter(gone).exists() and not held.exclude(gone).exists():
            raise Refusal("last_administrator", _("This is the only administrator. Give somebody else the role first."))
