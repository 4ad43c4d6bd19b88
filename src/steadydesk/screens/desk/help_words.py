"""What is said about help: on a counter screen a judgement is a mark, and the words of a card need no explaining."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from steadydesk.encounters.queries import Course
from steadydesk.encounters.rules import THREE_RS
from steadydesk.protocol.cards import DE_ESCALATION
from steadydesk.protocol.schema import Protocol

JUDGEMENTS = {"appears": "▲", "does_not_appear": "○", "cannot_tell": "?"}
"""Whether somebody appears a risk, where a customer may read along: only staff know what the marks say (ruling 13)."""


def judgement(appears: str, protocol: Protocol, *, staff_only: bool) -> str:
    """An answer as this screen may show it."""
    labels: Mapping[str, str] = {str(k): v for k, v in protocol.assessment.appears.items()}
    return labels.get(appears, appears) if staff_only else JUDGEMENTS.get(appears, appears)


def heading(appears: str, protocol: Protocol) -> str:
    """What the panel of help is called: without a risk to anybody it is a service that failed (L3a)."""
    help_ = protocol.get_help
    return help_.without_hazard_label if appears == "does_not_appear" else help_.screen_label


def outcome(name: str) -> str:
    """What came of a step."""
    known = {
        "done": _("Done"),
        "not_possible": _("Not possible"),
        "by_colleague": _("A colleague did"),
        "yes": _("Yes"),
        "no": _("No"),
        "not_yet": _("Not yet"),
        "calmer": _("Calmer after it"),
        "same": _("No change"),
        "worse": _("Worse after it"),
        "tried": _("Tried"),
        "not_applicable": _("Does not apply"),
    }
    return known.get(name, name)


def way(name: str, protocol: Protocol) -> str:
    """By which way help was asked for."""
    labels = {w.id: w.label for w in protocol.get_help.ways}
    known = {
        "button": _("the screen"),
        "hot_key": labels.get("silent_alarm", ""),
        "code": labels.get("preset_code", ""),
        "telephone": _("the telephone"),
        "phrase": labels.get("phrase", ""),
    }
    return known.get(name) or labels.get(name, name)


def asked(facts: Mapping[str, Any], protocol: Protocol) -> str:
    """Help was asked for."""
    return _("Help asked for: %s") % way(facts.get("way", ""), protocol)


def lasted(length: timedelta) -> str:
    """“2 min 05 s”."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return _("%(minutes)d min %(seconds)02d s") % {"minutes": minutes, "seconds": seconds}


def course(found: Course, protocol: Protocol) -> list[tuple[str, str]]:
    """How help was got, as (what, how): the way that was used first, and the times that nobody else would see."""
    asked_at = date_format(localtime(found.asked_at), "H:i:s")
    said = [(_("Help first asked for by"), f"{way(found.way, protocol)}, {asked_at}")]
    nobody = _("Nobody has answered yet")
    said.append(
        (_("A person answered after"), lasted(found.answered_after) if found.answered_after is not None else nobody)
    )
    if found.talked_for is not None:
        said.append((_("Talk until a responder was there"), lasted(found.talked_for)))
    return said


def rung(facts: Mapping[str, Any], protocol: Protocol) -> str:
    """A number of the site was rung from a telephone at the place."""
    labels = {n.id: n.label for n in protocol.get_help.telephone_first}
    return _("Rung from here: %s") % labels.get(facts.get("use", ""), _("a number of the site"))


def judged(facts: Mapping[str, Any], protocol: Protocol, *, staff_only: bool) -> str:
    """An answer was given."""
    return _("Mark: %s") % judgement(facts.get("appears", ""), protocol, staff_only=staff_only)


def step(card: str, name: str, protocol: Protocol) -> str:
    """A step of a card in the organisation's words."""
    if card == DE_ESCALATION:
        return next((t.label for t in protocol.encounter.techniques if t.id == name), name)
    if card == THREE_RS:
        return next((r.label for r in protocol.encounter.three_rs if r.id == name), name)
    found = protocol.card(card)
    lines = enumerate(found.steps if found else (), 1)
    return next((s.text for n, s in lines if name in (s.clause, str(n))), name)


def ticked(facts: Mapping[str, Any], protocol: Protocol) -> str:
    """A step was taken."""
    line = step(facts.get("card", ""), facts.get("step", ""), protocol)
    return _("%(step)s %(outcome)s") % {"step": line, "outcome": outcome(facts.get("outcome", ""))}


def supported(facts: Mapping[str, Any], protocol: Protocol, contacts: Mapping[int, str]) -> str:
    """A call to outside, or what became of it."""
    kinds = {k.id: k.label for k in protocol.outside_support.kinds}
    outcomes = {o.id: o.label for o in protocol.outside_support.outcomes}
    said = [_("Called: %s") % kinds.get(facts.get("service", ""), "")]
    if name := contacts.get(facts.get("contact") or 0):
        said.append(name)
    if facts.get("outcome"):
        said.append(outcomes.get(facts["outcome"], ""))
    if facts.get("arrived"):
        said.append(_("arrived"))
    return ", ".join(said)
