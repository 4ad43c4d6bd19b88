"""A kiosk: the numbers that it may give out, and the arrivals of customers who took one. It is asked for no name."""

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StrictBool, StrictInt

from steadydesk.api.v1.schemas import Body, Problem
from steadydesk.api.v1.visits import JSON, Nothing
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.middleware import actor
from steadydesk.protocol.durations import parse_duration
from steadydesk.visits import actions
from steadydesk.visits.actions import CheckIn

router = Router(tags=["kiosk"])
DONE: dict[int, Any] = {200: JSON, 403: Problem, 404: Problem, 422: Problem}


class CheckingIn(Body):
    """Which reserved number, and what was answered."""

    number: Annotated[StrictInt, Field(ge=0, lt=2**63)] = 0
    companions: Annotated[StrictInt, Field(ge=0)] = 0
    appointment: StrictBool = False
    walk_over: str | None = None
    """``asked`` or ``hearing``: somebody goes to the customer instead of calling them."""
    ago: str | None = None
    """How long ago it was, as an ISO 8601 length of time, when there was no link."""
    ref: str = ""
    """The ticket that the customer has."""

    def said(self) -> CheckIn:
        """The same for the action."""
        return CheckIn(
            self.number, self.companions, self.appointment, self.walk_over or "", _length(self.ago), self.ref
        )


def _length(ago: str | None) -> timedelta:
    if not ago:
        return timedelta(0)
    try:
        return parse_duration(ago)
    except ValueError as error:
        raise Invalid.one("ago", str(error)) from None


@router.post("/numbers", response=DONE, summary="Numbers to give out, also without a link")
def numbers(request: HttpRequest, payload: Nothing | None = None) -> JSON:
    """For each service those that this kiosk has in hand today; what it has used is made up for."""
    found = actions.reserve_numbers(actor(request), clock.now())
    rows = [row for of_service in found.values() for row in of_service]
    items = [{"number": r.pk, "ref": r.ref, "service": r.service, "day": r.day.isoformat()} for r in rows]
    return {"items": items}


@router.post("/arrivals", response=DONE, summary="A customer has taken a number")
def arrivals(request: HttpRequest, payload: CheckingIn) -> JSON:
    """Sent twice it is one arrival. Nothing comes back but the number: whoever stands there reads it.

    The customer has left with their ticket. When the arrival is refused, the desk is asked to look for them.
    """
    said, by, now = payload.said(), actor(request), clock.now()
    try:
        visit = actions.check_in(said, by=by, now=now)
    except (Invalid, NotFound, Refusal) as refused:
        actions.ask_to_look(said, refused.code, by=by, now=now)
        raise
    return {"ref": visit.ref}
