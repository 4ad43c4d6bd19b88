"""Telling customers how long it will take, one by one or the whole room, and the service area saying if it can come."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotAllowed, Refusal
from steadydesk.protocol.durations import parse_duration
from steadydesk.visits import prompting, queries, rules
from steadydesk.visits.models import Visit
from steadydesk.visits.settling import Turn, settle, take


def tell(
    visit: int, *, wait: str = "", note: str = "", through: str = "", why: str = "", by: Actor, now: datetime
) -> Visit:
    """The customer was told, and perhaps how long it will take: that is a promise with a clock of its own (E1a).

    ``wait`` is an ISO 8601 length of time; ``through`` says who or what passed it on, such as an interpreter; ``why``
    is the reason that was given, from the protocol's list.
    """
    _check_telling(wait, note, through)
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        reasons = {c.id for c in turn.force.protocol.waiting.wait_reasons}
        rules.refuse({"why": rules.choice_fault(why, reasons, _("reason")) if why else None})
        return _tell(turn, wait, note, through, why=why or None)


def tell_room(
    site: str,
    *,
    here: Iterable[int] | None = None,
    wait: str = "",
    note: str = "",
    through: str = "",
    why: str = "",
    by: Actor,
    now: datetime,
) -> list[Visit]:
    """Tell everybody who waits and was in the room, in one act, recorded for each (E1a).

    ``here`` are the visits of those who were there, ``None`` for everybody; who came later was not told. A visit
    that is kept from whoever tells is left out.
    """
    _check_telling(wait, note, through)
    by.check(Permission.VISIT_WORK, site)
    waiting = encounters.shown_to(by, queries.waiting_ids(site))
    if why and waiting:
        reasons = documents.in_force(site).protocol.waiting.wait_reasons
        rules.refuse({"why": rules.choice_fault(why, [c.id for c in reasons], _("reason"))})
    there = [id for id in waiting if here is None or id in set(here)]
    with write(now):
        prompting.answer_room(site, there, by=by, now=now)
    told = []
    # One short write for each: a full room must not hold the database.
    for id in there:
        with suppress(Refusal), write(now):
            told.append(_tell(take(id, "change", by=by, now=now), wait, note, through, why=why or None, room=True))
    return told


def _check_telling(wait: str, note: str, through: str) -> None:
    rules.refuse({"wait": rules.wait_fault(wait), "note": rules.text_fault(note), "through": rules.text_fault(through)})


def _tell(turn: Turn, wait: str, note: str, through: str, **facts: str | bool | None) -> Visit:
    visit, now = turn.visit, turn.now
    visit.first_contact_at = visit.first_contact_at or now
    if wait:
        visit.promised_at, visit.promised_until = now, now + parse_duration(wait)
    prompting.answer_of(visit, rules.TOLD_AT_ONCE, by=turn.by, now=now)
    kept = {"note_words": turn.keep(note), "through_words": turn.keep(through)}
    said = {name: fact for name, fact in facts.items() if fact}
    turn.record(Event.VISIT_TOLD, wait=wait or None, **said, **kept)
    return settle(turn)


def say_cannot_in_time(visit: int, *, reason: str = "", by: Actor, now: datetime) -> Visit:
    """The service area says that it cannot attend in time: reception is to tell the customer at once (E1a)."""
    rules.refuse({"reason": rules.text_fault(reason)})
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        if turn.visit.attended_at is not None:
            raise Refusal("already_attended", _("Somebody attends to this customer already."))
        turn.visit.cannot_at = now
        turn.record(Event.VISIT_CANNOT_IN_TIME, reason_words=turn.keep(reason))
        prompting.answer_of(turn.visit, ["ask_service"], by=by, now=now)
        prompting.ask([("tell_customer", turn.visit)], turn.force, by=by, now=now)
        return settle(turn)


def answer_for_service(id: int, *, can: bool, reason: str = "", by: Actor, now: datetime) -> None:
    """A member of the service area answers on their own screen whether they can come in time (E1a).

    ``can`` answers for every customer whom the prompt is about. Refuses with ``already_answered``.
    """
    rules.refuse({"reason": rules.text_fault(reason)})
    prompt = queries.prompt(id)
    by.check(Permission.PROMPT_ANSWER, prompt.site)
    if prompt.kind != "ask_service" or by.team != prompt.team:
        raise NotAllowed(_("Only the team that is asked can answer this."))
    if can or prompt.answered_at is not None or prompt.withdrawn_at is not None:
        prompting.answer_prompt(id, reached=by.name, role="team", by=by, now=now)
        return
    for visit in encounters.shown_to(by, prompt.visits.values_list("pk", flat=True)):
        with suppress(Refusal):
            say_cannot_in_time(visit, reason=reason, by=by, now=now)
