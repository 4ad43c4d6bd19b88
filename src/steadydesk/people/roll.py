"""Everybody at once, for the alarm book: a few statements for the whole installation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.people.models import Absence, Device, Duty, Membership, Person, Role, Screen, Shift, Team
from steadydesk.people.queries import actor_of_device, good_tokens

AHEAD = timedelta(days=2)
"""Shifts that begin within this time are in the roll already, so that it need not be read as each begins."""


@dataclass(frozen=True)
class Member:
    """A person with everything they hold."""

    pk: int
    name: str
    login: str
    email: str
    phone: str
    roles: frozenset[tuple[str, str | None]]
    posts: frozenset[tuple[str, str]]
    phone_at: datetime | None
    language: str


class Working(NamedTuple):
    """A shift."""

    person: int
    site: str
    place: str
    starts_at: datetime
    ends_at: datetime | None


class Away(NamedTuple):
    """An absence."""

    person: int
    starts_at: datetime
    ends_at: datetime | None


class OnDuty(NamedTuple):
    """A turn of a duty rota."""

    team: str
    person: int
    starts_at: datetime
    ends_at: datetime | None


class Used(NamedTuple):
    """A screen that was used; a phone that nobody places has neither site nor place."""

    person: int
    site: str
    place: str
    unlocked: bool
    used_at: datetime


def people() -> list[Member]:
    """Every active person."""
    roles: dict[int, set[tuple[str, str | None]]] = {}
    for person, role, site in Role.objects.values_list("person", "role", "site"):
        roles.setdefault(person, set()).add((role, site))
    posts: dict[int, set[tuple[str, str]]] = {}
    for person, team, post in Membership.objects.values_list("person", "team", "post"):
        posts.setdefault(person, set()).add((team, post))
    return [
        Member(
            p.pk,
            p.name,
            p.login,
            p.email,
            p.phone,
            frozenset(roles.get(p.pk, ())),
            frozenset(posts.get(p.pk, ())),
            p.duty_phone_confirmed_at,
            p.language,
        )
        for p in Person.objects.filter(is_active=True)
    ]


def actors() -> dict[str, Actor]:
    """The hash of every valid credential and whom it stands for."""
    homes = {m.person_id: (m.team_id, m.team.site_id) for m in Membership.objects.select_related("team")}
    known = {p.pk: p for p in people()}
    devices = {d.pk: d for d in Device.objects.select_related("place")}
    found: dict[str, Actor] = {}
    for token in good_tokens(clock.outside()):
        if token.device_id is not None:
            found[token.hash] = actor_of_device(devices[token.device_id])
        elif token.person_id in known:
            p = known[token.person_id]
            team, site = homes.get(p.pk, (None, next((w for _, w in sorted(p.roles, key=str) if w), None)))
            found[token.hash] = Actor("person", str(p.pk), p.name, site, None, team, p.roles, p.language)
    return found


def _from(now: datetime) -> Q:
    return Q(starts_at__lte=now + AHEAD) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def shifts(now: datetime) -> list[Working]:
    """Shifts that run now or begin soon."""
    rows = Shift.objects.filter(_from(now)).values_list("person", "site", "place__slug", "starts_at", "ends_at")
    return [Working(p, s, place or "", a, b) for p, s, place, a, b in rows]


def absences(now: datetime) -> list[Away]:
    """Absences that run now or begin soon."""
    return [Away(*row) for row in Absence.objects.filter(_from(now)).values_list("person", "starts_at", "ends_at")]


def duties(now: datetime) -> list[OnDuty]:
    """Turns of the duty rotas that run now or begin soon."""
    return [
        OnDuty(*row) for row in Duty.objects.filter(_from(now)).values_list("team", "person", "starts_at", "ends_at")
    ]


def screens(now: datetime) -> list[Used]:
    """Screens used within the last day."""
    rows = Screen.objects.filter(used_at__gt=now - timedelta(days=1))
    values = rows.values_list("person", "place__site", "place__slug", "unlocked", "used_at")
    return [Used(person, site or "", place or "", unlocked, at) for person, site, place, unlocked, at in values]


def numbers() -> set[str]:
    """The numbers of all people and teams, also of those who have left."""
    return {*Person.objects.values_list("phone", flat=True), *Team.objects.values_list("phone", flat=True)}
