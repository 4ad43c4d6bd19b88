"""The author of what is in force is reminded of its review: before the day, and daily after it (D9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from steadydesk.deadlines.actions import set_deadlines
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.documents import queries, rules
from steadydesk.documents.models import Binding, Version
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.people import posts
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

REVIEW = "document-review"
"""Kind of deadline, by document."""
REMIND_AT = time(9)
"""By the clocks of the site."""
A_DAY = timedelta(days=1)
LEAD = "safety_lead"


@dataclass(frozen=True)
class Review:
    """A version in force whose review is still to come, or late."""

    version: Version
    site: Site
    """The first of those where it binds."""
    since: date
    """The local day on which it was put in force."""
    review_on: date
    before: tuple[timedelta, ...]

    @property
    def holders(self) -> list[int]:
        """Who holds a post of its authors at the site."""
        named = [author.post for author in queries.control_form(self.version).authors if author.post]
        return sorted({one.person for post in named for one in posts.holding(post, self.site.pk)})

    @property
    def told(self) -> list[int]:
        """Them; where nobody holds the post, the safety leads of the site."""
        return self.holders or sorted({one.person for one in people.with_role(LEAD, self.site.pk)})

    def today(self, now: datetime) -> date:
        """The day at the site."""
        return now.astimezone(ZoneInfo(self.site.time_zone)).date()

    def last(self, now: datetime) -> date | None:
        """The latest day on which somebody was to be reminded."""
        return rules.last_reminder(self.review_on, self.before, self.today(now))

    def next_at(self, now: datetime) -> datetime:
        """When somebody is to be reminded next."""
        zone, today = ZoneInfo(self.site.time_zone), self.today(now)
        past = today if now >= datetime.combine(today, REMIND_AT, zone) else today - A_DAY
        day = rules.next_reminder(self.review_on, self.before, max(past, self.since))
        return datetime.combine(day, REMIND_AT, zone)


def follow(document: str, now: datetime) -> None:
    """What is in force has changed, or was reviewed: look when the next reminder is due, or never again."""
    reviews = list(pending(document))
    set_deadlines(f"protocol:{document}", {REVIEW: min((one.next_at(now) for one in reviews), default=None)})
    if all(one.last(now) is None for one in reviews):
        delivery.withdraw(_subject(document), now)


def read_ahead(document: str) -> None:
    """Read and remember what is in force before a write begins: to read a protocol takes longer than a write may."""
    list(pending(document))


def remind(document: str, *, by: Actor, now: datetime) -> None:
    """Tell the holders of the author's post what is due today and was not said yet, once."""
    with write(now):
        for review in pending(document):
            if rules.is_reminder_owed(review.last(now), review.since, _reminded(review.version), review.today(now)):
                _tell(review, by, now)
        follow(document, now)


def waiting_for(person: int, now: datetime) -> list[Review]:
    """The reviews of which this person is reminded."""
    every = (review for document in queries.documents() for review in pending(document.pk))
    return [review for review in every if review.last(now) is not None and person in review.told]


def see(document: str, *, by: Actor, now: datetime) -> None:
    """Whoever was reminded looks at the document."""
    if by.person is not None:
        delivery.mark_seen(_subject(document), by.person, by=by, now=now)


def pending(document: str) -> Iterator[Review]:
    """The versions of the document in force that nobody reviewed yet, each once."""
    numbers = [rules.Number.read(version.label) for version in queries.versions(document)]
    bound: dict[int, Review] = {}
    for site in sorted(queries.sites_of(document)):
        binding = Binding.objects.filter(site_id=site).select_related("version").order_by("-id")[0]
        form = queries.control_form(binding.version)
        reviewed = form.review_completed_on or max(numbers).major > rules.Number.read(form.version).major
        if form.review_on is not None and not reviewed:
            bound.setdefault(binding.version_id, _review(binding, form.review_on))
    yield from bound.values()


def _review(binding: Binding, review_on: date) -> Review:
    row, site = binding.version, sites.site(binding.site_id)
    control = queries.protocol_of(row).document_control
    since = binding.from_at.astimezone(ZoneInfo(site.time_zone)).date()
    return Review(row, site, since, review_on, control.review_reminders_before)


def _tell(review: Review, by: Actor, now: datetime) -> None:
    row, site, day = review.version, review.site, review.today(now)
    subject, holders, told = _subject(row.document_id), review.holders, review.told
    message = Message("review_due", row.document_id, site.name)
    if told:
        delivery.queue(message, people=told, key=f"{subject}:{row.label}:{day}", subject=subject, site=site.pk, now=now)
    else:
        delivery.tell_who_looks_after(message, subject, site.pk, now=now)
    facts: dict[str, Any] = {"document": row.document_id, "version": row.label}
    if not holders and not _entries(row, Event.PROTOCOL_AUTHOR_MISSING):
        record(Event.PROTOCOL_AUTHOR_MISSING, f"protocol:{row.document_id}", by=by, site=site.pk, **facts)
    record(
        Event.PROTOCOL_REVIEW_DUE,
        f"protocol:{row.document_id}",
        by=by,
        site=site.pk,
        **facts,
        day=day.isoformat(),
        people=told,
    )


def _reminded(version: Version) -> list[date]:
    return [date.fromisoformat(facts["day"]) for facts in _entries(version, Event.PROTOCOL_REVIEW_DUE)]


def _entries(version: Version, event: Event) -> list[dict[str, Any]]:
    found = journal.newest_of(f"protocol:{version.document_id}", [event], _LOOKED_BACK)
    return [entry.facts for entry in found if entry.facts["version"] == version.label]


_LOOKED_BACK = 100
"""Reminders: further back than a clock is ever set, and all that were given before the review."""


def _subject(document: str) -> str:
    return f"review:{document}"
