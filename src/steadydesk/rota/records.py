"""What the rota keeps of members of staff, and how it is forgotten."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from steadydesk.kernel.records import Overdue, Record
from steadydesk.rota.models import Calendar, Feed, Pattern, Planned, Swap


def forget(what: Overdue) -> int:
    """What one member of staff was planned for, and whom they swapped with; addresses that were taken back."""
    if what.person in what.held.subjects:
        return 0
    id = int(what.person.removeprefix("person:"))
    over = Pattern.objects.filter(until_day__lt=what.before.date())
    return (
        _delete(Swap.objects.filter(giver=id, ends_at__lt=what.before), what)
        + _delete(Planned.objects.filter(person=id, ends_at__lt=what.before), what)
        + _delete(over.filter(person=id).exclude(planned__isnull=False), what)
        + _delete(Feed.objects.filter(person=id, revoked_at__lt=what.before), what)
    )


def _delete(rows: Any, what: Overdue) -> int:
    ids = list(rows.values_list("pk", flat=True)[: what.at_most])
    return int(rows.model._default_manager.filter(pk__in=ids).delete()[0]) if ids else 0


def about(subject: str) -> Iterator[Record]:
    """A member of staff's patterns, swaps and calendars; of a calendar that there is one, and never where or what."""
    noun, _, written = subject.partition(":")
    if noun != "person" or not written.isdigit():
        return
    id = int(written)
    for pattern in Pattern.objects.filter(person=id).order_by("pk"):
        hours = f"{pattern.starts:%H:%M}-{pattern.ends:%H:%M}"
        planned = {"planned": hours, "from": pattern.from_day.isoformat(), "days": pattern.days}
        yield Record("presence", subject, None, pattern.site_id, planned)
    for swap in Swap.objects.filter(Q(giver=id) | Q(taker=id)).order_by("pk"):
        hands = {"swap": swap.state, "from": swap.giver_id, "to": swap.taker_id}
        yield Record("presence", subject, swap.starts_at, swap.site_id, hands)
    for calendar in Calendar.objects.filter(person=id).order_by("pk"):
        read = {"calendar": calendar.label, "spans": calendar.spans.count()}
        yield Record("presence", subject, calendar.added_at, facts=read)
    for feed in Feed.objects.filter(person=id).order_by("pk"):
        ended = feed.revoked_at and feed.revoked_at.isoformat()
        yield Record("presence", subject, feed.made_at, facts={"address_of_shifts": True, "ended": ended})
