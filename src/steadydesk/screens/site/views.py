"""The state of the site, and the lists that ask who is still here. For desks, managers and their phones alike."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from steadydesk.desks import actions as at_desks
from steadydesk.desks import queries as desks
from steadydesk.encounters import queries as encounters
from steadydesk.incidents import queries as access
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.pages.once import act_once
from steadydesk.people import queries as people
from steadydesk.screens.desk.frame import page
from steadydesk.screens.desk.stations import number
from steadydesk.screens.paper.times import NotATime, last_shown, moment, went_back
from steadydesk.screens.response import calls
from steadydesk.screens.response.page import choose_site, counter, pages_of, show
from steadydesk.screens.site import lists, words
from steadydesk.screens.site.outage import outage
from steadydesk.sites import actions, queries
from steadydesk.sites.models import Site
from steadydesk.sites.rules import REASONS
from steadydesk.visits import actions as visits
from steadydesk.visits import expected


@page
def state(request: HttpRequest, by: Actor) -> HttpResponse:
    """What the site is doing, since when, what comes next, and every change that this reader may make."""
    return _state(request, by)


def _state(request: HttpRequest, by: Actor, status: int = HTTPStatus.OK) -> HttpResponse:
    site, now = choose_site(request, by, Permission.SITE_READ), clock.now()
    staff_only = not counter(by)
    standing = queries.status(site, now)
    hidden = encounters.kept_from(by)
    here = lists.closing_list(site, now, hidden)
    return show_page(
        request,
        by,
        "site/state.html",
        status,
        site=site,
        standing=standing,
        words=words.state_words(site.state, staff_only=staff_only),
        who=words.who(standing) if staff_only else "",
        reason=words.REASONS.get(standing.reason, "") if staff_only else "",
        change=words.change(standing, now),
        reasons=[(r, words.REASONS[r]) for r in REASONS],
        danger=by.may(Permission.SITE_DANGER, site.pk),
        leads=by.may(Permission.SITE_STATE, site.pk),
        lists=lists.summary(site, now, hidden=hidden),
        here=len(here),
    )


@page
def change(request: HttpRequest, by: Actor) -> HttpResponse:
    """Change it, in one press; or let the hours have it again. A page lifts no other danger than the one it showed."""
    site, now = choose_site(request, by, Permission.SITE_READ), clock.now()
    wanted, reason = request.POST.get("state", ""), request.POST.get("reason", "")
    try:
        lifts = _lifted(request)
        if wanted == "hours":
            actions.follow_hours_again(site.pk, lifts=lifts, by=by, now=now)
        else:
            actions.change_state(site.pk, wanted, reason=reason, lifts=lifts, by=by, now=now)
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
    except Refusal as error:
        messages.error(request, error.sentence)
        return _state(request, by, HTTPStatus.CONFLICT)
    return redirect(f"/site?site={site.pk}")


def _lifted(request: HttpRequest) -> actions.Lifted:
    """What the page showed; one that says nothing lifts no danger."""
    with suppress(ValueError):
        return actions.Lifted(request.POST.get("lifts", ""), parse_datetime(request.POST.get("since", "")))
    return actions.Lifted("")


@page
def here(request: HttpRequest, by: Actor) -> HttpResponse:
    """Everybody of whom somebody must say what became of them. It can be printed and carried round."""
    return _here(request, by)


def _here(request: HttpRequest, by: Actor, status: int = HTTPStatus.OK, typed: Any = None) -> HttpResponse:
    site, now = choose_site(request, by, Permission.VISIT_READ), clock.now()
    manages, hidden = by.may(Permission.PRESENCE_SET, site.pk), encounters.kept_from(by)
    stations = [d for d in desks.desks(site.pk) if d.here]
    colleagues = [(c.person, c.name) for c in people.workers(site.pk)]
    asked = lists.open_lists(site.pk, now, every=manages, hidden=hidden)
    return show_page(
        request,
        by,
        "site/here.html",
        status,
        site=site,
        typed=typed,
        outage=outage(site, by, now, counter=counter(by)),
        lists=asked,
        first_day=lists.first_day(asked, ZoneInfo(site.time_zone), now),
        closing=lists.closing_list(site, now, hidden),
        expected=expected.shown_to(by, lists.still_expected(site, now)),
        visitors=access.visitors(site.pk),
        names=dict(colleagues),
        colleagues=sorted(colleagues, key=lambda c: c[1].casefold()),
        stations=stations if site.state in ("closing", "closed") else [],
        passes=desks.passes(site.pk) if site.state in ("closing", "closed") else [],
        works=by.may(Permission.VISIT_WORK, site.pk),
        manages=manages,
        own_desk=int(by.id) if by.kind == "device" else None,
        calls=[] if counter(by) else [c for c in calls.open_calls(by) if c.alarm.site == site.pk],
        now=now,
        went_back=went_back(ZoneInfo(site.time_zone), now),
    )


@page
def answer(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """What became of one customer on a list."""
    site, now, said = choose_site(request, by, Permission.VISIT_READ), clock.now(), request.POST.get("answer", "")
    try:
        at = _at(request, now)
        act_once(request, lambda: visits.answer_headcount(id, said, at=at, by=by, now=now), by=by, now=now)
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
        typed = {"id": id, **{name: request.POST.get(name, "") for name in ("at", "at_day", "at_which")}}
        return _here(request, by, HTTPStatus.UNPROCESSABLE_ENTITY, typed)
    except Refusal as error:
        messages.error(request, error.sentence)
    return redirect(f"/site/here?site={site.pk}")


@page
def answer_all(request: HttpRequest, by: Actor) -> HttpResponse:
    """The same of everybody who is left on a list."""
    site = choose_site(request, by, Permission.VISIT_WORK)
    why, said = request.POST.get("why", ""), request.POST.get("answer", "")
    return _answered(request, by, lambda now: visits.answer_all(site.pk, why, said, by=by, now=now))


@page
def look_through(request: HttpRequest, by: Actor) -> HttpResponse:
    """What fell due while the server was off has been looked through."""
    site = choose_site(request, by, Permission.VISIT_READ)
    if counter(by):
        raise NotAllowed(_("Part of this list is not shown here. Somebody who sees all of it looks through it."))
    return _answered(request, by, lambda now: actions.look_through_outage(site.pk, by=by, now=now))


@page
def answer_closing(request: HttpRequest, by: Actor, visit: int) -> HttpResponse:
    """What becomes of one customer as the site closes."""
    person = number(request.POST.get("person"))
    said = request.POST.get("answer", "")

    def act(now: datetime) -> None:
        visits.answer_at_closing(visit, said, person=person, by=by, now=now)

    return _answered(request, by, lambda now: act_once(request, lambda: act(now), by=by, now=now))


@page
def send_home(request: HttpRequest, by: Actor, device: int) -> HttpResponse:
    """Somebody at a desk goes home: tapped out, and their shift is over."""
    person = number(request.POST.get("person")) or 0
    return _answered(request, by, lambda now: at_desks.send_home(person, device, by=by, now=now))


@page
def end_pass(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """A day pass ends with the day."""
    return _answered(request, by, lambda now: at_desks.revoke_pass(id, by=by, now=now))


def _answered(request: HttpRequest, by: Actor, act: Any) -> HttpResponse:
    site = choose_site(request, by, Permission.VISIT_READ)
    try:
        act(clock.now())
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
    except Refusal as error:
        messages.error(request, error.sentence)
    return redirect(f"/site/here?site={site.pk}")


def _at(request: HttpRequest, now: datetime) -> datetime | None:
    """A time at the site on the day that is said; else of today, and one that is still to come was yesterday's."""
    typed, zone = request.POST.get("at", ""), timezone.get_current_timezone()
    day, which = request.POST.get("at_day", ""), request.POST.get("at_which", "")
    if not typed and day:
        raise Invalid.one("at", _("Write the time of that day too."))
    if not typed:
        return None
    assert isinstance(zone, ZoneInfo)  # the site's, which ``choose_site`` made current
    try:
        if day:
            return moment(date.fromisoformat(day), time.fromisoformat(typed), zone, which)
        return last_shown(time.fromisoformat(typed), zone, now, which)
    except ValueError:
        raise Invalid.one("at", _("Write the time as 10:15.")) from None
    except NotATime as error:
        raise Invalid.one("at", error.sentence) from None


def show_page(
    request: HttpRequest, by: Actor, template: str, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    """A person has the way to the other pages; a desk has the way back to its board."""
    alone = by.kind != "person" or counter(by)
    shown = {
        **context,
        "pages": [] if alone else pages_of(by),
        "staff_only": not counter(by),
        "at_desk": bool(by.place),
    }
    return show(request, by, template, status, **shown)


def strip(site: Site, now: datetime, hidden: Collection[str], *, staff_only: bool) -> dict[str, Any]:
    """The state and the open lists, for the top of a desk; nothing on most days. ``hidden`` is not counted."""
    status = queries.status(site, now) if site.state != "open" else None
    return {
        "site_line": words.line(status, now, staff_only=staff_only) if status else "",
        "site_lists": lists.summary(site, now, hidden=hidden),
    }
