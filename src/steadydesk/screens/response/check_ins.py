"""Check-ins of a lone worker, on a desk and on a phone. Where customers read along, nothing says what it is for."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.alarms.press import how_long_ago
from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound
from steadydesk.loneworking import actions, queries
from steadydesk.loneworking.models import LoneShift
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.opening import home
from steadydesk.screens.response.page import counter, page, show
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

ANSWERS = {"in_order": lazy("All in order"), "fine": lazy("Everything is fine"), "nothing_new": lazy("Nothing new")}


class BeginForm(forms.Form):
    """Nothing here is needed to begin, but where they are."""

    place = forms.ChoiceField(label=lazy("Where you work"))
    confirmed = forms.MultipleChoiceField(label=lazy("What is so"), required=False, widget=forms.CheckboxSelectMultiple)
    duress_answer = forms.ChoiceField(
        label=lazy("Which answer shall call for help, silently"),
        help_text=lazy("It looks like the other two, to everybody, and works at any time. Tell nobody."),
        required=False,
        widget=forms.RadioSelect,
        choices=list(ANSWERS.items()),
    )

    def __init__(self, site: Site, protocol: Protocol, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="begin_%s")
        questions = [(q.id, q.label) for q in protocol.lone_working.start_questions]
        places = [(spot.id, spot.name) for spot in sites.places(site.pk)]
        for name, choices in (("place", places), ("confirmed", questions)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@page(Permission.ALARM_ANSWER, hidden=False)
def check_ins(request: HttpRequest, by: Actor) -> HttpResponse:
    """The page: to begin, or to answer; below it, for those who lead, who works alone now."""
    return _draw(request, by)


@page(Permission.ALARM_ANSWER, hidden=False)
def part(request: HttpRequest, by: Actor) -> HttpResponse:
    """What changes on it."""
    return render(request, "response/check_ins_part.html", _shown(by))


@page(Permission.ALARM_ANSWER)
def begin(request: HttpRequest, by: Actor) -> HttpResponse:
    """From now on they are asked."""
    site = _site(by)
    form = BeginForm(site, documents.in_force(site.pk).protocol, request.POST)
    if not form.is_valid():
        return _draw(request, by, form)
    actions.begin_lone_shift(site.pk, **form.cleaned_data, by=by, now=clock.now())
    return redirect("check-ins")


@page(Permission.ALARM_ANSWER, hidden=False)
def answer(request: HttpRequest, by: Actor) -> HttpResponse:
    """One press. Every answer is answered alike; one that a phone kept without a link says how long ago it was."""
    by_script = "Steadydesk-Press" in request.headers
    try:
        ago = _ago(request.POST.get("ago", "PT0S"))
        actions.check_in(_own(by).pk, request.POST.get("answer", ""), by=by, now=clock.now(), ago=ago)
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
        return HttpResponse(status=422) if by_script else redirect("check-ins")
    return HttpResponse(status=204) if by_script else redirect("check-ins")


@page(Permission.ALARM_ANSWER)
def safe(request: HttpRequest, by: Actor) -> HttpResponse:
    """They are in the safe room: the call's page is what they need now."""
    return redirect("alarm", actions.go_to_safe_room(_own(by).pk, by=by, now=clock.now()))


@page(Permission.ALARM_ANSWER, hidden=False)
def end(request: HttpRequest, by: Actor) -> HttpResponse:
    """The door is locked."""
    actions.check_out(_own(by).pk, by=by, now=clock.now())
    messages.success(request, _("Recorded."))
    return redirect("check-ins")


def _ago(said: str) -> timedelta:
    """An age that cannot be read is not taken for now: that would put off the next question."""
    ago = how_long_ago(said)
    if ago is None:
        raise Invalid.one("ago", _("Say how long ago it was, as in PT45S, at most a day."))
    return ago


def own(by: Actor) -> dict[str, Any]:
    """The person's own shift alone and the answers to its question, for another page."""
    return {"row": queries.running(by.person or 0), "answers": ANSWERS.items()}


def _own(by: Actor) -> LoneShift:
    row = queries.running(by.person or 0)
    if row is None:
        raise NotFound(_("Nothing is asked of you now."))
    return row


def _site(by: Actor) -> Site:
    site = home(by)
    if site is None:
        raise NotAllowed(_("You belong to no site. Ask an administrator."))
    return site


def _draw(request: HttpRequest, by: Actor, form: BeginForm | None = None) -> HttpResponse:
    facts, site = _shown(by), _site(by)
    if facts["row"] is None and not counter(by):
        place = by.place or people.shift_place(by.person or 0, site.pk, clock.now())
        facts["form"] = form or BeginForm(site, documents.in_force(site.pk).protocol, initial={"place": place})
    return show(request, by, "response/check_ins.html", 422 if form else 200, site=site, **facts)


def _shown(by: Actor) -> dict[str, Any]:
    row, site = queries.running(by.person or 0), _site(by)
    leads = by.may(Permission.PRESENCE_SET, site.pk) and not counter(by)
    found = queries.at_site(site.pk) if leads else []
    names = people.names(r.person for r in found)
    return {
        "row": row,
        "due": queries.due_at(row) if row else None,
        "answers": ANSWERS.items(),
        "hidden": not counter(by),
        "room": _nearest(row) if row and not counter(by) else None,
        "leads": leads,
        "others": [(names.get(r.person, ""), r, queries.due_at(r)) for r in found],
    }


def _nearest(row: LoneShift) -> sites.Refuge | None:
    protocol = documents.version(row.document, row.version).protocol
    return sites.nearest_refuge(sites.refuges(row.site, protocol.safe_room, clock.now()), row.place)
