"""Readings of rehearsals."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.training.models import Rehearsal
from steadydesk.training.rules import PHRASE, State, state


@dataclass(frozen=True)
class Standing:
    """How one of those who work at a site stands with the phrase."""

    person: int
    name: str
    last: Rehearsal | None
    partner: str
    state: State


def rehearsal(id: int) -> Rehearsal:
    """One that was not taken back; ``NotFound`` when there is none."""
    found = Rehearsal.objects.filter(pk=id, taken_back_at__isnull=True).first()
    if found is None:
        raise NotFound(_("There is no such rehearsal."))
    return found


def standings(site: str, now: datetime) -> list[Standing]:
    """Everybody who works at the site with their last rehearsal of the phrase, by name. For those who lead."""
    every = documents.in_force(site).protocol.rehearsals.every
    today = now.astimezone(ZoneInfo(sites.site(site).time_zone)).date()
    workers = people.colleagues(site)
    last = _last({w.person for w in workers})
    partners = people.names(row.partner for row in last.values())
    return [
        Standing(
            w.person,
            w.name,
            row := last.get(w.person),
            partners.get(row.partner, "") if row else "",
            state(row.held_on if row else None, every, today),
        )
        for w in workers
    ]


def of_person(person: int) -> list[Rehearsal]:
    """One's own, the newest first."""
    return list(Rehearsal.objects.filter(person=person, taken_back_at__isnull=True).order_by("-held_on", "-pk"))


def _last(ids: set[int]) -> dict[int, Rehearsal]:
    """A rehearsal counts wherever it was held: the phrase is one's own."""
    rows = Rehearsal.objects.filter(person__in=ids, what=PHRASE, taken_back_at__isnull=True)
    return {row.person: row for row in rows.order_by("held_on", "pk")}
