"""Signing in and out: accounts are set up, nobody signs up; and the browser keeps a token that the alarm knows."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from steadydesk.desks import actions as desks
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.pages.cookies import PERSON_COOKIE, give
from steadydesk.people import actions as people
from steadydesk.people.models import Person
from steadydesk.people.queries import actor_of_person
from steadydesk.screens.desk.stations import desk_of

ASKS = "allauth.mfa.stages.AuthenticateStage"
"""Ours takes its place, which knows who has been asked elsewhere."""
OURS = (
    "steadydesk.screens.factors.stage.AskFactor",
    "steadydesk.screens.own_password.NewPassword",
    "steadydesk.screens.factors.stage.AddFactor",
)
WAYS = {
    "reauthenticate": gettext_noop("Use your password"),
    "mfa_reauthenticate": gettext_noop("Use a code"),
    "mfa_reauthenticate:webauthn": gettext_noop("Use a passkey"),
}
"""How somebody who is signed in shows once more that it is they."""


class Accounts(DefaultAccountAdapter):
    """Accounts are made by an administrator; what signing in means beside the session is done here."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever must wait after too many tries is told so, and it is kept for the person it was tried with."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            _refuse(credentials, waits=True)
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By the login alone: with the host's name in it, a guesser would have new tries under each name."""
        return str(credentials.get("username", "")).lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Kept for the person it was tried with."""
        _refuse(credentials, waits=False)

    def get_login_stages(self) -> list[str]:
        """allauth's, then ours: a factor, the change of a given password, and the factor that a role still needs."""
        theirs = [stage for stage in super().get_login_stages() if stage != ASKS]
        return [*theirs, *OURS]

    def login(self, request: HttpRequest, user: Person) -> None:
        """Who left while they were signing in does not get in: allauth looks at that before the second factor only."""
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """The press and the stream read no session, so the browser keeps a token of the person as well."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        by = actor_of_person(user)
        session = request.session.session_key or ""
        token = people.sign_person_in(user.pk, lasts=lasts, session=session, by=by, now=clock.now())
        give(response, PERSON_COOKIE, token, lasts=lasts)
        if desk := desk_of(request):
            desks.unlock_for(user.pk, int(desk.id), by=by, now=clock.now())
        return response

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """In our words."""
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": _(WAYS[way["id"]])} for way in ways]

    def logout(self, request: HttpRequest) -> None:
        """The token ends with the session; the cookie that is left names nobody and is overwritten at the next."""
        user, token = request.user, request.COOKIES.get(PERSON_COOKIE, "")
        if isinstance(user, Person):
            session, by = request.session.session_key or "", actor_of_person(user)
            people.sign_person_out(user.pk, token, session=session, by=by, now=clock.now())
        super().logout(request)


def _refuse(credentials: dict[str, Any], *, waits: bool) -> None:
    people.refuse_sign_in(credentials.get("username", ""), waits=waits, by=system("sign-in"), now=clock.now())
