"""Who there is, who is there now, and who is to be told."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import WORKING, Actor
from steadydesk.kernel.clock import clock
from steadydesk.people.models import (
    ROLE_NAMES,
    Absence,
    Designation,
    Device,
    Duty,
    Membership,
    Person,
    Role,
    Shift,
    Team,
    Token,
)


@dataclass(frozen=True)
class Contactable:
    """A person that a prompt or an alarm may name: by what right, and how to reach them."""

    person: int
    name: str
    role: str
    phone: str

    @property
    def ref(self) -> str:
        """The id alone, as addresses have it."""
        return str(self.person)


def lasting(now: datetime) -> Q:
    """What has begun and is not over: shifts, duties and absences alike."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def absent(now: datetime) -> QuerySet[Absence, int]:
    """Ids of people marked absent now."""
    return Absence.objects.filter(lasting(now)).values_list("person_id", flat=True)


_THERE = """FROM people_shift s JOIN people_person p ON p.id = s.person_id AND p.is_active
{joined}
WHERE s.site_id = %s AND s.starts_at <= %s AND (s.ends_at IS NULL OR s.ends_at > %s) AND NOT EXISTS (
    SELECT 1 FROM people_absence a
    WHERE a.person_id = s.person_id AND a.starts_at <= %s AND (a.ends_at IS NULL OR a.ends_at > %s)
)
"""
_AVAILABLE = "SELECT s.person_id " + _THERE.format(joined="")
_POSTS = "LEFT JOIN (people_membership m JOIN people_team t ON t.id=m.team_id AND t.site_id=%s) ON m.person_id = p.id"
_PRESENT = "SELECT DISTINCT p.id, m.team_id " + _THERE.format(joined=_POSTS)
# In plain SQL: each look at a room and each prompt asks it, and to build the query costs more than to run it.


def available(site: str, now: datetime) -> set[int]:
    """People on shift at the site now and not marked absent."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABLE, [site, at, at, at, at])
        return {person for [person] in cursor.fetchall()}


def present(site: str, now: datetime) -> dict[str, int] | None:
    """Team → how many of it are there now; ``None`` where nobody's presence is kept."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, [site, site, at, at, at, at])
        found = cursor.fetchall()
    return dict(Counter(team for _person, team in found if team is not None)) if found else None


def gone_since(team: str, start: datetime, now: datetime) -> datetime:
    """When the last of the team who was there since ``start`` went; ``start`` itself when none of it was."""
    members = list(Membership.objects.filter(team=team).values_list("person", flat=True))
    away = list(Absence.objects.filter(person__in=members).values_list("person", "starts_at", "ends_at"))
    shifts = Shift.objects.filter(_between(start, now), person__in=members)
    ends = [start]
    for person, began, ended in shifts.values_list("person", "starts_at", "ends_at"):
        end = min(ended or now, now)
        left = [a for p, a, back in away if p == person and a <= end and (back is None or back >= end)]
        ends += [at for at in [min([end, *left])] if at > began]
    return max(ends)


def actor_of_person(person: Person, *, site: str | None = None, place: str | None = None) -> Actor:
    """The actor that a signed-in person or their token is."""
    roles = frozenset(Role.objects.filter(person=person).values_list("role", "site_id"))
    member = Membership.objects.filter(person=person).values_list("team_id", "team__site_id").first()
    home = site or (member[1] if member else next((w for _, w in sorted(roles, key=str) if w), None))
    team = member[0] if member else None
    return Actor("person", str(person.pk), person.name, home, place, team, roles, person.language)


def actor(person: int) -> Actor:
    """Somebody as they would be signed in on their own phone. Raises when nobody has this id."""
    return actor_of_person(Person.objects.get(pk=person))


def actor_of_device(device: Device) -> Actor:
    """The actor that a desk station or another device is."""
    kind = Device.Kind
    place = None if device.kind in (kind.PHONES, kind.GATEWAY) else device.place.slug
    return Actor(
        "device",
        str(device.pk),
        device.name,
        device.site_id,
        place,
        wall=device.kind == kind.WALL,
        phones=device.kind == kind.PHONES,
        gateway=device.kind == kind.GATEWAY,
        board=device.kind == kind.BOARD,
        kiosk=device.kind == kind.KIOSK,
    )


def belongs_to(person: int) -> set[str | None]:
    """The sites of the person's roles and teams, ``None`` for a role at all of them: who changes them may there."""
    roles = Role.objects.filter(person=person).values_list("site", flat=True)
    return {*roles, *Membership.objects.filter(person=person).values_list("team__site", flat=True)}


def works_for(person: int, site: str) -> bool:
    """Whether the person holds a role with which people work there; who only reads its papers does not."""
    here = Role.objects.filter(Q(site_id=site) | Q(site__isnull=True), person=person)
    return here.filter(role__in=WORKING).exists()


def good_tokens(outside: datetime) -> QuerySet[Token]:
    """Credentials that were not revoked and have not ended by the time outside."""
    return Token.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=outside), revoked_at__isnull=True)


def revoked(hashes: Iterable[str]) -> set[str]:
    """Those of these credentials that somebody ended; one that only ran out is not among them."""
    rows = Token.objects.filter(hash__in=list(hashes), revoked_at__isnull=False)
    return set(rows.values_list("hash", flat=True))


def actor_of_token(hash: str) -> Actor | None:
    """Whom a bearer token stands for; ``None`` when it is unknown, revoked or at its end."""
    found = good_tokens(clock.outside()).filter(hash=hash)
    token = found.select_related("person", "device", "device__place").first()
    if token is None:
        return None
    if token.device is not None:
        return actor_of_device(token.device)
    if token.person is None or not token.person.is_active:
        return None
    return actor_of_person(token.person)


def role_name(role: str) -> str:
    """What the role is called, in the reader's language."""
    return str(ROLE_NAMES[role])


def with_role(role: str, site: str) -> list[Contactable]:
    """People who hold ``role`` at the site or everywhere, present or not, in order of being given it."""
    rows = Role.objects.filter(Q(site_id=site) | Q(site__isnull=True), role=role, person__is_active=True)
    return [_contactable(r.person, role) for r in rows.select_related("person").order_by("pk")]


def with_post(team: str, post: str) -> list[Contactable]:
    """The team's managers, deputies or members, present or not; the team's line where they have no number."""
    rows = Membership.objects.filter(team_id=team, post=post, person__is_active=True)
    return [_contactable(m.person, post, m.team.phone) for m in rows.select_related("person", "team").order_by("pk")]


def on_duty(team: str, now: datetime) -> Contactable | None:
    """The duty officer of the team's rota now; ``None`` is a gap."""
    rota = Duty.objects.filter(lasting(now), team_id=team, person__is_active=True)
    duty = rota.select_related("person", "team").order_by("-starts_at").first()
    return _contactable(duty.person, "duty", duty.team.phone) if duty else None


def _contactable(person: Person, role: str, line: str = "") -> Contactable:
    return Contactable(person.pk, person.name, role, person.phone or line)


def telephone(person: int, now: datetime) -> str:
    """The number at which the person can be rung: their own, else that of the place where they work now."""
    own = Person.objects.filter(pk=person, is_active=True).values_list("phone", flat=True).first()
    if own or own is None:
        return own or ""
    here = Shift.objects.filter(lasting(now), person_id=person, place__isnull=False)
    return (here.values_list("place__extension", flat=True).first() or "").partition(",")[0].strip()


def team(id: str) -> Team | None:
    """One team."""
    return Team.objects.filter(pk=id).first()


def teams_at(site: str) -> list[Team]:
    """The teams of a site by name."""
    return list(Team.objects.filter(site_id=site).order_by("name"))


def names(ids: Iterable[int]) -> dict[int, str]:
    """Display names, for timelines: the journal holds ids only, also of those who left and were forgotten."""
    rows = Person.objects.filter(pk__in=list(ids)).values_list("pk", "name")
    return {id: name or _("A former colleague") for id, name in rows}


@dataclass(frozen=True)
class Presence:
    """Whether somebody of a site is there now."""

    person: int
    name: str
    posts: str
    since: datetime | None
    """When their shift began; ``None`` when they are not on shift."""
    absent: bool


def roll_call(site: str, now: datetime) -> list[Presence]:
    """Everybody who belongs to the site or works there now, by name."""
    shifts = dict(Shift.objects.filter(lasting(now), site_id=site).values_list("person_id", "starts_at"))
    posts: dict[int, list[str]] = {}
    for m in Membership.objects.filter(team__site_id=site).select_related("team"):
        posts.setdefault(m.person_id, []).append(f"{m.get_post_display()}, {m.team.name}")
    for role in Role.objects.filter(site_id=site):
        if role.person_id not in posts:
            posts[role.person_id] = [role.get_role_display()]
    away = set(absent(now))
    people = Person.objects.filter(pk__in={*shifts, *posts}, is_active=True).order_by("name")
    return [Presence(p.pk, p.name, "; ".join(posts.get(p.pk, ())), shifts.get(p.pk), p.pk in away) for p in people]


@dataclass(frozen=True)
class Turn:
    """Somebody is at work or on a duty rota for a while."""

    name: str
    posts: str
    phone: str
    starts_at: datetime
    ends_at: datetime | None


def _between(start: datetime, end: datetime) -> Q:
    return Q(starts_at__lt=end) & (Q(ends_at__isnull=True) | Q(ends_at__gt=start))


def working(site: str, start: datetime, end: datetime) -> list[Turn]:
    """Who is at work at the site within this time, by name, with how to reach them."""
    shifts = Shift.objects.filter(_between(start, end), site_id=site, person__is_active=True).select_related("person")
    posts: dict[int, list[str]] = {}
    for m in Membership.objects.filter(team__site_id=site).select_related("team"):
        posts.setdefault(m.person_id, []).append(f"{m.get_post_display()}, {m.team.name}")
    return [
        Turn(s.person.name, "; ".join(posts.get(s.person_id, ())), s.person.phone, s.starts_at, s.ends_at)
        for s in shifts.order_by("person__name", "starts_at")
    ]


def duties_between(site: str, start: datetime, end: datetime) -> list[Turn]:
    """Who answers for the site's teams within this time; the team's line where they have no number."""
    rows = Duty.objects.filter(_between(start, end), team__site_id=site).select_related("person", "team")
    return [
        Turn(d.person.name, d.team.name, d.person.phone or d.team.phone, d.starts_at, d.ends_at)
        for d in rows.order_by("team__name", "starts_at")
    ]


def works_at(person: int, now: datetime) -> set[str]:
    """The sites at which the person is on shift now."""
    return set(Shift.objects.filter(lasting(now), person_id=person).values_list("site_id", flat=True))


def shift_place(person: int, site: str, now: datetime) -> str | None:
    """Where the person's shift says they work; ``None`` when it names no place or they are not on shift."""
    shifts = Shift.objects.filter(lasting(now), person_id=person, site_id=site, place__isnull=False)
    return shifts.order_by("-starts_at").values_list("place__slug", flat=True).first()


def duty_phone_confirmed_at(person: int) -> datetime | None:
    """When the person last said that they answer on their duty phone."""
    return Person.objects.filter(pk=person).values_list("duty_phone_confirmed_at", flat=True).first()


def tokens_of(person: int) -> list[Token]:
    """The person's credentials that are still good, the newest first."""
    return list(good_tokens(clock.outside()).filter(person_id=person).order_by("-pk"))


def actor_names(refs: Iterable[str]) -> dict[str, str]:
    """How colleagues know those behind ``person:3`` and ``device:7``: by name, or by the place of the desk."""
    # A prompt may call a team's line instead of a person.
    kinds = {ref: ref.partition(":") for ref in refs if ref.partition(":")[2].isdigit()}
    people = names({int(id) for kind, _colon, id in kinds.values() if kind == "person"})
    desks = {int(id) for kind, _colon, id in kinds.values() if kind == "device"}
    places = dict(Device.objects.filter(pk__in=desks).values_list("pk", "place__name")) if desks else {}
    known = {"person": people, "device": places}
    return {ref: known.get(kind, {}).get(int(id), "") for ref, (kind, _, id) in kinds.items()}


def find(word: str) -> Contactable | None:
    """The person with this login, or with this id as the journal writes it (``3`` or ``person:3``)."""
    id = word.removeprefix("person:")
    known = Q(login=word) | Q(pk=int(id)) if id.isascii() and id.isdigit() else Q(login=word)
    person = Person.objects.filter(known, is_active=True).order_by("pk").first()
    return _contactable(person, "person") if person else None


def like(text: str) -> list[Contactable]:
    """People in whose name or login this stands, those who left among them, by name."""
    found = Person.objects.filter(Q(name__icontains=text) | Q(login__icontains=text)).order_by("name")
    return [_contactable(person, "person") for person in found[:50]]


def members(team: str) -> list[Contactable]:
    """Everybody with a post in the team, present or not, its manager first."""
    rows = Membership.objects.filter(team_id=team, person__is_active=True).select_related("person", "team")
    posts = {"manager": 0, "deputy": 1}
    by_post = sorted(rows, key=lambda m: (posts.get(m.post, 2), m.pk))
    return [_contactable(m.person, m.post, m.team.phone) for m in by_post]


def active(who: Iterable[int]) -> set[int]:
    """Those of these people whose account is still in use."""
    return set(Person.objects.filter(pk__in=list(who), is_active=True).values_list("pk", flat=True))


def email(person: int) -> str:
    """The person's e-mail address; empty when none is written down."""
    return Person.objects.filter(pk=person).values_list("email", flat=True).first() or ""


def designated(site: str, service: str, team: str) -> list[Contactable]:
    """To whom customers who come for this are referred: the list of the enquiry type, else that of the team (E3b).

    Where neither has a list it is everybody with a post in a team of the site.
    """
    rows = Designation.objects.filter(site=site, person__is_active=True).select_related("person").order_by("pk")
    found = [r.person for r in rows.filter(service=service, team=None)] if service else []
    found = found or [r.person for r in rows.filter(team=team or None, service="")]
    if found:
        return [_contactable(person, "person") for person in found]
    everybody = {m.person: m for t in teams_at(site) for m in members(t.pk)}
    return sorted(everybody.values(), key=lambda m: (m.name.casefold(), m.person))


def logins(ids: Iterable[int]) -> dict[int, str]:
    """Under which name each signs in: how files name people."""
    return dict(Person.objects.filter(pk__in=set(ids)).values_list("pk", "login"))


def names_of_logins() -> dict[str, str]:
    """The display name of every login."""
    return dict(Person.objects.values_list("login", "name"))


def team_of(person: int) -> str | None:
    """The first team that the person has a post in."""
    return Membership.objects.filter(person_id=person).values_list("team_id", flat=True).first()


def workers(site: str) -> list[Contactable]:
    """Everybody who holds a role at the site or everywhere, present or not."""
    rows = Role.objects.filter(Q(site_id=site) | Q(site__isnull=True), person__is_active=True).select_related("person")
    found = {r.person_id: _contactable(r.person, r.role) for r in rows.order_by("pk")}
    return list(found.values())


def by_login(site: str) -> dict[str, int]:
    """The people who hold a role at the site or everywhere, by login."""
    rows = Role.objects.filter(Q(site_id=site) | Q(site__isnull=True), person__is_active=True)
    return dict(rows.values_list("person__login", "person"))


def colleagues(site: str) -> list[Contactable]:
    """Everybody who works at the site for longer than a day, by name; who only reads its papers is not among them."""
    here = Role.objects.filter(Q(site_id=site) | Q(site__isnull=True), role__in=WORKING - {"day_pass"})
    rows = here.filter(person__is_active=True).select_related("person").order_by("-pk")
    found = {r.person_id: _contactable(r.person, r.role) for r in rows}
    return sorted(found.values(), key=lambda c: (c.name.casefold(), c.person))


def helpers(site: str) -> list[Contactable]:
    """Those who work at other sites and not at this one, by name: a manager may put them on shift here."""
    here = {c.person for c in workers(site)}
    rows = Role.objects.filter(role__in=WORKING, person__is_active=True).exclude(role="day_pass")
    found = {r.person_id: _contactable(r.person, r.role) for r in rows.select_related("person")}
    return sorted((c for c in found.values() if c.person not in here), key=lambda c: (c.name.casefold(), c.person))
