"""Tokens of people and devices, and what signing in and out does to them."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.people.models import Device, Person, Token
from steadydesk.people.queries import belongs_to

BROWSER = "browser"
"""What a token is called that signing in made."""


def hash_token(token: str) -> str:
    """What is kept of a token. It is 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(
    *, person: Person | None = None, device: Device | None = None, label: str = "", by: Actor, now: datetime
) -> str:
    """Make a credential and return it. It cannot be shown again."""
    by.check_each(Permission.TOKEN_CREATE, _belongs(person.pk if person else None, device))
    token = secrets.token_urlsafe(32)
    with write(now):
        row = Token.objects.create(
            hash=hash_token(token), person=person, device=device, label=label, created_at=now, created_by=by.ref
        )
        record(Event.SET_UP_CHANGED, f"token:{row.pk}", by=by)
    return token


def _belongs(person: int | None, device: Device | None) -> set[str | None]:
    """The sites of whom a credential stands for: who makes it could act as them."""
    return belongs_to(person) if person else {device.site_id} if device else set()


def revoke_token(token: int, *, by: Actor, now: datetime) -> None:
    """End a credential; it is refused from the next request on. One's own needs no permission."""
    row = Token.objects.filter(pk=token).select_related("device").first()
    if row is None or by.kind != "person" or by.id != str(row.person_id):
        by.check_each(Permission.TOKEN_CREATE, _belongs(row.person_id, row.device) if row else ())
    with write(now):
        if not _end(Token.objects.filter(pk=token), now):
            raise NotFound(_("There is no such token, or it was revoked before."))
        record(Event.SET_UP_CHANGED, f"token:{token}", by=by)


def sign_person_in(person: int, *, lasts: timedelta, session: str = "", by: Actor, now: datetime) -> str:
    """A person signed in with a browser. Returns the token by which a call knows them without their session.

    The session ends with the token, and the token with the session.

    Both end after ``lasts`` of the time outside, however fast the clock of the desks runs.
    """
    token = secrets.token_urlsafe(32)
    with write(now):
        keys = {"hash": hash_token(token), "session": session, "label": BROWSER, "ends_at": clock.outside() + lasts}
        Token.objects.create(**keys, person_id=person, created_at=now, created_by=by.ref)
        record(Event.SIGNED_IN, f"person:{person}", by=by)
    return token


def sign_person_out(person: int, token: str, *, session: str = "", by: Actor, now: datetime) -> None:
    """The person signed out: the browser's token ends with the session, also one that it did not bring."""
    with write(now):
        theirs = Token.objects.filter(person_id=person, label=BROWSER, revoked_at__isnull=True)
        of_session = Q(session=session) if session else Q(pk__in=())
        theirs.filter(Q(hash=hash_token(token)) | of_session).update(revoked_at=now)
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
