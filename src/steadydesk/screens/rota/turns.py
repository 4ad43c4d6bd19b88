"""Correct one published shift or duty: its times, who works it, or that nobody does."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.people import planning
from steadydesk.people import queries as people
from steadydesk.people.planning import Turn
from steadydesk.rota import actions
from steadydesk.rota import queries as rota
from steadydesk.screens.opening import local_time
from steadydesk.screens.response.page import page, show
from steadydesk.screens.rota.days import monday
from steadydesk.screens.rota.forms import TurnForm
from steadydesk.sites import queries as sites


@page(Permission.PRESENCE_SET)
def turn(request: HttpRequest, by: Actor, kind: str, id: int) -> HttpResponse:
    """Show it, and do what was pressed."""
    found = planning.find_turn(id, duty=kind == "duty")
    if found is None or not by.may(Permission.PRESENCE_SET, found.site):
        raise NotFound(_("There is no such shift, or nobody works it any more."))
    with local_time(sites.site(found.site)):
        return (
            _change(request, by, found, kind, id) if request.method == "POST" else _draw(request, by, found, kind, id)
        )


def _change(request: HttpRequest, by: Actor, found: Turn, kind: str, id: int) -> HttpResponse:
    form, do, now = TurnForm(request.POST), request.POST.get("do"), clock.now()
    duty = kind == "duty"
    try:
        if do == "remove":
            actions.remove_turn(id, duty=duty, by=by, now=now)
        elif do == "cover":
            chosen = request.POST.get("person", "")
            actions.cover(id, int(chosen) if chosen.isdecimal() else 0, duty=duty, by=by, now=now)
        elif form.is_valid():
            actions.change_times(id, *form.moments, duty=duty, by=by, now=now)
        else:
            return _draw(request, by, found, kind, id, form=form)
    except Invalid as error:
        if do == "cover":
            return _draw(request, by, found, kind, id, fault=error.faults[0].reason)
        form.is_valid()
        form.take_faults(error)
        return _draw(request, by, found, kind, id, form=form)
    messages.success(request, _("Changed."))
    return redirect(f"/rota?site={found.site}&week={monday(timezone.localtime(found.starts_at).date())}")


def _draw(request: HttpRequest, by: Actor, found: Turn, kind: str, id: int, **said: Any) -> HttpResponse:
    known = {"starts": timezone.localtime(found.starts_at), "ends": timezone.localtime(found.ends_at)}
    free = rota.who_could(found.site, found.starts_at, found.ends_at)
    names = people.names([found.person, *free])
    choices = sorted(((p, names[p]) for p in free if p != found.person), key=lambda each: each[1].casefold())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if said else HTTPStatus.OK
    shown = {"turn": found, "kind": kind, "id": id, "name": names[found.person], "choices": choices, "now": clock.now()}
    return show(
        request,
        by,
        "rota/turn.html",
        status,
        site=sites.site(found.site),
        **{"form": TurnForm(initial=known), "fault": "", **shown, **said},
    )


@page(Permission.PRESENCE_SET)
def restore(request: HttpRequest, by: Actor, planned: int) -> HttpResponse:
    """Put back what was taken out."""
    actions.restore_turn(planned, by=by, now=clock.now())
    messages.success(request, _("It is worked after all."))
    return redirect(f"/rota?site={request.POST.get('site', '')}&week={request.POST.get('week', '')}")
