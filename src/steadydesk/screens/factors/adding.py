"""Adding a second factor: on one's own page, or while signing in where a role must have one."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.http import HttpRequest, HttpResponse

from steadydesk.kernel.clock import clock
from steadydesk.people import factors
from steadydesk.people.queries import actor_of_person
from steadydesk.screens.factors.forms import AppForm, PasskeyForm

Show = Callable[..., HttpResponse]
"""Draws a page with a status and what it shows."""


def app(request: HttpRequest, person: Any, show: Show, done: Callable[[], HttpResponse]) -> HttpResponse:
    """An app for codes: its picture and its first code."""
    posted = request.method == "POST"
    secret = get_totp_secret(regenerate=not posted)
    form = AppForm(secret, request.POST if posted else None)
    if not posted or not form.is_valid():
        return show(422 if posted else 200, form=form, secret=_in_fours(secret), picture=_picture(person, secret))
    factors.add_app(person.pk, secret, by=actor_of_person(person), now=clock.now())
    clear_totp_secret(request)
    return done()


def passkey(request: HttpRequest, person: Any, show: Show, done: Callable[[], HttpResponse]) -> HttpResponse:
    """A passkey that the browser makes."""
    posted = request.method == "POST"
    form = PasskeyForm(data=request.POST if posted else None, user=person, initial={"name": ""})
    if posted and form.is_valid():
        made = form.cleaned_data
        factors.add_passkey(person.pk, made["name"], made["credential"], by=actor_of_person(person), now=clock.now())
        return done()
    options = json.dumps(begin_registration(person, passwordless=True))
    return show(422 if posted else 200, form=form, options=options)


def _picture(person: Any, secret: str) -> str:
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    return "data:image/svg+xml;base64," + b64encode(drawn.encode()).decode()


def _in_fours(secret: str) -> str:
    """As people type it off a screen."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
