"""What sets people off: how often it happened, and how often it had happened before an incident (E0-aim); and how long
it took until somebody first spoke to an agitated customer (E2).

By customers and the site. None is by a member of staff.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import QuerySet

from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.visits import kept
from steadydesk.visits.models import Clock, Referral, Visit


@dataclass(frozen=True)
class Trigger:
    """It happened to one customer, at this moment."""

    visit: int
    kind: str
    at: datetime


@dataclass(frozen=True)
class Found:
    """How many customers each happened to; of these, to how many before their visit became an incident."""

    customers: Counter[str]
    before: Counter[str]
    incidents: int


def triggers(site: str, start: datetime, end: datetime) -> Found:
    """Of those who came from ``start`` up to ``end``."""
    incidents = _incidents(site, start, end)
    first: dict[tuple[int, str], datetime] = {}
    during = Visit.objects.filter(site=site, arrived_at__gte=start, arrived_at__lt=end)
    for found in (*_found(during), *_broken(site, start, end)):
        known = first.get((found.visit, found.kind))
        first[found.visit, found.kind] = min(found.at, known) if known else found.at
    before = [kind for (visit, kind), at in first.items() if visit in incidents and at <= incidents[visit]]
    return Found(Counter(kind for _visit, kind in first), Counter(before), len(incidents))


def _incidents(site: str, start: datetime, end: datetime) -> dict[int, datetime]:
    """Visits that became one of a Problem Customer, and when: of those who came in the span."""
    entries = journal.of_types(site, [Event.VISIT_PROBLEM], start, end + kept.A_DAY)
    at = {int(entry.subject.partition(":")[2]): entry.at for entry in entries}
    came = Visit.objects.filter(pk__in=at, arrived_at__gte=start, arrived_at__lt=end).values_list("pk", flat=True)
    return {visit: at[visit] for visit in came}


def _found(during: QuerySet[Visit]) -> Iterator[Trigger]:
    for clock in Clock.objects.filter(visit__in=during, kind="attend"):
        if clock.over_at is not None:
            yield Trigger(clock.visit_id, "over_time", clock.over_at)
    for visit in during.only("cannot_at", "outcome", "ended_at"):
        if visit.cannot_at is not None:
            yield Trigger(visit.pk, "cannot_in_time", visit.cannot_at)
        if visit.ended_at is not None and visit.outcome in _ENDS:
            yield Trigger(visit.pk, _ENDS[visit.outcome], visit.ended_at)
    asked: dict[int, int] = {}
    sent = Referral.objects.filter(visit__in=during, withdrawn_at=None).order_by("asked_at", "pk")
    for referral in sent:
        id = referral.visit_id
        asked[id] = asked.get(id, 0) + 1
        if asked[id] > 1:
            yield Trigger(id, "sent_on_twice", referral.asked_at)


def _broken(site: str, start: datetime, end: datetime) -> Iterator[Trigger]:
    """A clock is told anew with each promise, so that it is the record that knows of the broken ones."""
    for visit, course in kept.moments(site, start, end).items():
        for moment in course:
            if moment.type == Event.VISIT_OVER_TIME and moment.facts.get("clock") == "promise":
                yield Trigger(visit, "promise_broken", moment.at)


_ENDS = {"cannot_meet": "turned_away", "site_closed": "sent_home"}


@dataclass(frozen=True)
class FirstContact:
    """How long agitated customers waited for the first word; ``None`` where nobody was spoken to."""

    customers: int
    spoken_to: int
    usual: timedelta | None
    longest: timedelta | None


def first_contact(site: str, start: datetime, end: datetime) -> FirstContact:
    """Of those who came from ``start`` up to ``end`` and were to be spoken to first, from when that was known (E2)."""
    during = Visit.objects.filter(site=site, arrived_at__gte=start, arrived_at__lt=end, bound_since__isnull=False)
    waits = [wait for visit in during if (wait := contact_after(visit)) is not None]
    usual = timedelta(seconds=round(median(w.total_seconds() for w in waits))) if waits else None
    return FirstContact(during.count(), len(waits), usual, max(waits, default=None))


def contact_after(visit: Visit) -> timedelta | None:
    """How long it took to the first word, from the arrival or from when the mood bound; ``None`` before it."""
    since = visit.bound_since or visit.arrived_at
    known = visit.first_contact_at
    return None if known is None else max(known - since, timedelta(0))
