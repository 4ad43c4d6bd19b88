"""Whose turn it is, beside the board; and how calling and undoing stand in the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from steadydesk.journal.events import Event
from steadydesk.screens.desk import words
from steadydesk.visits import calling, order_rules
from steadydesk.visits.models import Visit

PRESSED = {
    Event.VISIT_CALLED: lazy("the call"),
    Event.VISIT_ATTENDED: lazy("attending"),
    Event.VISIT_FINISHED: lazy("finishing"),
    Event.VISIT_LEFT: lazy("leaving"),
    Event.VISIT_NO_SHOW: lazy("not here"),
}


@dataclass(frozen=True)
class Turns:
    """Who is next, and whom to speak to first beside them."""

    next: int | None
    first: list[int]
    """Marked “speak to first”, the longest wait first, without who is next."""
    ask_why: set[int]
    """Calling one of these takes others' turn, and nothing on record says why."""
    team: str


def turns(visits: Iterable[Visit], team: str, now: datetime) -> Turns:
    """The order of these visits, for everybody or for one team."""
    found = list(visits)
    every = calling.places_of(found)
    line = order_rules.in_turn(every, team)
    following = line[0].visit if line else None
    first = [p.visit for p in line if p.speak_first and p.visit != following]
    waiting = [v for v in found if v.state == "waiting"]
    ask_why = {v.pk for v in waiting if calling.needs_reason(v, every, now)}
    return Turns(following, first, ask_why, team)


def called(facts: Mapping[str, Any], names: Any) -> str:
    """Called, again, or before others; that somebody was to be spoken to first is not said at a counter."""
    if facts.get("again"):
        return _("Called again")
    count = facts.get("before")
    if not count:
        return _("Called")
    said = ngettext("Called before %d who had waited longer", "Called before %d who had waited longer", count) % count
    why = {"appointment": _("by appointment"), "speak_first": _("to be spoken to first") if names.staff_only else ""}
    reason = why.get(facts.get("why") or "", "")
    return f"{said}, {reason}" if reason else said


def corrected(facts: Mapping[str, Any], names: Any) -> str:
    """Which field, from what to what; a mark is not said where a customer reads along (ruling 13)."""
    field = facts.get("field", "")
    what = words.field_words(field)
    if "to" not in facts or (field == "mood" and not names.staff_only):
        return _("Corrected: %s") % what
    known = {**names.labels.services, **names.labels.teams, **names.moods, **names.channels, **names.people}
    before, now = (_value(facts[end], known) for end in ("from", "to"))
    return _("Corrected: %(what)s, from %(before)s to %(now)s") % {"what": what, "before": before, "now": now}


def _value(value: Any, known: Mapping[str, str]) -> str:
    at = parse_datetime(value) if isinstance(value, str) else None
    if at is not None:
        return date_format(localtime(at), "j M H:i")
    return _("nothing") if value in (None, "") else str(known.get(value, value))


def undone(facts: Mapping[str, Any], _names: Any) -> str:
    """Which press was wrong."""
    return _("Undone: %s") % PRESSED.get(facts.get("undone", ""), "")
