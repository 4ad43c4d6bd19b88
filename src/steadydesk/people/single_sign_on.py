"""The organisation's own sign-in: whom an account there stands for. It never makes a person."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.errors import FieldFault, Invalid, Refusal
from steadydesk.people.models import Person

BY = system("single-sign-on")
LONGEST = 600
"""Of what a person's account is kept under."""


def account_of(issuer: str, subject: str) -> str:
    """What an account is kept under: a subject means somebody at its own issuer alone."""
    return f"{issuer.rstrip('/')}|{subject}"


def check_account(account: str) -> None:
    """Raise ``Invalid`` for one that nobody who signs in could have."""
    issuer, _bar, subject = account.partition("|")
    if account and not (issuer.startswith(("https://", "http://")) and subject):
        reason = _("write the address of its issuer, a bar and its subject there: https://accounts.example|1234")
        raise Invalid([FieldFault("subject", reason)])


def person_behind(issuer: str, subject: str, verified_email: str, *, now: datetime) -> Person:
    """The person whose account this is; one with no account yet by the address, which is then theirs.

    An address goes to somebody else after its owner left, a subject never does: whoever has one is found by it alone.
    Raises ``Refusal`` where nobody, or more than one, can be meant.
    """
    account = account_of(issuer, subject)
    known = Person.objects.filter(subject=account).first()
    if known is not None and subject:
        return known
    found = list(Person.objects.filter(email__iexact=verified_email, is_active=True)[:2]) if verified_email else []
    if not subject or len(account) > LONGEST or len(found) != 1 or found[0].subject:
        raise Refusal("nobody_behind", _("Nobody here has this account. Ask an administrator to connect it."))
    [person] = found
    with write(now):
        person.subject = account
        person.save(update_fields=["subject"])
        note_account(person, by=BY, now=now)
    return person


def note_account(person: Person, *, by: Actor, now: datetime) -> None:
    """Another account there, or none any more, is this person's."""
    with write(now):
        event = Event.FACTOR_ADDED if person.subject else Event.FACTOR_REMOVED
        record(event, f"person:{person.pk}", by=by, kind="single_sign_on")
