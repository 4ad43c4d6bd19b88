"""Tests of the chain: started, answered, read."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.api.v1.visits import Nothing, key
from steadydesk.chaintests import actions, queries
from steadydesk.chaintests.models import ChainTest
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.pages.middleware import actor
from steadydesk.people import queries as people

router = Router(tags=["chain tests"])
of_site = Router(tags=["chain tests"])
JSON = dict[str, Any]


class NewTest(Body):
    """Who is asked; without anybody named all on shift whom a call would be told to."""

    people: list[str] | None = None
    """Logins."""


def _as_json(test: ChainTest) -> JSON:
    ended = test.ended_at.isoformat() if test.ended_at else None
    return {
        "id": test.pk,
        "site": test.site,
        "why": test.why,
        "started_at": test.started_at.isoformat(),
        "answer_by": test.answer_by.isoformat(),
        "ended_at": ended,
        "stopped": test.stopped,
        "told": test.told,
        "missed": test.missed if test.ended_at else None,
    }


@of_site.get("/{site}/chain-tests", response={200: Page, 403: Problem}, summary="Tests of a site's chain")
def list_tests(request: HttpRequest, site: str) -> JSON:
    """The newest twenty: counts, no names."""
    actor(request).check(Permission.ALARM_DRILL, site)
    return {"items": [_as_json(t) for t in queries.newest(site)], "next": None}


@of_site.post(
    "/{site}/chain-tests", response={201: JSON, 403: Problem, 409: Problem, 422: Problem}, summary="Test the chain"
)
def start_test(request: HttpRequest, site: str, body: NewTest) -> Status[JSON]:
    """Ask people over every way they have whether they are reached."""
    by = actor(request)
    by.check(Permission.ALARM_DRILL, site)
    id = actions.start_test(site, _named(site, body.people), by=by, now=clock.now())
    return Status(201, _as_json(queries.test(id, by)))


def _named(site: str, logins: list[str] | None) -> list[int] | None:
    if logins is None:
        return None
    known = people.by_login(site)
    if unknown := [login for login in logins if login not in known]:
        raise Invalid.one("people", _("Nobody of this site has the login “%s”.") % unknown[0])
    return [known[login] for login in logins]


@router.get("/{id}", response={200: JSON, 404: Problem}, summary="One test")
def one_test(request: HttpRequest, id: str) -> JSON:
    """For whoever was asked, or leads there."""
    return _as_json(queries.test(key(id), actor(request)))


@router.post("/{id}/answer", response={200: JSON, 404: Problem, 409: Problem}, summary="I have it")
def answer_test(request: HttpRequest, id: str, payload: Nothing | None = None) -> JSON:
    """By whoever was asked."""
    by: Actor = actor(request)
    test = key(id)
    queries.test(test, by)
    actions.answer_test(test, by=by, now=clock.now())
    return _as_json(queries.test(test, by))
