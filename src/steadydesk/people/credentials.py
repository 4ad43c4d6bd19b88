"""Tokens of people and devices, and what signing in and out does to them."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.people.models import Device, Person, Token

BROWSER = "browser"
"""What a token is called that signing in made."""


def hash_token(token: str) -> str:
    """What is kept of a token. It is 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(
    *, person: Person | None = None, device: Device | None = None, label: str = "", by: Actor, now: datetime
) -> str:
    """Make a credential and return it. It cannot be shown again."""
    by.check(Permission.TOKEN_CREATE)
    token = secrets.token_urlsafe(32)
    with write(now):
        row = Token.objects.create(
            hash=hash_token(token), person=person, device=device, label=label, created_at=now, created_by=by.ref
        )
        record(Event.SET_UP_CHANGED, f"token:{row.pk}", by=by)
    return token


def revoke_token(token: int, *, by: Actor, now: datetime) -> None:
    """End a credential; it is refused from the next request on. One's own needs no permission."""
    own = by.kind == "person" and Token.objects.filter(pk=token, person_id=by.id).exists()
    if not own:
        by.check(Permission.TOKEN_CREATE)
    with write(now):
        if not _end(Token.objects.filter(pk=token), now):
            raise NotFound(_("There is no such token, or it was revoked before."))
        record(Event.SET_UP_CHANGED, f"token:{token}", by=by)


def sign_person_in(person: int, *, lasts: timedelta, session: str = "", by: Actor, now: datetime) -> str:
    """A person signed in with a browser. Returns the token by which a call knows them without their session.

    The session ends with the token, and the token with the session.

    Tokens of browsers that were closed without signing out end here, after ``lasts``.
    """
    token = secrets.token_urlsafe(32)
    with write(now):
        old = Token.objects.filter(person_id=person, label=BROWSER, revoked_at__isnull=True)
        old.filter(created_at__lt=now - lasts).update(revoked_at=now)
        keys = {"hash": hash_token(token), "session": session, "label": BROWSER}
        Token.objects.create(**keys, person_id=person, created_at=now, created_by=by.ref)
        record(Event.SIGNED_IN, f"person:{person}", by=by)
    return token


def sign_person_out(person: int, token: str, *, by: Actor, now: datetime) -> None:
    """The person signed out: the browser's token ends with the session."""
    with write(now):
        given = Token.objects.filter(hash=hash_token(token), person_id=person, label=BROWSER)
        given.filter(revoked_at__isnull=True).update(revoked_at=now)
        record(Event.SIGNED_OUT, f"person:{person}", by=by)


def end_credentials(person: int, now: datetime) -> int:
    """Every token and session of the person ends here; returns how many were good."""
    return _end(Token.objects.filter(person_id=person), now)


def end_browsers(person: int, now: datetime) -> int:
    """As ``end_credentials``, of browsers alone."""
    return _end(Token.objects.filter(person_id=person, label=BROWSER), now)


def keep_browser(token: str, session: str) -> None:
    """The browser that changed the password itself stays signed in, under the new number of its session."""
    Token.objects.filter(hash=hash_token(token), label=BROWSER).update(session=session, revoked_at=None)


def _end(tokens: QuerySet[Token], now: datetime) -> int:
    """End these and the sessions that began with them: who is signed out by one is signed out by both."""
    good = tokens.filter(revoked_at__isnull=True)
    Session.objects.filter(pk__in=list(good.exclude(session="").values_list("session", flat=True))).delete()
    return good.update(revoked_at=now)
