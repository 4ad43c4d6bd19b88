"""What a device's event means: which button it is, whether to believe it, and where its wearer is. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from steadydesk.alarms.book import Book, ButtonCard
from steadydesk.alarms.press import Presser, is_plain, made_at, read_body, read_press
from steadydesk.alarms.rules import Act
from steadydesk.buttons.rules import CHECK_IN, DURESS, KINDS, NAME, PRESS, TRIAL, UNREADABLE, Said
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, NotAllowed, NotSignedIn, SteadydeskError
from steadydesk.kernel.signature import is_fresh, secret_from, signed_at
from steadydesk.kernel.words import gettext as _

LONGEST = 60
"""Letters of a zone that are kept."""
BY_SOMEBODY = frozenset({PRESS, CHECK_IN, DURESS})
"""Kinds of event that a person brings about."""
ZONE_LASTS = timedelta(hours=12)
"""So long the zone of a worn button says where its wearer is: yesterday's sends people the wrong way."""
UNKNOWN, UNSIGNED, STALE, UNASSIGNED = "unknown", "unsigned", "stale", "unassigned"
"""Why an event is not taken."""


@dataclass(frozen=True)
class Heard:
    """An event of a device; ``refused`` says why it is not taken."""

    device: str
    """The name that it gives itself, or “?” when that is no name."""
    refused: str = ""
    button: ButtonCard | None = None
    said: Said | None = None
    raised_at: datetime | None = None
    odd: tuple[str, ...] = ()
    vouched: bool = False
    """Told by a gateway with a credential of its own, which is no worse for what a button says."""
    idle: bool = False
    """Nobody did anything: a lamp on the same network says something, and that it is not registered is no news."""
    is_trial: bool = False

    @property
    def presses(self) -> bool:
        """Whether somebody calls for help."""
        return self.said is not None and self.said.kind in (PRESS, DURESS) and not self.is_trial

    @property
    def hides(self) -> bool:
        """Whether the answer must be that of a check-in, to the last byte."""
        return self.said is not None and self.said.kind == DURESS


def hear(raw: bytes, header: str, book: Book, key: str, now: datetime, *, by_gateway: bool = False) -> Heard:
    """Whose event it is and what it says; ``key`` is the installation's own. Raises ``Invalid`` for an unknown kind."""
    said, _odd = read_body(raw)
    name, kind, idle = said.get("device"), said.get("kind"), by_gateway and said.get("kind") not in BY_SOMEBODY
    if not isinstance(name, str) or not re.fullmatch(NAME, name):
        return Heard("?", UNKNOWN, vouched=by_gateway, idle=idle)
    card = book.buttons.get(name)
    refused, signed = _vouched(card, kind, raw) if by_gateway else _signed(card, header, raw, key, now)
    if card is None or refused:
        return Heard(name, refused or UNKNOWN, card, vouched=by_gateway, idle=idle)
    if kind not in KINDS:
        raise Invalid.one("kind", _("Choose one of: %s.") % ", ".join(KINDS))
    if kind in BY_SOMEBODY and card.worn and card.person not in book.people:
        return Heard(name, UNASSIGNED, card, vouched=by_gateway)
    known, raised_at, odd = _read(said, _key(said, signed), now)
    return Heard(name, "", card, known, raised_at, odd, by_gateway)


def _vouched(card: ButtonCard | None, kind: Any, raw: bytes) -> tuple[str, bytes]:
    """Why a gateway's word is not taken, and what tells the event from others."""
    if card is None:
        return UNKNOWN, raw
    return (UNREADABLE if kind == UNREADABLE else ""), raw


def _signed(card: ButtonCard | None, header: str, raw: bytes, key: str, now: datetime) -> tuple[str, bytes]:
    """As ``_vouched``, for a device that signs."""
    if card is None or not card.salt:
        return UNKNOWN, raw
    at = signed_at(header, secret_from(key, card.salt), raw)
    if at is None:
        return UNSIGNED, raw
    return ("" if is_fresh(at, now) else STALE), b"%d." % at + raw


class Trials:
    """Which press took each trial of a button: the first ends it, and the next calls help."""

    def __init__(self) -> None:
        self._taken: dict[int, tuple[datetime, str]] = {}

    def settle(self, heard: Heard, now: datetime) -> Heard:
        """The event as it is, or as a trial."""
        card, said = heard.button, heard.said
        if card is None or said is None or said.kind != PRESS:
            return heard
        until, taken = card.trial_until, self._taken.get(card.id)
        runs = until is not None and until - TRIAL <= (heard.raised_at or now) < until
        if runs and until is not None and (taken is None or taken[0] != until):
            taken = self._taken[card.id] = (until, said.key)
        # The same press sent again is the same trial, though it is over by then.
        return replace(heard, is_trial=taken is not None and taken[1] == said.key)


def _read(body: Mapping[str, Any], key: str, now: datetime) -> tuple[Said, datetime | None, tuple[str, ...]]:
    """What it says, when it happened if that can be believed, and the names of what could not be used."""
    at, odd = made_at(body.get("at"), now)
    battery, zone = body.get("battery"), body.get("zone")
    level = int(battery) if isinstance(battery, int | float) and 0 <= battery <= 100 else None
    word = zone[:LONGEST] if isinstance(zone, str) and is_plain(zone) else ""
    if battery is not None and level is None:
        odd.append("battery")
    if zone and not word:
        odd.append("zone")
    return Said(body["kind"], key, at or now, level, word), at, tuple(odd)


def _key(said: Mapping[str, Any], signed: bytes) -> str:
    """What tells this event from every other one, in letters that say nothing.

    A plain button says the same at every press: without an id the second at which it signed tells them apart.
    """
    id = said.get("event_id")
    told = json.dumps(id).encode() if isinstance(id, str | int) and id != "" else signed
    return hashlib.sha256(told).hexdigest()[:32]


def told(heard: Heard) -> dict[str, Any]:
    """The answer to what calls nobody. Raises when it is refused, unless a gateway told it: that did its part."""
    if not heard.refused:
        return {"alarm": None, "reason": "tested"} if heard.is_trial else {"alarm": None}
    if heard.vouched:
        return {"alarm": None, "reason": heard.refused}
    raise refusal(heard)


def refusal(heard: Heard) -> SteadydeskError:
    """What the device is answered."""
    if heard.refused == UNASSIGNED:
        return NotAllowed(_("Nobody is known to wear this device. Assign it on the page of buttons."))
    if heard.refused == STALE:
        return NotSignedIn(_("The signature is more than five minutes from our time. Set the clock of the device."))
    return NotSignedIn(_("This device is not registered here, or its signature is wrong."))


def holder(card: ButtonCard, name: str, book: Book) -> Actor:
    """Who acts: the person who wears it, else the button itself."""
    worn_by = book.people.get(card.person) if card.worn and card.person is not None else None
    if worn_by is None:
        return Actor("button", str(card.id), name, card.site, card.place)
    return Actor("person", str(card.person), worn_by.name, card.site, None, None, worn_by.roles)


def as_press(heard: Heard, book: Book, now: datetime) -> Act:
    """The event as an act of the alarm path, with the time at which the button was pressed."""
    card, said = heard.button, heard.said
    assert card is not None
    assert said is not None
    actor, ref = holder(card, heard.device, book), f"button:{card.id}"
    site, place = _stands(card, said.zone, book, now)
    presser = Presser(actor, tuple(dict.fromkeys((actor.ref, ref))), ref, site, place, "")
    body = {"source": "duress" if heard.hides else "device", "note": _note(heard.device, said.zone, card, now)}
    act, odd = read_press(presser, said.key, body, book, now)
    if heard.raised_at is not None:
        act.facts["raised_at"] = heard.raised_at.isoformat()
    if odd or heard.odd:
        act.facts["odd"] = [*odd, *heard.odd]
    return act


def _stands(card: ButtonCard, zone: str, book: Book, now: datetime) -> tuple[str, str]:
    """The site and the place: where it is fixed, the last zone in which it was heard, else its wearer's shift."""
    if not card.worn:
        return card.site, card.place
    lately = card.zone_at is None or now - card.zone_at <= ZONE_LASTS
    for word in (zone, card.zone if lately else ""):
        if word in book.zones:
            return book.zones[word]
    shift = book.stands_at(card.person, now, card.site) if card.person is not None else None
    return shift or (card.site, "")


def _note(name: str, zone: str, card: ButtonCard, now: datetime) -> str:
    facts = {"name": name, "zone": zone or card.zone}
    if zone or (card.zone and card.zone_at is None):
        return _("Button %(name)s, last zone: %(zone)s") % facts
    if card.zone and card.zone_at is not None:
        facts["minutes"] = str(max(0, round((now - card.zone_at).total_seconds() / 60)))
        return _("Button %(name)s, last zone: %(zone)s, heard there %(minutes)s min before") % facts
    return _("Button %s") % name
