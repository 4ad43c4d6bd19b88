"""The form that is asked for once it is over: contact, injuries, and a few words (L3b-vi)."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.alarms import queries as alarms
from steadydesk.encounters import actions, queries
from steadydesk.encounters.rules import SHORT_TEXT, Aftermath
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.pages.fields import Words
from steadydesk.people import queries as people
from steadydesk.privacy.subjects import site_of
from steadydesk.screens.response.page import page, show
from steadydesk.sites import queries as sites
from steadydesk.visits import queries as visits

READ_BY = lazy("Read by colleagues who work with visits at this site; kept as part of an incident.")
YES, NO, NOT_KNOWN = ("yes", lazy("Yes")), ("no", lazy("No")), ("not_known", lazy("Not known"))


class AfterForm(forms.Form):
    """Nothing is chosen beforehand; the action says in its own words what is missing."""

    contact = forms.ChoiceField(
        label=lazy("Did anybody touch, hold or move anybody?"),
        choices=[YES, NO, NOT_KNOWN],
        required=False,
        widget=forms.RadioSelect,
    )
    injuries = forms.ChoiceField(
        label=lazy("Is anybody hurt?"), choices=[YES, NO], required=False, widget=forms.RadioSelect
    )
    who = Words(label=lazy("Who is hurt"), read_by=READ_BY, required=False, max_length=SHORT_TEXT)
    account = Words(
        label=lazy("What happened, in a few words"),
        read_by=READ_BY,
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def take_faults(self, error: Invalid) -> None:
        """Each beside its field."""
        for fault in error.faults:
            self.add_error(fault.field, fault.reason)


@dataclass(frozen=True)
class Waiting:
    """A form that waits, as a list shows it."""

    subject: str
    title: str
    asked_at: datetime
    of: str


def waiting(site: str, now: datetime, by: Actor, of: str = "") -> list[Waiting]:
    """The forms of a site that wait; those of one person alone where ``of`` names them.

    What a form was about may be forgotten before it is answered; nobody can open it then. Who may not know of a call
    is not asked about it.
    """
    hidden = queries.kept_from(by)
    asked = [a for a in queries.waiting_afterwards(site, now) if of in ("", a.of) and a.subject not in hidden]
    found = [(a, title) for a in asked if (title := _title_if_kept(a.subject))]
    names = people.actor_names({a.of for a, _about in found})
    return [Waiting(a.subject, title, a.asked_at, names.get(a.of, "")) for a, title in found]


def _title_if_kept(subject: str) -> str:
    try:
        return _title(subject)
    except NotFound:
        return ""


@page(Permission.VISIT_WORK)
def after(request: HttpRequest, by: Actor, subject: str) -> HttpResponse:
    """Answer it, or read what was answered."""
    now, site = clock.now(), site_of(subject)
    if not site or not by.may(Permission.VISIT_WORK, site) or subject in queries.kept_from(by):
        raise NotFound(_("Nothing is asked about this."))
    queries.site_of_afterwards(subject, now)
    form = AfterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_afterwards(subject, Aftermath(**form.cleaned_data), by=by, now=now)
        except Invalid as error:
            form.take_faults(error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("after", subject)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    shown: dict[str, Any] = {"form": form, "title": _title(subject), "back": _page_of(subject), **_answered(subject)}
    return show(request, by, "response/after.html", status, site=sites.site(site), **shown)


def _title(subject: str) -> str:
    """The ticket, or where the call came from, with its time at the site."""
    noun, _colon, id = subject.partition(":")
    if noun == "alarm":
        alarm = alarms.alarm(id)
        return _("Call, %(what)s, %(at)s") % {"what": alarm.place_name, "at": _local(alarm.raised_at, alarm.site)}
    visit = visits.visit(int(id))
    return _("Visit %(what)s, %(at)s") % {"what": visit.ref, "at": _local(visit.arrived_at, visit.site)}


def _local(at: datetime, site: str) -> str:
    return date_format(at.astimezone(ZoneInfo(sites.site(site).time_zone)), "j M, H:i")


def _page_of(subject: str) -> str:
    noun, _colon, id = subject.partition(":")
    return f"/{noun}s/{id}"


def _answered(subject: str) -> dict[str, Any]:
    row = queries.afterwards(subject)
    if row is None or row.answered_at is None:
        return {"row": None}
    words = {str(value): label for value, label in (YES, NO, NOT_KNOWN)}
    texts = journal.typed(id for id in (row.who, row.account) if id)
    return {
        "row": row,
        "contact": words.get(row.contact, ""),
        "injuries": words.get(row.injuries, ""),
        "who": texts.get(row.who or 0),
        "account": texts.get(row.account or 0),
        "name": people.actor_names([row.by]).get(row.by, ""),
    }
