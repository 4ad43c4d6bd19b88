"""What worn and wall buttons tell. In the server it comes in by ``device_door``, before Django; here it is described,
read by the same functions, and served where there is no alarm thread."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from steadydesk.alarms import actions, queries
from steadydesk.alarms.buttons import Heard, Trials, as_press, hear, holder, told
from steadydesk.api.v1.schemas import Problem
from steadydesk.buttons import actions as buttons
from steadydesk.buttons.rules import KINDS
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.clock import clock
from steadydesk.kernel.signature import HEADER

router = Router(tags=["devices"])
JSON = dict[str, Any]
DEVICES = system("devices")
TRIALS = Trials()

EVENT: JSON = {
    "type": "object",
    "required": ["device", "kind"],
    "properties": {
        "device": {"type": "string", "description": "the name under which it is registered"},
        "event_id": {"type": "string", "description": "the same for one event however often it is sent"},
        "kind": {"type": "string", "enum": list(KINDS)},
        "at": {"type": "string", "format": "date-time", "description": "when; now, when it is left out"},
        "battery": {"type": "number", "description": "per cent"},
        "zone": {"type": "string", "description": "where it is, in the gateway's word"},
    },
}
SIGNATURE: JSON = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "`t=<unix>,v1=<hex HMAC-SHA256 of t.body>` with the secret of the device; good for five minutes",
}
REPLY: dict[int, Any] = {200: JSON, 201: JSON, 202: JSON, 401: Problem, 403: Problem, 422: Problem, 503: Problem}


@router.post(
    "",
    auth=None,
    response=REPLY,
    summary="Tell of a button",
    openapi_extra={
        "parameters": [SIGNATURE],
        "requestBody": {"required": True, "content": {"application/json": {"schema": EVENT}}},
    },
)
def device_event(request: HttpRequest) -> Status[JSON]:
    """A registered device was pressed, was heard, told its battery, or checked in. Answers ``{alarm}``.

    The same ``event_id`` is taken once. One that is not registered, or that nobody is known to wear, is refused: to a
    gateway, which has a token and does not sign, with 200 and a ``reason``.
    """
    book, now = actions.book(), clock.now()
    by: Actor | None = getattr(request, "actor", None)
    by_gateway = by is not None and by.gateway
    heard = hear(request.body, request.headers.get(HEADER, ""), book, settings.SECRET_KEY, now, by_gateway=by_gateway)
    heard = TRIALS.settle(heard, now)
    if not heard.presses:
        keep(heard)
        return Status(200, told(heard))
    answered = actions.perform(as_press(heard, book, now))
    keep(heard)
    if heard.hides:
        return Status(200, told(heard))
    alarm = queries.as_json(answered.alarm, book, recorded=answered.recorded, joined=answered.joined)
    return Status(201 if answered.fresh else 200, {"alarm": alarm})


def keep(heard: Heard) -> None:
    """Keep what the device said of itself, or that it was refused."""
    card, now = heard.button, clock.now()
    if heard.refused:
        if not (heard.idle and card is None):
            buttons.note_refused(card.id if card else None, heard.device, heard.refused, by=DEVICES, now=now)
    elif card is not None and heard.said is not None:
        by = holder(card, heard.device, actions.book())
        buttons.note_said(card.id, heard.said, by=by, now=now)
        if heard.is_trial:
            buttons.note_tested(card.id, heard.said, by=by, now=now)
