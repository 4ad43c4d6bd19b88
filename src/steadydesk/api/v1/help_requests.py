"""What reception asks a service area for: the list of options, the conversation, and speaking by telephone now."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from steadydesk.api.v1 import again
from steadydesk.api.v1.schemas import Body
from steadydesk.api.v1.visits import DONE, JSON, Nothing, key, show
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.visits import actions, help_requests, queries

router = Router(tags=["visits"])


class Asking(Body):
    """Which team is asked; without one, the visit's own."""

    team: str | None = None


class Marking(Body):
    """An option of the list, and whether it was offered, is not possible or not needed; both by their ids."""

    option: str = ""
    answer: str = ""


class Saying(Body):
    """Words for the other side."""

    text: str = ""


class Ringing(Body):
    """Who is to speak to the customer now (login or id); without one, whoever is on duty or there."""

    person: str | None = None


class Spoken(Body):
    """Who spoke (login or id, else whoever asks), from which room (a place's id) or by which phone."""

    person: str | None = None
    place: str | None = None
    phone: str | None = None


@router.get("/{id}/help", response=DONE, summary="What the service area was asked for")
def one_request(request: HttpRequest, id: str) -> JSON:
    """The last request with its list and what was said; both sides read the same."""
    visit = queries.visit(key(id))
    by = actor(request)
    by.check(Permission.VISIT_READ, visit.site)
    encounters.refuse_hidden(visit.pk, by)
    return _show(visit.pk, by)


@router.post("/{id}/ask-help", response=DONE, summary="Ask the service area for help")
def ask_help(request: HttpRequest, id: str, payload: Asking | None = None) -> JSON:
    """Opens the list; a second time finds the one that is open. Answers with the visit."""
    team = (payload.team if payload else None) or ""
    visit = actions.ask_help(key(id), team=team, by=actor(request), now=clock.now())
    return show(request, queries.visit(visit.pk))


@router.post("/{id}/help/mark", response=DONE, summary="Say what became of an option")
def mark(request: HttpRequest, id: str, payload: Marking) -> JSON:
    """Offered, not possible, or not needed."""
    actions.mark_option(key(id), payload.option, payload.answer, by=actor(request), now=clock.now())
    return _show(key(id), actor(request))


@router.post("/{id}/help/say", response=DONE, summary="Write to the other side")
def say(request: HttpRequest, id: str, payload: Saying, once: str | None = again.KEY) -> JSON:
    """Read on both screens."""
    by = actor(request)
    again.done(request, once, lambda: actions.say(key(id), payload.text, by=by, now=clock.now()).pk)
    return _show(key(id), actor(request))


@router.post("/{id}/help/ring", response=DONE, summary="Have somebody rung who speaks to the customer now")
def ring(request: HttpRequest, id: str, payload: Ringing | None = None, once: str | None = again.KEY) -> JSON:
    """By their telephone before every other way."""
    person, by = (payload.person if payload else None) or "", actor(request)
    again.done(request, once, lambda: actions.ring_to_speak(key(id), person, by=by, now=clock.now()).pk)
    return _show(key(id), actor(request))


@router.post("/{id}/help/spoken", response=DONE, summary="Somebody spoke to the customer by telephone")
def spoken(request: HttpRequest, id: str, payload: Spoken) -> JSON:
    """Who, when, and from which room or phone."""
    said = {name: value or "" for name, value in payload.model_dump().items()}
    actions.record_spoken(key(id), **said, by=actor(request), now=clock.now())
    return _show(key(id), actor(request))


@router.post("/{id}/help/close", response=DONE, summary="Close the list")
def close(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """Refused with incomplete while an option has no answer."""
    actions.close_help(key(id), by=actor(request), now=clock.now())
    return _show(key(id), actor(request))


def _show(visit: int, by: Actor) -> JSON:
    found = help_requests.asking(queries.visit(visit), by)
    if found is None:
        raise NotFound(_("Nobody was asked for help about this customer."))
    return help_requests.as_json(found)
