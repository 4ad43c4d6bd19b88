"""Signing in by the organisation's own accounts (OpenID Connect): two pages, which may find it away.

They have the slow lane to themselves and reports, so however long the other side takes, desks and sign-in by password
go on beside it.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import RequestException

from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Refusal
from steadydesk.people import actions as people
from steadydesk.screens.opening import refused

PROVIDER = "oidc"
AWAY = (RequestException, OAuth2Error, KeyError, ValueError)
"""What an answer that is missing or cannot be read ends with."""
log = logging.getLogger(__name__)


class SingleSignOn(DefaultSocialAccountAdapter):
    """Whom an account there stands for here. Nobody is made, and allauth keeps nothing of what was told."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the person, or say that nobody is meant."""
        told = sociallogin.account.extra_data["id_token"]
        # A string, such as "false", is what some send: only yes is yes.
        verified = told.get("email", "") if told.get("email_verified") is True else ""
        try:
            sociallogin.user = people.person_behind(told["iss"], told["sub"], verified, now=clock.now())
        except Refusal as nobody:
            raise ImmediateHttpResponse(refused(request, nobody)) from nobody

    def on_authentication_error(self, request: HttpRequest, provider: Any, **what: Any) -> None:
        """It was broken off there, took too long, or cannot be believed."""
        raise ImmediateHttpResponse(_not_now(request, what.get("exception")))


class Signed(OpenIDConnectOAuth2Adapter):
    """Believes what is signed and nothing else."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """To be entered there."""
        return str(build_absolute_uri(request, reverse("single_sign_on_done")))

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """allauth does without looking at the signature, for it fetched this itself."""
        config = self.openid_config
        read: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=config["jwks_uri"],
            issuer=config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return read


def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser there."""

    def sent() -> HttpResponse:
        provider = get_adapter().get_provider(request, PROVIDER)
        provider.oauth2_adapter_class = Signed
        there: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request))
        return there

    return _tried(request, sent)


def finish(request: HttpRequest) -> HttpResponse:
    """The browser comes back with a code."""
    return _tried(request, lambda: OAuth2CallbackView.adapter_view(Signed(request, PROVIDER))(request))


def _tried(request: HttpRequest, page: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return page()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except AWAY as error:
        return _not_now(request, error)


def _not_now(request: HttpRequest, error: Exception | None) -> HttpResponse:
    log.warning("single sign-on did not come to its end: %s", type(error).__name__ if error else "broken off")
    shown = {
        "title": _("Your organisation's sign-in did not come to its end"),
        "detail": _("Try once more, or sign in with your password. Desks and calls go on working."),
    }
    return render(request, "pages/problem.html", shown, status=HTTPStatus.SERVICE_UNAVAILABLE)
