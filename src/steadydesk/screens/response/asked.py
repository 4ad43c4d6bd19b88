"""What a service area is asked on its own screens: to come in time, to take somebody on. One tap answers (E1a, E4a)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.pages.fields import Words
from steadydesk.people import queries as people
from steadydesk.screens.desk import board
from steadydesk.screens.desk.forms import Decline
from steadydesk.screens.response.page import page, show
from steadydesk.visits import actions, help_requests, private, queries, referrals
from steadydesk.visits.models import HelpRequest, Visit

READ_BY = lazy("Colleagues who work with visits here can read this. Reception may tell the customer.")


@dataclass(frozen=True)
class Asked:
    """One question to the team: about whom, and until when an answer is of use."""

    id: int
    visits: list[Visit]
    until: datetime


@dataclass(frozen=True)
class Handover:
    """Somebody is to be taken on: who asks whom since when, and the form to say no."""

    visit: Visit
    service: str
    by: str
    at: datetime
    to: str
    """The team that is asked; empty where it is this person alone."""
    decline: Decline


class CannotForm(forms.Form):
    """Why the team cannot come in time; no reason need be given."""

    reason = Words(
        label=lazy("Why not"),
        required=False,
        max_length=200,
        read_by=READ_BY,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


def asked(by: Actor) -> list[Asked]:
    """What the person's team is asked now, the oldest question first. Tickets stand there, and no names."""
    if by.team is None or by.site is None:
        return []
    hidden = encounters.kept_from(by)
    found = [p for p in queries.open_prompts(by.site, hidden) if p.kind == "ask_service" and p.team == by.team]
    every = []
    for prompt in found:
        within = documents.version(prompt.document, prompt.version).protocol.waiting.attend_within
        about = sorted(prompt.visits.all(), key=lambda v: v.waits_from)
        every.append(Asked(prompt.pk, about, about[0].waits_from + within))
    return every


def handovers(by: Actor, failed: Decline | None = None) -> list[Handover]:
    """Customers whom this person, or their team, is asked to take on. Tickets stand there, and no names."""
    mine, hidden = referrals.asked_of(by), encounters.kept_from(by)
    found = [r for r in mine if by.may(Permission.VISIT_WORK, r.visit.site) and f"visit:{r.visit.pk}" not in hidden]
    names = people.actor_names(r.asked_by for r in found)
    labels = {site: board.labels(site) for site in {r.visit.site for r in found}}
    return [
        Handover(
            visit=r.visit,
            service=labels[r.visit.site].shown(r.visit, readable=private.may_read(r.visit, by)),
            by=names.get(r.asked_by, ""),
            at=r.asked_at,
            to=labels[r.visit.site].teams.get(r.team, ""),
            decline=failed if failed and failed.visit.pk == r.visit.pk else _decline(r.visit),
        )
        for r in found
    ]


def _decline(visit: Visit, data: Any = None) -> Decline:
    form = Decline(visit, queries.choices(visit), data, staff_only=True)
    form.auto_id = f"decline-{visit.pk}-%s"
    return form


def questions(by: Actor) -> dict[str, Any]:
    """Everything that waits for an answer of this person or their team."""
    return {"asked": asked(by), "handovers": handovers(by), "helping": _helping(by), "cannot": CannotForm()}


def _helping(by: Actor) -> list[HelpRequest]:
    """What reception asks this person's team for."""
    mine, hidden = help_requests.asked_of(by), encounters.kept_from(by)
    return [r for r in mine if by.may(Permission.VISIT_WORK, r.visit.site) and f"visit:{r.visit.pk}" not in hidden]


@page(Permission.ALARM_ANSWER)
def answer_handover(request: HttpRequest, by: Actor, visit: int) -> HttpResponse:
    """The person takes the customer on, or says why not and what is offered instead."""
    found, now = queries.visit(visit), clock.now()
    by.check(Permission.VISIT_WORK, found.site)
    form = _decline(found, request.POST)
    try:
        if request.POST.get("do") == "agree":
            actions.agree(visit, by=by, now=now)
            messages.success(request, _("You have taken %s on. Reception sees it.") % found.ref)
            return redirect("respond")
        if form.is_valid():
            form.act(by, now)
            messages.success(request, _("Reception sees that you do not take %s on.") % found.ref)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    except Invalid as error:
        form.take_faults(error)
    if form.errors:
        return show(request, by, "response/handover.html", 422, handovers=handovers(by, form))
    return redirect("respond")


@page(Permission.ALARM_ANSWER)
def asked_part(request: HttpRequest, by: Actor) -> HttpResponse:
    """The part of the page that is fetched again whenever something changed."""
    return show(request, by, "response/asked.html", **questions(by))


@page(Permission.ALARM_ANSWER)
def answer_asked(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Somebody comes, or nobody can in time: reception is shown that at once."""
    form = CannotForm(request.POST)
    can = request.POST.get("do") == "can"
    try:
        if not form.is_valid():
            raise Invalid.one("reason", " ".join(str(e) for e in form.errors["reason"]))
        actions.answer_for_service(id, can=can, reason=form.cleaned_data["reason"], by=by, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("Reception sees that you can come.") if can else _("Reception tells the customer."))
    return redirect("respond")
