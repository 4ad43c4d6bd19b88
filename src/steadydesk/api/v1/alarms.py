"""Alarms. In the server a press and an answer come in by ``alarm_door`` before Django; here they are described,
read from the same functions, and served where there is no alarm thread."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from steadydesk.alarms import actions, press, queries
from steadydesk.alarms.answers import read_answer
from steadydesk.alarms.desk import Answered
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
    """A press. Optional fields: mode, kind, urgency, to, source, place, note; a bad one is dropped and journalled."""
    body, odd = press.read_body(request.body)
    answered = actions.raise_alarm([actor(request)], request.headers.get("Idempotency-Key"), body | _odd(odd))
    return Status(201 if answered.fresh else 200, _show(answered))


def _odd(names: list[str]) -> JSON:
    return dict.fromkeys(names, "")


@router.get("", response={200: Page, 401: Problem}, summary="Alarms of the sites that may be seen")
def list_alarms(request: HttpRequest, open: bool | None = None) -> JSON:
    """The newest fifty; ``open=true`` for those that are not closed."""
    by = actor(request)
    book = actions.book()
    found = queries.at_sites(book.watchable(by), open=open)
    return {"items": [queries.as_json(a, book) for a in found], "next": None}


@router.get("/{id}", response={200: JSON, 404: Problem}, summary="One alarm")
def one_alarm(request: HttpRequest, id: str) -> JSON:
    """The alarm as it stands."""
    return queries.as_json(_seen_by(actor(request), id), actions.book())


def _seen_by(by: Actor, id: str) -> Any:
    alarm = queries.alarm(id)
    if not by.may(Permission.ALARM_READ, alarm.site):
        raise NotFound(_("There is no such call."))
    return alarm


@router.post("/{id}/{verb}", response=ANSWERED, summary="Answer an alarm")
def answer(request: HttpRequest, id: str, verb: str) -> JSON:
    """One of: acknowledge, decline, attend, seen, stand-down, retreat, all-clear, close."""
    by = actor(request)
    body, odd = press.read_body(request.body)
    if odd:
        raise Invalid.one("body", _("The body must be a JSON object."))
    alarm = _seen_by(by, id)
    act = read_answer(id, verb, alarm.site, body, by=[by], book=actions.book(), pressers=alarm.pressers)
    return _show(actions.perform(act))
