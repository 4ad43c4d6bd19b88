"""How a person wants to be reached, and the trial of each way."""

from collections.abc import Mapping
from datetime import datetime, time

from django.utils.translation import gettext as _

from steadydesk.delivery import actions, queries, reached, rules
from steadydesk.delivery.channels import table
from steadydesk.delivery.channels.apprise import address as apprise
from steadydesk.delivery.models import Delivery, Quiet, Service, Way
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal

Hours = tuple[time | None, time | None]


def choose_ways(ranks: Mapping[str, int | None], quiet: Hours, *, by: Actor, now: datetime) -> None:
    """The ways of whoever asks, by rank, and the hours in which what can wait does. Without a rank all go at once."""
    person = _self(by)
    order = rules.ways_in_order({way: rank for way, rank in ranks.items() if way in rules.OF_A_PERSON})
    begins, ends = quiet
    if (begins is None) != (ends is None) or (begins is not None and begins == ends):
        raise Invalid.one("quiet_ends", _("Give two different times for the quiet hours, or none."))
    with write(now):
        Way.objects.filter(person=person).update(rank=None)
        for rank, way in enumerate(order, start=1):
            Way.objects.update_or_create(person_id=person, channel=way, defaults={"rank": rank})
        if begins is None or ends is None:
            Quiet.objects.filter(person=person).delete()
        else:
            Quiet.objects.update_or_create(person_id=person, defaults={"begins": begins, "ends": ends})
        record(Event.WAYS_CHOSEN, f"person:{person}", by=by, ways=list(order), quiet=begins is not None)


def try_way(channel: str, place: str, *, by: Actor, now: datetime) -> None:
    """Send a trial to oneself by one channel, whatever the hour; once a minute at most."""
    person = _self(by)
    told = reached.recipient(person, now)
    if channel not in rules.usable_ways(told, table.set_up()):
        raise Refusal("not_available", _("There is no address to try. An administrator can add one."))
    subject = reached.subject_of(person, channel)
    rows = rules.delivery_rows(
        Message("trial", channel, place, mode="test"),
        [told],
        key=f"{subject}:{now:%Y-%m-%dT%H:%M}",
        subject=subject,
        site=by.site or "",
        urgent=False,
        now=now,
        channels=table.set_up(),
    )
    with write(now):
        actions.withdraw(subject, now)
        Delivery.objects.bulk_create([Delivery(**r) for r in rows if r["channel"] == channel], ignore_conflicts=True)
        Way.objects.update_or_create(person_id=person, channel=channel, defaults={"tried_at": now})
        record(Event.WAY_TRIED, f"person:{person}", by=by, channel=channel, received=False)


def try_webhook(site: str, place: str, *, by: Actor, now: datetime) -> None:
    """Post a trial to the other system, signed as every message is and marked as a test; once a minute at most."""
    by.check(Permission.ALARM_DRILL, site)
    if not table.set_up().webhook:
        raise Refusal("not_available", _("No webhook is set up. Set STEADYDESK_WEBHOOK_URL."))
    subject = reached.subject_of_webhook(site)
    [row] = rules.delivery_rows(
        Message("trial", rules.WEBHOOK, place, mode="test"),
        [],
        key=f"{subject}:{now:%Y-%m-%dT%H:%M}",
        subject=subject,
        site=site,
        urgent=False,
        now=now,
        channels=table.set_up(),
    )
    with write(now):
        actions.withdraw(subject, now)
        if Delivery.objects.filter(key=row["key"]).exists():
            raise Refusal("already_answered", _("It was tested a moment ago. Wait a minute."))
        Delivery.objects.create(**row)
        record(Event.DELIVERY_TRIED, subject, by=by, site=site, channel=rules.WEBHOOK)


def confirm_way(channel: str, *, by: Actor, now: datetime) -> None:
    """The trial came: from now on the way counts as tried, as long as the address stays the same."""
    person = _self(by)
    address = queries.address_of(person, channel, now)
    with write(now):
        tried = Way.objects.filter(person=person, channel=channel, tried_at__isnull=False)
        if not address or not tried.update(received_at=now, received_by=reached.hash_of(address)):
            raise Refusal("not_available", _("Nothing was sent that way. Test it first."))
        actions.mark_seen(reached.subject_of(person, channel), person, by=by, now=now)
        record(Event.WAY_TRIED, f"person:{person}", by=by, channel=channel, received=True)


def give_service(url: str, *, by: Actor, now: datetime) -> None:
    """The person is reached at this address of Apprise from now on; without one no more. It is a secret."""
    person, url = _self(by), url.strip()
    if url:
        apprise.check(url)
    with write(now):
        if url:
            Service.objects.update_or_create(person_id=person, defaults={"url": url, "given_at": now})
        elif not Service.objects.filter(person=person).delete()[0]:
            raise Refusal("not_available", _("You have given no service."))
        record(Event.SERVICE_CHANGED, f"person:{person}", by=by, given=bool(url))


def _self(by: Actor) -> int:
    if by.person is None:
        raise NotAllowed(_("Sign in: a desk cannot do this by itself."))
    return by.person
