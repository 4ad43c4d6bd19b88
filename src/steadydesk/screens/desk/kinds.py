"""Calls that begin without a visit: the menu beside “Call a colleague”, and the card of a call with its form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from steadydesk.alarms import actions as calls
from steadydesk.alarms import queries as alarms
from steadydesk.alarms.state import Alarm
from steadydesk.documents import queries as documents
from steadydesk.encounters import actions as encounters
from steadydesk.encounters import queries
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.screens import opening
from steadydesk.screens.desk import calling, helping
from steadydesk.screens.desk.entering import Typed, text_field
from steadydesk.screens.desk.frame import home, page, show, staff_only
from steadydesk.screens.desk.stations import desk_of
from steadydesk.sites import queries as sites
from steadydesk.visits import actions as visits
from steadydesk.visits.rules import Arrival

WITH_A_CARD = ("medical", "building")


class CallerForm(Typed):
    """What somebody says who threatens by telephone, or what was found: saved while it is typed."""

    words = text_field(lazy("Their exact words"), rows=3)
    where = text_field(lazy("Where it is"))
    when = text_field(lazy("When it will happen"))
    looks = text_field(lazy("What it looks like"))
    why = text_field(lazy("Why they do it"))
    voice = text_field(lazy("Voice, and sounds behind it"))
    number = text_field(lazy("The number that was shown"))

    def __init__(self, data: Any = None, *, initial: Mapping[str, str] | None = None) -> None:
        super().__init__(data, auto_id="caller_%s", initial=dict(initial or {}))


class PressForm(forms.Form):
    """A choice of the menu."""

    kind = forms.CharField(required=False)
    urgency = forms.CharField(required=False)
    to = forms.CharField(required=False)
    key = forms.CharField(required=False, max_length=60)


@require_POST
@page
def call(request: HttpRequest, by: Actor) -> HttpResponse:
    """Call, and see the card of the kind. The page's script has sent the same press already."""
    by.check(Permission.ALARM_RAISE, home(by).pk)
    form = PressForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    alarm = calling.press(by, desk_of(request), said.get("key", ""), {**said, "source": "button"})
    if alarm.kind not in WITH_A_CARD:
        return HttpResponse(status=204) if _inline(request) else redirect("start")
    if not _inline(request):
        return redirect("call-card", alarm.id)
    return _card(request, by, alarm, "desk/call_card.html")


@require_POST
@page
def help_from_nothing(request: HttpRequest, by: Actor) -> HttpResponse:
    """Somebody needs help and nobody knows who they are: place and time make the visit (L1)."""
    site, now = home(by), clock.now()
    where = sites.place(site.pk, by.place).name if by.place else site.name
    facts = {"place": where, "time": date_format(timezone.localtime(now), "H:i")}
    who = _("person at %(place)s, %(time)s") % facts
    visit = visits.arrive(Arrival(site=site.pk, description=who, problem=True), by=by, now=now)
    return redirect("visit", visit.pk)


@page
def call_card(request: HttpRequest, by: Actor, id: UUID) -> HttpResponse:
    """The card of a call on a page of its own."""
    return _card(request, by, _seen(by, id), "desk/call_page.html")


@require_POST
@opening.opened_by(actor)
def save_form(request: HttpRequest, by: Actor, id: UUID) -> HttpResponse:
    """What was typed, at each pause."""
    alarm = _seen(by, id)
    form = CallerForm(request.POST)
    saved = form.is_valid()
    if saved:
        encounters.save_form(f"alarm:{id}", alarm.site, form.cleaned_data, by=by, now=clock.now())
    if _inline(request):
        at = date_format(timezone.localtime(clock.now()), "H:i:s")
        return render(request, "desk/saved.html", {"saved": saved, "at": at}, status=200 if saved else 422)
    return redirect("call-card", id)


def _inline(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def _seen(by: Actor, id: UUID) -> Alarm:
    found = alarms.alarm(str(id))
    if not by.may(Permission.ALARM_RAISE, found.site) or calls.hides(found, by):
        raise NotFound(_("There is no such call."))
    return found


def _card(request: HttpRequest, by: Actor, alarm: Alarm, template: str) -> HttpResponse:
    protocol = documents.version(alarm.terms.document, alarm.terms.version).protocol
    kind = protocol.alarms.kinds.get(alarm.kind)
    form = CallerForm(initial=queries.form(f"alarm:{alarm.id}")) if alarm.kind == "building" else None
    return show(
        request,
        by,
        template,
        call=alarm,
        staff_only=staff_only(by),
        going=helping.going(alarm),
        card=helping.shown_card(protocol, kind.card, {}, {}) if kind else None,
        defibrillator=sites.nearest_asset(alarm.site, "defibrillator", alarm.place),
        ambulance_door=sites.nearest_asset(alarm.site, "ambulance_door", alarm.place),
        telephones=queries.numbers(alarm.site, protocol, clock.now()),
        form=form,
    )
