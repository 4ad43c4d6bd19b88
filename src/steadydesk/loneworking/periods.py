"""Times to come in which, by the rota, somebody will be alone: a warning, and a manager's reason to keep it (L2d-i)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, NotSignedIn
from steadydesk.loneworking import provisions
from steadydesk.loneworking.choices import WORDS, lasts
from steadydesk.loneworking.models import LonePeriod
from steadydesk.loneworking.provision_rules import Provided
from steadydesk.rota import queries as rota
from steadydesk.sites import queries as sites

AHEAD = timedelta(days=28)
"""So far ahead a rota is looked through; a period that goes on beyond it is found once its end is in sight. What is
published with a reason is looked through to its own end, or the reason would be lost."""
OVERNIGHT = timedelta(days=2)
"""A shift of the last day that is published may end on the next."""
SHORTEST = timedelta(minutes=15)
"""Less than that is a change of shift."""


@dataclass(frozen=True)
class Planned:
    """A period with how it stands."""

    row: LonePeriod
    provisions: list[Provided]

    @property
    def provided(self) -> bool:
        """Whether everything that can be said beforehand is there."""
        return all(p.good for p in self.provisions)


def to_come(site: str, now: datetime) -> list[LonePeriod]:
    """The periods that were found and are not over, as far as is looked ahead, the next first."""
    rows = LonePeriod.objects.filter(site=site, gone_at__isnull=True, ends_at__gt=now, starts_at__lt=now + AHEAD)
    return list(rows.order_by("starts_at", "pk"))


def planned(site: str, now: datetime) -> list[Planned]:
    """The same, each with the provisions as they are now."""
    return [Planned(row, provisions.of_person(site, row.person, now)) for row in to_come(site, now)]


def follow_publication(entry: Entry, by: Actor, now: datetime) -> None:
    """A rota was published: the reason that was given there counts for every period that is new in it."""
    words = entry.facts.get("words")
    if words is None:
        look_ahead(entry.site, by=by, now=now)
        return
    last = date.fromisoformat(entry.facts["last"]) + OVERNIGHT
    published = rota.day_start(last, sites.site(entry.site).time_zone)
    for row in look_ahead(entry.site, published, by=by, now=now):
        row.kept_at, row.kept_by, row.words = now, entry.by, words
        row.save()
        record(Event.LONE_KEPT, row.subject, by=by, site=row.site, words=words)


def look_ahead(site: str, published: datetime | None = None, *, by: Actor, now: datetime) -> list[LonePeriod]:
    """Write down the periods to come, each once: new ones warn, those that the rota has no more are cleared.

    Returns the new ones. ``published``: until when whoever just published them has said why, so nobody is warned.
    """
    until = max(now + AHEAD, published or now)
    found = {
        (p.person, p.start, p.end): p.evening
        for p in rota.lone_periods(site, now, until)
        if p.start > now and p.end < until and p.end - p.start >= SHORTEST
    }
    with write(now):
        rows = LonePeriod.objects.select_for_update().filter(
            site=site, gone_at__isnull=True, starts_at__gt=now, ends_at__lt=until
        )
        for row in rows.order_by("pk"):
            if found.pop((row.person, row.starts_at, row.ends_at), None) is None:
                row.gone_at = now
                row.save(update_fields=["gone_at"])
                record(Event.LONE_CLEARED, row.subject, by=by, site=site)
        fresh = [_warn(site, key, evening, by=by, now=now) for key, evening in sorted(found.items())]
        if fresh and published is None:
            message = Message("lone_period", site, sites.site(site).name, number=fresh[-1].pk)
            delivery.tell_who_looks_after(message, f"lone-periods:{site}", site, now=now)
    return fresh


def keep_period(id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """A manager keeps the period by name and with a written reason; said again, the newer reason counts."""
    row = LonePeriod.objects.filter(pk=id, gone_at__isnull=True).first()
    if row is None:
        raise NotFound(_("There is no such period in the rota any more."))
    by.check(Permission.SAFETY_RECORD, row.site)
    if by.person is None:
        raise NotSignedIn(_("Sign in: this needs the name of whoever says it."))
    if not reason.strip():
        raise Invalid.one("reason", _("Write why nobody else can be there. It stands with your name."))
    with write(now):
        row = LonePeriod.objects.select_for_update().get(pk=id)
        kept = keep_words(reason.strip(), row.subject, retention=WORDS, lasts=lasts(row.site), by=by, site=row.site)
        row.kept_at, row.kept_by, row.words = now, by.ref, kept
        row.save()
        if not LonePeriod.objects.filter(site=row.site, gone_at__isnull=True, kept_at__isnull=True, ends_at__gt=now):
            delivery.withdraw(f"lone-periods:{row.site}", now)
        record(Event.LONE_KEPT, row.subject, by=by, site=row.site, words=kept)


def let_go(id: int, *, by: Actor, now: datetime) -> None:
    """The manager takes the reason back: the period warns again until the rota is changed."""
    with write(now):
        row = LonePeriod.objects.select_for_update().filter(pk=id, gone_at__isnull=True).first()
        if row is None:
            raise NotFound(_("There is no such period in the rota any more."))
        by.check(Permission.SAFETY_RECORD, row.site)
        row.kept_at, row.kept_by, row.words = None, "", None
        row.save()
        record(Event.LONE_WARNED, row.subject, by=by, site=row.site, again=True, **_span(row))


def _warn(site: str, key: tuple[int, datetime, datetime], evening: bool, *, by: Actor, now: datetime) -> LonePeriod:
    person, start, end = key
    row = LonePeriod.objects.create(
        site=site, person=person, starts_at=start, ends_at=end, evening=evening, warned_at=now
    )
    record(Event.LONE_WARNED, row.subject, by=by, site=site, **_span(row))
    return row


def _span(row: LonePeriod) -> dict[str, Any]:
    return {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(), "evening": row.evening}


def without_reason(rows: Iterable[LonePeriod]) -> list[LonePeriod]:
    """Those that no manager has given a reason for."""
    return [row for row in rows if row.kept_at is None]
