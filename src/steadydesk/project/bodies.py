"""A request has its whole body before it takes a thread.

Django reads a body in the thread that answers. Three phones that lost their link in the middle of a form would hold
all of them, and a form that broke off would be taken for a shorter one.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.project.answering import answer_browser, answer_program, is_program

LARGEST = 3_000_000
"""More than Django itself takes, so that it says of most that are too large what it says elsewhere."""
STALLED_SECONDS = 20.0
"""So long the next part is waited for; a slow link sends one every few seconds."""


class Gone(Exception):
    """The client left in the middle of its request."""


class TooLarge(Exception):
    """Nothing here needs that much."""


class Whole:
    """Hands a request on when all of it is there."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the body, then for the answer."""
        try:
            body = await _all(receive)
        except Gone:
            return
        except TimeoutError:
            said = _("The rest of this did not arrive, so nothing of it was saved. Send it again.")
            await _refuse(scope, send, HTTPStatus.REQUEST_TIMEOUT, ("incomplete", said))
            return
        except TooLarge:
            said = _("This body is too large.")
            await _refuse(scope, send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ("too_large", said))
            return
        await self._app(scope, _once(body, receive), send)


async def _all(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await asyncio.wait_for(receive(), STALLED_SECONDS)
        if message["type"] != "http.request":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise TooLarge
        if not message.get("more_body"):
            return b"".join(parts)


def _once(body: bytes, receive: Receive) -> Receive:
    """The body as one message; after it comes whatever came."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Any:
        return waiting.pop() if waiting else await receive()

    return next_message


async def _refuse(scope: Scope, send: Send, status: HTTPStatus, said: tuple[str, str]) -> None:
    code, words = said
    if is_program(scope):
        await answer_program(send, status, code, words)
    else:
        await answer_browser(send, status, _("This cannot be done"), words)
