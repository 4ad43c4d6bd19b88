"""The router in front of everything: alarms and streams on the loop, Django in a small fixed pool of lasting threads.

Django is run as WSGI: its ASGI handler starts a thread for each request without bound. Slow pages have a short lane
of their own, so that four of them cannot keep a desk waiting.
"""

import asyncio
import os
from typing import Any

from steadydesk.api import health
from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.project import closed
from steadydesk.project.bodies import Whole
from steadydesk.project.pages import Pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steadydesk.project.settings")

THREADS = 3
SLOW_THREADS = 1
SLOW = (
    "/reports/", "/privacy/exports", "/set-up/", "/accounts/single-sign-on/", "/api/v1/openapi.json", "/api/v1/docs",
)  # fmt: skip


class Application:
    """The ASGI application of one server process."""

    def __init__(self) -> None:
        from steadydesk.project.wsgi import application

        self._pages = Whole(Pages(application, THREADS))
        self._slow = Whole(Pages(application, SLOW_THREADS))
        self.service: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        await self._route(scope)(scope, receive, send)

    def _route(self, scope: Scope) -> Any:
        path = scope["path"]
        if path == "/api/v1/stream" and scope["method"] == "GET":
            return self.service.stream
        if self.service.door.opens(scope):
            return self.service.door
        if self.service.phone_door.opens(scope):
            return self.service.phone_door
        if self.service.device_door.opens(scope):
            return self.service.device_door
        if path == "/health/live":
            return health.live
        if path == "/health/ready":
            return self.service.ready
        if not self.service.begun and not path.startswith("/static/"):
            return closed.answer
        return self._slow if path.startswith(SLOW) else self._pages

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        from steadydesk.project.service import Service

        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.service = Service()
                await self.service.start()
                await send({"type": "lifespan.startup.complete"})
                asyncio.get_running_loop().run_in_executor(None, self.service.pages.read)
            else:
                await self.service.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return
