"""Prompts: they stay until a person says who was reached."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from steadydesk.api.v1.schemas import Body
from steadydesk.api.v1.visits import DONE, JSON, key
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.clock import clock
from steadydesk.pages.middleware import actor
from steadydesk.visits import actions, queries

router = Router(tags=["prompts"])


class Answer(Body):
    """Who was reached, by name; null is nobody, and the next in the chain is named.

    With ``role`` or ``called`` as the prompt had them, nobody is said of these alone: when another is called by now,
    the prompt is returned as it is.
    """

    reached: str | None
    role: str | None = None
    called: str | None = None
    note: str | None = None


@router.post("/{id}/answer", response=DONE, summary="Answer a prompt")
def answer(request: HttpRequest, id: str, payload: Answer) -> JSON:
    """Answered twice is refused with already_answered."""
    said: dict[str, Any] = {"reached": payload.reached, "role": payload.role or "", "note": payload.note or ""}
    by = actor(request)
    prompt = actions.answer_prompt(key(id), **said, called=payload.called, by=by, now=clock.now())
    return queries.prompt_as_json(queries.prompt(prompt.pk), encounters.kept_from(by))
