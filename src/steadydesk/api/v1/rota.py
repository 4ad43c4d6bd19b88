"""The rota: what is published, what nobody covers, planning, absence and swaps."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import AwareDatetime, Field

from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.api.v1.visits import DONE, JSON, Nothing, key
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.middleware import actor
from steadydesk.people.queries import find
from steadydesk.rota import actions, gaps, papers, queries
from steadydesk.rota.actions import Wish
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

router = Router(tags=["rota"])
FOUR_WEEKS = timedelta(days=28)
LONGEST = timedelta(days=366)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Id = Annotated[str, Field(max_length=60)]


class NewPattern(Body):
    """Somebody, or everybody of a team, works at these times each week; once where ``until_day`` is ``from_day``."""

    site: Id
    kind: str = "work"
    person: Id | None = None
    team: Id | None = None
    place: Id | None = None
    days: list[str]
    starts: time
    ends: time
    from_day: date
    until_day: date | None = None
    every_weeks: int = Field(1, ge=1, le=12)


class Publish(Body):
    """These days are true from now; ``reason`` where somebody would be alone at the open site."""

    site: Id
    first: date
    last: date
    reason: str = Field("", max_length=1000)


class Away(Body):
    """Somebody is away: until then, or until they are back."""

    person: Id
    kind: str = "away"
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


class Offer(Body):
    """Who would work this shift of one's own; nobody named: whoever works there."""

    shift: int = Field(ge=1, lt=2**31)
    to: Id | None = None


@router.get("", response={200: Page, 404: Problem, 422: Problem}, summary="The published rota of a site")
def list_rota(request: HttpRequest, site: str, first: date | None = None, last: date | None = None) -> JSON:
    """From one day to another, else four weeks from today; a shift that nobody ended yet is not in it."""
    start, end = _span(_site(actor(request), site), first, last)
    return {"items": papers.rows(site, start, end), "next": None}


@router.get("/gaps", response={200: Page, 404: Problem, 422: Problem}, summary="What nobody covers")
def list_gaps(request: HttpRequest, site: str, first: date | None = None, last: date | None = None) -> JSON:
    """Kinds desk, duty and lead, and ``alone`` with whether it is in the evening; only of days that are published."""
    start, end = _span(_site(actor(request), site), first, last)
    start = max(start, clock.now())
    found: list[JSON] = [
        {"kind": g.kind, "team": g.team or None, "start": g.span.start.isoformat(), "end": g.span.end.isoformat()}
        for g in (gaps.gaps(site, start, end) if start < end else ())
    ]
    for days in gaps.published(site, start, end) if start < end else ():
        found += [
            {"kind": "alone", "evening": p.evening, "start": p.start.isoformat(), "end": p.end.isoformat()}
            for p in queries.lone_periods(site, days.start, days.end)
        ]
    return {"items": found, "next": None}


@router.post("/patterns", response=DONE, summary="Plan a pattern or a single shift")
def add_pattern(request: HttpRequest, payload: NewPattern) -> JSON:
    """A draft until it is published."""
    by = actor(request)
    _site(by, payload.site)
    unknown = [day for day in payload.days if day not in DAYS]
    if unknown or not EARLIEST <= payload.from_day <= LATEST:
        field = "days" if unknown else "from_day"
        raise Invalid.one(field, _("Days are monday to sunday, and the first day is in this century."))
    wish = Wish(
        site=payload.site,
        days=frozenset(DAYS.index(day) for day in payload.days),
        starts=payload.starts.replace(tzinfo=None),
        ends=payload.ends.replace(tzinfo=None),
        from_day=payload.from_day,
        until_day=payload.until_day,
        kind=payload.kind,
        person=_person(payload.person) if payload.person else None,
        team=payload.team or "",
        place=payload.place or "",
        every_weeks=payload.every_weeks,
    )
    return {"id": str(actions.add_pattern(wish, by=by, now=clock.now()))}


@router.post("/publish", response=DONE, summary="Publish days of the rota")
def publish(request: HttpRequest, payload: Publish) -> JSON:
    """Says how much it changed, and whom it leaves alone."""
    by = actor(request)
    _site(by, payload.site)
    if not EARLIEST <= payload.first <= LATEST:
        raise Invalid.one("first", _("The first day is in this century."))
    if not payload.first <= payload.last <= payload.first + LONGEST:
        raise Invalid.one("last", _("The last day is the first one or comes after it, within a year."))
    done = actions.publish(payload.site, payload.first, payload.last, payload.reason, by=by, now=clock.now())
    counts = {"added": len(done.added), "changed": len(done.changed), "removed": len(done.removed)}
    lone = [{"start": p.start.isoformat(), "end": p.end.isoformat(), "evening": p.evening} for p in done.lone]
    return {**counts, "alone": lone}


@router.post("/absences", response=DONE, summary="Say that somebody is away")
def plan_absence(request: HttpRequest, payload: Away) -> JSON:
    """By themselves or a manager; kinds away, ill and leave. No other reason is asked."""
    now = clock.now()
    start = payload.start or now
    id = actions.plan_absence(_person(payload.person), start, payload.end, payload.kind, by=actor(request), now=now)
    return {"id": str(id)}


@router.post("/absences/{id}/end", response=DONE, summary="They are back")
def end_absence(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """One that has not begun never was."""
    actions.end_absence(key(id), by=actor(request), now=clock.now())
    return {"id": id}


@router.post("/swaps", response=DONE, summary="Offer a shift of one's own")
def offer_swap(request: HttpRequest, payload: Offer) -> JSON:
    """It stays one's own until somebody takes it."""
    to = _person(payload.to) if payload.to else None
    return {"id": str(actions.offer_swap(payload.shift, to, by=actor(request), now=clock.now()))}


ANSWERS: dict[str, Callable[..., None]] = {"take": actions.take_swap, "withdraw": actions.withdraw_swap}


@router.post("/swaps/{id}/{answer}", response=DONE, summary="Take an offered shift, or end the offer")
def answer_swap(request: HttpRequest, id: str, answer: str, payload: Nothing | None = None) -> JSON:
    """``take`` or ``withdraw``; somebody who was faster is refused with already_answered."""
    if answer not in ANSWERS:
        raise NotFound(_("There is nothing at this address."))
    ANSWERS[answer](key(id), by=actor(request), now=clock.now())
    return {"id": id}


def _site(by: Actor, id: str) -> Site:
    by.check(Permission.VISIT_READ, id)
    return sites.site(id)


def _span(site: Site, first: date | None, last: date | None) -> tuple[datetime, datetime]:
    """From the beginning of one day to the end of another, by the clocks of the site."""
    begins = first or clock.now().astimezone(ZoneInfo(site.time_zone)).date()
    ends = last or begins + FOUR_WEEKS
    if not EARLIEST <= begins <= ends <= min(LATEST, begins + LONGEST):
        raise Invalid.one("last", _("The last day is the first one or comes after it, within a year."))
    start = queries.day_start(begins, site.time_zone)
    return start, queries.day_start(ends + timedelta(days=1), site.time_zone)


def _person(login: str) -> int:
    found = find(login)
    if found is None:
        raise Refusal("not_available", _("There is no such person."))
    return found.person
