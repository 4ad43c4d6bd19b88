"""The only writers of the outbox."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from steadydesk.delivery import browsers, queries, reached, rules
from steadydesk.delivery.channels import table
from steadydesk.delivery.channels.transport import TransportError
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import PHONE, PUSH, Lane, Letter, Message
from steadydesk.desks import queries as desks
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, system
from steadydesk.people import queries as in_people
from steadydesk.sites import queries as sites

State = Delivery.State
SENDER = system("delivery")
BATCH = 200


def queue(
    message: Message,
    *,
    people: Iterable[int],
    key: str,
    subject: str,
    site: str,
    urgent: bool = False,
    rings: bool = False,
    rings_first: bool = False,
    line: str = "",
    now: datetime,
) -> list[int]:
    """Queue the message for these people by every channel they have, and return the ids of the deliveries.

    ``rings``: by their telephone too. ``rings_first``: by it before every other way, as far as telephones are rung
    at all. ``line`` is rung for those who have no telephone of their own.

    Belongs inside ``write``: a message leaves only if the change that caused it was kept. ``key`` makes it
    idempotent: the same key queues nothing new.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("queue() belongs inside write()")
    channels = table.set_up()
    told = reached.recipients(people, site, now, rings=rings or rings_first, line=line)
    if rings_first:
        told = [rules.telephone_first(one) for one in told]
    rows = rules.delivery_rows(
        message, told, key=key, subject=subject, site=site, urgent=urgent, now=now, channels=channels
    )
    Delivery.objects.bulk_create([Delivery(**row) for row in rows], ignore_conflicts=True)
    keys = [row["key"] for row in rows]
    return list(Delivery.objects.filter(key__in=keys).order_by("id").values_list("id", flat=True))


def can_send(way: str) -> bool:
    """Whether a customer can be reached by mail, or by text message, from here."""
    return bool(getattr(table.set_up(), way))


def send_letter(letter: Letter, *, place: str, subject: str, site: str, now: datetime) -> None:
    """Queue a message to a customer. Address and text are words that are kept elsewhere; the outbox points at them.

    Belongs inside ``write``. When the words are gone before it was sent, it has nowhere to go.
    """
    row = rules.letter_row(letter, place=place, subject=subject, site=site, now=now)
    Delivery.objects.bulk_create([Delivery(**row)], ignore_conflicts=True)


def withdraw_letters(subject: str, channel: str = "") -> list[str]:
    """Send the customer nothing more of what waits about this, by this channel or by any; returns by which it waited.

    Belongs inside ``write``.
    """
    waiting = Delivery.objects.filter(subject=subject, state=State.WAITING, key__startswith=f"{subject}:letter:")
    waiting = waiting.filter(channel=channel) if channel else waiting
    channels = sorted(set(waiting.values_list("channel", flat=True)))
    waiting.update(state=State.WITHDRAWN, leased_by="")
    return channels


def tell_of_desks(entry: Entry, by: Actor, now: datetime) -> None:
    """Nobody has started some desks of a site that is open: its duty manager is told, and the page says which."""
    site = sites.site(entry.site)
    queue(
        Message("desks", site.pk, site.name),
        people=_who_looks_after(site.pk, now),
        key=f"{_desks_of(site.pk)}:{now:%Y-%m-%dT%H:%M}",
        subject=_desks_of(site.pk),
        site=site.pk,
        now=now,
    )


def stop_telling_of_desks(entry: Entry, by: Actor, now: datetime) -> None:
    """A desk was started: when it was the last that was missing, nobody need be told any more."""
    if not desks.list_desks_not_started(entry.site, now):
        withdraw(_desks_of(entry.site), now)


def see_desks(site: str, *, by: Actor, now: datetime) -> None:
    """Whoever was told looks at the list of desks."""
    if by.person is not None:
        mark_seen(_desks_of(site), by.person, by=by, now=now)


def tell_who_looks_after(message: Message, subject: str, site: str, *, urgent: bool = False, now: datetime) -> None:
    """Something of the site needs a look: its duty manager is told, each time anew."""
    queue(
        message,
        people=_who_looks_after(site, now),
        key=f"{subject}:{message.kind}:{now:%Y-%m-%dT%H:%M}",
        subject=subject,
        site=site,
        urgent=urgent,
        now=now,
    )


def _desks_of(site: str) -> str:
    return f"desks:{site}"


def _who_looks_after(site: str, now: datetime) -> list[int]:
    """The duty managers who are there; failing these all of them, and where there is none the managers."""
    there = in_people.available(site, now)
    on_duty, leads = ([c.person for c in in_people.with_role(r, site)] for r in ("duty_manager", "manager"))
    return [p for p in on_duty if p in there] or on_duty or leads


def mark_seen(subject: str, person: int, *, by: Actor, now: datetime) -> bool:
    """The person has seen what the deliveries about ``subject`` say; the journal keeps the first time only.

    Those still waiting are not sent any more. Returns whether this was the first time.
    """
    theirs = Delivery.objects.filter(subject=subject, person=person)
    fresh = theirs.filter(state__in=(State.WAITING, State.SENT))
    if not fresh.exists():
        return False
    with write(now):
        before = theirs.filter(state=State.SEEN).exists()
        site = fresh.values_list("site", flat=True).first()
        fresh.update(state=State.SEEN, seen_at=now, leased_by="")
        first = site is not None and not before
        if first:
            record(Event.DELIVERY_SEEN, subject, by=by, site=site or "", person=person)
    return first


def withdraw(subject: str, now: datetime) -> int:
    """The alarm was closed or the prompt answered: send no more about it. Returns how many were waiting."""
    with write(now):
        return Delivery.objects.filter(subject=subject, state=State.WAITING).update(state=State.WITHDRAWN, leased_by="")


def stop_ringing(subject: str, now: datetime) -> None:
    """Ring nobody any more about it; what was sent by other ways stays."""
    with write(now):
        ringing = Delivery.objects.filter(subject=subject, state=State.WAITING, channel=PHONE)
        ringing.update(state=State.WITHDRAWN, leased_by="")


def withdraw_all(until: datetime, now: datetime) -> dict[str, int]:
    """Send nothing that has waited since ``until`` or before: the records were brought back from a backup.

    Returns how many were waiting, by site.
    """
    with write(now):
        waiting = Delivery.objects.filter(state=State.WAITING, created_at__lte=until)
        counts = Counter(waiting.values_list("site", flat=True))
        waiting.update(state=State.WITHDRAWN, leased_by="")
    return dict(counts)


def claim(lane: Lane, worker: str, now: datetime) -> Delivery | None:
    """Lease the next due delivery of the lane to ``worker``, or ``None``.

    While leased, ``send_at`` is the end of the lease: if the worker dies, the row falls due again by itself.
    The bell stays silent, for nobody else waits to hear of a lease.
    """
    due = queries.due(lane, now)
    if not due.exists():
        return None
    # PostgreSQL skips what another node is claiming; on SQLite the transaction has the database to itself.
    with transaction.atomic():
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.leased_by, row.send_at, row.attempts = worker, now + rules.LEASE, row.attempts + 1
        row.save(update_fields=["leased_by", "send_at", "attempts"])
    return row


def free_leases(now: datetime) -> int:
    """Let everything leased fall due: the process that held the leases is known to be dead."""
    leased = Delivery.objects.filter(state=State.WAITING).exclude(leased_by="")
    with write(now):
        return leased.update(leased_by="", send_at=now)


def settle_sent(row: Delivery, now: datetime) -> None:
    """The channel has taken the message over."""
    with write(now):
        _mark_sent([row], now)
        if row.attempts > 1:
            _hurry(row, now)


def _hurry(row: Delivery, now: datetime) -> None:
    """Whoever did not take messages does again: what else waits there for its next try goes now."""
    waiting = Delivery.objects.filter(state=State.WAITING, channel=row.channel, leased_by="")
    if row.channel == PHONE:
        # That one manager lifts the receiver now says nothing of another who did not.
        waiting = waiting.filter(urgent=True)
    # What was never tried waits for the person's other ways, not for the receiver.
    waiting.filter(send_at__gt=now, attempts__gt=0).update(send_at=now)


def settle_failed(row: Delivery, error: TransportError, now: datetime) -> None:
    """The attempt failed: try again later, or give up where a person sees it."""
    with write(now):
        # Another worker may hold the lease by now, or a person may have seen the message elsewhere.
        leased = Delivery.objects.filter(pk=row.pk, state=State.WAITING, leased_by=row.leased_by, attempts=row.attempts)
        if not leased.exists():
            return
        failure = error.message[:200]
        row.failures = rules.with_failure(row.failures, failure, now)
        leased.update(failures=row.failures, failure=failure)
        if error.unknown and row.channel in rules.ONCE:
            _give_up([row], State.UNKNOWN)
            return
        if error.gone and row.channel == PUSH:
            browsers.lose_browser(int(row.address.partition(" ")[0]), site=row.site, by=SENDER, now=now)
        at = None if error.gone else _next_try(row, now, permanent=error.permanent)
        if at is None:
            _give_up([row])
            return
        leased.update(send_at=at, leased_by="")
        if row.urgent and rules.is_new(row.failures):
            # Once for each way to fail: its page shows the rest, and a second's news would drown the others.
            _tell(Event.DELIVERY_FAILED, [row])


def show_on_screens(urgent: bool, reached: Mapping[str, Collection[int]], now: datetime) -> int:
    """Mark what the open screens have got, ``reached`` by site, and try the rest again later.

    All in one transaction: a call for fifty people costs one. Returns how many rows were looked at.
    """
    look = queries.for_screens(urgent, reached, now)
    if not look.exists():
        return 0
    with write(now):
        rows = list(look.select_for_update(skip_locked=True)[:BATCH])
        shown = [row for row in rows if row.person in reached.get(row.site, ())]
        _mark_sent(shown, now)
        _miss([row for row in rows if row.person not in reached.get(row.site, ())], now)
    return len(rows)


def _miss(rows: Sequence[Delivery], now: datetime) -> None:
    """Their screens were not open: the rows share a few due times, so they are set with a few statements."""
    failure = _("No screen of theirs was open.")
    groups: dict[tuple[datetime | None, str], list[Delivery]] = defaultdict(list)
    for row in rows:
        row.attempts += 1
        row.failures = rules.with_failure(row.failures, failure, now)
        groups[_next_try(row, now), json.dumps(row.failures)].append(row)
    for (at, _alike), members in groups.items():
        again = Delivery.objects.filter(pk__in=[row.pk for row in members])
        again.update(
            attempts=F("attempts") + 1, failure=failure, failures=members[0].failures, send_at=at or F("send_at")
        )
        if at is None:
            _give_up(members)


def _next_try(row: Delivery, now: datetime, *, permanent: bool = False) -> datetime | None:
    return rules.next_try(
        urgent=row.urgent, created_at=row.created_at, attempts=row.attempts, now=now, permanent=permanent
    )


def _mark_sent(rows: Sequence[Delivery], now: datetime) -> None:
    if not rows:
        return
    sent = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    sent.update(sent_at=now, leased_by="", failure="")
    # One that was seen or withdrawn while it was on its way stays so.
    sent.filter(state=State.WAITING).update(state=State.SENT)
    _tell(Event.DELIVERY_SENT, rows)


def _give_up(rows: Sequence[Delivery], state: Delivery.State = State.FAILED) -> None:
    failed = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    failed.update(state=state, leased_by="")
    _tell(Event.DELIVERY_FAILED, rows, **({"unknown": True} if state is State.UNKNOWN else {}))


def _tell(event: Event, rows: Sequence[Delivery], **facts: Any) -> None:
    """One entry for each subject and channel, however many people it names."""
    groups: dict[tuple[str, str, str], list[Delivery]] = defaultdict(list)
    for row in rows:
        groups[row.subject, row.site, row.channel].append(row)
    for (subject, site, channel), members in groups.items():
        people = [row.person for row in members if row.person is not None]
        contacts = [row.contact for row in members if row.contact is not None]
        more = facts | ({"contacts": contacts} if contacts else {})
        record(event, subject, by=SENDER, site=site, channel=channel, people=people, **more)
