"""Filling the book from the records, and keeping it as one file for the day when these cannot be read."""

import json
import logging
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from steadydesk.alarms.book import (
    Book,
    ButtonCard,
    ContactCard,
    PersonCard,
    PlaceCard,
    ScreenCard,
    ShiftCard,
    SiteCard,
    SiteTerms,
    Span,
)
from steadydesk.alarms.models import LeftOut
from steadydesk.alarms.numbers import HELP, PRESET, TEST, Telephones, plain, several
from steadydesk.alarms.state import Step, Terms, terms_as_json, terms_from_json
from steadydesk.buttons import queries as buttons
from steadydesk.buttons.models import Button
from steadydesk.buttons.rules import WORN
from steadydesk.contacts import queries as contacts
from steadydesk.delivery import browsers, reached
from steadydesk.desks import queries as desks
from steadydesk.documents.queries import InForce, in_force
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotFound
from steadydesk.people import roll
from steadydesk.protocol.cards import WALK_TO_STAFF, card_for
from steadydesk.protocol.faults import ProtocolFaults
from steadydesk.protocol.schema import Protocol
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.sites.queries import Spot

log = logging.getLogger(__name__)

TOUCHES = frozenset({"button", "desk", "set-up", "person", "presence", "protocol", "rota", "site"})
"""Families of entries after which the book is read again."""
LEAVES = frozenset({Event.AVAILABILITY_WITHDRAWN, Event.BUTTON_LOW, Event.BUTTON_SILENT, Event.BUTTON_REFUSED})
"""Entries of these families that change nothing in it; some of them anybody can bring about."""


def touches(type: str, facts: Mapping[str, Any]) -> str:
    """What of the book an entry touches: ``book``, only the ``screens`` in use, or nothing.

    A thousand screens are used each minute: for them the rest of the book is not read again.
    """
    family = type.split(":", 1)[0]
    if family == "presence" and "screen" in facts:
        return "screens"
    return "book" if family in TOUCHES and type not in LEAVES else ""


def read_screens(now: datetime) -> tuple[ScreenCard, ...]:
    """The screens that were used of late."""
    return tuple(ScreenCard(*s) for s in roll.screens(now))


def load(now: datetime) -> Book:
    """A fresh reading of everything a press needs."""
    chosen, pushed, services = reached.chosen_ways(), browsers.every_browser(), reached.services()
    every = sites.sites()
    binding = {s.pk: found for s in every if (found := _binding(s.pk))}
    return Book(
        actors=_locked(roll.actors()),
        sites={s.pk: _site(s, binding.get(s.pk)) for s in every},
        people={
            p.pk: PersonCard(
                p.name,
                p.login,
                p.email,
                p.roles,
                p.posts,
                p.phone_at,
                p.phone,
                chosen.get(p.pk, ()),
                tuple(pushed.get(p.pk, {}).items()),
                services.get(p.pk, ""),
            )
            for p in roll.people()
        },
        shifts=tuple(ShiftCard(s.person, s.site, s.place, Span(s.starts_at, s.ends_at)) for s in roll.shifts(now)),
        absences=tuple((a.person, Span(a.starts_at, a.ends_at)) for a in roll.absences(now)),
        duties=tuple((d.team, d.person, Span(d.starts_at, d.ends_at)) for d in roll.duties(now)),
        screens=read_screens(now),
        terms={site: _site_terms(found) for site, found in binding.items()},
        tapped={f"device:{device}": people for device, people in desks.everybody_tapped_in().items()},
        buttons={b.name: _button(b) for b in buttons.every_button()},
        zones=buttons.zones(),
        kept_from=kept_from(),
    )


def kept_from() -> dict[str, frozenset[int]]:
    """By alarm, the people for whom it does not exist."""
    found: dict[str, set[int]] = defaultdict(set)
    for alarm, person in LeftOut.objects.values_list("alarm_id", "person"):
        found[f"alarm:{alarm}"].add(person)
    return {subject: frozenset(people) for subject, people in found.items()}


def _locked(actors: dict[str, Actor]) -> dict[str, Actor]:
    """The same, with the desks that are locked as locked ones."""
    locked = {f"device:{device}" for device in desks.locked()}
    return {hash: replace(a, locked=True) if a.ref in locked else a for hash, a in actors.items()}


def _button(row: Button) -> ButtonCard:
    place = row.place.slug if row.place else ""
    return ButtonCard(
        row.pk, row.kind == WORN, row.site_id, place, row.salt, row.person_id, row.zone, row.zone_at, row.trial_until
    )


def _binding(site: str) -> InForce | None:
    """What binds at the site; a protocol that cannot be read empties nobody else's part of the book."""
    try:
        return in_force(site)
    except NotFound:
        return None
    except ProtocolFaults as unreadable:
        log.error("the protocol in force at %s cannot be read (%d faults)", site, len(unreadable.faults))
        return None


def _site(site: Site, binding: InForce | None) -> SiteCard:
    spots = sites.places(site.pk)
    places = {p.id: PlaceCard(p.name, p.kind, p.earshot, p.staff_only) for p in spots}
    told = (ContactCard(c.pk, c.kind, c.email, plain(c.phone)) for c in contacts.told_by_chain(site.pk))
    return SiteCard(
        site.name, site.ring_instead, places, sites.walks(site.pk), _telephones(site, spots, binding), tuple(told)
    )


def _telephones(site: Site, spots: list[Spot], binding: InForce | None) -> Telephones:
    """Where the site's telephones stand, and what is dialled for help by the protocol in force."""
    rows = {t.use: plain(t.number) for t in sites.telephones(site.pk)}
    codes = {rows[use]: ("extension", mode) for use, mode in ((TEST, "test"), (HELP, "real")) if use in rows}
    emergency = {rows["emergency"]} if "emergency" in rows else set()
    if binding is not None:
        help = binding.protocol.get_help
        codes[help.preset_alarm_code] = ("code", "real")
        emergency |= set(help.emergency_numbers.get(site.country, ()))
    return Telephones(
        places={number: s.id for s in reversed(spots) for number in several(s.extension)},
        codes=codes,
        emergency=tuple(sorted(emergency)),
        numbers={number: use for use, number in rows.items() if use not in (HELP, TEST, PRESET)},
        outside_line=site.outside_line,
    )


def _site_terms(found: InForce) -> SiteTerms:
    alarms = found.protocol.alarms
    kinds = {kind: terms(found.protocol, kind, found.document, found.version) for kind in alarms.kinds}
    silent = found.protocol.lone_working.check_ins.chain
    check_in = replace(kinds["person"], steps=tuple(Step(s.after, tuple(s.tell)) for s in silent))
    return SiteTerms(kinds, alarms.screen_used_within, alarms.duty_phone_confirmed_within, check_in)


def terms(protocol: Protocol, kind: str, document: str, version: str) -> Terms:
    """What of this version binds an alarm of this kind."""
    alarms, walk = protocol.alarms, card_for(protocol, WALK_TO_STAFF)
    return Terms(
        document=document,
        version=version,
        steps=tuple(Step(s.after, tuple(s.tell)) for s in alarms.chain_for(kind)),
        needed=tuple(alarms.answers_needed.items()),
        arrive_within=alarms.arrive_within,
        repeat_when_nobody=alarms.repeat_when_nobody,
        presser_waits=alarms.presser_may_stand_down_after,
        undo_within=alarms.undo_answer_within,
        note_kept=protocol.retention["alarm_note"],
        walk=next((s.text for s in walk.steps if s.shows == "staffed_points"), walk.steps[0].text),
    )


# The file


def write_file(book: Book, path: Path) -> None:
    """Replace the file whole, so that a power cut leaves the old one or the new one."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        json.dump(_as_json(book), f, default=_plain)
        f.flush()
        os.fsync(f.fileno())
    fresh.replace(path)


def read_file(path: Path) -> Book:
    """The book as it was last kept; raises ``OSError`` or ``ValueError`` when there is none."""
    body = json.loads(path.read_text())
    return Book(
        actors={h: Actor(**{**a, "roles": _roles(a["roles"])}) for h, a in body["actors"].items()},
        sites={s: _site_from(card) for s, card in body["sites"].items()},
        people={int(p): _person_from(card) for p, card in body["people"].items()},
        shifts=tuple(ShiftCard(s["person"], s["site"], s["place"], _span(s["span"])) for s in body["shifts"]),
        absences=tuple((person, _span(span)) for person, span in body["absences"]),
        duties=tuple((team, person, _span(span)) for team, person, span in body["duties"]),
        screens=tuple(ScreenCard(**{**s, "used_at": _at(s["used_at"])}) for s in body["screens"]),
        terms={s: _terms_from(t) for s, t in body["terms"].items()},
        tapped={desk: tuple(people) for desk, people in body.get("tapped", {}).items()},
        buttons={name: _button_from(card) for name, card in body.get("buttons", {}).items()},
        zones={zone: (site, place) for zone, (site, place) in body.get("zones", {}).items()},
        kept_from={subject: frozenset(people) for subject, people in body.get("kept_from", {}).items()},
    )


def _as_json(book: Book) -> dict[str, Any]:
    body = {k: v for k, v in asdict(book).items() if k not in ("terms", "sites")}
    body["sites"] = {s: _site_as_json(card) for s, card in book.sites.items()}
    body["terms"] = {
        s: {
            "kinds": {k: terms_as_json(v) for k, v in t.kinds.items()},
            "screen_used_within": t.screen_used_within.total_seconds(),
            "duty_phone_confirmed_within": t.duty_phone_confirmed_within.total_seconds(),
            "check_in": terms_as_json(t.check_in) if t.check_in else None,
        }
        for s, t in book.terms.items()
    }
    return body


def _site_as_json(card: SiteCard) -> dict[str, Any]:
    metres = [[a, b, m] for (a, b), m in card.metres.items()]
    places = {p: asdict(c) for p, c in card.places.items()}
    telephones = asdict(card.telephones)
    return {
        "name": card.name,
        "ring_instead": card.ring_instead,
        "places": places,
        "metres": metres,
        "telephones": telephones,
        "contacts": [asdict(c) for c in card.contacts],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    raise TypeError(f"the book cannot keep a {type(value).__name__}")


def _at(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _span(body: Mapping[str, Any]) -> Span:
    return Span(datetime.fromisoformat(body["starts_at"]), _at(body["ends_at"]))


def _roles(rows: list[list[Any]]) -> frozenset[tuple[str, str | None]]:
    return frozenset((role, where) for role, where in rows)


def _site_from(card: dict[str, Any]) -> SiteCard:
    places = {p: PlaceCard(**c) for p, c in card["places"].items()}
    metres = {(a, b): m for a, b, m in card["metres"]}
    contacts = tuple(ContactCard(**c) for c in card.get("contacts", ()))
    telephones = _telephones_from(card.get("telephones", {}))
    return SiteCard(card["name"], card["ring_instead"], places, metres, telephones, contacts)


def _telephones_from(kept: dict[str, Any]) -> Telephones:
    codes = {dialled: (source, mode) for dialled, (source, mode) in kept.get("codes", {}).items()}
    return Telephones(**{**kept, "codes": codes, "emergency": tuple(kept.get("emergency", ()))})


def _person_from(card: dict[str, Any]) -> PersonCard:
    posts = frozenset((team, post) for team, post in card["posts"])
    confirmed = _at(card["duty_phone_confirmed_at"])
    return PersonCard(
        card["name"],
        card["login"],
        card["email"],
        _roles(card["roles"]),
        posts,
        confirmed,
        card.get("phone", ""),
        tuple(card.get("ways", ())),
        tuple((id, address) for id, address in card.get("browsers", ())),
        card.get("service", ""),
    )


def _button_from(card: dict[str, Any]) -> ButtonCard:
    times = {key: _at(card.get(key)) for key in ("zone_at", "trial_until")}
    return ButtonCard(**{**card, **times})


def _terms_from(body: dict[str, Any]) -> SiteTerms:
    return SiteTerms(
        {k: terms_from_json(v) for k, v in body["kinds"].items()},
        timedelta(seconds=body["screen_used_within"]),
        timedelta(seconds=body["duty_phone_confirmed_within"]),
        terms_from_json(body["check_in"]) if body.get("check_in") else None,
    )
