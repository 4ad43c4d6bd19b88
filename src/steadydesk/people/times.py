"""Who is at work, away and on duty within a while: what a rota and those who promise a time read."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from steadydesk.people.models import Absence, Duty, Shift


class Times(NamedTuple):
    """Somebody is at work, away or on duty; without an end until somebody ends it."""

    id: int
    person: int
    starts_at: datetime
    ends_at: datetime | None
    site: str = ""
    """Where they work; of a duty, the site of its team."""
    place: int | None = None
    team: str = ""


def _between(first: datetime, last: datetime, people: Collection[int] | None) -> Q:
    within = Q(starts_at__lt=last) & (Q(ends_at__isnull=True) | Q(ends_at__gt=first)) & Q(person__is_active=True)
    return within if people is None else within & Q(person__in=people)


def shifts(first: datetime, last: datetime, people: Collection[int] | None = None, site: str = "") -> list[Times]:
    """Shifts that touch this time: of these people or everybody, at the site or anywhere, in order of beginning."""
    rows = Shift.objects.filter(_between(first, last, people), **({"site": site} if site else {}))
    values = rows.order_by("starts_at", "pk").values_list("pk", "person", "starts_at", "ends_at", "site", "place")
    return [Times(*row) for row in values]


def absences(first: datetime, last: datetime, people: Collection[int] | None = None) -> list[Times]:
    """Absences that touch this time, in order of beginning."""
    rows = Absence.objects.filter(_between(first, last, people)).order_by("starts_at", "pk")
    return [Times(*row) for row in rows.values_list("pk", "person", "starts_at", "ends_at")]


def duties(first: datetime, last: datetime, teams: Collection[str]) -> list[Times]:
    """Turns of the teams' duty rotas that touch this time, in order of beginning."""
    rows = Duty.objects.filter(_between(first, last, None), team__in=teams).order_by("starts_at", "pk")
    values = rows.values_list("pk", "person", "starts_at", "ends_at", "team__site", "team")
    return [Times(id, person, a, b, site, team=team) for id, person, a, b, site, team in values]


def known(ids: Iterable[int], *, duty: bool = False) -> set[int]:
    """Those of these rows that are there."""
    model = Duty if duty else Shift
    return set(model._default_manager.filter(pk__in=list(ids)).values_list("pk", flat=True))


def absences_of(person: int, since: datetime) -> list[Absence]:
    """The person's absences that are not over."""
    rows = Absence.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=since), person=person)
    return list(rows.order_by("starts_at"))
