"""What a call by telephone means: whose telephone it comes from, and what was dialled there. Pure."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from steadydesk.alarms.book import Book, SiteCard
from steadydesk.alarms.numbers import ALIKE, EMERGENCY_CALL, plain, same_number
from steadydesk.alarms.press import Presser, is_plain, made_at, read_press
from steadydesk.alarms.rules import Act
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid
from steadydesk.kernel.words import gettext as _

RAISES = ("extension", "code", "emergency_call")
"""What was dialled, when it raises a call here."""
NUMBER_RUNG, NOT_A_CODE = "number_rung", "not_a_code"
LONGEST = 200
INTERNAL = 6
"""A number of so many digits at most is a telephone of the house; a longer one may be anybody's."""


@dataclass(frozen=True)
class Heard:
    """A call as the telephone system told it, and what it comes to."""

    reason: str
    """One of ``RAISES``, ``number_rung`` for another number of the site, ``not_a_code`` for everything else."""
    site: str
    place: str
    place_name: str
    caller: str
    """How the journal names a telephone that nobody set up; empty for one that is known."""
    person: int | None = None
    """Whose own telephone it is."""
    mode: str = "real"
    use: str = ""
    """What the number that was rung is for."""

    @property
    def raises(self) -> bool:
        """Whether it is a press."""
        return self.reason in RAISES


def number_of(said: Any) -> str:
    """What a telephone dials, from a number or a SIP address; empty when there is nothing of it."""
    if not is_plain(said) or len(said) > LONGEST:
        return ""
    text = re.sub(r"^\s*<?(?:sips?|tel):", "", said)
    user = unquote(re.split(r"[@;>]", text, maxsplit=1)[0])
    return re.sub(r"[^0-9*#+]", "", user)


def hear(said: Mapping[str, Any], who: Actor, book: Book, key: str, now: datetime) -> Heard:
    """What the call comes to. Raises ``Invalid`` when nothing was dialled: then it cannot be a press.

    ``key`` is the installation's own: with it two telephones outside are told apart, and neither number is kept.
    """
    dialled, caller = number_of(said.get("to")), number_of(said.get("from"))
    if not dialled:
        raise Invalid.one("to", _("Say what was dialled: digits, * and #."))
    home = who.site or ""
    if home not in book.sites:
        home = min(book.sites, default="")
    person = _whose(caller, book)
    found = _where(caller, home, book) or _at_work(person, book, now)
    site = found[0] if found else _answering(dialled, home, book)
    reason, mode, use = _meaning(dialled, site, book)
    place = found[1] if found else ""
    return Heard(
        reason=reason,
        site=site,
        place=place,
        place_name=_place_name(book.sites.get(site), place, None if found else caller),
        caller="" if found else f"telephone:{caller if len(caller) <= INTERNAL else _mark(caller, key)}",
        person=person,
        mode=mode,
        use=use,
    )


def _where(caller: str, home: str, book: Book) -> tuple[str, str] | None:
    """The site and the place of an extension: at the telephone system's own site first, else where it is alone."""
    if not caller:
        return None
    found = {s: p for s, card in book.sites.items() if (p := card.telephones.places.get(caller)) is not None}
    if home in found:
        return home, found[home]
    return next(iter(found.items())) if len(found) == 1 else None


def _mark(caller: str, key: str) -> str:
    """The same for one number, with and without the country, and telling nobody which."""
    digits = plain(caller)[-ALIKE:]
    return hmac.new(key.encode(), f"telephone {digits}".encode(), hashlib.sha256).hexdigest()[:12]


def _whose(caller: str, book: Book) -> int | None:
    """The one person whose own telephone it is; of two nobody knows who it was."""
    found = [id for id, card in book.people.items() if card.phone and same_number(caller, card.phone)]
    return found[0] if len(found) == 1 else None


def _at_work(person: int | None, book: Book, now: datetime) -> tuple[str, str] | None:
    return book.stands_at(person, now) if person is not None else None


def _answering(dialled: str, home: str, book: Book) -> str:
    """The site of a telephone that nobody set up: the telephone system's own, or the only one with this code."""
    known = [s for s, card in book.sites.items() if card.telephones.code(dialled)]
    return known[0] if len(known) == 1 and home not in known else home


def _meaning(dialled: str, site: str, book: Book) -> tuple[str, str, str]:
    """Why it matters, in which mode, and what the number is for; the site's own numbers come first."""
    cards = [book.sites[s].telephones for s in (site, *sorted(book.sites.keys() - {site})) if s in book.sites]
    own = cards[:1]
    if any(t.is_emergency(dialled) for t in own):
        return "emergency_call", "real", "emergency"
    for numbers in cards:
        if code := numbers.code(dialled):
            return code[0], code[1], ""
    for numbers in own:
        if use := numbers.use(dialled):
            return NUMBER_RUNG, "real", use
    return NOT_A_CODE, "real", ""


def _place_name(card: SiteCard | None, place: str, stranger: str | None) -> str:
    """What responders read; the number of somebody outside is nobody's business."""
    if card is None:
        return ""
    if place in card.places:
        return card.places[place].name
    if stranger is None:
        return card.name
    which = _("telephone %s") % stranger if 0 < len(stranger) <= INTERNAL else _("a telephone that nobody set up")
    return f"{card.name}, {which}"


# As a press


def as_press(heard: Heard, who: Actor, said: Mapping[str, Any], book: Book, now: datetime) -> Act:
    """The call as an act of the alarm path, with the time at which it was made."""
    # Two telephones that nobody set up are two calls, though one system tells of both.
    refs = [heard.caller or who.holder]
    if heard.person is not None:
        refs.append(f"person:{heard.person}")
    presser = Presser(who, tuple(refs), who.holder, heard.site, heard.place, "")
    body = {"source": "code" if heard.reason == "code" else "extension", "mode": heard.mode}
    act, _odd = read_press(presser, _key(said), body, book, now)
    at, odd = made_at(said.get("at"), now)
    act.facts.update(site=heard.site, place=heard.place, place_name=heard.place_name)
    if heard.reason == "emergency_call":
        act.facts["kind"] = EMERGENCY_CALL
    if at is not None:
        act.facts["raised_at"] = at.isoformat()
    odd += ["from"] if heard.caller else []
    if odd:
        act.facts["odd"] = odd
    return act


def key_of(said: Mapping[str, Any], who: Actor) -> str:
    """What tells this call from every other one, without saying anything about it; empty when nothing does."""
    key = _key(said)
    return hashlib.sha256(f"{who.holder} {key}".encode()).hexdigest()[:16] if key else ""


def _key(said: Mapping[str, Any]) -> str | None:
    key = said.get("call_id")
    return key if is_plain(key) and key else None
