"""Django's pages behind the event loop: the whole request goes to a thread, and the whole answer comes back.

One hand-over each way. A bridge that passes an answer on in pieces waits for the other side at each of them, and each
wait is a turn of the interpreter's lock.
"""

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from contextvars import copy_context
from functools import lru_cache, partial
from importlib import import_module
from io import BytesIO
from typing import Any

from django.conf import settings

from steadydesk.api.asgi import Receive, Scope, Send

OF_THE_BODY = {"CONTENT_LENGTH", "CONTENT_TYPE"}

Environ = dict[str, Any]
Headers = list[tuple[str, str]]

log = logging.getLogger(__name__)


class Pages:
    """A WSGI application as an ASGI one, in so many lasting threads of its own."""

    def __init__(self, application: Any, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whose body comes in one piece."""
        work = partial(copy_context().run, self._answer, environ(scope, (await receive())["body"]))
        status, headers, answer = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _answer(self, asked: Environ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        begun: tuple[str, Headers] = ("500", [])

        def start(status: str, headers: Headers, exc_info: object = None) -> None:
            nonlocal begun
            begun = status, headers

        found: Any = self._application(asked, start)
        with closing(found) if hasattr(found, "close") else nullcontext():
            answer = b"".join(found)
        status, headers = begun
        return int(status[:3]), [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers], answer


class PageCode:
    """What answers the pages: read while alarms are taken already, so that the first page waits for nothing."""

    def __init__(self) -> None:
        self._well, self._detail = False, "the pages are being read"

    def read(self) -> None:
        """Read all of it; takes about a second. Whoever asks for a page meanwhile waits for the rest."""
        try:
            import_module(settings.ROOT_URLCONF)
        except Exception as error:
            log.exception("the pages cannot be read")
            self._detail = type(error).__name__
        else:
            self._well, self._detail = True, ""

    def check(self) -> tuple[bool, str]:
        """Whether it is read."""
        return self._well, self._detail


def environ(scope: Scope, body: bytes) -> Environ:
    """The request as WSGI has it (PEP 3333)."""
    host, port = scope.get("server") or ("localhost", 80)
    found = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        if (name := _variable(raw)) is None:
            continue
        said = value.decode("latin-1")
        found[name] = f"{found[name]},{said}" if name in found else said
    # What came in pieces says no length, and of a body without one nothing is read.
    found.pop("HTTP_TRANSFER_ENCODING", None)
    found["CONTENT_LENGTH"] = str(len(body))
    return found


@lru_cache(maxsize=256)
def _variable(header: bytes) -> str | None:
    """What WSGI calls a header; none that has an underscore, which could pass for another of ours."""
    if b"_" in header:
        return None
    name = header.decode("latin-1").upper().replace("-", "_")
    return name if name in OF_THE_BODY else f"HTTP_{name}"
