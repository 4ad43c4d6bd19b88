"""One's own second factors: added, taken away, and the codes on paper."""

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.people import factors
from steadydesk.screens.factors import adding
from steadydesk.screens.opening import View
from steadydesk.screens.response.page import page, show


def confirmed(*, hidden: bool) -> Callable[[View], View]:
    """A page for whoever has just shown again that it is they, so that nobody changes it at a browser left open.

    A ``hidden`` one shows what nobody else may read, so it never opens on a screen that customers can see.
    """

    def wrap(view: View) -> View:
        opened: View = reauthentication_required(app="allauth.mfa")(never_cache(page(hidden=hidden)(view)))
        return sensitive_post_parameters()(opened)

    return wrap


@confirmed(hidden=True)
def app(request: HttpRequest, by: Actor) -> HttpResponse:
    """Add an app for codes, or another in its place."""
    return _added(request, by, adding.app, "account/factor_app.html")


@confirmed(hidden=True)
def passkey(request: HttpRequest, by: Actor) -> HttpResponse:
    """Add a passkey."""
    return _added(request, by, adding.passkey, "account/factor_passkey.html")


def _added(request: HttpRequest, by: Actor, add: Callable[..., HttpResponse], template: str) -> HttpResponse:
    first = not factors.has_factor(int(by.id))
    drawn = partial(_show, request, by, template)
    return add(request, request.user, drawn, lambda: redirect("me-codes" if first else "me"))


def _show(request: HttpRequest, by: Actor, template: str, status: int, **shown: Any) -> HttpResponse:
    replaces = any(factor.kind == "app" for factor in factors.of(int(by.id)))
    return show(request, by, template, status, frame="response/page.html", replaces=replaces, **shown)


@confirmed(hidden=False)
def remove(request: HttpRequest, by: Actor, factor: int) -> HttpResponse:
    """Take one away."""
    factors.remove_factor(int(by.id), factor, by=by, now=clock.now())
    messages.success(request, _("It is not good any more."))
    return redirect("me")


@confirmed(hidden=True)
def codes(request: HttpRequest, by: Actor) -> HttpResponse:
    """Codes on paper, to print; or new ones in their place."""
    if request.method == "POST":
        factors.make_codes(int(by.id), by=by, now=clock.now())
        return redirect("me-codes")
    left = factors.codes_left(int(by.id))
    return show(request, by, "account/codes.html", codes=left)
