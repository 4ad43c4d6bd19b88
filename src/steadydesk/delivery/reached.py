"""Readings of how each person is reached: their ways in their order, which were tried, and their quiet hours."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings

from steadydesk.delivery import browsers, queries
from steadydesk.delivery.channels import table
from steadydesk.delivery.models import Delivery, Quiet, Service, Way
from steadydesk.delivery.queries import address_of
from steadydesk.delivery.rules import MAIL, PHONE, Channels, Recipient, quiet_until, usable_ways
from steadydesk.sites import queries as sites


@dataclass(frozen=True)
class Standing:
    """How one way of a person stands."""

    channel: str
    rank: int | None
    usable: bool
    """Whether there is an address to use."""
    tried_at: datetime | None
    received_at: datetime | None
    """When the last trial that came to the address of today came."""
    state: str
    """Of the last trial; empty when none is kept."""
    failure: str


def services() -> dict[int, str]:
    """Everybody's own services, for the alarm book; a secret each."""
    return queries.services()


def chosen_ways() -> dict[int, tuple[str, ...]]:
    """The ways of everybody who chose some, in their order."""
    found: dict[int, tuple[str, ...]] = {}
    ranked = Way.objects.filter(rank__isnull=False).order_by("rank", "pk")
    for person, channel in ranked.values_list("person", "channel"):
        found[person] = (*found.get(person, ()), channel)
    return found


def recipients(
    people: Iterable[int], site: str, now: datetime, *, rings: bool = False, line: str = ""
) -> list[Recipient]:
    """The people with their addresses, their ways in their order and their quiet hours, as far as anything is set up.

    ``rings``: telephones too. They ring for a call or a test, not for what a screen may show later. ``line`` stands
    in for the telephone of those who have none.
    """
    ids, channels = list(dict.fromkeys(people)), table.set_up()
    if not channels.of_a_person:
        return [Recipient(p) for p in ids]
    emails = queries.emails(ids) if channels.mail else {}
    numbers = browsers.numbers(ids) if channels.push else {}
    services = queries.services(ids) if channels.apprise else {}
    phones = {p: address_of(p, PHONE, now) for p in ids} if rings and channels.phone else {}
    ways, quiet = chosen_ways(), _quiet(ids, site, now)
    return [
        Recipient(
            p,
            emails.get(p, ""),
            phones.get(p, "") or (line if p in phones else ""),
            numbers.get(p, ()),
            services.get(p, ""),
            ways=ways.get(p, ()),
            quiet_until=quiet.get(p),
            line=line if p in phones and not phones[p] else "",
        )
        for p in ids
    ]


def _quiet(people: Iterable[int], site: str, now: datetime) -> dict[int, datetime | None]:
    rows = list(Quiet.objects.filter(person__in=people))
    zone = sites.site(site).time_zone if rows and site else settings.TIME_ZONE
    return {row.person_id: quiet_until(row.begins, row.ends, zone, now) for row in rows}


def quiet_hours(person: int) -> tuple[time, time] | None:
    """From when to when the person wants nothing that can wait."""
    row = Quiet.objects.filter(person=person).first()
    return (row.begins, row.ends) if row else None


def channels() -> Channels:
    """Which channels beside the screens are set up."""
    return table.set_up()


def ways_set_up() -> list[str]:
    """The channels of this installation that reach one person, whoever it is."""
    return usable_ways(Recipient(0, "any", "any", ("any",), "any"), table.set_up())


def standings(person: int, now: datetime) -> list[Standing]:
    """Every way that is set up here: those that were chosen first, in their order."""
    kept = {row.channel: row for row in Way.objects.filter(person=person)}
    found = [_standing(person, way, kept.get(way), now) for way in ways_set_up()]
    return sorted(found, key=lambda s: (s.rank is None, s.rank))


def _standing(person: int, channel: str, row: Way | None, now: datetime) -> Standing:
    address = address_of(person, channel, now)
    last = Delivery.objects.filter(subject=subject_of(person, channel)).order_by("-id").first()
    return Standing(
        channel=channel,
        rank=row.rank if row else None,
        usable=address != "",
        tried_at=row.tried_at if row else None,
        received_at=row.received_at if row and row.received_by == hash_of(address) else None,
        state=last.state if last else "",
        failure=last.failure if last else "",
    )


def recipient(person: int, now: datetime) -> Recipient:
    """The person with every address."""
    numbers, services = browsers.numbers([person]), queries.services([person])
    return Recipient(
        person,
        address_of(person, MAIL, now),
        address_of(person, PHONE, now),
        numbers.get(person, ()),
        services.get(person, ""),
    )


def service_given(person: int) -> datetime | None:
    """Since when the person has a service of their own."""
    return Service.objects.filter(person=person).values_list("given_at", flat=True).first()


def subject_of(person: int, channel: str) -> str:
    """What the trials of one way are about."""
    return f"way:{person}:{channel}"


def subject_of_webhook(site: str) -> str:
    """What the trials of the other system are about."""
    return f"webhook:{site}"


def last_of_webhook(site: str) -> queries.Receipt | None:
    """How far the last trial of the other system got; ``None`` without one, or where none is set up."""
    found = queries.receipts(subject_of_webhook(site)) if table.set_up().webhook else []
    return found[-1] if found else None


def hash_of(address: str) -> str:
    """Tells that the address is another one without keeping it twice."""
    return hashlib.sha256(address.encode()).hexdigest()


def without_a_tried_way(people: Iterable[int], now: datetime) -> set[int]:
    """Those of whom nobody knows that anything but a screen reaches them; nobody where no such way is set up."""
    if not table.set_up().of_a_person:
        return set()
    rows = Way.objects.filter(person__in=list(people), received_at__isnull=False)
    tried = {row.person_id for row in rows if row.received_by == hash_of(address_of(row.person_id, row.channel, now))}
    return set(people) - tried
