"""Reading a press. Nothing in it can refuse it: what cannot be used is dropped and named in the journal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from steadydesk.alarms.book import Book
from steadydesk.alarms.rules import Act
from steadydesk.alarms.state import GROUPS, MODES, SOURCES, URGENCIES
from steadydesk.kernel.actor import Actor

PRESSES = UUID("5f3c9f0e-2f5b-4a8e-9d53-8b1c1b6d2a11")
"""The namespace of press ids: credential and idempotency key give the same id on every node and after a restart."""
LONGEST_NOTE = 10_000
LONGEST_KEY = 200
KNOWN = {"mode", "kind", "urgency", "to", "source", "place", "note", "site"}


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


def presser(actors: list[Actor]) -> Presser:
    """A person at a desk presses as the person, from the desk's place; neither can then answer it."""
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
        return {}, ["body"]
    return (body, []) if isinstance(body, dict) else ({}, ["body"])


def read_press(
    who: Presser, key: str | None, body: Mapping[str, Any], book: Book, now: datetime
) -> tuple[Act, list[str]]:
    """The press as an act, and the names of fields that were dropped."""
    odd = sorted(str(k)[:40] for k in body.keys() - KNOWN)

    def choose(name: str, allowed: Any, default: str) -> str:
        value = body.get(name)
        if value is None or (isinstance(value, str) and value in allowed):
            return value or default
        odd.append(name)
        return default

    site = choose("site", {s for s in book.sites if s in book.watchable(who.actor)} | {who.site}, who.site)
    card = book.sites.get(site)
    terms = book.terms.get(site)
    place = choose("place", card.places if card else (), who.place if site == who.site else "")
    note = body.get("note")
    if note is not None and (not isinstance(note, str) or len(note) > LONGEST_NOTE or "\0" in note):
        odd.append("note")
        note = None
    facts = {
        "site": site,
        "place": place,
        "place_name": card.places[place].name if card and place in card.places else (card.name if card else site),
        "mode": choose("mode", MODES, "real"),
        "kind": choose("kind", terms.kinds if terms else ("person", "medical", "building"), "person"),
        "urgency": choose("urgency", URGENCIES, "help"),
        "to": choose("to", GROUPS, ""),
        "source": choose("source", SOURCES, "api"),
        "pressers": list(who.refs),
        "team": who.team,
    }
    if note:
        facts["note"] = note
    id = _press_id(who, key)
    person = int(who.actor.id) if who.actor.kind == "person" else None
    return Act(id=id, alarm=id, verb="press", at=now, ref=who.actor.ref, person=person, facts=facts), odd


def _press_id(who: Presser, key: str | None) -> str:
    if not key:
        return str(uuid4())
    return str(uuid5(PRESSES, f"{who.keys_of} {key[:LONGEST_KEY]}"))
