"""The few things bare ASGI endpoints need: who asks, the body, an answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, parse_cookie
from django.utils import translation

from steadydesk.alarms.book import Book
from steadydesk.api.problems import TYPE, problem
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import SteadydeskError
from steadydesk.pages.cookies import DESK_COOKIE, PERSON_COOKIE, bearer
from steadydesk.people.actions import hash_token

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Coroutine[Any, Any, None]]

PRESS_HEADER = b"steadydesk-press"
LARGEST_BODY = 200_000
"""More than the longest note takes when each of its characters is written as two escapes of six bytes."""
STALLED_SECONDS = 2.0
"""So long the rest of a body is waited for; a phone that goes into a tunnel must not take its press with it."""


def header(scope: Scope, name: bytes) -> str | None:
    """A request header's value."""
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), None)


def credentials(scope: Scope) -> list[str]:
    """Hashes of what the request brings: a bearer token, else the person's and the desk's cookies."""
    if (given := bearer(header(scope, b"authorization"))) is not None:
        return [hash_token(given)]
    # The standard library drops every cookie beside one that is not well made, and any other program may have set that.
    jar = parse_cookie("; ".join(v.decode("latin-1") for k, v in scope["headers"] if k == b"cookie"))
    return [hash_token(jar[name]) for name in (PERSON_COOKIE, DESK_COOKIE) if name in jar]


def actors(scope: Scope, book: Book) -> list[Actor]:
    """Who asks: a person, a device, or a person at a device; nobody when the credential is unknown."""
    return book.who(credentials(scope))


def language(scope: Scope, book: Book) -> str:
    """What to answer in: the language that the person chose, else the one that their browser asks for."""
    chosen = next((a.language for a in actors(scope, book) if a.language), "")
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, b"accept-language") or ""
    return chosen or translation.get_language_from_request(request)


def by_cookie(scope: Scope) -> bool:
    """Whether only cookies say who asks, so that another site's page could have sent it."""
    return bearer(header(scope, b"authorization")) is None


class Body:
    """A body as it comes, and no more of it than is ever needed."""

    def __init__(self) -> None:
        self.kept = bytearray()
        self.full = False
        """Whether something was left out; what comes after it is left out too."""

    def add(self, part: bytes) -> None:
        """Take what came next."""
        self._keep(part)

    def _keep(self, piece: bytes) -> None:
        room = 0 if self.full else LARGEST_BODY - len(self.kept)
        self.kept += piece[:room]
        self.full = self.full or len(piece) > room


async def read_body(receive: Receive, body: Body | None = None) -> bytes:
    """The whole body; what is more than a press can need, or does not come in time, is cut off and never refused."""
    body = body or Body()
    with suppress(TimeoutError):
        while True:
            message = await asyncio.wait_for(receive(), STALLED_SECONDS)
            if message["type"] != "http.request":
                break
            body.add(message.get("body", b""))
            if not message.get("more_body"):
                break
    return bytes(body.kept)


async def answer_json(send: Send, status: int, body: Mapping[str, Any], kind: str = "application/json") -> None:
    """One JSON answer."""
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(data)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": data})


async def answer_problem(scope: Scope, send: Send, book: Book, error: SteadydeskError) -> None:
    """A problem document, in the language of whoever asks."""
    # Only a refusal has words to be translated; a press that is taken waits for no catalogue.
    with translation.override(language(scope, book)):
        status, body = problem(error)
    await answer_json(send, status, body, TYPE)
