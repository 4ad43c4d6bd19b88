"""One's own shifts for one's own programs, under a secret address that can be taken back."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound, NotSignedIn
from steadydesk.people import queries as people
from steadydesk.rota.models import Feed
from steadydesk.rota.papers import write_calendar
from steadydesk.rota.weeks import shifts_of

BACK = timedelta(days=14)
AHEAD = timedelta(days=180)


def make_feed(*, by: Actor, now: datetime) -> str:
    """The secret part of a new address, which is shown this once; an older one opens nothing any more."""
    if by.person is None:
        raise NotSignedIn(_("Sign in: a desk has no shifts."))
    secret = secrets.token_urlsafe(32)
    with write(now):
        _revoke(by.person, now)
        row = Feed.objects.create(person_id=by.person, hash=_hash(secret), made_at=now)
        record(Event.FEED_MADE, f"feed:{row.pk}", by=by)
    return secret


def revoke_feed(*, by: Actor, now: datetime) -> None:
    """Nothing opens under one's address any more."""
    if by.person is None:
        raise NotSignedIn(_("Sign in: a desk has no shifts."))
    with write(now):
        if _revoke(by.person, now):
            record(Event.FEED_REVOKED, by.ref, by=by)


def _revoke(person: int, now: datetime) -> int:
    return Feed.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def feed_of(person: int) -> Feed | None:
    """The person's address, if they have one: since when."""
    return Feed.objects.filter(person=person, revoked_at__isnull=True).first()


def read_feed(secret: str, now: datetime) -> bytes:
    """The shifts of whoever's address this is, as iCalendar: where and when, and nobody else. Raises ``NotFound``."""
    row = Feed.objects.filter(hash=_hash(secret), revoked_at__isnull=True, person__is_active=True).first()
    if row is None:
        raise NotFound(_("There is no calendar under this address, or it was taken back."))
    login = people.logins([row.person_id])[row.person_id]
    lines = [
        (
            cell.place,
            {
                "kind": "work",
                "person": login,
                "team": "",
                "place": "",
                "start": cell.start.isoformat(),
                "end": cell.end.isoformat(),
            },
        )
        for cell in shifts_of(row.person_id, now - BACK, now + AHEAD)
        if cell.end is not None and not cell.away
    ]
    return write_calendar(lines, now)
