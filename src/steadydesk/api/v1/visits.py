"""Visits: an arrival, and what is done until the outcome."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import Field, StrictBool

from steadydesk.api.v1 import again
from steadydesk.api.v1.arriving import ARRIVING, arriving
from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.pages.middleware import actor
from steadydesk.privacy import actions as privacy
from steadydesk.protocol.durations import write_duration
from steadydesk.sites.queries import site as find_site
from steadydesk.visits import actions, private, queries
from steadydesk.visits.actions import CannotBeMet
from steadydesk.visits.models import Visit

router = Router(tags=["visits"])
room = Router(tags=["sites"])
"""What is said to everybody who waits at a site; stands under the site's address."""

JSON = dict[str, Any]
DONE: dict[int, Any] = {200: JSON, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class Mood(Body):
    """How the customer seems now."""

    mood: str


class Telling(Body):
    """What the customer was told: the wait as an ISO 8601 length of time, and through whom."""

    wait: str | None = None
    note: str | None = None
    through: str | None = None
    why: str | None = None
    """A reason from the protocol's list, by its id."""

    def said(self) -> dict[str, str]:
        """The same for the action."""
        return {name: getattr(self, name) or "" for name in ("wait", "note", "through", "why")}


class TellingRoom(Telling):
    """The same for everybody who waits, or for those of them who were there."""

    here: list[str] | None = None
    """Visits of those who were in the room; without it, everybody who waits."""


class Reason(Body):
    """Why, in the service area's words."""

    reason: str | None = None


class Attending(Body):
    """By which channel: face_to_face, phone, letter or other."""

    channel: str = ""


class Calling(Body):
    """Why before others who have waited longer; and also to where they may meet whom they are kept apart from."""

    reason: str | None = None
    anyway: StrictBool = False


class CallingNext(Body):
    """Whoever has waited longest for this team; without it, of everybody."""

    team: str | None = None


class Referring(Body):
    """A person (login or id) or a team."""

    person: str | None = None
    team: str | None = None


class Declining(Body):
    """Why not, and what is offered instead."""

    reason: str = ""
    offered: list[str] = Field(default_factory=list, max_length=50)


class CannotMeet(Body):
    """The reason that was given, the alternatives that were named, and that the customer was told."""

    reason: str = ""
    alternatives: list[str] = Field(default_factory=list, max_length=50)
    none_suitable: StrictBool = False
    told: StrictBool = False


class Note(Body):
    """Words for the record."""

    text: str = ""


class Correcting(Body):
    """Which field was wrong, what is right, and why it is corrected."""

    field: str = ""
    value: str | int | bool | None = None
    reason: str = ""


class Nothing(Body):
    """An action that needs no words."""


@router.post(
    "",
    response={200: JSON, 201: JSON, 403: Problem, 422: Problem},
    openapi_extra=ARRIVING,
    summary="A customer comes in",
)
def post_visit(request: HttpRequest, once: str | None = again.KEY) -> Status[JSON]:
    """Now, or with the true time when typed in late. 200 when the same was sent before."""
    by, now = actor(request), clock.now()
    body, faults = arriving(request)
    if faults:
        told = {f.field for f in faults}
        more = actions.arrival_faults(body.arrival(), by=by, now=now)
        raise Invalid([*faults, *(f for f in more if f.field not in told)])
    status, id = again.made(request, once, lambda: actions.arrive(body.arrival(), by=by, now=now).pk)
    return Status(status, show(request, _visit(id, by)))


@router.get("", response={200: Page, 404: Problem, 422: Problem}, summary="Visits at a site")
def list_visits(
    request: HttpRequest, site: str | None = None, open: bool | None = None, after: int | None = None
) -> JSON:
    """``open=true``: who is here, in the order of coming; else the newest first, ``next`` goes on as ``after``."""
    by = actor(request)
    where = site or by.site
    if where is None:
        raise Invalid.one("site", _("Say at which site."))
    find_site(where)
    by.check(Permission.VISIT_READ, where)
    found = queries.open_visits(where) if open else queries.page(where, open=open, before=after)
    more = str(found[-1].pk) if not open and len(found) == queries.PAGE else None
    hidden = encounters.kept_from(by)
    shown = [v for v in found if not encounters.is_hidden([v.pk], hidden)]
    return {"items": queries.many_as_json(shown, hidden), "next": more}


@router.get("/{id}", response={200: JSON, 403: Problem, 404: Problem}, summary="One visit")
def one_visit(request: HttpRequest, id: str) -> JSON:
    """With its clocks and prompts, and how help was got where it was asked for."""
    by = actor(request)
    visit = _visit(key(id), by)
    help = _help(f"visit:{visit.pk}")
    return queries.as_json(visit, encounters.kept_from(by)) | _private(visit, by) | ({"help": help} if help else {})


def _visit(id: int, by: Actor) -> Visit:
    visit = queries.visit(id)
    by.check(Permission.VISIT_READ, visit.site)
    encounters.refuse_hidden(visit.pk, by)
    return visit


def _private(visit: Visit, by: Actor) -> JSON:
    """Who it is that is kept private and what they came for, for those who are named; that look is kept."""
    if not visit.private or not private.may_read(visit, by):
        return {}
    privacy.note_view(f"visit:{visit.pk}", "visit", by=by, now=clock.now())
    return {"description": private.who(visit, by) or None, "service": visit.service or None}


def _help(subject: str) -> JSON | None:
    """The way that was used first and the times; nothing when nobody asked for help."""
    found = encounters.encounter(subject)
    course = encounters.course(found) if found else None
    if course is None:
        return None
    lengths = {"answered_after": course.answered_after, "talked_for": course.talked_for}
    written = {name: None if length is None else write_duration(length) for name, length in lengths.items()}
    return {"way": course.way, "asked_at": course.asked_at.isoformat(), **written}


def key(id: str) -> int:
    """The row's number of an id; whatever else is asked for does not exist."""
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        raise NotFound(_("There is nothing with this id."))
    return int(id)


def show(request: HttpRequest, visit: Visit) -> JSON:
    """The visit that was just changed, as whoever asks may see it."""
    return queries.changed_as_json(visit, encounters.kept_from(actor(request)))


@router.post("/{id}/mood", response=DONE, summary="Change the mood")
def mood(request: HttpRequest, id: str, payload: Mood) -> JSON:
    """calm, distressed, agitated or aggressive."""
    return show(request, actions.change_mood(key(id), payload.mood, by=actor(request), now=clock.now()))


@router.post("/{id}/tell", response=DONE, summary="The customer was told")
def tell(request: HttpRequest, id: str, payload: Telling, once: str | None = again.KEY) -> JSON:
    """A wait is a promise and has a clock of its own."""
    by = actor(request)
    again.done(request, once, lambda: actions.tell(key(id), **payload.said(), by=by, now=clock.now()).pk)
    return show(request, _visit(key(id), by))


@room.post("/{site}/tell", response={200: Page, 403: Problem, 404: Problem, 422: Problem}, summary="Tell the room")
def tell_room(request: HttpRequest, site: str, payload: TellingRoom) -> JSON:
    """Everybody who waits and was there was told in one act; the answer lists their visits."""
    by = actor(request)
    find_site(site)
    here = None if payload.here is None else [key(id) for id in payload.here]
    told = actions.tell_room(site, here=here, **payload.said(), by=by, now=clock.now())
    ids = {visit.pk for visit in told}
    shown = [visit for visit in queries.open_visits(site) if visit.pk in ids]
    return {"items": queries.many_as_json(shown, encounters.kept_from(by)), "next": None}


@router.post("/{id}/cannot-in-time", response=DONE, summary="The service area cannot attend in time")
def cannot_in_time(request: HttpRequest, id: str, payload: Reason) -> JSON:
    """Reception is asked to tell the customer."""
    why = payload.reason or ""
    return show(request, actions.say_cannot_in_time(key(id), reason=why, by=actor(request), now=clock.now()))


@router.post("/{id}/call", response=DONE, summary="Call the customer")
def call(request: HttpRequest, id: str, payload: Calling | None = None) -> JSON:
    """The clocks run on. Called again, it is shown and heard anew.

    Refused with kept_apart where they may meet whom they are kept apart from.
    """
    said = payload or Calling()
    by, why = actor(request), said.reason or ""
    return show(request, actions.call(key(id), reason=why, anyway=said.anyway, by=by, now=clock.now()))


@room.post("/{site}/call-next", response=DONE, summary="Call whoever has waited longest")
def call_next(request: HttpRequest, site: str, payload: CallingNext | None = None) -> JSON:
    """Refused with nobody_waits when there is nobody to call."""
    by = actor(request)
    find_site(site)
    team = payload.team if payload and payload.team else ""
    return show(request, actions.call_next(site, team=team, by=by, now=clock.now()))


@router.post("/{id}/undo", response=DONE, summary="The last press was a mistake")
def undo(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """A call, attending, finishing, leaving or a no-show, within a minute, by the same desk or person."""
    return show(request, actions.undo(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/attend", response=DONE, summary="Begin to deal with the customer")
def attend(request: HttpRequest, id: str, payload: Attending) -> JSON:
    """Stops the clock. Refused with already_attended for whoever comes second."""
    return show(request, actions.attend(key(id), channel=payload.channel, by=actor(request), now=clock.now()))


@router.post("/{id}/finish", response=DONE, summary="The customer was dealt with")
def finish(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """Outcome direct, or referred when somebody took the customer on."""
    return show(request, actions.finish(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/refer", response=DONE, summary="Ask a person or a team to take the customer on")
def refer(request: HttpRequest, id: str, payload: Referring) -> JSON:
    """The clock runs until they agree; a duty officer has agreed beforehand."""
    person, team = payload.person or "", payload.team or ""
    return show(request, actions.refer(key(id), person=person, team=team, by=actor(request), now=clock.now()))


@router.post("/{id}/agree", response=DONE, summary="Take the customer on")
def agree(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """By the person asked, or a member of the team asked."""
    return show(request, actions.agree(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/decline", response=DONE, summary="Do not take the customer on")
def decline(request: HttpRequest, id: str, payload: Declining) -> JSON:
    """Why, and what is offered instead."""
    said = payload.model_dump()
    return show(request, actions.decline(key(id), **said, by=actor(request), now=clock.now()))


@router.post("/{id}/take-back", response=DONE, summary="Ask nobody any more to take the customer on")
def take_back(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """By who asked, or who has the customer, while nobody has answered."""
    return show(request, actions.take_back(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/cannot-meet", response=DONE, summary="The need cannot be met at this visit")
def cannot_meet(request: HttpRequest, id: str, payload: CannotMeet) -> JSON:
    """Only with the reason given, alternatives or that none is suitable, and when the customer was told."""
    said = CannotBeMet(**{**payload.model_dump(), "alternatives": tuple(payload.alternatives)})
    return show(request, actions.cannot_meet(key(id), said, by=actor(request), now=clock.now()))


@router.post("/{id}/problem", response=DONE, summary="The interaction became one of a Problem Customer")
def problem(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """Help is offered first."""
    return show(request, actions.mark_problem(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/leave", response=DONE, summary="The customer went away")
def leave(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """Closes the visit."""
    return show(request, actions.leave(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/no-show", response=DONE, summary="The customer was called and did not come")
def no_show(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """They can be reinstated at the old place."""
    return show(request, actions.no_show(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/reinstate", response=DONE, summary="Back in at the old place")
def reinstate(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """After no-show or leave; the clocks run on as if they had never stopped."""
    return show(request, actions.reinstate(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/note", response=DONE, summary="Add a note")
def note(request: HttpRequest, id: str, payload: Note, once: str | None = again.KEY) -> JSON:
    """Stops no clock."""
    by = actor(request)
    again.done(request, once, lambda: actions.note(key(id), payload.text, by=by, now=clock.now()).pk)
    return show(request, _visit(key(id), by))


@router.post("/{id}/correct", response=DONE, summary="Add what is right")
def correct(request: HttpRequest, id: str, payload: Correcting) -> JSON:
    """What was recorded before stays."""
    value = "" if payload.value is None else str(payload.value)
    said = {"field": payload.field, "value": value, "reason": payload.reason}
    return show(request, actions.correct(key(id), **said, by=actor(request), now=clock.now()))
