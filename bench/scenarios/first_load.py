"""What the first visit to the start page brings over the wire: the page and every part it names."""

import re
import time
from urllib.parse import urljoin, urlsplit

from bench.figures import Figure, Goal, Spread
from bench.setting import Setting
from bench.wire import Answer, Caller

WHAT = "first load of the sign-in page, all its parts"
COUNT = 20
_PARTS = re.compile(rb'<(?:script|link|img)\b[^>]*?\b(?:src|href)="([^"#]+)"')


def measure(setting: Setting) -> list[Figure]:
    caller = Caller(setting.demo.port)
    took = []
    for _ in range(COUNT):
        began = time.monotonic()
        page, path = _page(caller, "/")
        took.append(time.monotonic() - began)
    size = page.size
    for part in sorted({urljoin(path, found.decode()) for found in _PARTS.findall(_plain(page))}):
        if urlsplit(part).netloc in {"", "localhost", "127.0.0.1"}:
            size += caller.call("GET", part, Accept_Encoding="gzip").size
    spread = Spread.of(took)
    goals = (Goal("KB", size / 1000, 150), Goal("page p95 ms", spread.p95, 200))
    return [Figure(WHAT, goals, spread, note="bodies as sent, compressed where the server does so")]


def _page(caller: Caller, path: str) -> tuple[Answer, str]:
    """The page at the end of the redirects, and its path."""
    for _ in range(5):
        answer = caller.call("GET", path, Accept="text/html")
        if answer.status not in {301, 302, 303, 307, 308}:
            answer.ok()
            return answer, path
        path = urljoin(path, answer.headers["location"])
    raise RuntimeError("redirected for ever")


def _plain(page: Answer) -> bytes:
    return page.body if isinstance(page.body, bytes) else b""
