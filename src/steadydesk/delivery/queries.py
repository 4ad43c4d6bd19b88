"""Readings of the outbox."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet

from steadydesk.delivery import browsers
from steadydesk.delivery.channels.transport import Outgoing
from steadydesk.delivery.models import Delivery, Service
from steadydesk.delivery.rules import LETTER, PUSH, SCREEN, WORDS, Lane, Message
from steadydesk.journal import queries as journal
from steadydesk.kernel.moments import moment
from steadydesk.people.queries import telephone

State = Delivery.State

GIVEN_UP = (State.FAILED, State.UNKNOWN)
TOO_LATE = timedelta(seconds=30)
"""Nobody sends any more when a delivery is due for longer."""


@dataclass(frozen=True)
class Trouble:
    """A delivery that did not get through, for a person to look at."""

    subject: str
    channel: str
    person: int | None
    failure: str
    attempts: int
    since: datetime
    given_up: bool
    """Whether it failed for good; otherwise it is still being tried."""


@dataclass(frozen=True)
class Failure:
    """Attempts that failed alike, one after the other."""

    said: str
    times: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Receipt:
    """How far a message got with one person by one channel. Sent is not seen."""

    person: int | None
    contact: int | None
    """Of the emergency contact list."""
    channel: str
    state: str
    attempts: int
    sent_at: datetime | None
    seen_at: datetime | None
    send_at: datetime
    failures: tuple[Failure, ...] = ()
    """Every attempt that failed, also before one got through."""


def troubles(site: str, since: datetime | None = None, limit: int = 50) -> list[Trouble]:
    """What failed, and what is still being tried in vain, the newest first.

    That nobody sits at a screen is no trouble of the channel, until the delivery is given up.
    """
    trying = Q(state=State.WAITING) & ~Q(failure="") & ~Q(channel=SCREEN)
    rows = Delivery.objects.filter(Q(state__in=GIVEN_UP) | trying, site=site)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    return [
        Trouble(r.subject, r.channel, r.person, r.failure, r.attempts, r.created_at, r.state in GIVEN_UP)
        for r in rows.order_by("-id")[:limit]
    ]


def receipts(subject: str) -> list[Receipt]:
    """Every delivery about one subject, oldest first."""
    rows = Delivery.objects.filter(subject=subject).order_by("id")
    return [
        Receipt(
            r.person,
            r.contact,
            r.channel,
            r.state,
            r.attempts,
            r.sent_at,
            r.seen_at,
            r.send_at,
            tuple(_failure(f) for f in r.failures),
        )
        for r in rows
    ]


def _failure(kept: Mapping[str, Any]) -> Failure:
    since, until = (datetime.fromisoformat(kept[name]) for name in ("since", "until"))
    return Failure(kept["said"], kept["times"], since, until)


def is_overdue(now: datetime) -> bool:
    """Whether a delivery is due for so long that the sender must be dead."""
    return _waiting().filter(send_at__lt=now - TOO_LATE).exists()


def _waiting() -> QuerySet[Delivery]:
    # Both lanes are named so that the index on (state, urgent, send_at) serves every look.
    return Delivery.objects.filter(state=State.WAITING, urgent__in=(True, False))


_OUTLOOK = """
SELECT urgent, channel, min(send_at), min(CASE WHEN send_at > %s THEN send_at END)
FROM delivery_delivery WHERE state = 'waiting' AND urgent IN (%s, %s) GROUP BY urgent, channel
"""
"""In plain SQL: the sender asks after every commit, and to build the query would cost many times what it does."""


def outlook(now: datetime) -> tuple[set[Lane], datetime | None]:
    """The lanes in which something is due, and when the sender must look next, after ``now``."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTLOOK, [connection.ops.adapt_datetimefield_value(now), True, False])
        found = cursor.fetchall()
    lanes = {Lane(bool(urgent), channel) for urgent, channel, first, _later in found if moment(first) <= now}
    return lanes, min((moment(later) for *_lane, later in found if later is not None), default=None)


def due(lane: Lane, now: datetime) -> QuerySet[Delivery]:
    """What is due in the lane, the longest waiting first; a leased row is due when its lease has expired."""
    rows = Delivery.objects.filter(state=State.WAITING, urgent=lane.urgent, channel=lane.channel)
    return rows.filter(send_at__lte=now).order_by("send_at", "id")


def screen_sites(urgent: bool) -> list[str]:
    """The sites at which something waits for a screen."""
    rows = Delivery.objects.filter(state=State.WAITING, urgent=urgent, channel=SCREEN)
    return list(rows.order_by().values_list("site", flat=True).distinct())


def for_screens(urgent: bool, reached: Mapping[str, Collection[int]], now: datetime) -> QuerySet[Delivery]:
    """What waits for people whose screen is open, due or not (it may just have opened), and all due."""
    look = Q(send_at__lte=now)
    for site, people in reached.items():
        look |= Q(site=site, person__in=list(people))
    rows = Delivery.objects.filter(look, state=State.WAITING, urgent=urgent, channel=SCREEN)
    return rows.order_by("send_at", "id")


def outgoing(row: Delivery, now: datetime) -> Outgoing:
    """A claimed row as its channel takes it. The address is looked up this late so that a new one is used."""
    message = Message.of(row.message)
    again = message.again or row.attempts > 1
    address, text, file = row.address, "", ""
    if message.kind == LETTER:
        address, text, file = _letter(row.address, message.id)
    elif row.contact is not None and message.mode != "real":
        # There is no such row; were there one, it would have nowhere to go.
        address = ""
    elif row.channel == PUSH:
        address = browsers.address(row.address)
    elif row.person is not None:
        address = address_of(row.person, row.channel, now) or row.address
    return Outgoing(row.key, row.subject, row.site, message, again, now, address, text, file)


def _letter(address: str, text: str) -> tuple[str, str, str]:
    """Where a customer's letter goes, what it says, and its file; all empty when one is gone: then nothing is sent."""
    to, _comma, file = address.removeprefix(WORDS).partition(",")
    ids = [int(id) for id in (to, text, file) if id]
    found = journal.words(ids)
    if not all(found.get(id) for id in ids):
        return "", "", ""
    return found[int(to)], found[int(text)], found[int(file)] if file else ""


def address_of(person: int, channel: str, now: datetime) -> str:
    """Where the person is reached by it now; empty when there is nothing. Of push messages what tells it apart."""
    match channel:
        case "mail":
            return emails([person]).get(person, "")
        case "phone":
            return telephone(person, now)
        case "push":
            return browsers.address_of(person)
        case "apprise":
            return services([person]).get(person, "")
        case _:
            return ""


def services(people: Iterable[int] | None = None) -> dict[int, str]:
    """The services of these people, or of everybody; a secret each."""
    rows = Service.objects.all() if people is None else Service.objects.filter(person__in=list(people))
    return dict(rows.values_list("person", "url"))


def emails(people: Iterable[int]) -> dict[int, str]:
    """The addresses of these people, without those who have none."""
    rows = get_user_model().objects.filter(pk__in=list(people)).exclude(email="")
    return dict(rows.values_list("pk", "email"))
