"""What a telephone system tells of calls. In the server it comes in by ``phone_door``, before Django; here it is
described, read by the same functions, and served where there is no alarm thread.

There it goes the way of every press, ``alarms.actions.perform``, which writes at once. With the records away that is a
503 for both, and whoever told of the call tells it again: no thread would be there to keep it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from steadydesk.alarms import actions, press, queries, telephones
from steadydesk.alarms.telephones import Heard
from steadydesk.api.v1.schemas import Problem
from steadydesk.encounters import actions as encounters
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.pages.middleware import actor

router = Router(tags=["telephones"])
JSON = dict[str, Any]


CALL: JSON = {
    "type": "object",
    "required": ["to"],
    "properties": {
        "call_id": {"type": "string", "description": "the same for one call however often it is told"},
        "from": {"type": "string", "description": "the extension, or a SIP address"},
        "to": {"type": "string", "description": "what was dialled, or a SIP address"},
        "at": {"type": "string", "format": "date-time", "description": "when; now, when it is left out"},
    },
}
REPLY: dict[int, Any] = {200: JSON, 201: JSON, 202: JSON, 401: Problem, 422: Problem, 503: Problem}


@router.post(
    "",
    response=REPLY,
    summary="Tell of a call",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": CALL}}}},
)
def phone_event(request: HttpRequest) -> Status[JSON]:
    """A call was dialled: ``{call_id, from, to, at}``. Answers ``{alarm, reason}``.

    The site's extension for help and its alarm code raise a call at the place of the calling extension, an emergency
    number shows itself on the same screens. The same ``call_id`` is taken once.
    """
    [by], now = press.without_walls([actor(request)]), clock.now()
    said, _odd = press.read_body(request.body)
    book = actions.book()
    heard = telephones.hear(said, by, book, settings.SECRET_KEY, now)
    if not heard.raises:
        return Status(200, {"alarm": None, "reason": log(heard, said, by)})
    answered = actions.perform(telephones.as_press(heard, by, said, book, now))
    log(heard, said, by)
    alarm = queries.as_json(answered.alarm, book, recorded=answered.recorded, joined=answered.joined)
    return Status(201 if answered.fresh else 200, {"alarm": alarm, "reason": heard.reason})


def log(heard: Heard, said: Mapping[str, Any], by: Actor) -> str:
    """Keep that a number of the site was rung, beside what is open at the place; returns the reason to be told."""
    kept = heard.use != "" and encounters.log_number(
        heard.site, heard.place, heard.use, call=telephones.key_of(said, by), by=by, now=clock.now()
    )
    return heard.reason if kept or heard.raises else telephones.NOT_A_CODE
