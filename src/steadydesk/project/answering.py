"""Answers that need neither a thread nor a template: a page for browsers, a document for programs."""

from http import HTTPStatus

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steadydesk.api import asgi
from steadydesk.api.asgi import Scope, Send
from steadydesk.api.problems import TYPE, document
from steadydesk.pages.installation import installation

PAGE = "<!doctype html><html lang={lang}><meta charset=utf-8><title>{title}</title>{demo}<p>{words}"
HEADERS = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]


async def answer_program(send: Send, status: HTTPStatus, code: str, said: str) -> None:
    """A problem document."""
    await asgi.answer_json(send, status, document(status, code, said), TYPE)


async def answer_browser(
    send: Send, status: HTTPStatus, title: str, words: str, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """A page with nothing on it but what to do."""
    page = PAGE.format(lang=get_language() or "en", title=title, demo=_demo(), words=words)
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, *headers]})
    await send({"type": "http.response.body", "body": page.encode()})


def _demo() -> str:
    return f"<p>{_('Demonstration: nobody is called, and every customer is invented')}" if installation().demo else ""


def is_program(scope: Scope) -> bool:
    """Whether a program asks, which reads documents."""
    return bool(scope["path"].startswith("/api/"))
