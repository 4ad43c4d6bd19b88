"""People who are here for a day: an account without a password, which ends."""

import secrets
from datetime import datetime

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.people.leaving import deactivate
from steadydesk.people.models import Person, Role


def add_guest(name: str, role: str, site: str, *, by: Actor, now: datetime) -> int:
    """Make the account and return the person; whoever says who is here may do it."""
    by.check(Permission.PRESENCE_SET, site)
    with write(now):
        guest = Person(login=f"guest-{secrets.token_hex(6)}", name=name)
        guest.set_unusable_password()
        guest.save()
        Role.objects.create(person=guest, role=role, site_id=site)
        record(Event.SET_UP_CHANGED, f"person:{guest.pk}", by=by, site=site)
    return guest.pk


def end_guest(person: int, *, by: Actor, now: datetime) -> None:
    """The account does nothing any more; the journal still names it."""
    with write(now):
        deactivate(person, by=by, now=now)
        record(Event.SET_UP_CHANGED, f"person:{person}", by=by)
