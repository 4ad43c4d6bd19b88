"""Who comes with a customer, where they are taken, and the interpreter who is being connected."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field, StrictBool, StrictInt

from steadydesk.api.v1.schemas import Body
from steadydesk.api.v1.visits import DONE, Nothing, key, show
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.pages.middleware import actor
from steadydesk.people import queries as people
from steadydesk.visits import actions

router = Router(tags=["visits"])

JSON = dict[str, Any]
Count = Annotated[StrictInt, Field(ge=0)]


class Counting(Body):
    """How many came along: those who count, and carers, interpreters and their like, who do not."""

    companions: Count = 0
    not_counted: Count = 0


class Asking(Body):
    """How many were asked to wait elsewhere, and where they went: an id of ``companions.where_the_others_go``."""

    asked: Count = 0
    where: str = ""


class Taking(Body):
    """A room or a desk of the site; an empty one is back to where people wait. Above the limit with a reason."""

    place: str = ""
    reason: str = ""
    anyway: StrictBool = False
    """Also where they may meet somebody whom they are kept apart from."""


class Keeping(Body):
    """Who may read who it is: logins or ids of people who work at the site."""

    named: list[str] = Field(default_factory=list, max_length=200)


class Other(Body):
    """The visit of the other customer."""

    visit: str = ""


@router.post("/{id}/companions", response=DONE, summary="More came along, or some went")
def companions(request: HttpRequest, id: str, payload: Counting) -> JSON:
    """The desk is asked anew when they are more than may come in."""
    said = payload.model_dump()
    return show(request, actions.count_companions(key(id), **said, by=actor(request), now=clock.now()))


@router.post("/{id}/others", response=DONE, summary="Companions above the limit were asked to wait elsewhere")
def others(request: HttpRequest, id: str, payload: Asking) -> JSON:
    """Said anew, it replaces what was said before."""
    said = payload.model_dump()
    return show(request, actions.ask_others(key(id), **said, by=actor(request), now=clock.now()))


@router.post("/{id}/others-undo", response=DONE, summary="Nobody was asked to wait elsewhere")
def others_undo(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """It was recorded by mistake."""
    return show(request, actions.unask_others(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/tell-policy", response=DONE, summary="The customer was told who may come along")
def tell_policy(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """In the words of the protocol."""
    return show(request, actions.tell_policy(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/take-to", response=DONE, summary="Take the customer to a room or a desk")
def take_to(request: HttpRequest, id: str, payload: Taking) -> JSON:
    """Refused with above_limit where more come along than a room is for, unless a manager gives the reason."""
    said = payload.model_dump()
    return show(request, actions.take_to(key(id), **said, by=actor(request), now=clock.now()))


@router.post("/{id}/interpreter", response=DONE, summary="An interpreter is being connected")
def interpreter(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """A state of its own: the clocks of the wait run on."""
    return show(request, actions.begin_connecting(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/interpreter-there", response=DONE, summary="The interpreter is there")
def interpreter_there(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """The time that it took is shown apart."""
    return show(request, actions.connect(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/interpreter-not-reached", response=DONE, summary="No interpreter was reached")
def interpreter_not_reached(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """The time that was spent is shown apart."""
    return show(request, actions.give_up_connecting(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/interpreter-undo", response=DONE, summary="No interpreter was called")
def interpreter_undo(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """A press by mistake: no time is counted."""
    return show(request, actions.undo_connecting(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/private", response=DONE, summary="Keep a customer private")
def keep_private(request: HttpRequest, id: str, payload: Keeping) -> JSON:
    """Ticket only, but for those who are named; whoever says so first is one of them."""
    named = [found.person for word in payload.named if (found := people.find(word))]
    if len(named) < len(payload.named):
        raise Invalid.one("named", _("Choose colleagues who work at this site."))
    return show(request, actions.keep_private(key(id), named, by=actor(request), now=clock.now()))


@router.post("/{id}/private-end", response=DONE, summary="A customer need not be kept private")
def end_private(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """By whoever is named, or a manager."""
    return show(request, actions.end_private(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/apart", response=DONE, summary="Two customers are not to meet")
def keep_apart(request: HttpRequest, id: str, payload: Other) -> JSON:
    """A word comes before both are called to where one hears the other. Nothing asks why."""
    said = key(payload.visit)
    return show(request, actions.keep_apart(key(id), said, by=actor(request), now=clock.now()))


@router.post("/{id}/apart-end", response=DONE, summary="Two customers may meet")
def end_apart(request: HttpRequest, id: str, payload: Other) -> JSON:
    """Or it was another."""
    said = key(payload.visit)
    return show(request, actions.end_apart(key(id), said, by=actor(request), now=clock.now()))
