"""Giving a time: the next ones that are true, one press each; to whoever is here, and by a team to whoever is not."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.once import act_once
from steadydesk.screens.desk.frame import page, show
from steadydesk.screens.desk.frame import staff_only as in_full
from steadydesk.screens.response.page import choose_site
from steadydesk.screens.returns import words
from steadydesk.screens.returns.forms import AppointmentForm, TimeForm
from steadydesk.screens.returns.frame import around
from steadydesk.sites import queries as sites
from steadydesk.visits import actions, expected, queries
from steadydesk.visits.models import Visit


@page
def book_return(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Ask a customer to return: with whom, and one press on a time at which they will be there (E3b-ret)."""
    visit = _visit(by, id)
    zone = sites.site(visit.site).time_zone
    whom = request.POST.get("whom") or request.GET.get("whom") or f"team:{visit.team}"
    form = TimeForm(visit.site, zone, request.POST if request.method == "POST" else None, initial={"whom": whom})
    said, status = "", 200
    if request.method == "POST":
        try:
            if form.is_valid():
                now = clock.now()
                booked = act_once(
                    request, lambda: actions.book_return(id, form.wanted(), by=by, now=now).pk, by=by, now=now
                )
                return redirect("expected-one", int(booked.made))
            status = 422
        except Invalid as error:
            form.take_faults(error)
            status = 422
        except Refusal as refusal:
            said, status = refusal.sentence, 409
    times = _times(lambda now: expected.times_for(visit, whom, now))
    found = {"visit": visit, "form": form, "times": times, "said": said, "staff_only": in_full(by)}
    return show(request, by, "returns/give.html", status, **found, whom=whom, **around(by))


def _visit(by: Actor, id: int) -> Visit:
    visit = queries.visit(id)
    if not by.may(Permission.VISIT_WORK, visit.site):
        raise NotFound(_("There is no such visit."))
    encounters.refuse_hidden(id, by)
    return visit


@page
def book_appointment(request: HttpRequest, by: Actor) -> HttpResponse:
    """A team gives a time to a customer who is not here; the same rule binds (E4c)."""
    site = choose_site(request, by, Permission.VISIT_WORK)
    first = by.team or ""
    whom = request.POST.get("whom") or request.GET.get("whom") or (f"team:{first}" if first else "")
    services = [(s.id, s.label) for s in documents.in_force(site.pk).protocol.services]
    data = request.POST if request.method == "POST" else None
    form = AppointmentForm(site.pk, site.time_zone, data, initial={"whom": whom}, services=services)
    said, status = "", 200
    if request.method == "POST":
        try:
            if form.is_valid():
                now = clock.now()
                booked = act_once(
                    request, lambda: actions.book_appointment(site.pk, form.wanted(), by=by, now=now).pk, by=by, now=now
                )
                return redirect("expected-one", int(booked.made))
            status = 422
        except Invalid as error:
            form.take_faults(error)
            status = 422
        except Refusal as refusal:
            said, status = refusal.sentence, 409
    times = _times(lambda now: expected.times_at(site.pk, whom, now)) if whom else []
    found = {"form": form, "times": times, "said": said, "staff_only": in_full(by), "site": site}
    return show(request, by, "returns/give.html", status, **found, whom=whom, **around(by))


def _times(read: Any) -> list[tuple[str, str]]:
    """The times as a press sends them and as they are said; none for whoever cannot be met at all."""
    try:
        found: list[datetime] = read(clock.now())
    except Invalid:
        return []
    return [(at.isoformat(), words.at_words(at)) for at in found]
