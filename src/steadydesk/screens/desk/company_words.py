"""What the record says of who came along and where the customer was taken."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.journal.events import Event
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.sites import queries as sites

Sentence = Callable[[Mapping[str, Any], Protocol, str], str]
"""From the facts, the protocol that the visit began under, and the site."""


def _counted(facts: Mapping[str, Any], protocol: Protocol, site: str) -> str:
    said = {"now": facts.get("companions", 0), "more": facts.get("not_counted", 0)}
    return _("Others with them: %(now)d, and %(more)d not counted") % said


def _asked(facts: Mapping[str, Any], protocol: Protocol, site: str) -> str:
    known = {c.id: c.label for c in protocol.companions.where_the_others_go}
    where = known.get(facts.get("where", ""), facts.get("where", ""))
    return _("%(asked)d asked to wait elsewhere: %(where)s") % {"asked": facts.get("asked", 0), "where": where}


def _connected(facts: Mapping[str, Any], protocol: Protocol, site: str) -> str:
    return _("The interpreter is there, after %d seconds of connecting") % facts.get("seconds", 0)


def _not_reached(facts: Mapping[str, Any], protocol: Protocol, site: str) -> str:
    return _("No interpreter was reached, after %d seconds of connecting") % facts.get("seconds", 0)


def _always(text: Any) -> Sentence:
    return lambda _facts, _protocol, _site: str(text)


def _taken_to(facts: Mapping[str, Any], protocol: Protocol, site: str) -> str:
    place = facts.get("place") or ""
    if not place:
        return _("Back to where people wait")
    named = {"place": {p.id: p.name for p in sites.places(site)}.get(place, place), "above": facts.get("above", 0)}
    if not named["above"]:
        return _("Taken to %(place)s") % named
    return _("Taken to %(place)s with %(above)d more than may come along, for a manager's reason") % named


def _kept_apart(facts: Mapping[str, Any], protocol: Protocol, site: str) -> str:
    return _("Not to be called beside %s") % facts.get("ref", "")


def _private(facts: Mapping[str, Any], protocol: Protocol, site: str) -> str:
    named = ", ".join(people.names(facts.get("named") or ()).values())
    return _("Kept private, but for %s") % named if named else _("Kept private")


SENTENCES: Mapping[str, Sentence] = {
    Event.COMPANIONS_COUNTED: _counted,
    Event.OTHERS_ASKED: _asked,
    Event.OTHERS_UNASKED: _always(lazy("Nobody was asked to wait elsewhere after all")),
    Event.POLICY_TOLD: _always(lazy("The customer was told who may come along")),
    Event.INTERPRETER_CONNECTING: _always(lazy("Connecting an interpreter")),
    Event.INTERPRETER_CONNECTED: _connected,
    Event.INTERPRETER_NOT_REACHED: _not_reached,
    Event.INTERPRETER_UNDONE: _always(lazy("No interpreter was called: a press by mistake")),
    Event.VISIT_KEPT_PRIVATE: _private,
    Event.VISIT_NOT_PRIVATE: _always(lazy("Not private any more")),
    Event.VISIT_KEPT_APART: _kept_apart,
    Event.VISIT_APART_ENDED: _always(lazy("Need not be kept apart any more")),
    Event.VISIT_TAKEN_TO: _taken_to,
}
