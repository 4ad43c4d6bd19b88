"""All that a press needs, in memory: who the credential is, where they are, which chain binds, who is there.

A press reads nothing else, on good days too: the path that must work when storage is away is the one always used.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from steadydesk.alarms.numbers import Telephones
from steadydesk.alarms.roster import Present, Roster, resolve
from steadydesk.alarms.state import Terms
from steadydesk.delivery.rules import APPRISE, MAIL, PHONE, PUSH, Outside
from steadydesk.kernel.actor import Actor, Permission


@dataclass(frozen=True)
class PlaceCard:
    """What an alarm needs to know of a place."""

    name: str
    kind: str = ""
    earshot: str = ""
    staff_only: bool = False


@dataclass(frozen=True)
class ContactCard:
    """Somebody of the emergency contact list who is told by the chain of a real call."""

    contact: int
    kind: str
    email: str
    phone: str


MEDICAL = "medical"
POLICE = "police"
"""The kind of contact that a medical call never goes to."""


@dataclass(frozen=True)
class SiteCard:
    """What an alarm needs to know of a site."""

    name: str
    ring_instead: str
    places: Mapping[str, PlaceCard]
    metres: Mapping[tuple[str, str], int] = field(default_factory=dict)
    telephones: Telephones = field(default_factory=Telephones)
    contacts: tuple[ContactCard, ...] = ()

    def safe_rooms(self) -> dict[str, str]:
        """Where somebody can shut themselves in, by id: the safe rooms; while none is set up, rooms for staff only."""
        rooms = {id: p.name for id, p in self.places.items() if p.kind == "safe_room"}
        return rooms or {id: p.name for id, p in self.places.items() if p.staff_only}

    def shows_calls(self, here: bool, screen: str, place: str) -> bool:
        """Whether a screen there may show a call from ``place``: behind the staff door, or a phone in a pocket."""
        if not screen:
            return True
        return here and screen in self.places and self.places[screen].staff_only and not self.hears(place, screen)

    def hears(self, place: str, other: str) -> bool:
        """Whether a sound at ``other`` is heard at ``place``."""
        a, b = self.places.get(place), self.places.get(other)
        return place == other or bool(a and b and a.earshot and a.earshot == b.earshot)


@dataclass(frozen=True)
class ButtonCard:
    """What an alarm needs to know of a worn or wall button."""

    id: int
    worn: bool
    site: str
    place: str
    salt: str
    """What its secret is made from; empty while it has none."""
    person: int | None = None
    zone: str = ""
    """Where it was heard last, in a gateway's word."""
    zone_at: datetime | None = None
    trial_until: datetime | None = None
    """Until when its next press is a test."""


@dataclass(frozen=True)
class PersonCard:
    """What an alarm needs to know of a person."""

    name: str
    login: str
    email: str
    roles: frozenset[tuple[str, str | None]]
    posts: frozenset[tuple[str, str]]
    duty_phone_confirmed_at: datetime | None = None
    phone: str = ""
    ways: tuple[str, ...] = ()
    """By which channels they want to be reached, in their order."""
    browsers: tuple[tuple[int, str], ...] = ()
    """(number, what a push message needs) of each of their browsers."""
    service: str = ""
    """The address that Apprise sends to."""


@dataclass(frozen=True)
class Span:
    """From when to when; without an end until somebody ends it."""

    starts_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is running."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True)
class ShiftCard:
    """A person at work at a site."""

    person: int
    site: str
    place: str
    span: Span


@dataclass(frozen=True)
class ScreenCard:
    """A screen that a person used."""

    person: int
    site: str
    place: str
    unlocked: bool
    used_at: datetime


@dataclass(frozen=True)
class SiteTerms:
    """What of the protocol in force binds alarms at a site."""

    kinds: Mapping[str, Terms]
    screen_used_within: timedelta
    duty_phone_confirmed_within: timedelta
    check_in: Terms | None = None
    """Those of a lone worker who did not answer; ``None`` in a book that an earlier release wrote."""


@dataclass(frozen=True)
class Book:
    """One consistent reading; replaced whole when something in it changed."""

    actors: Mapping[str, Actor] = field(default_factory=dict)
    """Hash of a credential → who it is."""
    sites: Mapping[str, SiteCard] = field(default_factory=dict)
    people: Mapping[int, PersonCard] = field(default_factory=dict)
    shifts: tuple[ShiftCard, ...] = ()
    absences: tuple[tuple[int, Span], ...] = ()
    duties: tuple[tuple[str, int, Span], ...] = ()
    screens: tuple[ScreenCard, ...] = ()
    terms: Mapping[str, SiteTerms] = field(default_factory=dict)
    tapped: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """``device:7`` → who is tapped in there, unless the desk is locked."""
    buttons: Mapping[str, ButtonCard] = field(default_factory=dict)
    """By the name that each gives itself."""
    zones: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """A gateway's word → the site and the place that it means."""
    kept_from: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """``alarm:…`` → for whom it does not exist (ruling 16)."""

    def roster(self, site: str, now: datetime) -> Roster:
        """Who is on shift at the site now and not marked absent."""
        away = {person for person, span in self.absences if span.holds(now)}
        present = {
            s.person: self._present(s.person, site, s.place)
            for s in self.shifts
            if s.site == site and s.span.holds(now) and s.person not in away and s.person in self.people
        }
        on_duty = tuple((team, person) for team, person, span in self.duties if span.holds(now))
        card = self.sites.get(site)
        return Roster(tuple(present.values()), on_duty, card.metres if card else {})

    def with_those_at_home(self, roster: Roster, site: str, now: datetime) -> Roster:
        """The roster with everybody of the site who is not at work now and was not said to be away (L2d)."""
        away = {person for person, span in self.absences if span.holds(now)}
        there = away | {p.person for p in roster.present}
        home = (
            self._present(id, site, "")
            for id, card in self.people.items()
            if id not in there and any(where in (None, site) for _role, where in card.roles)
        )
        return replace(roster, present=(*roster.present, *home))

    def contacts(self, site: str, kind: str) -> tuple[int, ...]:
        """Whom of the emergency contact list a real call of this kind tells."""
        known = self.sites[site].contacts if site in self.sites else ()
        return tuple(c.contact for c in known if kind != MEDICAL or c.kind != POLICE)

    def outside(self, site: str, contacts: Container[int]) -> tuple[Outside, ...]:
        """These contacts with their addresses."""
        known = self.sites[site].contacts if site in self.sites else ()
        return tuple(Outside(c.contact, c.email, c.phone) for c in known if c.contact in contacts)

    def stands_at(self, person: int, now: datetime, home: str = "") -> tuple[str, str] | None:
        """The site and the place (which may be empty) of the person's shift that is running, of two the one at home."""
        running = [(s.site, s.place) for s in self._shifts_of.get(person, ()) if s.span.holds(now)]
        return next((shift for shift in running if shift[0] == home), next(iter(running), None))

    def telephone(self, person: int, now: datetime) -> str:
        """The number at which the person can be rung: their own, else that of the place where they work now."""
        card, where = self.people.get(person), self.stands_at(person, now)
        if card is None or card.phone or where is None or where[0] not in self.sites:
            return card.phone if card else ""
        here = self.sites[where[0]].telephones.places.items()
        return next((number for number, place in here if place == where[1]), "")

    def addresses(self, now: datetime) -> dict[tuple[str, int | None], str]:
        """Where each person is reached, by channel."""
        found: dict[tuple[str, int | None], str] = {}
        for p, card in self.people.items():
            found |= {(MAIL, p): card.email, (PHONE, p): self.telephone(p, now), (APPRISE, p): card.service}
            found |= {(PUSH, browser): address for browser, address in card.browsers}
        return found

    def browsers(self, person: int, site: str, place: str, now: datetime) -> tuple[str, ...]:
        """The person's browsers for a call from ``place``; quiet ones where it is heard, as a customer reads along."""
        where, card = self.stands_at(person, now, site), self.sites.get(site)
        heard = bool(card and where and where[0] == site and where[1] and card.hears(place, where[1]))
        return tuple(f"{id} quiet" if heard else str(id) for id, _address in self.people[person].browsers)

    def rings(self, person: int, site: str, place: str, now: datetime) -> str:
        """The number to ring for a call from ``place``; empty where a customer could hear it or read its display."""
        where = self.stands_at(person, now)
        card = self.sites.get(site)
        if card is None or where is None or not card.shows_calls(where[0] == site, where[1], place):
            return ""
        return self.telephone(person, now)

    def where(self, person: int | None, site: str, place: str, now: datetime) -> tuple[str, str]:
        """From where a call would go out: the desk's place, else where the person's shift is, else their own site."""
        shift = self.stands_at(person, now, site) if person is not None and not place else None
        return shift or (site, place)

    def watching(self, by: Actor) -> frozenset[int]:
        """Who reads along where this actor is: the person, or whoever is tapped in at the desk."""
        tapped = self.tapped.get(by.holder, ()) if by.kind == "device" else ()
        return frozenset((*tapped, *(() if by.person is None else (by.person,))))

    def reading_along(self, refs: Iterable[str]) -> frozenset[int]:
        """The same for those who act, as the journal names them: people, and desks with whoever is tapped in there."""
        refs = list(refs)
        people = {int(ref.removeprefix("person:")) for ref in refs if ref.startswith("person:")}
        return frozenset(people.union(*(self.tapped.get(ref, ()) for ref in refs)))

    @cached_property
    def _shifts_of(self) -> Mapping[int, list[ShiftCard]]:
        """A thousand screens ask each second where their people stand."""
        found: dict[int, list[ShiftCard]] = {}
        for shift in self.shifts:
            found.setdefault(shift.person, []).append(shift)
        return found

    def _present(self, person: int, site: str, place: str) -> Present:
        card = self.people[person]
        roles = frozenset(role for role, where in card.roles if where in (None, site))
        teams = frozenset(team for team, _ in card.posts)
        return Present(person, roles, teams, card.posts, place, card.login)

    def terms_for(self, site: str, kind: str, source: str = "") -> Terms | None:
        """The terms of a kind of alarm at a site; those of *person* for a kind the protocol does not know."""
        found = self.terms.get(site)
        if found and source == "check_in" and found.check_in:
            return found.check_in
        return (found.kinds.get(kind) or found.kinds.get("person")) if found else None

    def can_answer(self, site: str, place: str, asker: str, now: datetime) -> int:
        """How many people other than this desk could answer a call from ``place`` now.

        Shown to be there, never an open tab: an unlocked staff screen outside earshot in use within the set time,
        or a duty phone confirmed within its interval.
        """
        terms, card = self.terms.get(site), self.sites.get(site)
        if terms is None or card is None:
            return 0
        wanted = self._in_a_step(site, place, now)
        there = {p for p in wanted if self._phone_confirmed(p, terms, now)}
        for s in self.screens:
            recent = now - s.used_at <= terms.screen_used_within
            if s.unlocked and recent and card.shows_calls(s.site == site, s.place, place):
                there |= wanted & {s.person}
        return len({p for p in there if f"person:{p}" != asker and p not in self.tapped.get(asker, ())})

    def told_from(self, site: str, place: str, asker: str, now: datetime) -> set[int]:
        """Who is on shift and in a step of the chain of a call from here, whatever their screens do."""
        return {p for p in self._in_a_step(site, place, now) if f"person:{p}" != asker}

    def _in_a_step(self, site: str, place: str, now: datetime) -> set[int]:
        terms = self.terms_for(site, "person")
        roster = self.roster(site, now)
        return {p for step in terms.steps for p in resolve(step.tell, roster, place, "")} if terms else set()

    def _phone_confirmed(self, person: int, terms: SiteTerms, now: datetime) -> bool:
        at = self.people[person].duty_phone_confirmed_at
        return at is not None and now - at <= terms.duty_phone_confirmed_within

    def who(self, hashes: Iterable[str]) -> list[Actor]:
        """The actors behind these credentials, unknown ones left out; from a locked desk whoever signed in has gone."""
        found = [self.actors[h] for h in hashes if h in self.actors]
        return [a for a in found if a.locked] or found

    def at_desk(self, actors: list[Actor]) -> list[Actor]:
        """With a desk comes the one person who is tapped in there; of two nobody knows who it is."""
        desk = actors[0] if len(actors) == 1 and actors[0].kind == "device" else None
        here = self.tapped.get(desk.holder, ()) if desk else ()
        card = self.people.get(here[0]) if len(here) == 1 else None
        if desk is None or card is None:
            return actors
        team = next((team for team, _ in sorted(card.posts)), None)
        return [Actor("person", str(here[0]), card.name, desk.site, desk.place, team, card.roles), desk]

    def watchable(self, actor: Actor) -> frozenset[str]:
        """The sites whose alarms the actor may see."""
        return actor.sites(Permission.ALARM_READ, self.sites)
