"""The browsers that take push messages: added by the person who sits there, gone when they sign out or it is lost."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.delivery.channels.push import endpoint as services
from steadydesk.delivery.models import Browser, Service
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from steadydesk.people import queries as people

MOST = 8
"""Browsers of one person: a call goes to each."""
LENGTHS = {"p256dh": 65, "auth": 16}
"""Bytes of the two keys that a browser gives (RFC 8291)."""


@dataclass(frozen=True)
class Given:
    """What a browser gives when it is added."""

    endpoint: str
    p256dh: str
    auth: str
    name: str
    token: str
    """A hash of the credential that the browser keeps."""


def public_key() -> str:
    """What a browser needs to be added; empty where no push messages are set up."""
    return settings.PUSH.public_key if settings.PUSH else ""


def add_browser(given: Given, *, by: Actor, now: datetime) -> None:
    """The browser takes push messages for whoever asks from now on, and for nobody else."""
    person = _self(by)
    if settings.PUSH is None:
        raise Refusal("not_available", _("No push messages are set up here. Ask an administrator."))
    services.check(given.endpoint)
    _check_keys(given)
    digest = hash_of(given.endpoint)
    facts = {"person_id": person, "p256dh": given.p256dh, "auth": given.auth, "token": given.token}
    with write(now):
        before = Browser.objects.filter(digest=digest).values_list("person", flat=True).first()
        theirs = Browser.objects.filter(person=person)
        if before != person and theirs.filter(lost_at__isnull=True).count() >= MOST:
            raise Refusal("too_many", _("You have as many browsers as there may be. Take one away first."))
        Browser.objects.update_or_create(
            digest=digest,
            defaults={**facts, "endpoint": given.endpoint, "lost_at": None, "name": given.name[:60], "added_at": now},
        )
        if before != person:
            theirs.filter(lost_at__isnull=False).delete()
            record(Event.BROWSER_ADDED, f"person:{person}", by=by)


def _check_keys(given: Given) -> None:
    for name, length in LENGTHS.items():
        try:
            found = base64.urlsafe_b64decode(getattr(given, name) + "==")
        except ValueError:
            found = b""
        if len(found) != length:
            raise Invalid.one(name, _("The browser's key cannot be used."))


def remove_browser(id: int, *, by: Actor, now: datetime) -> None:
    """It takes no more messages for whoever asks."""
    person = _self(by)
    with write(now):
        if not Browser.objects.filter(pk=id, person=person).delete()[0]:
            raise NotFound(_("There is no such browser, or it was taken away before."))
        record(Event.BROWSER_REMOVED, f"person:{person}", by=by, why="removed")


def lose_browser(id: int, *, site: str, by: Actor, now: datetime) -> None:
    """Its push service says that it is gone. The row stays, so that the person sees it. Belongs inside ``write``."""
    known = Browser.objects.filter(pk=id, lost_at__isnull=True)
    person = known.values_list("person", flat=True).first()
    if person is not None and known.update(lost_at=now):
        record(Event.BROWSER_REMOVED, f"person:{person}", by=by, site=site, why="lost")


def drop_signed_out(entry: Entry, by: Actor, now: datetime) -> None:
    """Whoever signs out of a browser is not told there any more; so is nobody whose credentials were ended."""
    kept = dict(Browser.objects.exclude(token="").values_list("token", "person"))
    for token in people.revoked(kept):
        Browser.objects.filter(token=token).delete()
        record(Event.BROWSER_REMOVED, f"person:{kept[token]}", by=by, why="signed_out")


def drop_leaver(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody left: nothing of theirs is told anywhere any more."""
    person = int(entry.subject.removeprefix("person:"))
    Browser.objects.filter(person=person).delete()
    Service.objects.filter(person=person).delete()


def of_person(person: int) -> list[Browser]:
    """The person's browsers, the oldest first; also those that were lost."""
    return list(Browser.objects.filter(person=person).order_by("pk"))


def every_browser() -> dict[int, dict[int, str]]:
    """Person → browser → what the channel needs to send there."""
    found: dict[int, dict[int, str]] = {}
    for row in Browser.objects.filter(lost_at__isnull=True).order_by("pk"):
        found.setdefault(row.person_id, {})[row.pk] = _as_address(row)
    return found


def numbers(people: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """The browsers of these people, by number."""
    found: dict[int, tuple[str, ...]] = {}
    rows = Browser.objects.filter(person__in=list(people), lost_at__isnull=True).order_by("pk")
    for person, id in rows.values_list("person", "pk"):
        found[person] = (*found.get(person, ()), str(id))
    return found


def address(written: str) -> str:
    """What the channel needs, by what the outbox says: a number, and ``quiet``. Empty when the browser is gone."""
    number, _, how = written.partition(" ")
    row = Browser.objects.filter(pk=number, lost_at__isnull=True).first() if number.isdigit() else None
    return _as_address(row, quiet=bool(how)) if row else ""


def address_of(person: int) -> str:
    """All of the person's browsers as one: one more, and it was not tested."""
    rows = Browser.objects.filter(person=person, lost_at__isnull=True).order_by("digest")
    return " ".join(rows.values_list("digest", flat=True))


def lost(people: Iterable[int]) -> set[int]:
    """Those of whom a browser stopped taking messages, and who have not added it again."""
    rows = Browser.objects.filter(person__in=list(people), lost_at__isnull=False)
    return set(rows.values_list("person", flat=True))


def _as_address(row: Browser, *, quiet: bool = False) -> str:
    keys = {"endpoint": row.endpoint, "p256dh": row.p256dh, "auth": row.auth}
    return json.dumps({**keys, "quiet": True} if quiet else keys)


def hash_of(endpoint: str) -> str:
    """What a page may know a browser by."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _self(by: Actor) -> int:
    if by.person is None:
        raise NotAllowed(_("Sign in: a desk cannot do this by itself."))
    return by.person
