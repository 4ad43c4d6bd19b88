"""What a page says while the records are brought to a new version. A customer may read it."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steadydesk.api import asgi
from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.api.problems import TYPE, document

PAGE = "<!doctype html><html lang={lang}><meta charset=utf-8><title>{title}</title><p>{words}"
HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"refresh", b"5"),
    (b"retry-after", b"5"),
]


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """503, as a document for programs and as a page that comes back by itself for browsers."""
    if scope["path"].startswith("/api/"):
        said = _("This is being brought up to date. Try again in a minute.")
        await asgi.answer_json(send, 503, document(503, "storage_unavailable", said), TYPE)
        return
    words = _("This is being brought up to date. The page comes back by itself in a minute.")
    page = PAGE.format(lang=get_language() or "en", title=_("Not just now"), words=words)
    await send({"type": "http.response.start", "status": 503, "headers": HEADERS})
    await send({"type": "http.response.body", "body": page.encode()})
