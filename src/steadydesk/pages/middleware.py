"""From a request to the actor behind it."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import NotSignedIn

Look = Callable[[HttpRequest], Actor | None]
_lookups: list[Look] = []


def find_actors_with(*lookups: Look) -> None:
    """Hand over how a token, a session and a desk's cookie become an actor; called once at start."""
    _lookups[:] = lookups


class ActorMiddleware:
    """Puts ``request.actor``: a bearer token, else who is signed in, else the desk itself, else ``None``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look the actor up once for the whole request."""
        request.actor = next((a for look in _lookups if (a := look(request))), None)  # type: ignore[attr-defined]
        return self.get_response(request)


class ContentPolicy:
    """What a page may load. It is the same for every answer, so it is written once and not for each of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say it with the answer."""
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self._policy)
        return response


class ErrorPages:
    """Where Django answers with nothing to read, a page says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the page into an empty refusal of a method."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


class LanguageMiddleware:
    """The language that the person chose comes before the one that the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak it for this request; the next begins anew with what its browser asks for."""
        found: Actor | None = getattr(request, "actor", None)
        if found is not None and found.language:
            translation.activate(found.language)
        return self.get_response(request)


def actor(request: HttpRequest) -> Actor:
    """Who asks; ``NotSignedIn`` when nobody is known."""
    found: Actor | None = getattr(request, "actor", None)
    if found is None:
        raise NotSignedIn(_("Sign in, or start this desk with its token."))
    return found
