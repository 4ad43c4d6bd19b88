"""``/health/live`` and ``/health/ready``: for a load balancer, and for whoever is rung at night."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from steadydesk.api import asgi
from steadydesk.api.asgi import Receive, Scope, Send

Check = Callable[[], tuple[bool, str]]
"""Whether a part is well, and what to know about it. May read the database; runs in a thread."""
PATIENCE_SECONDS = 2.0


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """The process answers."""
    await asgi.answer_json(send, 200, {"status": "ok"})


class Ready:
    """Every part that must be well."""

    def __init__(self, checks: dict[str, Check]) -> None:
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 when all are, else 503; each with what to know about it."""
        found = await asyncio.gather(*(self._look(check) for check in self._checks.values()))
        checks = dict(zip(self._checks, found, strict=True))
        well = all(c["ok"] for c in found)
        await asgi.answer_json(send, 200 if well else 503, {"status": "ok" if well else "fault", "checks": checks})

    @staticmethod
    async def _look(check: Check) -> dict[str, Any]:
        work: Awaitable[tuple[bool, str]] = asyncio.get_running_loop().run_in_executor(None, check)
        try:
            ok, detail = await asyncio.wait_for(work, PATIENCE_SECONDS)
        except TimeoutError:
            ok, detail = False, "no answer in time"
        except Exception as error:
            ok, detail = False, type(error).__name__
        return {"ok": ok, "detail": detail}
