"""A person's second factor: the codes of an app, passkeys, and the codes on paper for the day these are lost.

The rows are allauth's, which checks them at sign-in; what changes them stands here, so that each change is an entry.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotAllowed, NotFound, Refusal
from steadydesk.people.models import Person, Role
from steadydesk.people.queries import belongs_to
from steadydesk.people.rules import needs_factor

APP = Authenticator.Type.TOTP
PASSKEY = Authenticator.Type.WEBAUTHN
CODES = Authenticator.Type.RECOVERY_CODES
KINDS = {APP: "app", PASSKEY: "passkey"}
"""What entries call them."""


@dataclass(frozen=True)
class Factor:
    """One that the person has."""

    pk: int
    kind: str
    name: str
    """What they called a passkey."""
    added_at: datetime
    used_at: datetime | None


def of(person: int) -> list[Factor]:
    """The person's factors in the order they were added; codes on paper are none."""
    return [
        Factor(row.pk, KINDS[row.type], row.data.get("name", ""), row.created_at, row.last_used_at)
        for row in _factors(person).order_by("pk")
    ]


def has_factor(person: int) -> bool:
    """Whether signing in asks for one."""
    return _factors(person).exists()


def must_have(person: int) -> bool:
    """Whether one of the person's roles may not be signed in with a password alone."""
    return needs_factor(Role.objects.filter(person_id=person).values_list("role", "site_id"), settings.SECOND_FACTOR)


def codes_left(person: int) -> list[str]:
    """The codes on paper that were not used yet."""
    row = _codes(person)
    return RecoveryCodes(row).get_unused_codes() if row else []


def add_app(person: int, secret: str, *, by: Actor, now: datetime) -> None:
    """The codes of this app are asked for from now; an app that was there before is not good any more."""
    _own(person, by)
    with write(now):
        _factors(person).filter(type=APP).delete()
        _add(person, APP, {"secret": encrypt(secret)}, by, now)


def add_passkey(person: int, name: str, credential: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """The person may sign in with this passkey from now."""
    _own(person, by)
    with write(now):
        _add(person, PASSKEY, {"name": name, "credential": credential}, by, now)


def _add(person: int, type: Authenticator.Type, data: dict[str, Any], by: Actor, now: datetime) -> None:
    Authenticator.objects.create(user_id=person, type=type, data=data, created_at=now)
    if _codes(person) is None:
        _write_codes(person, now)
    record(Event.FACTOR_ADDED, f"person:{person}", by=by, kind=KINDS[type])


def remove_factor(person: int, factor: int, *, by: Actor, now: datetime) -> None:
    """Take one of one's own away; not the last where a role must have one."""
    _own(person, by)
    with write(now):
        row = _factors(person).filter(pk=factor).first()
        if row is None:
            raise NotFound(_("There is no such factor, or it was taken away before."))
        last = not _factors(person).exclude(pk=factor).exists()
        if last and must_have(person):
            raise Refusal("factor_needed", _("Your role needs a second factor. Add another before you take this away."))
        row.delete()
        if last:
            Authenticator.objects.filter(user_id=person).delete()
        record(Event.FACTOR_REMOVED, f"person:{person}", by=by, kind=KINDS[row.type])


def remove_factors(person: int, *, by: Actor, now: datetime) -> None:
    """Everything was lost: an administrator takes all of them away, and the person signs in with the password."""
    by.check_each(Permission.SET_UP, belongs_to(person))
    with write(now):
        gone = list(_factors(person))
        Authenticator.objects.filter(user_id=person).delete()
        for row in gone:
            record(Event.FACTOR_REMOVED, f"person:{person}", by=by, kind=KINDS[row.type])


def make_codes(person: int, *, by: Actor, now: datetime) -> None:
    """Codes to print anew; those of before are not good any more."""
    _own(person, by)
    if not has_factor(person):
        raise Refusal("no_factor", _("Codes on paper stand in for an app or a passkey. Add one of these first."))
    with write(now):
        Authenticator.objects.filter(user_id=person, type=CODES).delete()
        _write_codes(person, now)
        record(Event.RECOVERY_CODES_MADE, f"person:{person}", by=by)


def note_code_used(person: int, *, by: Actor, now: datetime) -> None:
    """A code on paper let the person in; it is not good any more."""
    with write(now):
        record(Event.RECOVERY_CODE_USED, f"person:{person}", by=by, left=len(codes_left(person)))


def forget(person: Person) -> None:
    """Somebody who left long ago."""
    Authenticator.objects.filter(user=person).delete()


def _write_codes(person: int, now: datetime) -> None:
    data = {"seed": encrypt(RecoveryCodes.generate_seed()), "used_mask": 0}
    Authenticator.objects.create(user_id=person, type=CODES, data=data, created_at=now)


def _factors(person: int) -> Any:
    return Authenticator.objects.filter(user_id=person, type__in=KINDS)


def _codes(person: int) -> Any:
    return Authenticator.objects.filter(user_id=person, type=CODES).first()


def _own(person: int, by: Actor) -> None:
    """Whoever could add one for somebody else could sign in as them."""
    if by.ref != f"person:{person}":
        raise NotAllowed(_("Only the person themselves can do this."))
