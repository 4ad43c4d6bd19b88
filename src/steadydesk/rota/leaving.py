"""Somebody leaves: no pattern plans them any more, nobody waits for an offer of theirs, no calendar is read."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.rota.models import Calendar, Feed, Pattern, Swap
from steadydesk.rota.rules import Span
from steadydesk.rota.withdrawing import tell_withdrawn


def let_go(entry: Entry, by: Actor, now: datetime) -> None:
    """What of theirs was planned is withdrawn, up to the end of their last shift."""
    person = int(entry.subject.partition(":")[2])
    if until := entry.facts.get("planned_until"):
        tell_withdrawn(person, [Span(now, datetime.fromisoformat(until))], by=by, now=now)
    for pattern in Pattern.objects.filter(person=person).select_related("site"):
        yesterday = now.astimezone(ZoneInfo(pattern.site.time_zone)).date() - timedelta(days=1)
        if pattern.until_day is None or pattern.until_day > yesterday:
            pattern.until_day = yesterday
            pattern.save(update_fields=["until_day"])
    Swap.objects.filter(giver=person, state=Swap.State.OFFERED).update(state=Swap.State.WITHDRAWN, settled_at=now)
    Calendar.objects.filter(person=person).delete()
    Feed.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now)
