"""Warnings for one day: shown to reception and the colleagues who were named, and never where customers read along."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from steadydesk.pages.once import act_once
from steadydesk.people import queries as people
from steadydesk.screens.desk.frame import page, show
from steadydesk.screens.privacy.looking import keep_look
from steadydesk.screens.response.page import choose_site, counter
from steadydesk.screens.returns.forms import ForewarnForm, MetForm, NamedForm
from steadydesk.screens.returns.frame import around
from steadydesk.sites.models import Site
from steadydesk.visits import actions, expected, forewarning, queries


def part(by: Actor, site: Site, now: datetime, *, hidden: bool) -> dict[str, Any]:
    """What the list of a day shows of them: where customers read along a mark, and no word."""
    if hidden:
        return {"marks": forewarning.count_today(by, site, now), "warnings": [], "may_warn": False}
    found = forewarning.seen_by(by, site.pk, now)
    for one in found:
        keep_look(f"forewarning:{one.id}", "forewarning", by)
    kept = encounters.kept_from(by)
    here = [(str(v.pk), v.ref) for v in queries.open_visits(site.pk) if f"visit:{v.pk}" not in kept] if found else []
    colleagues = _colleagues(site.pk) if any(one.may_change for one in found) else []
    rows = [
        (one, MetForm(here, id=one.id), NamedForm(colleagues, id=one.id, named=one.seen_by) if one.may_change else None)
        for one in found
    ]
    return {"marks": 0, "warnings": rows, "may_warn": by.may(Permission.VISIT_WORK, site.pk)}


def _colleagues(site: str) -> list[tuple[str, str]]:
    """Whoever works at the site, by name."""
    return sorted(((str(c.person), c.name) for c in people.workers(site)), key=lambda c: c[1].casefold())


@page
def forewarn(request: HttpRequest, by: Actor) -> HttpResponse:
    """Warn reception and named colleagues of a customer who is expected agitated (E5a-exp)."""
    site, now = choose_site(request, by, Permission.VISIT_WORK), clock.now()
    if counter(by):
        raise NotAllowed(_("Customers can read this screen. Open the page on a staff-only screen or on your phone."))
    colleagues = _colleagues(site.pk)
    data = request.POST if request.method == "POST" else None
    form = ForewarnForm(colleagues, data, today=expected.today(site, now))
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                act_once(request, lambda: actions.forewarn(site.pk, form.warned(), by=by, now=now).pk, by=by, now=now)
                messages.success(request, _("They will be warned on that day."))
                return redirect(f"/expected?site={site.pk}")
        except Invalid as error:
            form.take_faults(error)
        status = 422
    return show(request, by, "returns/forewarn.html", status, form=form, site=site, **around(by))


@page
def act(request: HttpRequest, by: Actor, id: int, verb: str) -> HttpResponse:
    """It is this customer, it is not, or nobody need know."""
    now = clock.now()
    try:
        if verb == "match":
            visit = request.POST.get("visit", "")
            if not (visit.isascii() and visit.isdigit() and len(visit) < 19):
                raise Invalid.one("visit", _("Choose somebody who is here now."))
            forewarning.match(id, int(visit), request.POST.get("fact", ""), by=by, now=now)
            messages.success(request, _("Noted. It stays between those who see this."))
        elif verb == "part":
            forewarning.part(id, by=by, now=now)
        elif verb == "named":
            chosen = [int(id) for id in request.POST.getlist("named") if id.isascii() and id.isdigit() and len(id) < 19]
            actions.change_named(id, chosen, by=by, now=now)
            messages.success(request, _("Changed: these see it, and reception."))
        elif verb == "take-back":
            forewarning.take_back(id, by=by, now=now)
            messages.success(request, _("It is gone."))
        else:
            raise NotFound(_("There is no such page."))
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("expected")
