"""The manager's page of working alone: who, when by the rota, what is missing, and what lone workers carry."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.alarms import actions as calls
from steadydesk.alarms import queries as alarms
from steadydesk.delivery import actions as delivery
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.loneworking import actions, choices, mobiles, periods, provisions, queries
from steadydesk.loneworking.handoff import handoff
from steadydesk.loneworking.models import LoneShift
from steadydesk.people import queries as people
from steadydesk.screens.response.check_ins import answered
from steadydesk.screens.response.lone_forms import AnswerForm, KeepForm, MobileForm, next_at
from steadydesk.screens.response.lone_words import ITEMS, LOOKS, WHY
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites.models import Site

Bound = dict[tuple[str, int], forms.Form]
"""A form with what was typed, by what it is about."""
FOUND = {"yes": True, "no": False}


@page(Permission.SAFETY_RECORD)
def alone(request: HttpRequest, by: Actor) -> HttpResponse:
    """The page."""
    site, now = choose_site(request, by, Permission.SAFETY_RECORD), clock.now()
    if by.person is not None:
        asked = [f"{row.subject}:asks" for row in queries.at_site(site.pk)]
        for subject in (f"lone-periods:{site.pk}", f"checks:{site.pk}", *asked):
            delivery.mark_seen(subject, by.person, by=by, now=now)
    return _draw(request, by, site)


@page(Permission.SAFETY_RECORD)
def answer(request: HttpRequest, by: Actor, shift: int) -> HttpResponse:
    """Say to somebody who works alone what they are to do, by name and with a reason."""
    site, now = choose_site(request, by, Permission.SAFETY_RECORD), clock.now()
    form = AnswerForm(request.POST, auto_id=f"answer-{shift}-%s")
    row = _at(site, shift)
    if form.is_valid():
        said = form.cleaned_data
        try:
            until = next_at(said["until"], site, now)
            choices.answer_gap(row.pk, said["answer"], said["reason"], until, by=by, now=now)
        except Invalid as error:
            _put(form, error)
    return _done(request, by, site, ("answer", shift), form)


@page(Permission.SAFETY_RECORD)
def end(request: HttpRequest, by: Actor, shift: int) -> HttpResponse:
    """A manager knows that somebody is not alone any more."""
    site = choose_site(request, by, Permission.SAFETY_RECORD)
    actions.check_out(_at(site, shift).pk, "not_alone", by=by, now=clock.now())
    return _back(request, site)


@page(Permission.SAFETY_RECORD)
def keep(request: HttpRequest, by: Actor, period: int) -> HttpResponse:
    """Why somebody will be alone; or the reason is taken back."""
    site, now = choose_site(request, by, Permission.SAFETY_RECORD), clock.now()
    if all(row.pk != period for row in periods.to_come(site.pk, now)):
        raise NotFound(_("There is no such period in the rota any more."))
    if request.POST.get("do") == "let_go":
        periods.let_go(period, by=by, now=now)
        return _back(request, site)
    form = KeepForm(request.POST, auto_id=f"keep-{period}-%s")
    if form.is_valid():
        try:
            periods.keep_period(period, form.cleaned_data["reason"], by=by, now=now)
        except Invalid as error:
            _put(form, error)
    return _done(request, by, site, ("keep", period), form)


@page(Permission.SAFETY_RECORD)
def mobile(request: HttpRequest, by: Actor, mobile: int) -> HttpResponse:
    """Set a telephone up, change or retire it; 0 is a new one."""
    site, now = choose_site(request, by, Permission.SAFETY_RECORD), clock.now()
    if mobile and request.POST.get("do") == "retire":
        mobiles.retire_mobile(site.pk, mobile, by=by, now=now)
        return _back(request, site)
    form = MobileForm(site, request.POST, auto_id=f"mobile-{mobile}-%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            mobiles.save_mobile(site.pk, mobile or None, said, said["person"], by=by, now=now)
        except Invalid as error:
            _put(form, error)
    return _done(request, by, site, ("mobile", mobile), form)


@page(Permission.SAFETY_RECORD)
def look(request: HttpRequest, by: Actor) -> HttpResponse:
    """Somebody looked at a telephone, or tried a device from end to end."""
    site, now = choose_site(request, by, Permission.SAFETY_RECORD), clock.now()
    found = {item: FOUND[said] for item in ITEMS if (said := request.POST.get(f"item-{item}", "")) in FOUND}
    try:
        mobiles.look_at(site.pk, request.POST.get("subject", ""), found, by=by, now=now)
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
        return _draw(request, by, site, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _back(request, site)


@page(Permission.ALARM_READ)
def for_police(request: HttpRequest, by: Actor, id: UUID) -> HttpResponse:
    """What is read out to the police about a call; never on a screen that customers can read."""
    alarm = alarms.alarm(str(id))
    if not by.may(Permission.ALARM_READ, alarm.site) or calls.hides(alarm, by):
        raise NotFound(_("There is no such call."))
    return show(request, by, "response/handoff.html", alarm=alarm, text=handoff(alarm, clock.now()))


def _put(form: forms.Form, error: Invalid) -> None:
    for fault in error.faults:
        form.add_error(fault.field if fault.field in form.fields else None, fault.reason)


def _done(request: HttpRequest, by: Actor, site: Site, about: tuple[str, int], form: forms.Form) -> HttpResponse:
    if form.errors:
        return _draw(request, by, site, {about: form}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _back(request, site)


def _back(request: HttpRequest, site: Site) -> HttpResponse:
    messages.success(request, _("Recorded."))
    return redirect(f"/manage/alone?site={site.pk}")


def _at(site: Site, shift: int) -> LoneShift:
    row = queries.shift(shift)
    if row.site != site.pk:
        raise NotFound(_("There is no such shift."))
    return row


def _draw(
    request: HttpRequest, by: Actor, site: Site, bound: Bound | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    now, typed = clock.now(), bound or {}
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    return show(
        request,
        by,
        "response/alone.html",
        status,
        site=site,
        now=_now(site, by, typed, now),
        planned=_planned(site, typed, now),
        carried=_carried(site, typed, now),
        new=typed.get(("mobile", 0)) or MobileForm(site, auto_id="mobile-0-%s"),
        today=today.isoformat(),
        month=today.replace(day=1).isoformat(),
    )


def _now(site: Site, by: Actor, typed: Bound, now: datetime) -> list[dict[str, Any]]:
    rows = queries.at_site(site.pk)
    names = people.names(row.person for row in rows)
    asking = {gap.shift_id for gap in queries.gaps_to_answer(site.pk)}
    found = []
    for row in rows:
        stand = provisions.of_shift(row, now)
        form = typed.get(("answer", row.pk)) or AnswerForm(auto_id=f"answer-{row.pk}-%s")
        may = row.person != by.person and (row.pk in asking or bool(provisions.missing(stand)))
        found.append(
            {
                "row": row,
                "name": names.get(row.person, ""),
                "place": queries.place_name(row),
                "due": queries.due_at(row),
                "provisions": in_words(stand),
                "provided": bool(stand) and not provisions.missing(stand),
                "gap": answered(queries.gap(row)),
                "waits": row.pk in asking,
                "form": form if may else None,
            }
        )
    return found


def in_words(found: list[provisions.Provided]) -> list[tuple[provisions.Provided, list[Any]]]:
    """Each provision with why it is not there."""
    return [(p, [WHY.get(why, why) for why in p.why]) for p in found]


def _planned(site: Site, typed: Bound, now: datetime) -> list[dict[str, Any]]:
    found = periods.planned(site.pk, now)
    names = people.names(one.row.person for one in found)
    by = people.actor_names({one.row.kept_by for one in found if one.row.kept_by})
    words = journal.words(one.row.words for one in found if one.row.words is not None)
    return [
        {
            "row": one.row,
            "name": names.get(one.row.person, ""),
            "by": by.get(one.row.kept_by, ""),
            "reason": words.get(one.row.words or 0, ""),
            "provisions": in_words(one.provisions),
            "provided": one.provided,
            "form": typed.get(("keep", one.row.pk)) or KeepForm(auto_id=f"keep-{one.row.pk}-%s"),
        }
        for one in found
    ]


def _carried(site: Site, typed: Bound, now: datetime) -> list[dict[str, Any]]:
    protocol = queries.protocol_at(site.pk)
    every = protocol.lone_working.device_tested_every if protocol else None
    things = [*mobiles.mobiles(site.pk), *mobiles.devices(site.pk)]
    names = people.names(one.person for one in things if one.person is not None)
    return [
        {
            "thing": one,
            "id": one.subject.replace(":", "-"),
            "pk": int(one.subject.partition(":")[2]),
            "holder": names.get(one.person or 0, ""),
            "looks": [
                (item, ITEMS[item], LOOKS[seen.fault(every, now) if every else ""], seen.at)
                for item, seen in one.looks.items()
            ],
            "form": _mobile_form(site, one, typed) if one.subject.startswith("mobile:") else None,
        }
        for one in things
    ]


def _mobile_form(site: Site, one: mobiles.Looked, typed: Bound) -> forms.Form:
    id = int(one.subject.partition(":")[2])
    known = {"name": one.name, "number": one.number, "person": one.person or ""}
    return typed.get(("mobile", id)) or MobileForm(site, initial=known, auto_id=f"mobile-{id}-%s")
