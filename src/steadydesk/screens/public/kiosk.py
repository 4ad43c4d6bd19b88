"""The kiosk: a customer takes a ticket. One page holds each question in each language, so it works without a link."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.cookies import DESK_COOKIE, give
from steadydesk.pages.middleware import actor
from steadydesk.screens import opening
from steadydesk.screens.public.board import A_YEAR, MINUTE
from steadydesk.screens.public.languages import in_each
from steadydesk.visits.checking_in import MOST_WITH


def _admit(request: HttpRequest) -> Actor:
    """A kiosk, and nobody else: whoever is signed in would leave themselves open to whoever comes next."""
    by = actor(request)
    by.check(Permission.KIOSK_CHECK_IN)
    return by


@ensure_csrf_cookie
@opening.opened_by(_admit)
def kiosk(request: HttpRequest, by: Actor) -> HttpResponse:
    """The whole page. The credential is given anew, so it never runs out."""
    site = opening.home(by)
    if site is None:
        raise NotFound(_("There is no site yet. Set one up first."))
    protocol = documents.in_force(site.pk).protocol
    minutes = protocol.waiting.attend_within // MINUTE
    services = [(s.id, s.label) for s in protocol.services]
    languages = [{"code": code, "name": name, "rtl": rtl, **_words(minutes)} for code, name, rtl in in_each()]
    shown = {"site": site, "services": services, "languages": languages, "with_them": range(MOST_WITH + 1)}
    response = render(request, "public/kiosk.html", shown)
    if DESK_COOKIE in request.COOKIES:
        give(response, DESK_COOKIE, request.COOKIES[DESK_COOKIE], lasts=A_YEAR)
    return response


def _words(minutes: int) -> dict[str, Any]:
    """Everything that is said, in the language that is active."""
    return {
        "welcome": _("Take a ticket"),
        "begin": _("Begin"),
        "what": _("What is it about?"),
        "appointment": _("Do you have an appointment?"),
        "yes": _("Yes"),
        "no": _("No"),
        "with_you": _("How many people are with you?"),
        "nobody": _("Nobody"),
        "how": _("How shall we call you?"),
        "by_number": _("Show my number on the screen"),
        "come": _("A person comes to me"),
        "hearing": _("I do not hear well: a person comes to me"),
        "thanks": _("Your ticket"),
        "seat": _("Please take a seat. Your number is shown on the screen when it is your turn."),
        "stay": _("Please stay near here. A member of staff comes to you."),
        "promise": _("We try to speak to you within %d minutes. If we cannot, we tell you.") % minutes,
        "done": _("Finish"),
        "back": _("Back"),
        "again": _("Start again"),
        "bigger": _("Bigger text"),
        "lower": _("Buttons lower"),
        "person": _("I would like to speak to a person: please go to the desk, or wait here and tell us."),
        "ask": _("No ticket can be given here now. Please ask at the desk."),
        "still": _("Are you still there?"),
        "more": _("More time"),
    }


urlpatterns = [path("kiosk", require_safe(kiosk), name="kiosk")]
