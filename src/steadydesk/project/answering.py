"""Answers that need neither a thread nor a template: a page for browsers, a document for programs."""

from http import HTTPStatus

from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steadydesk.api import asgi
from steadydesk.api.asgi import Scope, Send
from steadydesk.api.problems import TYPE, document
from steadydesk.pages.installation import installation

PAGE = (
    "<!doctype html><html lang={lang}><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>{title}</title>{demo}<p>{words}{carried}"
)
CARRIED = (
    "<footer data-carried hidden><button type=button data-call><span data-call-label>{call}</span></button>"
    " <button type=button class=mark aria-labelledby=mark-word><span aria-hidden=true data-mark>·</span></button>"
    "<span id=mark-word hidden data-mark-word></span>"
    "<dialog aria-labelledby=mark-word><ul></ul><form method=dialog><button>{close}</button></form></dialog></footer>"
    "<script type=module src={script}></script>"
)
"""The call, for whoever is at a desk or signed in: what this browser's last page was told is enough for it."""
HEADERS = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]


async def answer_program(send: Send, status: HTTPStatus, code: str, said: str) -> None:
    """A problem document."""
    await asgi.answer_json(send, status, document(status, code, said), TYPE)


async def answer_browser(
    send: Send, status: HTTPStatus, title: str, words: str, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """A page with nothing on it but what to do."""
    carried = CARRIED.format(call=_("Call a colleague"), close=_("Close"), script=static("steadydesk/carried.js"))
    page = PAGE.format(lang=get_language() or "en", title=title, demo=_demo(), words=words, carried=carried)
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, *headers]})
    await send({"type": "http.response.body", "body": page.encode()})


def _demo() -> str:
    return f"<p>{_('Demonstration: nobody is called, and every customer is invented')}" if installation().demo else ""


def is_program(scope: Scope) -> bool:
    """Whether a program asks, which reads documents."""
    return bool(scope["path"].startswith("/api/"))
