"""What a service area is asked on its own screens: can somebody come in time? One tap answers (E1a)."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.pages.fields import Words
from steadydesk.screens.response.page import page, show
from steadydesk.visits import actions, queries
from steadydesk.visits.models import Visit

READ_BY = lazy("Colleagues who work with visits here can read this. Reception may tell the customer.")


@dataclass(frozen=True)
class Asked:
    """One question to the team: about whom, and until when an answer is of use."""

    id: int
    visits: list[Visit]
    until: datetime


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
    found = [p for p in queries.open_prompts(by.site) if p.kind == "ask_service" and p.team == by.team]
    every = []
    for prompt in found:
        within = documents.version(prompt.document, prompt.version).protocol.waiting.attend_within
        about = sorted(prompt.visits.all(), key=lambda v: v.waits_from)
        every.append(Asked(prompt.pk, about, about[0].waits_from + within))
    return every


@page(Permission.ALARM_ANSWER)
def asked_part(request: HttpRequest, by: Actor) -> HttpResponse:
    """The part of the page that is fetched again whenever something changed."""
    return show(request, by, "response/asked.html", asked=asked(by), cannot=CannotForm())


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
