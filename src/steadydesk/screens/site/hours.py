"""Set up when a site is open: the week, special days, and holidays from a calendar file."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites import actions, queries
from steadydesk.sites.models import Site
from steadydesk.sites.rules import write_spans

TIMES = lazy("09:00-17:00; with a comma between two; empty for closed")


class _Typed(forms.Form):
    def take_faults(self, error: Invalid) -> None:
        """Each beside its field."""
        for fault in error.faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.reason)


class Week(_Typed):
    """A usual week."""

    closing_minutes = forms.IntegerField(
        label=lazy("Closing begins"), min_value=0, max_value=240, help_text=lazy("minutes before closing time")
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="week_%s", **kwargs)
        for day, name in WEEKDAYS.items():
            field = forms.CharField(label=name, required=False, max_length=200, help_text=TIMES if day == 0 else "")
            self.fields[f"day_{day}"] = field
        self.order_fields([*(f"day_{day}" for day in WEEKDAYS), "closing_minutes"])

    def save(self, site: str, by: Actor, now: datetime) -> None:
        """By the action."""
        said = self.cleaned_data
        weekly = {day: said[f"day_{day}"] for day in WEEKDAYS}
        actions.save_hours(site, weekly, said["closing_minutes"], by=by, now=now)


class SpecialDay(_Typed):
    """A day that has hours of its own."""

    day = forms.DateField(label=lazy("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    name = forms.CharField(label=lazy("What it is called"), max_length=120)
    spans = forms.CharField(label=lazy("Open"), required=False, max_length=200, help_text=TIMES)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="special_%s")

    def save(self, site: str, by: Actor, now: datetime) -> None:
        """By the action."""
        actions.save_special_days(site, [actions.Day(**self.cleaned_data)], by=by, now=now)


class Holidays(_Typed):
    """A calendar file; each day in it is closed."""

    file = forms.FileField(
        label=lazy("Holidays from a calendar file"),
        help_text=lazy("iCalendar (.ics), as public offices publish it; every day in it becomes a closed one"),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="holidays_%s")

    def save(self, site: str, by: Actor, now: datetime) -> None:
        """By the action."""
        actions.import_holidays(site, self.cleaned_data["file"].read(), by=by, now=now)


FORMS = {"week": Week, "day": SpecialDay, "holidays": Holidays}


@page(Permission.SET_UP)
def hours(request: HttpRequest, by: Actor) -> HttpResponse:
    """The week and the special days to come."""
    return _show(request, by, choose_site(request, by, Permission.SET_UP), clock.now())


@page(Permission.SET_UP)
def save(request: HttpRequest, by: Actor, part: str) -> HttpResponse:
    """Save one of the page's forms; what is wrong stands beside its field and nothing typed is lost."""
    site, now = choose_site(request, by, Permission.SET_UP), clock.now()
    form = Holidays(request.POST, request.FILES) if part == "holidays" else FORMS[part](request.POST)
    if form.is_valid():
        before = len(_special(site, now))
        try:
            form.save(site.pk, by, now)
        except Invalid as error:
            form.take_faults(error)
        else:
            added = len(_special(site, now)) - before
            more = ngettext("%d more special day.", "%d more special days.", added) % added
            messages.success(request, _("Saved.") + (f" {more}" if added > 0 else ""))
            return redirect(f"/manage/hours?site={site.pk}")
    return _show(request, by, site, now, {part: form})


@page(Permission.SET_UP)
def delete_day(request: HttpRequest, by: Actor, day: date) -> HttpResponse:
    """The day is like any other again."""
    site = choose_site(request, by, Permission.SET_UP)
    actions.delete_special_day(site.pk, day, by=by, now=clock.now())
    return redirect(f"/manage/hours?site={site.pk}")


def _special(site: Site, now: datetime) -> list[Any]:
    return queries.special_days(site.pk, timezone.localtime(now).date())


def _show(
    request: HttpRequest, by: Actor, site: Site, now: datetime, typed: dict[str, forms.Form] | None = None
) -> HttpResponse:
    known = queries.hours(site.pk)
    week = {f"day_{day}": write_spans(spans) for day, spans in known.weekly.items()}
    minutes = int(known.closing_before.total_seconds() // 60)
    fresh = {"week": Week(initial={**week, "closing_minutes": minutes}), "day": SpecialDay(), "holidays": Holidays()}
    shown = {"known": known.known, "days": _special(site, now), **fresh, **(typed or {})}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if typed else HTTPStatus.OK
    return show(request, by, "site/hours.html", status, site=site, **shown)
