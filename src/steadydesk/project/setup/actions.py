"""Carry a set-up file out. Twice changes nothing; what the file does not name stays as it is."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from steadydesk.buttons import actions as buttons
from steadydesk.buttons.models import Button, Zone
from steadydesk.contacts import actions as contacts
from steadydesk.contacts.models import Contact
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.loneworking import mobiles as loneworking
from steadydesk.loneworking.models import Mobile
from steadydesk.people import actions as people
from steadydesk.people.models import Designation, Device, Duty, Membership, Person, Role, Shift, Team
from steadydesk.project.setup.reading import Known
from steadydesk.project.setup.rota import wish_of
from steadydesk.project.setup.schema import (
    ContactEntry,
    DesignatedEntry,
    DutyEntry,
    InspectionEntry,
    PersonEntry,
    RehearsalEntry,
    SetUp,
    SiteEntry,
    TelephoneEntry,
)
from steadydesk.protocol.schema.base import Section
from steadydesk.rota import actions as rota
from steadydesk.sites import actions as sites
from steadydesk.sites import queries
from steadydesk.sites.models import Asset, Connection, Place, Site, Telephone
from steadydesk.sites.rules import read_spans
from steadydesk.training import actions as training
from steadydesk.training.rules import Rehearsed

Save = Callable[..., object]


def known() -> Known:
    """What is set up already."""
    teams = Team.objects.values_list("pk", "runs_duty_rota")
    return Known(
        sites=frozenset(Site.objects.values_list("pk", flat=True)),
        places=frozenset(Place.objects.values_list("site_id", "slug")),
        teams=frozenset(team for team, _ in teams),
        rotas=frozenset(team for team, runs in teams if runs),
        logins=frozenset(Person.objects.values_list("login", flat=True)),
    )


def set_up(file: SetUp, *, by: Actor, now: datetime) -> int:
    """Set up everything the file names, or bring it up to date; returns how many rows changed.

    Each row is its own short write: if it is cut off, run it again.
    """
    by.check_each(Permission.SET_UP, [None])
    work = _Work(by, now)
    for site in file.sites:
        work.site(site)
    for person in file.people:
        work.person(person)
    for site in file.sites:
        work.carried(site)
    for duty in file.duty:
        work.duty(duty)
    for entry in file.designated:
        work.designated(entry)
    work.changed += rota.add_patterns([wish_of(turn) for turn in file.rota], by=by, now=now) if file.rota else 0
    for held in file.rehearsals:
        work.rehearsed(held)
    for site in file.sites:
        work.worn(site)
    return work.changed


def give_first_passwords(*, by: Actor, now: datetime) -> dict[str, str]:
    """A password for everybody who may open set-up and has none, by login; the others get theirs in set-up."""
    given = {}
    for person in Person.objects.filter(is_staff=True, is_active=True):
        if not person.has_usable_password():
            given[person.login] = secrets.token_urlsafe(12)
            people.save_person(person, password=given[person.login], by=by, now=now)
    return given


class _Work:
    """One run over a file: who does it, when, and how many rows it changed."""

    def __init__(self, by: Actor, now: datetime) -> None:
        self.by, self.now, self.changed = by, now, 0

    def site(self, entry: SiteEntry) -> None:
        self._bring(sites.save_row, Site, {"id": entry.id}, _columns(entry, _SITE))
        places = {
            place.id: self._bring(
                sites.save_row, Place, {"site_id": entry.id, "slug": place.id}, _columns(place, _PLACE)
            )
            for place in entry.places
        }
        for connection in entry.connections:
            a, b = (places[place] for place in connection.between)
            self._bring(sites.save_row, Connection, {"a": a, "b": b}, {"metres": connection.metres})
        for team in entry.teams:
            columns = {"site_id": entry.id, **_columns(team, _TEAM)}
            self._bring(people.save_row, Team, {"id": team.id}, columns)
        for device in entry.devices:
            columns = {"site_id": entry.id, "place_id": places[device.place].pk, "kind": device.kind}
            self._bring(people.save_row, Device, {"name": device.name}, columns)
        self._hours(entry)
        for telephone in entry.telephones:
            self._telephone(entry.id, telephone)
        self._buttons(entry, places)
        for asset in entry.assets:
            keys = {"site_id": entry.id, "kind": asset.kind, "where": asset.where}
            self._bring(sites.save_row, Asset, keys, {"place": places[asset.place] if asset.place else None})
        for contact in entry.contacts:
            self._contact(entry.id, contact)

    def _buttons(self, entry: SiteEntry, places: Mapping[str, Place]) -> None:
        for button in entry.buttons:
            place = places[button.place] if button.place else None
            columns = {"site_id": entry.id, "kind": button.kind, "place": place, "every_minutes": button.every_minutes}
            self._bring(buttons.save_row, Button, {"name": button.name}, columns)
        for zone in entry.zones:
            self._bring(buttons.save_row, Zone, {"name": zone.name}, {"place": places[zone.place]})

    def worn(self, entry: SiteEntry) -> None:
        """Whoever is said to wear a button wears it, unless somebody does."""
        for button in entry.buttons:
            row = Button.objects.get(name=button.name)
            if button.person is not None and row.person_id is None:
                person = Person.objects.get(login=button.person)
                buttons.assign(row.pk, person.pk, by=self.by, now=self.now)
                self.changed += 1

    def _telephone(self, site: str, entry: TelephoneEntry) -> None:
        row = Telephone.objects.filter(site=site, use=entry.use).first()
        tried = row.tested_at if row else self.now if entry.tried else None
        columns = {"number": entry.number, "tested_at": tried}
        self._bring(sites.save_row, Telephone, {"site_id": site, "use": entry.use}, columns)

    def _contact(self, site: str, entry: ContactEntry) -> None:
        keys = {"site_id": site, "kind": entry.kind, "name": entry.name}
        row = Contact.objects.filter(**keys).first()
        verified = row.verified_at if row else self.now if entry.verified else None
        columns = {**_columns(entry, _CONTACT), "verified_at": verified}
        self._bring(contacts.save_row, Contact, keys, columns)

    def _hours(self, entry: SiteEntry) -> None:
        """What the file leaves out stays as it is."""
        known = queries.hours(entry.id)
        if entry.hours is not None:
            weekly = {day: read_spans(spans) or () for day, spans in entry.hours.weekly.items()}
            closing = timedelta(minutes=entry.hours.closing_minutes)
            if weekly != {day: known.weekly.get(day, ()) for day in range(7)} or closing != known.closing_before:
                sites.save_hours(entry.id, entry.hours.weekly, entry.hours.closing_minutes, by=self.by, now=self.now)
                self.changed += 1
        stored = {d.day: (d.name, read_spans(d.spans)) for d in queries.special_days(entry.id, date.min)}
        days = [sites.Day(d.day, d.name, d.hours) for d in entry.special_days]
        fresh = [d for d in days if stored.get(d.day) != (d.name, read_spans(d.spans))]
        if fresh:
            self.changed += sites.save_special_days(entry.id, fresh, by=self.by, now=self.now)

    def person(self, entry: PersonEntry) -> None:
        columns = {**_columns(entry, _PERSON), "is_staff": entry.sets_up}
        person = self._bring(people.save_person, Person, {"login": entry.login}, columns)
        for roles, site in ((entry.roles, entry.site), (entry.everywhere, None)):
            for role in roles:
                self._bring(people.save_row, Role, {"person": person, "role": role, "site_id": site}, {})
        if entry.team is not None:
            keys = {"person": person, "team_id": entry.team}
            self._bring(people.save_row, Membership, keys, {"post": entry.post})
        if entry.on_shift:
            self._start_shift(person, entry)

    def _start_shift(self, person: Person, entry: PersonEntry) -> None:
        if Shift.objects.filter(person=person, site_id=entry.site, ends_at__isnull=True).exists():
            return
        place = Place.objects.filter(site_id=entry.site, slug=entry.place).first()
        people.start_shift(person.pk, entry.site, place=place.pk if place else None, by=self.by, now=self.now)
        self.changed += 1

    def carried(self, entry: SiteEntry) -> None:
        """What lone workers carry, when those who hold it are there; and how the site is connected to the police."""
        for mobile in entry.mobiles:
            person = Person.objects.filter(login=mobile.person).values_list("pk", flat=True).first()
            columns = {"number": mobile.number, "person_id": person}
            self._bring(loneworking.save_row, Mobile, {"site_id": entry.id, "name": mobile.name}, columns)
        for seen in entry.inspections:
            self._inspected(entry, seen)
        if (police := entry.police) is not None:
            said = police.provider, police.reference, police.verification
            route = queries.police_route(entry.id)
            if route is None or said != (route.provider, route.reference, route.verification):
                sites.record_police_route(entry.id, *said, by=self.by, now=self.now)
                self.changed += 1

    def _inspected(self, site: SiteEntry, entry: InspectionEntry) -> None:
        """The day counts from its first moment at the site."""
        at = datetime.combine(entry.on, time.min, ZoneInfo(site.time_zone))
        seen = sites.Seen(entry.found, at, f"person:{Person.objects.get(login=entry.by).pk}")
        self.changed += sites.bring_inspection(site.id, entry.place, seen, by=self.by, now=self.now)

    def duty(self, entry: DutyEntry) -> None:
        person = Person.objects.get(login=entry.person)
        keys = {"team_id": entry.team, "person": person}
        if entry.starts_at is None:
            # “From now on” is said once: a second run finds the duty that runs.
            if Duty.objects.filter(**keys, ends_at=entry.ends_at).exists():
                return
            keys["starts_at"] = self.now
        else:
            keys["starts_at"] = entry.starts_at
        self._bring(people.save_row, Duty, keys, {"ends_at": entry.ends_at})

    def designated(self, entry: DesignatedEntry) -> None:
        """The list becomes this one: who stands on it no longer is taken off."""
        listed = Designation.objects.filter(site=entry.site, service=entry.service or "", team=entry.team)
        for row in listed.exclude(person__login__in=entry.people):
            people.delete_row(row, by=self.by, now=self.now)
            self.changed += 1
        keys = {"site_id": entry.site, "service": entry.service or "", "team_id": entry.team}
        for login in entry.people:
            person = Person.objects.get(login=login)
            self._bring(people.save_row, Designation, {**keys, "person": person}, {})

    def rehearsed(self, entry: RehearsalEntry) -> None:
        ids = dict(Person.objects.filter(login__in=(entry.person, entry.partner)).values_list("login", "pk"))
        said = Rehearsed(ids[entry.person], ids[entry.partner], entry.held_on)
        row = training.record_rehearsal(entry.site, said, by=self.by, now=self.now)
        self.changed += row.recorded_at == self.now

    def _bring(self, save: Save, model: type[models.Model], keys: Mapping[str, Any], columns: Mapping[str, Any]) -> Any:
        """The row with these keys, saved by its action when it is missing or says something else."""
        row = model._default_manager.filter(**keys).first()
        if row is not None and all(getattr(row, name) == value for name, value in columns.items()):
            return row
        row = row or model(**keys)
        for name, value in columns.items():
            setattr(row, name, value)
        save(row, by=self.by, now=self.now)
        self.changed += 1
        return row


_SITE = ("name", "country", "time_zone", "ring_instead", "way_out", "outside_line")
_PLACE = (
    "name", "kind", "earshot", "staff_only", "public", "extension", "barrier", "way_in", "silent_key", "phrase_key",
)  # fmt: skip
_TEAM = ("name", "phone", "runs_duty_rota")
_CONTACT = ("phone", "reached", "owner", "email", "by_chain")
_PERSON = ("name", "email", "phone")


def _columns(entry: Section, names: tuple[str, ...]) -> dict[str, Any]:
    """The entry's settings as columns: what the file leaves out is empty, never null."""
    values = {name: getattr(entry, name) for name in names}
    return {name: "" if value is None else value for name, value in values.items()}
