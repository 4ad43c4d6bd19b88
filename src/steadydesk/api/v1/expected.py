"""Times that customers were given: booking, moving, confirming, and what becomes of them; and warnings for one day."""

from datetime import date, time
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from steadydesk.api.v1 import again
from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.api.v1.visits import DONE, JSON, Nothing, key, show
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Permission
from steadydesk.kernel.clock import clock
from steadydesk.pages.middleware import actor
from steadydesk.sites.queries import site as find_site
from steadydesk.visits import actions, expected, forewarning, queries
from steadydesk.visits.actions import Wanted, Warned
from steadydesk.visits.forewarning import Shown

router = Router(tags=["expected"])
of_visits = Router(tags=["visits"])
"""Stands under the visit's address."""
of_sites = Router(tags=["expected"])
"""Stands under the site's address."""

WITH = Query(None, alias="with")
LIST: dict[int, Any] = {200: Page, 403: Problem, 404: Problem, 422: Problem}
MADE: dict[int, Any] = {200: JSON, 201: JSON, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class Returning(Body):
    """With whom (``person:3``, ``team:housing``, a login or a team's id) and when; words by which they are known."""

    with_: str = Field("", alias="with")
    at: AwareDatetime | None = None
    who: str | None = None

    def wanted(self, service: str = "") -> Wanted:
        """The same for the action."""
        return Wanted(self.with_, self.at, self.who or "", service)


class Appointing(Returning):
    """The same for a customer who is not here, and what it is about."""

    service: str | None = None


class Moving(Body):
    """Another time, and perhaps with somebody else."""

    at: AwareDatetime | None = None
    with_: str | None = Field(None, alias="with")


class Matching(Body):
    """Which expected arrival it is, and the second fact that the customer gave."""

    expected: str = ""
    fact: str = ""


class Confirming(Body):
    """By which way: print, calendar or mail, the last to an address that is given now."""

    way: str = ""
    address: str | None = None
    safe_way: StrictBool = False


class Forewarned(Body):
    """A customer is expected agitated: on which day, what to know, a second fact, and which colleagues see it."""

    day: date | None = None
    around: time | None = None
    text: str = ""
    fact: str | None = None
    named: list[StrictInt] = Field(default_factory=list, max_length=50)


class Named(Body):
    """The ids of the colleagues who see it beside reception."""

    named: list[StrictInt] = Field(default_factory=list, max_length=50)


class Met(Body):
    """Which visit it turned out to be, and the second fact."""

    visit: str = ""
    fact: str = ""


@of_visits.post("/{id}/return", response=DONE, summary="Ask the customer to return")
def book_return(request: HttpRequest, id: str, payload: Returning, once: str | None = again.KEY) -> JSON:
    """Only for a time at which whom they are to meet will be there; refused with the next possible times."""
    by, now = actor(request), clock.now()
    again.done(request, once, lambda: actions.book_return(key(id), payload.wanted(), by=by, now=now).pk)
    visit = queries.visit(key(id))
    by.check(Permission.VISIT_READ, visit.site)
    return show(request, visit)


@of_visits.get("/{id}/return-times", response=LIST, summary="Times at which the customer can return")
def return_times(request: HttpRequest, id: str, whom: str | None = WITH) -> JSON:
    """The next ones with ``with``; without it, with anyone of the visit's team."""
    by, visit = actor(request), queries.visit(key(id))
    by.check(Permission.VISIT_WORK, visit.site)
    encounters.refuse_hidden(visit.pk, by)
    found = expected.times_for(visit, whom or f"team:{visit.team}", clock.now())
    return {"items": [{"at": at.isoformat()} for at in found], "next": None}


@of_visits.post("/{id}/return-undo", response=DONE, summary="The return was booked by mistake")
def undo_return(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """Within a few minutes: the customer is back in at the old place."""
    by, visit = actor(request), queries.visit(key(id))
    by.check(Permission.VISIT_WORK, visit.site)
    encounters.refuse_hidden(visit.pk, by)
    actions.undo_return(expected.given_at(visit).pk, by=by, now=clock.now())
    return show(request, queries.visit(visit.pk))


@of_visits.post("/{id}/expected", response=DONE, summary="This customer was expected")
def expect(request: HttpRequest, id: str, payload: Matching) -> JSON:
    """A person has made sure by a second fact; from now on the clock of the appointment runs."""
    said = key(payload.expected), payload.fact
    actions.expect(key(id), *said, by=actor(request), now=clock.now())
    return show(request, queries.visit(key(id)))


@of_visits.post("/{id}/expected-undo", response=DONE, summary="It was somebody else who was expected")
def part(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """The other is still expected."""
    actions.part(key(id), by=actor(request), now=clock.now())
    return show(request, queries.visit(key(id)))


@of_sites.get("/{site}/expected", response=LIST, summary="Who is expected on a day")
def list_expected(request: HttpRequest, site: str, day: date | None = None) -> JSON:
    """Today, unless a day is named; in the order of their times."""
    by, found = actor(request), find_site(site)
    by.check(Permission.VISIT_READ, site)
    rows = expected.shown_to(by, expected.on_day(site, day or expected.today(found, clock.now())))
    return {"items": [expected.as_json(row.expected) for row in rows], "next": None}


@of_sites.post("/{site}/expected", response=MADE, summary="Give a time to a customer who is not here")
def book_appointment(
    request: HttpRequest, site: str, payload: Appointing, once: str | None = again.KEY
) -> Status[JSON]:
    """The same rule binds a team that gives a time of its own accord. 200 when the same was sent before."""
    find_site(site)
    by, wanted = actor(request), payload.wanted(payload.service or "")
    status, id = again.made(request, once, lambda: actions.book_appointment(site, wanted, by=by, now=clock.now()).pk)
    row = expected.one(id, by)
    by.check(Permission.VISIT_READ, row.site)
    return Status(status, expected.as_json(row))


@router.get("/{id}", response=DONE, summary="One expected arrival")
def one_expected(request: HttpRequest, id: str) -> JSON:
    """What makes sure that it is them is not told."""
    by = actor(request)
    row = expected.one(key(id), by)
    by.check(Permission.VISIT_READ, row.site)
    return expected.as_json(row)


@router.get("/{id}/times", response=LIST, summary="Times that can be given instead")
def times_instead(request: HttpRequest, id: str, whom: str | None = WITH) -> JSON:
    """With the same colleague or team, unless ``with`` names another."""
    by = actor(request)
    row = expected.one(key(id), by)
    by.check(Permission.VISIT_WORK, row.site)
    found = expected.times_instead(row, clock.now(), whom or "")
    return {"items": [{"at": at.isoformat()} for at in found], "next": None}


@router.post("/{id}/move", response=DONE, summary="Give another time")
def move(request: HttpRequest, id: str, payload: Moving) -> JSON:
    """The same rule binds; whoever was not told of the old time is still to be told."""
    whom = payload.with_ or ""
    return expected.as_json(actions.move_expected(key(id), payload.at, whom=whom, by=actor(request), now=clock.now()))


@router.post("/{id}/call-off", response=DONE, summary="The customer does not come")
def call_off(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """The time is free again."""
    return expected.as_json(actions.call_off(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/take-up", response=DONE, summary="It holds after all")
def take_up(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """What was called off, or taken for not come, by mistake."""
    return expected.as_json(actions.take_up(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/not-come", response=DONE, summary="The customer did not come")
def not_come(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """Whoever gave the time is told."""
    return expected.as_json(actions.say_not_come(key(id), by=actor(request), now=clock.now()))


@router.post("/{id}/confirm", response=DONE, summary="Give a confirmation")
def confirm(request: HttpRequest, id: str, payload: Confirming) -> JSON:
    """Of somebody who is kept private only when a safe way was confirmed."""
    address, by = payload.address or "", actor(request)
    row = actions.confirm(key(id), payload.way, address=address, safe_way=payload.safe_way, by=by, now=clock.now())
    return expected.as_json(row)


@of_sites.get("/{site}/forewarnings", response=LIST, summary="Who is expected agitated today")
def list_forewarnings(request: HttpRequest, site: str) -> JSON:
    """For reception and the colleagues who were named, on that day alone; nobody else is told that there is any."""
    by = actor(request)
    find_site(site)
    by.check(Permission.VISIT_READ, site)
    if by.kind == "device":
        return {"items": [], "next": None}
    return {"items": [_warning(w) for w in forewarning.seen_by(by, site, clock.now())], "next": None}


@of_sites.post("/{site}/forewarnings", response=MADE, summary="Warn of a customer who is expected agitated")
def forewarn(request: HttpRequest, site: str, payload: Forewarned, once: str | None = again.KEY) -> Status[JSON]:
    """It goes when its day is over, and so do its words. 200 when the same was sent before."""
    find_site(site)
    said = Warned(payload.day, payload.text, payload.fact or "", tuple(payload.named), payload.around)
    by = actor(request)
    status, id = again.made(request, once, lambda: actions.forewarn(site, said, by=by, now=clock.now()).pk)
    return Status(status, {"id": str(id), "site": site, "day": payload.day and payload.day.isoformat()})


@of_sites.post("/{site}/forewarnings/{id}/match", response=DONE, summary="This is the customer")
def match(request: HttpRequest, site: str, id: str, payload: Met) -> JSON:
    """By a second fact and a person."""
    visit = key(payload.visit)
    row = forewarning.match(key(id), visit, payload.fact, by=actor(request), now=clock.now())
    return {"id": str(row.pk), "site": row.site, "state": row.state}


@of_sites.post("/{site}/forewarnings/{id}/named", response=DONE, summary="Say anew who sees it")
def change_named(request: HttpRequest, site: str, id: str, payload: Named) -> JSON:
    """These colleagues beside reception, and no others. By whoever wrote it, reception, or a manager."""
    row = actions.change_named(key(id), payload.named, by=actor(request), now=clock.now())
    return {"id": str(row.pk), "site": row.site, "named": row.named}


@of_sites.post("/{site}/forewarnings/{id}/take-back", response=DONE, summary="Nobody need know")
def take_back(request: HttpRequest, site: str, id: str, payload: Nothing | None = None) -> JSON:
    """By whoever wrote it, or a manager; it is gone at once."""
    forewarning.take_back(key(id), by=actor(request), now=clock.now())
    return {"id": id, "site": site, "state": "gone"}


def _warning(shown: Shown) -> JSON:
    around = shown.around.isoformat("minutes") if shown.around else None
    return {"id": str(shown.id), "day": shown.day.isoformat(), "around": around, "text": shown.text,
            "named": shown.named, "state": shown.state, "by": shown.by, "came": shown.came or None}  # fmt: skip
