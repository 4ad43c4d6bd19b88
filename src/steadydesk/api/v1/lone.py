"""Working alone: begin, check in, stay, the safe room, and what a manager says to it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import AwareDatetime, Field

from steadydesk.alarms import actions as calls
from steadydesk.alarms import queries as alarms
from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.api.v1.visits import Nothing
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.loneworking import actions, choices, periods, provisions, queries
from steadydesk.loneworking.handoff import handoff
from steadydesk.loneworking.models import LonePeriod, LoneShift
from steadydesk.loneworking.rules import ANSWERS, ENDINGS, REASONS
from steadydesk.pages.middleware import actor
from steadydesk.sites.queries import site as find_site

router = Router(tags=["working alone"])
planned = Router(tags=["working alone"])
JSON = dict[str, Any]
REFUSED: dict[int, Any] = {403: Problem, 404: Problem, 422: Problem}


class Begin(Body):
    """From now on they are asked. Nothing but the site is needed."""

    site: str
    place: str = ""
    confirmed: list[str] = []
    duress_answer: str = Field("", json_schema_extra={"enum": ["", *ANSWERS]})


class Answer(Body):
    """All is well; one of the answers, chosen beforehand, says otherwise."""

    answer: str = Field(json_schema_extra={"enum": list(ANSWERS)})


class Ending(Body):
    """How it ends."""

    ending: str = Field(json_schema_extra={"enum": list(ENDINGS)})


class Stay(Body):
    """Until when they stay, and why."""

    until: AwareDatetime
    reason: str = Field(json_schema_extra={"enum": list(REASONS)})


class Choice(Body):
    """What becomes of a shift that is not provided: an id of the protocol's offers."""

    offer: str
    until: AwareDatetime | None = None


class Decision(Body):
    """What a manager says to it, by name and with a reason."""

    answer: str = Field(json_schema_extra={"enum": list(choices.ANSWERS)})
    reason: str
    until: AwareDatetime | None = None


class Inside(Body):
    """How many are in the safe room."""

    inside: int


class Reason(Body):
    """Why somebody will be alone."""

    reason: str


@router.post("", response={201: JSON, **REFUSED}, summary="Begin to work alone")
def begin(request: HttpRequest, payload: Begin) -> Status[JSON]:
    """A second time it is the same shift. What is missing withholds nothing."""
    by, now = actor(request), clock.now()
    find_site(payload.site)
    said = payload.confirmed, payload.duress_answer
    row = actions.begin_lone_shift(payload.site, payload.place, *said, by=by, now=now)
    return Status(201, _as_json(row, now))


@router.get("/own", response={200: JSON, 404: Problem}, summary="One's own lone shift")
def own(request: HttpRequest) -> JSON:
    """With the next question, the provisions and the nearest safe room."""
    return _as_json(_own(actor(request)), clock.now())


@router.post("/own/check-in", response={200: JSON, **REFUSED}, summary="All is well")
def check_in(request: HttpRequest, payload: Answer) -> JSON:
    """Every answer is answered alike, whatever it means."""
    by = actor(request)
    row = _own(by)
    actions.check_in(row.pk, payload.answer, by=by, now=clock.now())
    due = queries.due_at(queries.shift(row.pk))
    return {"id": row.pk, "next": due and due.isoformat()}


@router.post("/own/check-out", response={200: JSON, **REFUSED}, summary="The door is locked, or somebody came")
def check_out(request: HttpRequest, payload: Ending) -> JSON:
    """From now on nobody is asked."""
    by, now = actor(request), clock.now()
    row = _own(by)
    actions.check_out(row.pk, payload.ending, by=by, now=now)
    return {"id": row.pk, "ended_at": now.isoformat()}


@router.post("/own/stay", response={200: JSON, **REFUSED}, summary="Stay longer")
def stay(request: HttpRequest, payload: Stay) -> JSON:
    """They are asked again at that time."""
    by, now = actor(request), clock.now()
    row = _own(by)
    choices.extend_stay(row.pk, payload.until, payload.reason, by=by, now=now)
    return _as_json(queries.shift(row.pk), now)


@router.post("/own/offer", response={200: JSON, 409: Problem, **REFUSED}, summary="Choose while something is missing")
def choose(request: HttpRequest, payload: Choice) -> JSON:
    """Close the branch, ask the manager, or stay until a time."""
    by, now = actor(request), clock.now()
    row = _own(by)
    choices.choose_offer(row.pk, payload.offer, payload.until, by=by, now=now)
    return _as_json(queries.shift(row.pk), now)


@router.post("/own/safe-room", response={200: JSON, **REFUSED}, summary="I am in the safe room")
def safe_room(request: HttpRequest, payload: Nothing | None = None) -> JSON:
    """Calls, or joins the open call, and moves it to the nearest safe room. Answers ``{alarm}``."""
    by = actor(request)
    return {"alarm": actions.go_to_safe_room(_own(by).pk, by=by, now=clock.now())}


@router.post("/own/inside", response={200: JSON, **REFUSED}, summary="How many are in the safe room")
def inside(request: HttpRequest, payload: Inside) -> JSON:
    """The police ask."""
    by = actor(request)
    actions.count_inside(_own(by).pk, payload.inside, by=by, now=clock.now())
    return {"inside": payload.inside}


@router.post("/{shift}/answer", response={200: JSON, 409: Problem, **REFUSED}, summary="Answer a lone worker")
def answer(request: HttpRequest, shift: int, payload: Decision) -> JSON:
    """Stay until a time although something is missing, or close: by a named manager, with a reason."""
    by, now = actor(request), clock.now()
    row = _seen(by, shift)
    choices.answer_gap(row.pk, payload.answer, payload.reason, payload.until, by=by, now=now)
    return _as_json(queries.shift(row.pk), now)


@router.get("/police-text/{alarm}", response={200: JSON, 404: Problem}, summary="What is read out to the police")
def police_text(request: HttpRequest, alarm: str) -> JSON:
    """Place, route, door, how many inside, since when. Never for a screen that customers can read."""
    by = actor(request)
    found = alarms.alarm(alarm)
    if not by.may(Permission.SAFETY_RECORD, found.site) or calls.hides(found, by):
        raise NotFound(_("There is no such call."))
    said = handoff(found, clock.now())
    return {"lines": said.lines, "provider": said.provider, "reference": said.reference}


@planned.get("/{site}/lone-shifts", response={200: Page, 403: Problem}, summary="Who works alone now")
def now_alone(request: HttpRequest, site: str) -> JSON:
    """For those who lead the site."""
    by, now = actor(request), clock.now()
    by.check(Permission.SAFETY_RECORD, site)
    return {"items": [_as_json(row, now) for row in queries.at_site(site)], "next": None}


@planned.get("/{site}/lone-periods", response={200: Page, 403: Problem}, summary="Who will be alone, by the rota")
def to_come(request: HttpRequest, site: str) -> JSON:
    """In the next four weeks; without a manager's reason each is a gap."""
    by, now = actor(request), clock.now()
    by.check(Permission.SAFETY_RECORD, site)
    found = periods.planned(site, now)
    return {"items": [{**_period(one.row), **_provided(one.provisions)} for one in found], "next": None}


@planned.post("/{site}/lone-periods/{period}", response={200: JSON, **REFUSED}, summary="Keep a lone period")
def keep(request: HttpRequest, site: str, period: int, payload: Reason) -> JSON:
    """By a named manager, with a written reason."""
    by, now = actor(request), clock.now()
    by.check(Permission.SAFETY_RECORD, site)
    if all(row.pk != period for row in periods.to_come(site, now)):
        raise NotFound(_("There is no such period in the rota any more."))
    periods.keep_period(period, payload.reason, by=by, now=now)
    return _period(next(row for row in periods.to_come(site, now) if row.pk == period))


def _own(by: Actor) -> LoneShift:
    row = queries.running(by.person) if by.person is not None else None
    if row is None:
        raise NotFound(_("Nothing is asked of you now."))
    return row


def _seen(by: Actor, shift: int) -> LoneShift:
    row = queries.shift(shift)
    if not by.may(Permission.PRESENCE_SET, row.site):
        raise NotFound(_("There is no such shift."))
    return row


def _as_json(row: LoneShift, now: datetime) -> JSON:
    due, room, gap = queries.due_at(row), queries.refuge(row, now), queries.gap(row)
    return {
        "id": row.pk,
        "site": row.site,
        "place": row.place or None,
        "person": row.person,
        "state": row.state,
        "began_by_itself": row.found,
        "began_at": row.began_at.isoformat(),
        "until": row.until and row.until.isoformat(),
        "next": due and due.isoformat(),
        "confirmed": row.confirmed,
        "safe_room": room and {"id": room.place.id, "name": room.place.name, "in_date": room.available},
        "in_safe_room_since": row.refuge_at and row.refuge_at.isoformat(),
        "gap": gap and {
            "offer": gap.offer,
            "answer": gap.answer or None,
            "by": gap.answered_by or None,
            "until": gap.until and gap.until.isoformat(),
        },
        **_provided(provisions.of_shift(row, now)),
    }  # fmt: skip


def _provided(found: list[provisions.Provided]) -> JSON:
    each = [{"id": p.id, "clause": p.clause, "yes": p.good, "why_not": list(p.why)} for p in found]
    return {"provided": bool(found) and all(p.good for p in found), "provisions": each}


def _period(row: LonePeriod) -> JSON:
    return {
        "id": row.pk,
        "person": row.person,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "evening": row.evening,
        "kept_by": row.kept_by or None,
        "kept_at": row.kept_at and row.kept_at.isoformat(),
    }
