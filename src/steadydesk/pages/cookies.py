"""How a request says who asks: a bearer token, or cookies that hold a credential and need no session."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse

DESK_COOKIE = "steadydesk-desk"
PERSON_COOKIE = "steadydesk-person"


def give(response: HttpResponse, name: str, token: str, *, lasts: timedelta) -> None:
    """Let the browser keep a credential. No script reads it, and no other site's page sends it."""
    response.set_cookie(
        name, token, max_age=lasts, httponly=True, samesite="Strict", secure=bool(settings.SESSION_COOKIE_SECURE)
    )


def take_back(response: HttpResponse, name: str) -> None:
    """Let the browser forget a credential."""
    response.delete_cookie(name, samesite="Strict")


def bearer(authorization: str | None) -> str | None:
    """The bearer token of an ``Authorization`` header; what a proxy adds for itself, such as Basic, is none."""
    kind, _, token = (authorization or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None
