"""A correction: what is right stands from now on, what was recorded before stays in the journal, and why (E8a)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.journal.actions import erase_words, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.visits import correction_rules, paper_rules, prompting, queries, rules
from steadydesk.visits.correction_rules import CORRECTABLE, TIMES, WORDS, Recorded
from steadydesk.visits.models import Clock, Visit
from steadydesk.visits.settling import Turn, bind, look_again, settle, stopped_at, take

OF_THE_TEAM = ("ask_service", "call_manager")
"""Prompts that name somebody of the team."""


def correct(visit: int, *, field: str, value: str, reason: str, by: Actor, now: datetime) -> Visit:
    """Put right one field and say why. Clocks, prompts and board follow; nothing that was asked is asked twice.

    Raises ``Invalid`` with every fault at once.
    """
    with write(now):
        turn = take(visit, "correct", by=by, now=now)
        found: Any = None
        fault = rules.text_fault(value)
        if field in CORRECTABLE and fault is None:
            found, fault = correction_rules.read(field, value, _recorded(turn), now)
        rules.refuse(
            {
                "field": rules.choice_fault(field, CORRECTABLE, _("field")),
                "value": fault,
                "reason": rules.text_fault(reason, required=True),
            }
        )
        turn.corrects = True
        kept: dict[str, Any] = {"reason_words": turn.keep(reason)}
        kept |= _reword(turn, field, found) if field in WORDS else _change(turn, field, found)
        turn.record(Event.VISIT_CORRECTED, field=field, **kept)
        settle(turn)
        if field == "team":
            _ask_the_other(turn)
        return turn.visit


def _recorded(turn: Turn) -> Recorded:
    visit, protocol = turn.visit, turn.force.protocol
    choices = {
        "service": {s.id: s.label for s in protocol.services},
        "team": {t.pk: t.name for t in people.teams_at(visit.site)},
        "mood": {str(mood): label for mood, label in protocol.moods.items()},
        "channel": {str(channel): label for channel, label in protocol.channels.items()},
        "outcome": {outcome: outcome for outcome in _outcomes(visit)},
        "owner": {f"person:{c.person}": c.name for c in people.workers(visit.site)},
    }
    typed = {
        name: {word.casefold(): id for id, label in of.items() for word in (id, label)} for name, of in choices.items()
    }
    return Recorded({name: getattr(visit, name) for name in TIMES}, ZoneInfo(sites.site(visit.site).time_zone), typed)


def _outcomes(visit: Visit) -> list[str]:
    """Whoever was attended to came; of who was not, nothing was dealt with."""
    met = visit.attended_at is not None
    return [o for o in paper_rules.OUTCOMES if (o in paper_rules.MET) == met or (met and o == "left")]


def _reword(turn: Turn, field: str, text: str) -> dict[str, Any]:
    if field == "note":
        return {"value_words": turn.keep(text)}
    if turn.visit.ended_at is not None:
        rules.refuse({"value": _("This visit has ended: what tells customers apart is wiped.")})
    before, turn.visit.description = turn.visit.description, turn.keep(text, "visit_description")
    if before is not None:
        erase_words([before])
    return {"value_words": turn.visit.description}


def _change(turn: Turn, field: str, value: Any) -> dict[str, Any]:
    before = getattr(turn.visit, field)
    setattr(turn.visit, field, value)
    _FOLLOWS.get(field, _nothing)(turn, before)
    return {"from": _fact(before), "to": _fact(value)}


def _fact(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _nothing(turn: Turn, before: Any) -> None:
    """Nothing else hangs on this field."""


def _arrived(turn: Turn, before: datetime) -> None:
    """The wait is counted from the true time, and so are the five minutes of who came agitated."""
    visit, by = turn.visit, turn.visit.arrived_at - before
    if visit.bound_since == visit.waits_from:
        visit.bound_since += by
    visit.waits_from += by


def _attended(turn: Turn, before: datetime) -> None:
    if turn.visit.first_contact_at == before:
        turn.visit.first_contact_at = turn.visit.attended_at


def _appointed(turn: Turn, before: datetime | None) -> None:
    """Another clock runs for who has an appointment; the one that was wrong goes."""
    Clock.objects.filter(visit=turn.visit, kind__in=("attend", "ask_service", "appointment")).delete()


def _marked(turn: Turn, before: str) -> None:
    if stopped_at(turn.visit) is None:
        bind(turn, before)


_FOLLOWS: dict[str, Callable[[Turn, Any], None]] = {
    "arrived_at": _arrived,
    "attended_at": _attended,
    "appointment_at": _appointed,
    "mood": _marked,
}


def _ask_the_other(turn: Turn) -> None:
    """Whoever was asked is of the wrong team: the right one is asked what nobody has answered."""
    visit = turn.visit
    if stopped_at(visit) is not None:
        return
    prompting.withdraw_kinds(visit, *OF_THE_TEAM, by=turn.by, now=turn.now)
    answered = queries.answered_kinds(visit.pk)
    anew = [kind for kind, prompt in rules.PROMPT_OF.items() if prompt in OF_THE_TEAM and prompt not in answered]
    Clock.objects.filter(visit=visit, kind__in=anew).update(asked_at=None)
    look_again([visit], by=turn.by, now=turn.now)
