"""Placing and lifting holds."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.privacy import actions
from steadydesk.screens.opening import home
from steadydesk.screens.privacy.forms import PlaceHold
from steadydesk.screens.privacy.subjects import require_subject, title_of
from steadydesk.screens.response.page import page, show
from steadydesk.sites import queries as sites


@page(Permission.HOLD_PLACE)
def place(request: HttpRequest, by: Actor, subject: str) -> HttpResponse:
    """Keep everything about the subject until somebody lifts the hold."""
    site = require_subject(subject, by, Permission.HOLD_PLACE)
    form = PlaceHold(request.POST)
    if form.is_valid():
        at = sites.site(site) if site else home(by)
        until = form.until_at(at.time_zone if at else "UTC")
        try:
            actions.place_hold(subject, form.cleaned_data["reason"], until, by=by, now=clock.now())
        except Invalid as error:
            form.take_faults(error)
        else:
            messages.success(request, _("Nothing about this is forgotten until the hold is lifted."))
            return redirect("privacy")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return show(request, by, "privacy/hold.html", status, subject=subject, title=title_of(subject), form=form)


@page(Permission.HOLD_PLACE)
def lift(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """It may be forgotten again."""
    try:
        actions.lift_hold(id, by=by, now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The hold is lifted: it goes when its time is over."))
    return redirect("privacy")
