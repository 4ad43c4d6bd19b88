"""Readings of who is expected: at a site on a day, at whose asking, and which times are free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import free, hiding
from steadydesk.visits.models import ExpectedArrival, Visit
from steadydesk.visits.return_rules import UNDONE_WITHIN
from steadydesk.visits.returning import day_over, length_of, whom_of

MOST = 200


@dataclass(frozen=True)
class Row:
    """One as a staff screen shows it. What makes sure that it is them does not stand in a list."""

    expected: ExpectedArrival
    whom: str
    service: str
    booked_by: str
    came: str
    """The ticket of the visit at which they came."""


def one(id: int, by: Actor) -> ExpectedArrival:
    """One; ``NotFound`` when there is none for whoever asks."""
    found = ExpectedArrival.objects.filter(pk=id).select_related("visit", "came").first()
    if found is None:
        raise NotFound(_("There is no such appointment."))
    hiding.refuse_hidden_time(found, by)
    return found


def shown_to(by: Actor, found: list[Row]) -> list[Row]:
    """Those of these that exist for whoever reads the list (ruling 16)."""
    kept = {row.pk for row in hiding.without_hidden([row.expected for row in found], by)}
    return [row for row in found if row.expected.pk in kept]


def today(site: Site, now: datetime) -> date:
    """The day that it is at the site."""
    return now.astimezone(ZoneInfo(site.time_zone)).date()


def on_day(site: str, day: date) -> list[Row]:
    """Everybody who is or was expected at the site on that day, by time; what was called off is left out."""
    found = ExpectedArrival.objects.filter(site=site, day=day).exclude(state="called_off").select_related("came")
    return rows(found)


def open_today(site: str, now: datetime) -> list[Row]:
    """Those of today who have not come, at this moment or at all."""
    return rows(_open_today(site, now))


def open_between(site: str, since: datetime, until: datetime) -> list[Row]:
    """Those whose time lay there and of whom nobody has said yet whether they came."""
    return rows(ExpectedArrival.objects.filter(site=site, state="open", starts_at__range=(since, until)))


def is_open_today(site: str, now: datetime) -> bool:
    """Whether there are any."""
    return _open_today(site, now).exists()


def _open_today(site: str, now: datetime) -> QuerySet[ExpectedArrival]:
    day = today(sites.site(site), now)
    return ExpectedArrival.objects.filter(site=site, day=day, state__in=("open", "not_come"))


def count_open(site: Site, now: datetime) -> int:
    """How many are still expected today."""
    return ExpectedArrival.objects.filter(site=site.pk, day=today(site, now), state="open").count()


def booked_by(ref: str, since: datetime) -> list[Row]:
    """What somebody has booked, from this moment on, by time; what did not go as it should is there until it passes."""
    found = ExpectedArrival.objects.filter(booked_by=ref, starts_at__gte=since).select_related("came")
    return rows(found[:MOST])


def rows(found: Iterable[ExpectedArrival]) -> list[Row]:
    """These with the names that they need."""
    found = list(found)
    names = people.names({e.person for e in found if e.person})
    bookers = people.actor_names({e.booked_by for e in found})
    teams = {t.pk: t.name for site in {e.site for e in found} for t in people.teams_at(site)}
    labels = {
        (e.document, e.version): {s.id: s.label for s in documents.version(e.document, e.version).protocol.services}
        for e in found
    }
    return [
        Row(
            expected=e,
            whom=names.get(e.person or 0, "") or teams.get(e.team, e.team),
            service="" if e.private else labels[e.document, e.version].get(e.service, ""),
            booked_by=bookers.get(e.booked_by, ""),
            came=e.came.ref if e.came else "",
        )
        for e in found
    ]


def of_visit(visit: Visit) -> ExpectedArrival | None:
    """The time that was given at this visit and still holds."""
    return ExpectedArrival.objects.filter(visit=visit).exclude(state="called_off").order_by("-pk").first()


def given_at(visit: Visit) -> ExpectedArrival:
    """The same; ``NotFound`` when there is none."""
    found = of_visit(visit)
    if found is None:
        raise NotFound(_("There is no such appointment."))
    return found


def at_visit(visit: Visit) -> ExpectedArrival | None:
    """The time for which this customer has come."""
    return ExpectedArrival.objects.filter(came=visit).first()


def can_undo(row: ExpectedArrival, now: datetime) -> bool:
    """Whether it was booked so lately that the customer can be put back in."""
    return (
        row.state == "open"
        and row.visit is not None
        and row.visit.ended_at == row.booked_at
        and now - row.booked_at <= UNDONE_WITHIN
    )


def can_take_up(row: ExpectedArrival, now: datetime) -> bool:
    """Whether it may still hold after all."""
    return row.state in ("not_come", "called_off") and now < day_over(row)


def choices(site: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """With whom somebody can be given a time: anyone of a team, or one of it, as forms list them."""
    teams = people.teams_at(site)
    persons = {f"person:{m.person}": m.name for t in teams for m in people.members(t.pk)}
    return [
        (_("Anyone of the team"), [(f"team:{t.pk}", t.name) for t in teams]),
        (_("One person"), sorted(persons.items(), key=lambda p: p[1].casefold())),
    ]


def times_for(visit: Visit, whom: str, now: datetime) -> list[datetime]:
    """The next times that this visit's customer can be given (E3b-ret)."""
    length = documents.version(visit.document, visit.version).protocol.referral.return_length
    return free.next_times(visit.site, free.find(whom, visit.site, visit.team), length, after=now)


def times_at(site: str, whom: str, now: datetime) -> list[datetime]:
    """The next times for a customer who is not here."""
    length = documents.in_force(site).protocol.referral.return_length
    return free.next_times(site, free.find(whom, site), length, after=now)


def times_instead(row: ExpectedArrival, now: datetime, whom: str = "") -> list[datetime]:
    """The next times instead of this one."""
    chosen = free.find(whom, row.site, row.team) if whom else whom_of(row)
    return free.next_times(row.site, chosen, length_of(row), after=now, but_for=row.pk)


def who(row: ExpectedArrival) -> str:
    """The words that were kept of the customer."""
    return journal.words([row.who] if row.who else []).get(row.who or 0, "")


def word_of(row: ExpectedArrival) -> str:
    """With whom, as forms and programs write it."""
    return whom_of(row).word


def uncertain(site: str) -> list[Row]:
    """Times that were given and at which nobody will be there; the customer is to be told."""
    return rows(ExpectedArrival.objects.filter(site=site, state="open", uncertain_since__isnull=False))


def to_tell(ref: str) -> list[Row]:
    """Times that somebody gave and at which nobody will be there: while the question about it is open."""
    asked = Q(prompts__answered_at__isnull=True, prompts__withdrawn_at__isnull=True, prompts__isnull=False)
    return rows(ExpectedArrival.objects.filter(asked, booked_by=ref, state="open").distinct())


def as_json(row: ExpectedArrival) -> dict[str, Any]:
    """One for programs. The facts by which it is made sure that it is them are not in it."""
    return {
        "id": str(row.pk),
        "site": row.site,
        "visit": str(row.visit_id) if row.visit_id else None,
        "came": str(row.came_id) if row.came_id else None,
        "service": None if row.private else row.service or None,
        "with": word_of(row),
        "team": row.team,
        "at": row.starts_at.isoformat(),
        "until": row.ends_at.isoformat(),
        "state": row.state,
        "uncertain_since": row.uncertain_since.isoformat() if row.uncertain_since else None,
        "private": row.private,
        "booked_at": row.booked_at.isoformat(),
        "booked_by": row.booked_by,
    }
