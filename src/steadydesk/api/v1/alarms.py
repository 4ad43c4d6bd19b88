"""Alarms. In the server a press and an answer come in by ``alarm_door`` before Django; here they are described,
read from the same functions, and served where there is no alarm thread."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from steadydesk.alarms import actions, press, queries
from steadydesk.alarms.answers import read_answer
from steadydesk.alarms.desk import Answered
from steadydesk.alarms.state import Alarm
from steadydesk.api.v1.schemas import Page, Problem
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.pages.middleware import actor

router = Router(tags=["alarms"])
Reply = dict[int, Any]
JSON = dict[str, Any]
ANSWERED: Reply = {200: JSON, 202: JSON, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


def _show(answered: Answered) -> JSON:
    return queries.as_json(answered.alarm, actions.book(), recorded=answered.recorded, joined=answered.joined)


@router.post("", response={200: JSON, 201: JSON, 202: JSON, 401: Problem}, summary="Raise an alarm")
def raise_alarm(request: HttpRequest) -> Status[JSON]:
    """A press. Optional fields: mode, kind, urgency, to, source, place, note, ago, how long ago it was (PT45S), and
    about (a login, or elected_member), from whom and whose line it is kept; a bad one is dropped and journalled."""
    body, odd = press.read_body(request.body)
    answered = actions.raise_alarm([actor(request)], request.headers.get("Idempotency-Key"), body | _odd(odd))
    return Status(201 if answered.fresh else 200, _show(answered))


def _odd(names: list[str]) -> JSON:
    return dict.fromkeys(names, "")


@router.get("", response={200: Page, 401: Problem}, summary="Alarms of the sites that may be seen")
def list_alarms(request: HttpRequest, open: bool | None = None) -> JSON:
    """The newest fifty, those not yet recorded before them; ``open=true`` for those that are not closed.

    ``mine``: whoever asks is among those who are coming.
    """
    by = actor(request)
    book = actions.book()
    sites = book.watchable(by)
    # Read before the records: what is recorded in between is then in both, and not in neither.
    fresh = () if open is False else actions.unrecorded().values()
    early = {a.id: a for a in fresh if a.site in sites and not actions.hides(a, by)}
    found = [a for a in queries.at_sites(sites, open=open, watching=actions.watching(by)) if a.id not in early]
    items = [queries.as_json(a, book, recorded=False) | _mine(a, by) for a in early.values()]
    return {"items": items + [queries.as_json(a, book) | _mine(a, by) for a in found], "next": None}


def _mine(alarm: Alarm, by: Actor) -> JSON:
    """Two colleagues may have one name, and the contract shows names."""
    return {"mine": by.person in {c.person for c in alarm.coming}}


@router.get("/{id}", response={200: JSON, 404: Problem}, summary="One alarm")
def one_alarm(request: HttpRequest, id: str) -> JSON:
    """The alarm as it stands, with the ``note`` typed at the press, which is never streamed."""
    early = actions.unrecorded().get(id)
    alarm = _seen_by(actor(request), early or queries.alarm(id))
    note = queries.note(alarm.id) if early is None else None
    return queries.as_json(alarm, actions.book(), recorded=early is None) | {"note": note}


def _seen_by(by: Actor, alarm: Alarm) -> Alarm:
    if not by.may(Permission.ALARM_READ, alarm.site) or actions.hides(alarm, by):
        raise NotFound(_("There is no such call."))
    return alarm


@router.post("/{id}/{verb}", response=ANSWERED, summary="Answer an alarm")
def answer(request: HttpRequest, id: str, verb: str) -> JSON:
    """One of: acknowledge, decline, attend, seen, stand-down, retreat, all-clear, leave-out, let-in, close."""
    by = actor(request)
    body, odd = press.read_body(request.body)
    if odd:
        raise Invalid.one("body", _("The body must be a JSON object."))
    alarm, book = _seen_by(by, queries.alarm(id)), actions.book()
    act = read_answer(id, verb, alarm.site, body, by=book.at_desk([by]), book=book, pressers=alarm.pressers)
    return _show(actions.perform(act))
