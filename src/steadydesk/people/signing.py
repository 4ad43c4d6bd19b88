"""What a person's own sign-in consists of, and what became of it: passwords, refusals, signing out of everything."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.people.credentials import end_browsers
from steadydesk.people.factors import remove_factors
from steadydesk.people.models import Person
from steadydesk.people.queries import belongs_to

WAIT = timedelta(minutes=5)
"""Having to wait is one entry however often it is tried within this time."""


def change_password(person: int, password: str, *, by: Actor, now: datetime) -> None:
    """Set a password: every browser signs in anew. One that somebody else set is changed at the first sign-in."""
    own = by.ref == f"person:{person}"
    if not own:
        by.check_each(Permission.SET_UP, belongs_to(person))
    row = Person.objects.get(pk=person)
    row.set_password(password)
    row.password_is_given = not own
    with write(now):
        row.save(update_fields=["password", "password_is_given"])
        end_browsers(person, now)
        record(Event.PASSWORD_CHANGED, f"person:{person}", by=by)


def reset_sign_in(login: str, *, by: Actor, now: datetime) -> str:
    """Everything was forgotten or lost: returns a password for one sign-in. Raises ``NotFound``."""
    person = Person.objects.filter(login=login, is_active=True).first()
    by.check_each(Permission.SET_UP, belongs_to(person.pk) if person else ())
    if person is None:
        raise NotFound(_("There is no person “%(login)s”.") % {"login": login})
    password = secrets.token_urlsafe(12)
    with write(now):
        remove_factors(person.pk, by=by, now=now)
        change_password(person.pk, password, by=by, now=now)
    return password


def refuse_sign_in(login: str, *, waits: bool, by: Actor, now: datetime) -> None:
    """Somebody tried to sign in as this person and was refused, or must wait after too many tries.

    Nothing is kept of a login that nobody has: it may be a password in the wrong field.
    """
    person = Person.objects.filter(login=login).values_list("pk", flat=True).first()
    if person is None:
        return
    with write(now):
        if not (waits and _waits_already(person, now)):
            record(Event.SIGN_IN_REFUSED, f"person:{person}", by=by, waits=waits)


def _waits_already(person: int, now: datetime) -> bool:
    last = journal.newest_of(f"person:{person}", [Event.SIGN_IN_REFUSED], 1)
    return bool(last) and bool(last[0].facts["waits"]) and now - last[0].at < WAIT


def sign_out_everywhere(person: int, *, by: Actor, now: datetime) -> None:
    """Every browser in which the person is signed in. Programs keep their tokens, which are ended one by one."""
    if by.ref != f"person:{person}":
        by.check_each(Permission.SET_UP, belongs_to(person))
    with write(now):
        end_browsers(person, now)
        record(Event.SIGNED_OUT_EVERYWHERE, f"person:{person}", by=by)
