"""The browsers that take push messages for whoever is signed in there, and their service beside it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.delivery import browsers, ways
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.pages.cookies import DESK_COOKIE, PERSON_COOKIE
from steadydesk.people.actions import hash_token
from steadydesk.screens.response.page import page

GIVEN = ("endpoint", "p256dh", "auth", "name")


def push_part(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """What the part of a page about push messages needs; nothing where none are set up, or at a shared desk."""
    key = "" if request.COOKIES.get(DESK_COOKIE) else browsers.public_key()
    known = browsers.of_person(int(by.id)) if key else []
    return {
        "push_key": key,
        "browsers": known,
        "push_known": " ".join(b.digest for b in known if b.lost_at is None),
    }


@page()
def add(request: HttpRequest, by: Actor) -> HttpResponse:
    """Asked for by the page's script, which alone gets at the browser's keys."""
    if request.COOKIES.get(DESK_COOKIE):
        return JsonResponse({"detail": _("This browser is a desk. Add your own telephone or computer.")}, status=409)
    given = {name: request.POST.get(name, "").strip() for name in GIVEN}
    token = hash_token(request.COOKIES.get(PERSON_COOKIE, ""))
    try:
        browsers.add_browser(browsers.Given(**given, token=token), by=by, now=clock.now())
    except Invalid as error:
        return JsonResponse({"detail": str(error.faults[0].reason)}, status=422)
    except Refusal as error:
        return JsonResponse({"detail": str(error.sentence)}, status=409)
    if "quiet" not in request.POST:
        messages.success(request, _("This browser takes push messages from now on. Test it."))
    return JsonResponse({}, status=201)


@page()
def remove(request: HttpRequest, by: Actor, browser: int) -> HttpResponse:
    """It takes no more."""
    browsers.remove_browser(browser, by=by, now=clock.now())
    messages.success(request, _("It takes no push messages any more."))
    return redirect("me-reached")


@page()
def service(request: HttpRequest, by: Actor) -> HttpResponse:
    """Give a service of one's own by its address, or take it away by giving none."""
    url = request.POST.get("url", "").strip()
    taken = request.POST.get("do") == "remove"
    try:
        if not url and not taken:
            raise Invalid.one("url", _("Type the address of your service."))
        ways.give_service("" if taken else url, by=by, now=clock.now())
    except Invalid as error:
        messages.error(request, str(error.faults[0].reason))
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("It is taken away.") if taken else _("You are reached there too. Test it."))
    return redirect("me-reached")
