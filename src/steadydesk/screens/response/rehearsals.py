"""Who has rehearsed the phrase: when, with whom, and who has not in time (L3b-ii(3))."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.pages.fields import Day
from steadydesk.people import queries as people
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites.models import Site
from steadydesk.training import actions, queries
from steadydesk.training.rules import Rehearsed

STATES = {"in_date": lazy("in date"), "overdue": lazy("too long ago"), "never": lazy("never")}


class RehearsalForm(forms.Form):
    """Who rehearsed it with whom, and when. Nothing is chosen beforehand."""

    person = forms.ChoiceField(label=lazy("Who rehearsed it"), required=False)
    partner = forms.ChoiceField(label=lazy("With whom"), required=False)
    held_on = Day(label=lazy("On which day"), required=False)

    def __init__(self, site: str, data: Any = None) -> None:
        super().__init__(data)
        workers = [(str(w.person), w.name) for w in people.colleagues(site)]
        for name in ("person", "partner"):
            self.fields[name].choices = [("", lazy("Choose")), *workers]  # type: ignore[attr-defined]

    def said(self) -> Rehearsed:
        """The same for the action, which says all that is missing at once."""
        typed = self.cleaned_data
        person, partner = (int(typed[name]) if typed.get(name) else None for name in ("person", "partner"))
        return Rehearsed(person, partner, typed.get("held_on"))


@page(Permission.SAFETY_RECORD)
def rehearsals(request: HttpRequest, by: Actor) -> HttpResponse:
    """The list, with a form for the next one."""
    site = choose_site(request, by, Permission.SAFETY_RECORD)
    form = RehearsalForm(site.pk, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form.is_valid()
        try:
            actions.record_rehearsal(site.pk, form.said(), by=by, now=clock.now())
        except Invalid as error:
            _add_faults(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect(f"{request.path}?site={site.pk}")
    return _draw(request, by, site, form)


def _add_faults(form: RehearsalForm, error: Invalid) -> None:
    """What the field itself has said already is not said twice."""
    for fault in error.faults:
        if fault.field not in form.errors:
            form.add_error(fault.field if fault.field in form.fields else None, fault.reason)


@page(Permission.SAFETY_RECORD)
def take_back(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """It was recorded by mistake."""
    row = queries.rehearsal(id)
    if not by.may(Permission.SAFETY_RECORD, row.site):
        raise NotFound(_("There is no such rehearsal."))
    actions.take_back_rehearsal(id, by=by, now=clock.now())
    messages.success(request, _("Taken back."))
    return redirect(f"/manage/rehearsals?site={row.site}")


def _draw(request: HttpRequest, by: Actor, site: Site, form: RehearsalForm) -> HttpResponse:
    found = queries.standings(site.pk, clock.now())
    rows = [(one, STATES[one.state]) for one in found]
    overdue = sum(one.state != "in_date" for one in found)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, by, "response/rehearsals.html", status, site=site, form=form, rows=rows, overdue=overdue)
