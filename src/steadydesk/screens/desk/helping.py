"""The panels of a visit that needs help: the call first, then what can be ticked and said beside it."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from steadydesk.alarms import actions as alarms
from steadydesk.alarms import queries as in_alarms
from steadydesk.alarms.state import Alarm
from steadydesk.contacts import queries as contacts
from steadydesk.contacts.models import Contact
from steadydesk.customers import queries as in_customers
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries, rules
from steadydesk.encounters.models import Encounter, SupportCall, Tick
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.people import queries as people
from steadydesk.protocol.cards import DE_ESCALATION, NOT_A_RISK, WALK_TO_STAFF
from steadydesk.protocol.schema import Card, Protocol
from steadydesk.screens.desk import calling, help_words
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.sites import queries as sites
from steadydesk.visits.models import Visit

MARKS = {"open": "○", "acknowledged": "●", "attended": "●", "closed": "·"}
"""How a call goes, where a customer may read along."""


@dataclass(frozen=True)
class Going:
    """A call as its own desk sees it."""

    mark: str
    count: int
    needed: int
    names: str
    passed_on: bool = False
    """Nobody of those it was for is at work: the next were told (E6b)."""


@dataclass(frozen=True)
class Ticked:
    """The latest answer to a step."""

    words: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Line:
    """One line of a card."""

    text: str
    step: str = ""
    permanent: bool = False
    shows: str = ""
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    ticked: Ticked | None = None


@dataclass(frozen=True)
class Shown:
    """A card."""

    id: str
    title: str
    source: str
    lines: list[Line]


@dataclass(frozen=True)
class Panel:
    """Everything that the help panel shows."""

    label: str
    offered: bool
    ways: list[str]
    numbers: tuple[rules.Number, ...]
    phrase: str
    phrase_key: str
    """Pages the duty manager, and nothing else (L3b-ii(3))."""
    code: str
    going: Going | None
    answers: list[tuple[str, str]]
    judged: list[Ticked]
    card: Shown | None
    barrier: str
    key: str
    prompted: bool
    walk: Shown | None = None
    """Away from a desk this card comes first (L2c)."""
    points: tuple[str, ...] = ()


def panels(visit: Visit, by: Actor, forms: Mapping[str, VisitForm], *, staff_only: bool) -> dict[str, Any]:
    """What stands above and below the list of actions, by the name that the template knows it by."""
    protocol = documents.version(visit.document, visit.version).protocol
    subject = f"visit:{visit.pk}"
    found = queries.encounter(subject) if visit.problem else None
    kept = queries.ticks(subject)
    names = people.actor_names({t.by for t in kept.values()})
    calls = queries.support_calls(subject)
    wanted = kept.get((NOT_A_RISK, "L3a-iii"))
    return {
        "panel": _panel(found, visit, by, protocol, staff_only=staff_only) if found and not visit.ended_at else None,
        "course": _course(subject, protocol) if staff_only else [],
        "calming": shown_card(protocol, DE_ESCALATION, kept, names),
        "techniques": techniques(protocol, kept, names),
        "measures": {m.id: m.label for m in protocol.encounter.measures},
        "support": forms.get("support"),
        "support_answer": forms.get("support-answer"),
        "support_calls": _support_calls(calls, protocol, forms.get("support-answer")),
        "support_list": _support_list(visit.site, protocol),
        "support_open": staff_only and not calls and wanted is not None and wanted.outcome == "yes",
        "family": forms.get("family"),
        "afterwards": subject if queries.afterwards(subject) else "",
        "withdrawals": in_customers.of_visit(subject) if staff_only else [],
        "may_withdraw": staff_only and by.may(Permission.SERVICE_WITHDRAW, visit.site),
        "groups": [*protocol.alarms.groups.items()],
        "urgencies": protocol.alarms.urgencies if staff_only else {},
        "assisting": _assisting(subject, by) if found is None and not visit.ended_at else None,
        "people_about": alarms.staff() if staff_only else [],
        "call_key": calling.fresh_key(),
        "repair": forms.get("repair"),
    }


def _assisting(subject: str, by: Actor) -> Going | None:
    """How the call for a colleague goes that was made from this visit; nothing once it is closed."""
    call = queries.call_about(subject)
    return going(call) if call is not None and call.open and not alarms.hides(call, by) else None


def _course(subject: str, protocol: Protocol) -> list[tuple[str, str]]:
    """How help was got; also once it is over, and then above all."""
    found = queries.encounter(subject)
    times = queries.course(found) if found else None
    return help_words.course(times, protocol) if times else []


def _support_calls(calls: list[SupportCall], protocol: Protocol, answer: VisitForm | None) -> list[dict[str, Any]]:
    kinds = {k.id: k.label for k in protocol.outside_support.kinds}
    names = contacts.names(c.contact for c in calls if c.contact is not None)
    return [_support_call(c, kinds.get(c.service, c.service), names, answer) for c in calls]


def _support_call(call: SupportCall, kind: str, names: Mapping[int, str], answer: VisitForm | None) -> dict[str, Any]:
    """A call to outside with a form of its own; what was refused stays in the one that was sent."""
    form = copy(answer)
    if form is not None:
        sent = form.is_bound and form.data.get("call") == str(call.pk)
        form.is_bound = form.is_bound and sent
        form.auto_id = f"support_{call.pk}_%s"
    return {"row": call, "service": ", ".join(filter(None, (kind, names.get(call.contact or 0, "")))), "form": form}


def _support_list(site: str, protocol: Protocol) -> list[tuple[str, list[Contact]]]:
    """The kinds of outside support, each with whom the site's list names (L3a-iii(1))."""
    known = contacts.contacts(site)
    kinds = [k for k in protocol.outside_support.kinds if not k.family]
    return [(k.label, [c for c in known if c.kind == k.id]) for k in kinds]


def _panel(found: Encounter, visit: Visit, by: Actor, protocol: Protocol, *, staff_only: bool) -> Panel:
    place = by.place or found.place
    offer = queries.offer(visit.site, place, by=by, now=clock.now())
    labels = {w.id: w.label for w in protocol.get_help.ways}
    history = queries.judgements(found.subject)
    kept = queries.ticks(found.subject)
    names = people.actor_names({t.by for t in kept.values()} | {j.by for j in history})
    help_ = protocol.get_help
    call = queries.call_from(found)
    call = None if call is None or alarms.hides(call, by) else call
    spot = next((s for s in sites.places(visit.site) if s.id == place), None)
    return Panel(
        label=help_words.heading(history[-1].appears if history else "", protocol),
        offered=found.offered_at is not None,
        ways=[labels[w] for w in offer.ways],
        numbers=offer.numbers,
        phrase=", ".join(filter(None, (help_.form_of_address, help_.phrase))),
        phrase_key=spot.phrase_key if spot else "",
        code=help_.preset_alarm_code,
        going=going(call) if call else None,
        answers=[(a, help_words.judgement(a, protocol, staff_only=staff_only)) for a in rules.APPEARS],
        judged=[
            Ticked(help_words.judgement(j.appears, protocol, staff_only=staff_only), j.at, names.get(j.by, ""))
            for j in history
        ],
        card=shown_card(protocol, rules.card_of(history[-1].appears), kept, names) if history else None,
        barrier=spot.barrier if spot else "",
        key=calling.fresh_key(),
        prompted=found.prompted_at is not None and found.asked_at is None and found.passed_at is None,
        walk=shown_card(protocol, WALK_TO_STAFF, {}, {}) if offer.walk is not None else None,
        points=offer.walk or (),
    )


def going(alarm: Alarm) -> Going:
    """How a call goes."""
    names = people.names(c.person for c in alarm.coming)
    needed = in_alarms.as_json(alarm, alarms.book())["needed"]
    said = ", ".join(names.get(c.person, "") for c in alarm.coming)
    return Going(MARKS[alarm.state], len(alarm.coming), needed, said, bool(alarm.to) and 1 in alarm.skipped)


def shown_card(
    protocol: Protocol, id: str, kept: Mapping[tuple[str, str], Tick], names: Mapping[str, str]
) -> Shown | None:
    """A card of the protocol with what was ticked."""
    card = protocol.card(id)
    return Shown(card.id, card.title, card.source, _lines(protocol, card, kept, names)) if card else None


def _lines(
    protocol: Protocol, card: Card, kept: Mapping[tuple[str, str], Tick], names: Mapping[str, str]
) -> list[Line]:
    known = rules.steps_of(protocol, card.id)
    found = []
    for n, step in enumerate(card.steps, 1):
        id = step.clause if step.clause in known else str(n)
        outcomes = [(o, help_words.outcome(o)) for o in known.get(id, ())]
        ticked = _ticked(kept.get((card.id, id)), names)
        found.append(Line(step.text, id, step.permanent, step.shows or "", outcomes, ticked))
    return found


def techniques(protocol: Protocol, kept: Mapping[tuple[str, str], Tick], names: Mapping[str, str]) -> list[Line]:
    """What may be recorded as tried to calm things down, with what came of it (E6a)."""
    outcomes = [(o, help_words.outcome(o)) for o in rules.EFFECTS]
    return [
        Line(t.label, t.id, outcomes=outcomes, ticked=_ticked(kept.get((DE_ESCALATION, t.id)), names))
        for t in protocol.encounter.techniques
    ]


def _ticked(tick: Tick | None, names: Mapping[str, str]) -> Ticked | None:
    return Ticked(help_words.outcome(tick.outcome), tick.at, names.get(tick.by, "")) if tick else None
