"""Nothing answers a stranger but what is listed here."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from steadydesk.api.v1.api import api

PUBLIC_PAGES = {
    "": "the start: a desk with its cookie goes to its board, everybody else to sign-in",
    "sw.js": "the service worker holds no record",
    "phone.webmanifest": "what a browser needs to install it, the same for everybody",
    "offline": "the page that a desk keeps for the day without a server",
    "press": "works on the sign-in page and when locked; the press itself asks for a credential",
    "desk/enrol": "a desk shows its token here, once",
    "screens/used": "says nothing, and does nothing for a stranger",
}
NOT_OURS = ("accounts/", "set-up/", "api/")
"""Sign-in; Django's admin, which asks for a member of staff; the API, which has its own test."""

SAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-4000-8000-000000000000", "path": "x"}
CLOSED = {302, 401, 403, 404, 405}


@pytest.mark.django_db
def test_every_operation_of_the_api_asks_who_it_is() -> None:
    stranger = Client(raise_request_exception=False)
    faults = []
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method in operations:
            answer = stranger.generic(method.upper(), re.sub(r"\{\w+\}", "x", path), "{}", "application/json")
            if answer.status_code != 401:
                faults.append(f"{method.upper()} {path} gave {answer.status_code}")
    assert faults == []


def _routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address with something put in for what varies."""
    for pattern in patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        here = before + _filled(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not here.startswith(NOT_OURS):
                yield from _routes(pattern.url_patterns, here)
        else:
            yield here


def _filled(route: RoutePattern) -> str:
    text = str(route)
    for name, converter in route.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            text = text.replace(written, SAMPLES.get(kind, "x"))
    return text


@pytest.mark.django_db
def test_every_page_asks_who_it_is() -> None:
    stranger = Client(raise_request_exception=False)
    faults = []
    for route in _routes(get_resolver().url_patterns):
        if route in PUBLIC_PAGES:
            continue
        for ask in (stranger.get, stranger.post):
            answer = ask(f"/{route}")
            if answer.status_code not in CLOSED:
                faults.append(f"{ask.__name__.upper()} /{route} gave {answer.status_code}")
    assert faults == []
