"""A browser becomes a desk and says where it stands; people tap in and out, lock it and take it over."""

from datetime import timedelta
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steadydesk.desks import actions, queries
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.cookies import DESK_COOKIE, give, take_back
from steadydesk.people import actions as people
from steadydesk.people import queries as in_people
from steadydesk.screens.desk import handing
from steadydesk.screens.desk.entering import EnrolForm
from steadydesk.screens.desk.frame import page, show
from steadydesk.screens.desk.stations import desk_of, number, station_of

A_YEAR = timedelta(days=365)
"""As long as browsers keep a cookie; it is given anew at each start."""
STARTED_COOKIE = "steadydesk-started"
"""Ends with the browser: after a reboot the desk asks again where it stands."""
ENROL = system("enrol")


def enrol(request: HttpRequest) -> HttpResponse:
    """Make this browser a desk: by a code that is typed once, or by a token that a script was given."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _enrolled(_token_for(request, form.cleaned_data["code"]))
        except Refusal as refusal:
            form.add_error("code", refusal.sentence)
    status = 422 if form.errors else 200
    return render(request, "desk/enrol.html", {"form": form, "desk": desk_of(request)}, status=status)


def _token_for(request: HttpRequest, typed: str) -> str:
    if not ratelimit.consume(request, action="enrol", dry_run=True):
        raise Refusal("wait", _("Too many wrong codes from here. Wait five minutes."))
    found = in_people.actor_of_token(people.hash_token(typed))
    if found and found.kind == "device":
        return typed
    try:
        return actions.enrol_desk(typed, by=ENROL, now=clock.now())
    except Refusal:
        ratelimit.consume(request, action="enrol")
        raise


def _enrolled(token: str) -> HttpResponse:
    response = redirect("desk-start")
    give(response, DESK_COOKIE, token, lasts=A_YEAR)
    take_back(response, STARTED_COOKIE)
    return response


@page
def place(request: HttpRequest, by: Actor) -> HttpResponse:
    """“No, it stands somewhere else”: the other desks of the site, or a code for anywhere else."""
    desk = desk_of(request)
    if desk is None:
        return redirect("desk-enrol")
    if request.method == "POST":
        chosen = number(request.POST.get("device"))
        actions.move_desk(request.COOKIES[DESK_COOKIE], chosen or 0, by=desk, now=clock.now())
        return _enrolled(request.COOKIES[DESK_COOKIE])
    return show(request, by, "desk/place.html", desks=queries.places_to_stand(desk))


@page
def tap(request: HttpRequest, by: Actor) -> HttpResponse:
    """Tap in by PIN or badge, or out; inline above the board, without JavaScript a page of its own."""
    desk = desk_of(request)
    if desk is None:
        raise NotFound(_("Only at a desk can people tap in."))
    typed: dict[str, Any] = {}
    if request.method == "POST":
        typed = _tapped(request, desk)
        if "said" not in typed and not request.headers.get("HX-Request"):
            return redirect("desk")
    inline = bool(request.headers.get("HX-Request"))
    context = {**typed, "station": station_of(request), "open": not inline or "said" in typed}
    status = 422 if "said" in typed else 200
    if not inline:
        return show(request, by, "desk/tap_page.html", status, **context)
    response = render(request, "desk/tap.html", context, status=status)
    response["HX-Trigger"] = "live-board"
    return response


def _tapped(request: HttpRequest, desk: Actor) -> dict[str, Any]:
    """Do it; what is to be said when it was refused, and the name that was chosen."""
    person, now = number(request.POST.get("person")), clock.now()
    if request.POST.get("do") in ("out", "home"):
        actions.tap_out(person or 0, going_home=request.POST["do"] == "home", by=desk, now=now)
        return {}
    try:
        new = request.POST.get("new_pin", "").strip()
        actions.tap_in(request.POST.get("key", ""), person=person, new_pin=new, by=desk, now=now)
    except (Refusal, Invalid) as error:
        return {"chosen": person, **_why(error)}
    return {}


def _why(error: Refusal | Invalid) -> dict[str, Any]:
    said = error.faults[0].reason if isinstance(error, Invalid) else error.sentence
    return {"said": said, "new_pin": error.code == "new_pin" or isinstance(error, Invalid)}


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """The desk was not used for a while, or somebody goes away from it."""
    desk = desk_of(request)
    if desk is not None:
        actions.lock_desk(by=desk, now=clock.now())
    return JsonResponse({"after": journal.last_id()}) if desk and _by_script(request) else redirect("desk")


@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Who is it? Only for the same person does what was half typed come back."""
    desk = desk_of(request)
    if desk is None:
        return redirect("desk-enrol")
    key, new = request.POST.get("key", ""), request.POST.get("new_pin", "").strip()
    person = number(request.POST.get("person"))
    try:
        same = actions.unlock_desk(key, person=person, new_pin=new, by=desk, now=clock.now())
    except (Refusal, Invalid) as error:
        why = {**_why(error), "said": str(_why(error)["said"])}
        if _by_script(request):
            return JsonResponse(why, status=422)
        return render(request, "desk/locked.html", {**why, "chosen": person}, status=422)
    return JsonResponse({"same": same, "after": journal.last_id()}) if _by_script(request) else redirect("desk")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Sec-Fetch-Dest") == "empty" or request.headers.get("Accept") == "application/json"


@page
def take_over(request: HttpRequest, by: Actor) -> HttpResponse:
    """A change of shift: everything that is handed over, and one act that hands it."""
    desk = desk_of(request)
    if desk is None:
        raise NotFound(_("Only a desk can be taken over."))
    said = ""
    if request.method == "POST":
        try:
            handing.take_over(request, desk, clock.now())
            return redirect("desk")
        except (Refusal, Invalid) as error:
            said = str(_why(error)["said"])
    handed = handing.handed_over(desk)
    return show(request, by, "desk/take_over.html", 422 if said else 200, said=said, **handed)
