"""One's own shifts: ill today in two presses, leave, swaps, one's calendars, and one's shifts in one's own programs."""

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.people import queries as people
from steadydesk.people import times
from steadydesk.rota import actions, calendars, feeds, weeks
from steadydesk.rota import queries as rota
from steadydesk.rota.words import FAULTS
from steadydesk.screens.opening import home
from steadydesk.screens.response.page import page, show
from steadydesk.screens.rota.forms import AddressForm, AwayForm, FileForm, Typed

AHEAD = timedelta(days=42)
A_DAY = timedelta(days=1)


@page()
def mine(request: HttpRequest, by: Actor) -> HttpResponse:
    """Six weeks ahead."""
    return _draw(request, by)


@page()
def say_ill(request: HttpRequest, by: Actor) -> HttpResponse:
    """Away until midnight; whoever waits for this person learns of it at once."""
    actions.report_ill(_me(by), _site(by), by=by, now=clock.now())
    messages.success(request, _("You are away today. Get well soon."))
    return redirect("my-shifts")


@page()
def plan_away(request: HttpRequest, by: Actor) -> HttpResponse:
    """From the beginning of the first day to the end of the last."""
    form, now = AwayForm(request.POST), clock.now()
    if form.is_valid():
        said, zone = form.cleaned_data, ZoneInfo(_zone(by))
        start, end = (datetime.combine(day, time(), zone) for day in (said["first"], said["until"] + A_DAY))
        try:
            actions.plan_absence(_me(by), start, end, said["kind"], by=by, now=now)
        except Invalid as error:
            form.take_faults(error)
        else:
            messages.success(request, _("Recorded. Your managers see it."))
            return redirect("my-shifts")
    return _draw(request, by, {"away": form})


@page()
def end_away(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Back sooner, or said by mistake."""
    actions.end_absence(id, by=by, now=clock.now())
    return redirect("my-shifts")


@page()
def offer(request: HttpRequest, by: Actor, shift: int) -> HttpResponse:
    """Ask a colleague, or everybody, to work this shift."""
    chosen = request.POST.get("person", "")
    try:
        actions.offer_swap(shift, int(chosen) if chosen.isdecimal() else None, by=by, now=clock.now())
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
    return redirect("my-shifts")


@page()
def answer(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Take the shift; or take the offer back, or say that one cannot."""
    if request.POST.get("do") == "take":
        try:
            actions.take_swap(id, by=by, now=clock.now())
        except Invalid as error:
            messages.error(request, error.faults[0].reason)
        else:
            messages.success(request, _("The shift is yours."))
    else:
        actions.withdraw_swap(id, by=by, now=clock.now())
    return redirect("my-shifts")


@page()
def add_address(request: HttpRequest, by: Actor) -> HttpResponse:
    """A calendar that is fetched from now on."""
    form = AddressForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.add_calendar(said["label"], said["address"], settings.CALENDAR_HOSTS, by=by, now=clock.now())
        except Invalid as error:
            form.take_faults(error)
        else:
            messages.success(request, _("It is fetched within a minute, and every half hour from then on."))
            return redirect("my-shifts")
    return _draw(request, by, {"address": form})


@page()
def add_file(request: HttpRequest, by: Actor) -> HttpResponse:
    """A calendar from a file."""
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.upload_calendar(said["label"], said["file"].read(), by=by, now=clock.now())
        except Invalid as error:
            form.take_faults(error)
        else:
            messages.success(request, _("It is read. Only when you are busy is kept."))
            return redirect("my-shifts")
    return _draw(request, by, {"file": form})


@page()
def change_calendar(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Fetch it now, or take it away with everything it said."""
    if request.POST.get("do") == "fetch":
        actions.fetch_again(id, by=by, now=clock.now())
    else:
        actions.remove_calendar(id, by=by, now=clock.now())
    return redirect("my-shifts")


@page()
def change_feed(request: HttpRequest, by: Actor) -> HttpResponse:
    """A new secret address, which is shown this once; or none any more."""
    if request.POST.get("do") != "make":
        feeds.revoke_feed(by=by, now=clock.now())
        return redirect("my-shifts")
    secret = feeds.make_feed(by=by, now=clock.now())
    return _draw(request, by, feed_address=request.build_absolute_uri(f"/rota/feed/{secret}.ics"))


def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """One's shifts for one's own program, which has nothing but the address."""
    try:
        return HttpResponse(feeds.read_feed(secret, clock.now()), content_type="text/calendar; charset=utf-8")
    except NotFound as error:
        return HttpResponse(error.sentence, status=HTTPStatus.NOT_FOUND, content_type="text/plain; charset=utf-8")


def _me(by: Actor) -> int:
    return int(by.id)


def _site(by: Actor) -> str:
    found = home(by)
    if found is None:
        raise NotFound(_("You belong to no site."))
    return found.pk


def _zone(by: Actor) -> str:
    found = home(by)
    return found.time_zone if found else "UTC"


def _draw(
    request: HttpRequest, by: Actor, typed: dict[str, Typed] | None = None, feed_address: str = ""
) -> HttpResponse:
    now, me, site = clock.now(), _me(by), _site(by)
    forms = {"away": AwayForm(), "address": AddressForm(), "file": FileForm(), **(typed or {})}
    shifts = weeks.shifts_of(me, now, now + AHEAD)
    asked = {cell.id: _could(cell, me) for cell in shifts if cell.end and cell.start > now and cell.swap is None}
    found: dict[str, Any] = {
        "shifts": [(cell, asked.get(cell.id)) for cell in shifts],
        "offers": weeks.offers_to(me, site, now),
        "absences": times.absences_of(me, now),
        "calendars": [(c, str(FAULTS.get(c.fault, ""))) for c in calendars.calendars_of(me)],
        "feed": feeds.feed_of(me),
        "feed_address": feed_address,
        "now": now,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if typed else HTTPStatus.OK
    return show(request, by, "rota/mine.html", status, forms=forms, **found)


def _could(cell: weeks.Cell, me: int) -> list[tuple[int, str]]:
    """Colleagues who are not at work then."""
    if cell.end is None or cell.id is None:
        return []
    site = rota.site_of_shift(cell.id)
    who = [p for p in rota.who_could(site, cell.start, cell.end) if p != me]
    return sorted(people.names(who).items(), key=lambda each: each[1].casefold())
