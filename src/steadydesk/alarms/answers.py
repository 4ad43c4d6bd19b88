"""Reading an answer: which fields each verb takes, who may give it, and the act it becomes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from steadydesk.alarms.book import Book
from steadydesk.alarms.conflict import read_about
from steadydesk.alarms.press import LONGEST_NOTE, field_name, how_long_ago, is_plain, without_walls
from steadydesk.alarms.rules import Act
from steadydesk.alarms.state import DISPOSITIONS
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound, Refusal
from steadydesk.kernel.words import gettext as _

FIELDS: dict[str, frozenset[str]] = {
    "acknowledge": frozenset({"ago"}),
    "decline": frozenset({"ago"}),
    "attend": frozenset({"ago"}),
    "seen": frozenset(),
    "stand-down": frozenset({"reason"}),
    "retreat": frozenset({"place"}),
    "all-clear": frozenset(),
    "leave-out": frozenset({"about"}),
    "let-in": frozenset({"about"}),
    "close": frozenset({"disposition", "note"}),
}
NEEDS: dict[str, Permission] = {
    "stand-down": Permission.ALARM_RAISE,
    "retreat": Permission.ALARM_RAISE,
    "all-clear": Permission.ALARM_RAISE,
    "seen": Permission.ALARM_READ,
    "leave-out": Permission.ALARM_RAISE,
    "let-in": Permission.FALSE_CALLS_READ,
    "close": Permission.ALARM_CLOSE,
}
"""What an answer needs; those not listed need ``alarm:answer``."""
OF_PRESSERS = {"let-in": Permission.ALARM_RAISE}
"""What is enough for whoever called."""


def read_answer(
    alarm: str,
    verb: str,
    site: str | None,
    body: Mapping[str, Any],
    *,
    by: Sequence[Actor],
    book: Book,
    pressers: Collection[str] = (),
) -> Act:
    """The answer of ``by``, a person, a device or a person at a device, as an act. ``site`` is the alarm's.

    Raises ``NotSignedIn``, ``NotFound``, ``NotAllowed``, ``Refusal`` or ``Invalid``.
    """
    by = without_walls(by)
    if verb not in FIELDS or site is None or not by[0].may(Permission.ALARM_READ, site):
        raise NotFound(_("There is no such call."))
    _check(verb, site, by, pressers)
    now = clock.now()
    facts = _facts(verb, site, body, book, now)
    if len(by) > 1:
        facts["refs"] = [a.ref for a in by]
    person = next((int(a.id) for a in by if a.kind == "person"), None)
    return Act(str(uuid4()), alarm, verb, now, by[0].ref, person, facts)


def _check(verb: str, site: str, by: Sequence[Actor], pressers: Collection[str]) -> None:
    """A desk may not answer at all, but one that called itself is told the reason that it can do something about."""
    needs, called = NEEDS.get(verb, Permission.ALARM_ANSWER), any(a.ref in pressers for a in by)
    needs = OF_PRESSERS.get(verb, needs) if called else needs
    if not by[0].may(needs, site) and called:
        raise Refusal("own_alarm", _("You called yourself. Somebody else must answer."))
    by[0].check(needs, site)


def _facts(verb: str, site: str, body: Mapping[str, Any], book: Book, now: datetime) -> dict[str, Any]:
    faults = [FieldFault(field_name(k), _("There is no such field here.")) for k in body.keys() - FIELDS[verb]]
    facts: dict[str, Any] = {}
    for name in FIELDS[verb] & body.keys():
        value = body[name]
        if value is None:
            continue
        if not is_plain(value):
            faults.append(FieldFault(name, _("Write plain text of at most %s characters.") % LONGEST_NOTE))
            continue
        facts |= _said_at(value, now, faults) if name == "ago" else _fact(name, value.strip(), site, book, faults)
    if verb == "retreat" and "place" not in facts and all(f.field != "place" for f in faults):
        faults.append(FieldFault("place", _("Say which safe room.")))
    if verb in ("leave-out", "let-in") and "about" not in facts and not faults:
        faults.append(FieldFault("about", _("Say whom it is about.")))
    if faults:
        raise Invalid(faults)
    return facts


def _fact(name: str, value: str, site: str, book: Book, faults: list[FieldFault]) -> dict[str, Any]:
    if name == "place":
        rooms = book.sites[site].safe_rooms() if site in book.sites else {}
        if value in rooms:
            return {"place": value, "place_name": rooms[value]}
        faults.append(FieldFault("place", _not_safe(rooms)))
        return {}
    if name == "about":
        found = read_about(value, book)
        if found is None:
            faults.append(FieldFault("about", _("There is nobody of this name here.")))
        return {"about": found[0], "left_out": list(found[1])} if found else {}
    if name == "disposition":
        if value not in DISPOSITIONS:
            faults.append(FieldFault("disposition", _("Choose one of: %s.") % ", ".join(DISPOSITIONS)))
        return {"disposition": value}
    return {"words": value} if value else {}


def _said_at(value: str, now: datetime, faults: list[FieldFault]) -> dict[str, Any]:
    """When the answer was given, by how long ago: a phone without a link keeps it and sends it later."""
    ago = how_long_ago(value)
    if ago is None:
        faults.append(FieldFault("ago", _("Say how long ago it was, as in PT45S, at most a day.")))
        return {}
    return {"said_at": (now - ago).isoformat()}


def _not_safe(rooms: Mapping[str, str]) -> str:
    if not rooms:
        return _("No safe room is set up at this site. Say by phone where you are; the call stays as it was.")
    named = ", ".join(f"{name} ({id})" for id, name in rooms.items())
    return _("That is no safe room of this site; these are: %s. The call stays as it was.") % named


def is_id(text: str) -> bool:
    """Whether this could be an alarm's id at all."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
