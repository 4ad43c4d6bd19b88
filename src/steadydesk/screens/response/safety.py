"""Safe rooms with their inspections, and the way to the police: what is in date, and how to bring it up to date."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.loneworking import reminders
from steadydesk.pages.fields import Day, Words
from steadydesk.people import queries as people
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.screens.site import police
from steadydesk.sites import actions, queries
from steadydesk.sites.models import Site
from steadydesk.sites.queries import Refuge

STATES = {
    "good": lazy("in order"),
    "not_good": lazy("not in order"),
    "overdue": lazy("inspected too long ago"),
    "never": lazy("never inspected"),
}
FOUND = {"yes": True, "no": False}


READ_BY = lazy("Managers, the safety lead and administrators of this site can read this.")


class RouteForm(forms.Form):
    """Everything that makes the connection real."""

    provider = Words(label=lazy("Provider"), read_by=READ_BY, max_length=120)
    reference = Words(label=lazy("Reference or account number"), read_by=READ_BY, max_length=120)
    verification = Words(
        label=lazy("How a call is verified"),
        read_by=READ_BY,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class GapForm(forms.Form):
    """Until when somebody accepts that the site is not connected."""

    until = Day(label=lazy("Accepted until the end of"))


Forms = dict[str, forms.Form]


@page(Permission.SAFETY_RECORD)
def safety(request: HttpRequest, by: Actor) -> HttpResponse:
    """The page."""
    return _draw(request, by, choose_site(request, by, Permission.SAFETY_RECORD))


@page(Permission.SAFETY_RECORD)
def inspect(request: HttpRequest, by: Actor) -> HttpResponse:
    """What was found in one safe room; items that were not answered keep their older inspection."""
    site = choose_site(request, by, Permission.SAFETY_RECORD)
    known = {item.id for item in documents.in_force(site.pk).protocol.safe_room.items}
    found = {id: FOUND[said] for id in sorted(known) if (said := request.POST.get(f"item-{id}", "")) in FOUND}
    place = request.POST.get("place", "")
    return _done(request, by, site, lambda: actions.inspect_safe_room(site.pk, place, found, by=by, now=clock.now()))


@page(Permission.SAFETY_RECORD)
def record_route(request: HttpRequest, by: Actor) -> HttpResponse:
    """Through whom the site is connected."""
    site, form = choose_site(request, by, Permission.SAFETY_RECORD), RouteForm(request.POST)
    if not form.is_valid():
        return _draw(request, by, site, {"route": form})
    return _done(
        request, by, site, lambda: actions.record_police_route(site.pk, **form.cleaned_data, by=by, now=clock.now())
    )


@page(Permission.SAFETY_RECORD)
def say_tested(request: HttpRequest, by: Actor) -> HttpResponse:
    """Whether the way to the police worked from end to end."""
    site, said = choose_site(request, by, Permission.SAFETY_RECORD), request.POST.get("passed", "")
    if said not in FOUND:
        raise NotFound(_("There is no such page."))
    return _done(
        request, by, site, lambda: actions.say_police_route_tested(site.pk, FOUND[said], by=by, now=clock.now())
    )


@page(Permission.SAFETY_RECORD)
def accept_gap(request: HttpRequest, by: Actor) -> HttpResponse:
    """The reader accepts, by name, that the site is not connected for now."""
    site, form = choose_site(request, by, Permission.SAFETY_RECORD), GapForm(request.POST)
    if not form.is_valid():
        return _draw(request, by, site, {"gap": form})
    until = datetime.combine(form.cleaned_data["until"], time.max, ZoneInfo(site.time_zone)).astimezone(UTC)
    every = documents.in_force(site.pk).protocol.lone_working.police_route_tested_every
    try:
        actions.accept_police_gap(site.pk, until, every, by=by, now=clock.now())
    except Invalid as error:
        form.add_error("until", error.faults[0].reason)
        return _draw(request, by, site, {"gap": form})
    return _back(site)


def _done(request: HttpRequest, by: Actor, site: Site, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
        return _draw(request, by, site, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Recorded."))
    return _back(site)


def _back(site: Site) -> HttpResponse:
    return redirect(f"/manage/safety?site={site.pk}")


def _draw(
    request: HttpRequest, by: Actor, site: Site, bound: Forms | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    now, route = clock.now(), queries.police_route(site.pk)
    known = {name: getattr(route, name) for name in RouteForm.base_fields} if route else {}
    shown: Forms = {"route": RouteForm(initial=known), "gap": GapForm(), **(bound or {})}
    found = queries.refuges(site.pk, documents.in_force(site.pk).protocol.safe_room, now)
    facts = {
        "rooms": _rooms(found, request),
        "owners": sorted(people.names(reminders.owners(site.pk, "LP4")).values()),
        "force": documents.in_force(site.pk),
        "route": route,
        "lacks": police.lacks(site.pk, now),
        "accepted": police.accepted(site.pk, now),
        "forms": shown,
    }
    return show(
        request, by, "response/safety.html", HTTPStatus.UNPROCESSABLE_ENTITY if bound else status, site=site, **facts
    )


def _rooms(found: list[Refuge], request: HttpRequest) -> list[dict[str, Any]]:
    """Each room with its items in words; what was just chosen stands."""
    names = people.actor_names({i.last.by for room in found for i in room.items if i.last})
    return [
        {
            "room": room,
            "items": [
                {
                    "item": item,
                    "state": STATES[item.state],
                    "name": names.get(item.last.by, "") if item.last else "",
                    "said": request.POST.get(f"item-{item.id}") if room.place.id == request.POST.get("place") else "",
                }
                for item in room.items
            ],
        }
        for room in found
    ]
