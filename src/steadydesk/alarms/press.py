"""Reading a press. Nothing in it can refuse it: what cannot be used is dropped and named in the journal."""

import json
import re
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from steadydesk.alarms.book import Book
from steadydesk.alarms.conflict import read_about
from steadydesk.alarms.rules import Act
from steadydesk.alarms.state import GROUPS, MODES, SOURCES, URGENCIES
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotSignedIn
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.durations import parse_duration

PRESSES = UUID("5f3c9f0e-2f5b-4a8e-9d53-8b1c1b6d2a11")
"""The namespace of press ids: credential and idempotency key give the same id on every node and after a restart."""
LONGEST_NOTE = 10_000
MOST_ODD = 20
EARLY = timedelta(seconds=5)
"""How far the clock of another system may be ahead of ours."""
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
WHOLE = re.compile(r'\s*[{,]\s*("(?:[^"\\]|\\.)*"\s*:\s*"(?:[^"\\]|\\.)*")(?=\s*[,}])')
"""The next field of an object, when it came to its end and is text, as every field of a press is."""
KINDS = ("person", "medical", "building")
KNOWN = {"mode", "kind", "urgency", "to", "source", "place", "note", "site", "ago", "about"}
BELIEVED = timedelta(days=1)
"""How long ago a call may have been made; what is said to be older is taken as made now."""


@dataclass(frozen=True)
class Presser:
    """Who and where: a person, the device they use, or both."""

    actor: Actor
    refs: tuple[str, ...]
    keys_of: str
    """Whose idempotency keys these are: the desk's, so that signing in between two tries makes no second alarm."""
    site: str
    place: str
    team: str


def without_walls(actors: Sequence[Actor]) -> list[Actor]:
    """Who may call or answer. A board, a kiosk or a gateway does neither: alone it is as unknown as any stranger."""
    able = [a for a in actors if not (a.wall or a.gateway or a.board or a.kiosk)]
    if not able:
        raise NotSignedIn(_("A wall board calls nobody and answers nothing. Use a desk or a phone."))
    return able


def presser(actors: Sequence[Actor]) -> Presser:
    """A person at a desk presses as the person, from the desk's place; neither can then answer it."""
    actors = without_walls(actors)
    person = next((a for a in actors if a.kind == "person"), None)
    device = next((a for a in actors if a.kind == "device"), None)
    actor = person or device or actors[0]
    where = device or actor
    refs = tuple(a.ref for a in actors)
    return Presser(actor, refs, where.ref, where.site or "", where.place or "", actor.team or "")


def read_body(raw: bytes) -> tuple[dict[str, Any], list[str]]:
    """The fields of a press and the names of what could not be used."""
    if not raw.strip():
        return {}, []
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        found = _came_whole(raw)
        # Fields came, and it may have been among those that did not: then the call is real, and that is said of it.
        return found, ["body"] if "mode" in found or not found else ["body", "mode"]
    return (body, []) if isinstance(body, dict) else ({}, ["body"])


def _came_whole(raw: bytes) -> dict[str, Any]:
    """The fields before the place where a body breaks off: a test whose note was cut is no real call."""
    text, at = raw.decode(errors="ignore"), 0
    found: dict[str, Any] = {}
    while (pair := WHOLE.match(text, at)) is not None:
        at = pair.end()
        with suppress(ValueError):
            found |= json.loads(f"{{{pair[1]}}}")
    return found


def is_plain(text: Any) -> bool:
    """Whether every database can keep it: words of bearable length without NUL and halves of characters."""
    if not isinstance(text, str) or len(text) > LONGEST_NOTE or "\0" in text:
        return False
    return not any("\ud800" <= c <= "\udfff" for c in text)


def field_name(key: str) -> str:
    """The name of an unknown field as it may be shown and journalled: it could be any text at all."""
    return key if NAME.fullmatch(key) else "?"


@dataclass
class _Fields:
    """The body, and the names of what could not be used."""

    body: Mapping[str, Any]
    odd: list[str] = field(default_factory=list)

    def choose(self, name: str, allowed: Container[str], default: str) -> str:
        value = self.body.get(name)
        if value is None:
            return default
        if isinstance(value, str) and value in allowed:
            return value
        self.odd.append(name)
        return default

    def note(self) -> dict[str, str]:
        note = self.body.get("note")
        if note is None or is_plain(note):
            return {"note": note} if note else {}
        self.odd.append("note")
        return {}

    def about(self, book: Book) -> dict[str, Any]:
        """Whom of the organisation it is about, and who is left out of it (ruling 16)."""
        said = self.body.get("about")
        if said in (None, ""):
            return {}
        found = read_about(said, book) if isinstance(said, str) else None
        if found is None:
            self.odd.append("about")
            return {}
        return {"about": found[0], "left_out": list(found[1])}

    def raised_at(self, now: datetime) -> dict[str, str]:
        """When the key was pressed, by how long ago that was: whoever sends it may have a clock that is wrong."""
        said = self.body.get("ago")
        if said is None:
            return {}
        if (ago := how_long_ago(said)) is None:
            self.odd.append("ago")
            return {}
        return {"raised_at": (now - ago).isoformat()}


def read_press(
    who: Presser, key: str | None, body: Mapping[str, Any], book: Book, now: datetime
) -> tuple[Act, list[str]]:
    """The press as an act, and the names of fields that were dropped."""
    fields = _Fields(body, sorted({field_name(k) for k in body.keys() - KNOWN})[:MOST_ODD])
    person = int(who.actor.id) if who.actor.kind == "person" else None
    facts = _where(who, person, fields, book, now)
    terms = book.terms.get(facts["site"])
    facts |= {
        "mode": fields.choose("mode", MODES, "real"),
        "kind": fields.choose("kind", terms.kinds if terms else KINDS, "person"),
        "urgency": fields.choose("urgency", URGENCIES, "help"),
        "to": fields.choose("to", GROUPS, ""),
        "source": fields.choose("source", SOURCES, "api"),
        "pressers": list(who.refs),
        "team": who.team,
        **fields.note(),
        **fields.about(book),
        **fields.raised_at(now),
    }
    id = _press_id(who, key)
    return Act(id=id, alarm=id, verb="press", at=now, ref=who.actor.ref, person=person, facts=facts), fields.odd


def _where(who: Presser, person: int | None, fields: _Fields, book: Book, now: datetime) -> dict[str, Any]:
    """The place that is named, else the desk's own, else where the person's shift is; never nowhere at all."""
    shift = book.stands_at(person, now, who.site) if person is not None else None
    # Somebody who helps out at another building today is in that building.
    home = shift[0] if shift and who.keys_of == who.actor.ref else who.site
    if home not in book.sites:
        home = next(iter(sorted(book.watchable(who.actor)) or sorted(book.sites)), home)
        fields.odd.append("site")
    site = fields.choose("site", book.watchable(who.actor) | {home}, home)
    card = book.sites.get(site)
    own = who.place if site == who.site else ""
    if not own and shift and shift[0] == site:
        own = shift[1]
    return spot(site, fields.choose("place", card.places if card else (), own), book)


def spot(site: str, place: str, book: Book) -> dict[str, str]:
    """Where help is wanted, as the facts of a press have it, with the words that responders read."""
    card = book.sites.get(site)
    named = card.places[place].name if card and place in card.places else card.name if card else site
    return {"site": site, "place": place, "place_name": named}


def _press_id(who: Presser, key: str | None) -> str:
    if not key:
        return str(uuid4())
    return str(uuid5(PRESSES, f"{who.keys_of} {key}"))


def how_long_ago(said: Any) -> timedelta | None:
    """The length of time that was said; ``None`` for what cannot be read or cannot be believed."""
    try:
        ago = parse_duration(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return ago if ago is not None and ago <= BELIEVED else None


def made_at(said: Any, now: datetime) -> tuple[datetime | None, list[str]]:
    """When the call was made; a time that cannot be is left out and named."""
    if said is None:
        return None, []
    try:
        at = datetime.fromisoformat(said)
        if at.tzinfo is not None and now - BELIEVED <= at <= now + EARLY:
            return min(at, now), []
    except (TypeError, ValueError):
        pass
    return None, ["at"]
