"""Sites and what a desk shows."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from steadydesk.alarms import actions as alarms
from steadydesk.api.v1.schemas import Body, Page, Problem
from steadydesk.deadlines.queries import oldest_overdue
from steadydesk.delivery.queries import Trouble, troubles
from steadydesk.documents import queries as documents
from steadydesk.documents.rules import review_is_overdue
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.people.queries import teams_at
from steadydesk.protocol.durations import write_duration
from steadydesk.readiness.queries import gaps
from steadydesk.sites import actions, queries
from steadydesk.sites.models import Site
from steadydesk.sites.rules import REASONS, write_spans
from steadydesk.visits import outlook
from steadydesk.visits import queries as visits

router = Router(tags=["sites"])
JSON = dict[str, Any]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TROUBLES_OF = timedelta(days=7)
"""Deliveries that failed longer ago are a matter for reports."""
ENGINE_LATE = timedelta(seconds=3)
"""As on the screens: whatever is due for longer, nobody looked at."""


class NewState(Body):
    """What the site does from now."""

    state: str
    reason: str | None = Field(None, json_schema_extra={"enum": [*REASONS, None]})
    lifts: str | None = Field(None, description="The danger that is over; refused when it is another by now.")


def _site(by: Actor, id: str) -> Site:
    if not by.may(Permission.SITE_READ, id):
        raise NotFound(_("There is no site “%s”.") % id)
    return queries.site(id)


def _as_json(site: Site) -> JSON:
    return {"id": site.pk, "name": site.name, "state": site.state, "time_zone": site.time_zone, "country": site.country}


@router.get("", response={200: Page}, summary="The sites that may be seen")
def list_sites(request: HttpRequest) -> JSON:
    """By name."""
    by = actor(request)
    found = [s for s in queries.sites() if by.may(Permission.SITE_READ, s.pk)]
    return {"items": [_as_json(s) for s in found], "next": None}


@router.get("/{site}", response={200: JSON, 404: Problem}, summary="One site")
def one_site(request: HttpRequest, site: str) -> JSON:
    """With its places, its teams and the protocol in force."""
    found = _site(actor(request), site)
    places = [{"id": p.id, "name": p.name, "kind": p.kind, "staff_only": p.staff_only} for p in queries.places(site)]
    teams = [{"id": t.pk, "name": t.name} for t in teams_at(site)]
    now: datetime = clock.now()
    return {
        **_as_json(found),
        **_standing(found, now),
        "hours": _hours(found, now),
        "places": places,
        "teams": teams,
        "protocol": _protocol(site),
    }


def _standing(site: Site, now: datetime) -> JSON:
    """Since when the site is in its state, why, and what its hours will make of it."""
    found = queries.status(site, now)
    change = found.next_at and {"state": found.next_state, "at": found.next_at.isoformat()}
    since = found.since and found.since.isoformat()
    said = {"since": since, "by_hours": found.by_hours, "reason": found.reason or None}
    return {"state": found.state, "state_said": said, "next_change": change}


def _hours(site: Site, now: datetime) -> JSON | None:
    """``None`` when the site is opened and closed by hand alone."""
    hours = queries.hours(site.pk)
    if not hours.known:
        return None
    days = queries.special_days(site.pk, now.astimezone(ZoneInfo(site.time_zone)).date())
    return {
        "weekly": {DAYS[day]: write_spans(spans) for day, spans in sorted(hours.weekly.items()) if spans},
        "closing_before_minutes": int(hours.closing_before.total_seconds() // 60),
        "special_days": [{"day": d.day.isoformat(), "name": d.name, "hours": d.spans} for d in days],
    }


def _protocol(site: str) -> JSON | None:
    try:
        found = documents.in_force(site)
    except NotFound:
        return None
    return {"document": found.document, "version": found.version}


@router.get("/{site}/board", response={200: JSON, 404: Problem}, summary="What a desk shows now")
def board(request: HttpRequest, site: str) -> JSON:
    """Who waits, which prompts are open, and whether somebody could answer a call."""
    by = actor(request)
    found = _site(by, site)
    by.check(Permission.VISIT_READ, site)
    now: datetime = clock.now()
    can = alarms.book().can_answer(site, by.place or "", by.holder, now)
    shown = {**visits.board(site, encounters.kept_from(by)), **_expected(found, now)}
    return {"site": _as_json(found), "now": now.isoformat(), "can_answer": can, **shown}


def _expected(site: Site, now: datetime) -> JSON:
    """How long whoever comes in now may wait for each team, or why that cannot be said."""
    items = []
    for team, found in outlook.expected_waits(site, now).items():
        if isinstance(found, str):
            items.append({"team": team or None, "low": None, "high": None, "good_until": None, "why_not": found})
            continue
        span = {"low": write_duration(found.low), "high": write_duration(found.high)}
        items.append({"team": team or None, **span, "good_until": found.good_until.isoformat(), "why_not": None})
    return {"expected_waits": items}


@router.get("/{site}/readiness", response={200: JSON, 404: Problem}, summary="Whether the site is prepared now")
def readiness(request: HttpRequest, site: str) -> JSON:
    """The document, the engine, who could answer from each place, teams without a lead, messages that failed.

    And, for those who read reports, every gap that the records show, as on the page.
    """
    by = actor(request)
    found = _site(by, site)
    now: datetime = clock.now()
    book = alarms.book()
    reads = by.may(Permission.REPORT_READ, site)
    parts: JSON = {
        "protocol": _reviewed(found, now),
        "engine": _engine(now),
        "can_answer": {p.id: book.can_answer(site, p.id, "", now) for p in queries.places(site)},
        "teams_without_lead": visits.teams_without_lead(site, now),
        "deliveries": [_trouble(t) for t in troubles(site, now - TROUBLES_OF)],
    }
    return {
        "site": site,
        "now": now.isoformat(),
        "ready": _is_ready(parts),
        **parts,
        "gaps": _gaps(found, now) if reads else [],
    }


def _gaps(site: Site, now: datetime) -> list[JSON]:
    return [{"about": g.about, "sentence": g.sentence, "clause": g.clause or None} for g in gaps(site, now)]


def _is_ready(parts: JSON) -> bool:
    protocol = parts["protocol"]
    prepared = protocol is not None and not protocol["overdue"] and all(parts["can_answer"].values())
    return prepared and parts["engine"]["ok"] and not parts["teams_without_lead"] and not parts["deliveries"]


def _reviewed(site: Site, now: datetime) -> JSON | None:
    binding = _protocol(site.pk)
    if binding is None:
        return None
    form = documents.control_form(documents.row(binding["document"], binding["version"]))
    overdue = review_is_overdue(form, now.astimezone(ZoneInfo(site.time_zone)).date())
    return {**binding, "review_on": form.review_on and form.review_on.isoformat(), "overdue": overdue}


def _engine(now: datetime) -> JSON:
    """By what it left undone, which any node of the installation can see."""
    overdue = oldest_overdue(now)
    late = now - overdue if overdue else timedelta(0)
    return {"ok": late < ENGINE_LATE, "late_s": round(late.total_seconds(), 1)}


def _trouble(trouble: Trouble) -> JSON:
    return {
        "subject": trouble.subject,
        "channel": trouble.channel,
        "failure": trouble.failure,
        "attempts": trouble.attempts,
        "since": trouble.since.isoformat(),
        "given_up": trouble.given_up,
    }


CHANGED = {200: JSON, 403: Problem, 409: Problem, 422: Problem}


@router.post("/{site}/state", response=CHANGED, summary="Change the site's state")
def change_state(request: HttpRequest, site: str, payload: NewState) -> JSON:
    """open, closing, closed, emptied or locked_down; and why, where it was emptied or locked down."""
    by, now = actor(request), clock.now()
    _site(by, site)
    lifts = actions.Lifted(payload.lifts) if payload.lifts else None
    actions.change_state(site, payload.state, reason=payload.reason or "", lifts=lifts, by=by, now=now)
    found = queries.site(site)
    return {**_as_json(found), **_standing(found, now)}
