"""Where a role needs a second factor, signing in is not done before there is one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStage
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters

from steadydesk.kernel.errors import NotAllowed
from steadydesk.people import factors
from steadydesk.screens.desk.stations import desk_of
from steadydesk.screens.factors import adding
from steadydesk.screens.opening import refused
from steadydesk.screens.response.page import counter

ELSEWHERE = gettext_noop(
    "Your role needs a second factor beside the password. Customers can read this screen: "
    "sign in once on your phone or on a staff-only screen and set it up there."
)


def asked_elsewhere(login: Any) -> bool:
    """Whether the organisation's own sign-in let them in, and asks for a second factor itself."""
    elsewhere = "sociallogin" in (login.signal_kwargs or {})
    return elsewhere and settings.SINGLE_SIGN_ON is not None and settings.SINGLE_SIGN_ON.asks_factor


class AskFactor(AuthenticateStage):
    """allauth's, which asks for a factor that is there."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not asked_elsewhere(self.login) and bool(super()._should_handle(request))


class AddFactor(LoginStage):
    """Comes after the password, and after allauth has asked for a factor that is there."""

    key = "add_factor"
    urlname = "account_add_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Ask for one, or go on."""
        person: Any = self.login.user
        needed = person is not None and factors.must_have(person.pk) and not factors.has_factor(person.pk)
        asked = needed and not asked_elsewhere(self.login)
        return (HttpResponseRedirect(reverse(self.urlname)) if asked else None), True


@sensitive_post_parameters()
@login_stage_required(stage=AddFactor.key, redirect_urlname="account_login")
def add_app(request: HttpRequest) -> HttpResponse:
    """The app, which every phone can have."""
    return _added(request, adding.app, "account/factor_app.html")


@sensitive_post_parameters()
@login_stage_required(stage=AddFactor.key, redirect_urlname="account_login")
def add_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey instead."""
    return _added(request, adding.passkey, "account/factor_passkey.html")


def _added(request: HttpRequest, add: Callable[..., HttpResponse], template: str) -> HttpResponse:
    """Never where customers read along: the app's secret is on the page."""
    desk = desk_of(request)
    if desk is not None and counter(desk):
        return refused(request, NotAllowed(_(ELSEWHERE)))
    stage: AddFactor = request._login_stage  # type: ignore[attr-defined]
    return add(request, stage.login.user, partial(_show, request, template), partial(_go_on, request, stage))


def _show(request: HttpRequest, template: str, status: int, **shown: Any) -> HttpResponse:
    return render(request, template, {"frame": "pages/base.html", "needed": True, **shown}, status=status)


def _go_on(request: HttpRequest, stage: AddFactor) -> HttpResponse:
    """Signed in, and first shown the codes on paper; whoever did all this needs no password once more for them."""
    record_authentication(request, stage.login.user, method="mfa", reauthenticated=True)
    stage.login.redirect_url = reverse("me-codes")
    done: HttpResponse = stage.exit()
    return done
