"""One server process on a listening socket that its parent opened: a press made while it restarts waits its turn."""

import argparse
import asyncio
import gc
import logging
import os
import socket
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from steadydesk.kernel.clock import clock
from steadydesk.kernel.processes import die_with_parent
from steadydesk.project.listening import BACKLOG

if TYPE_CHECKING:
    from steadydesk.project.tls.renewal import Renewal

SWITCH_INTERVAL = 0.0005
"""Each statement of the alarm path may wait this long for the interpreter's lock; 5 ms by default is too much."""
GRACE_SECONDS = 2
"""For requests under way."""
LEAVE_SECONDS = 4.5
LOOK_EVERY_TICKS = 100
"""A new certificate is served within ten seconds."""

log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Ends open streams at the first sign of stopping; uvicorn would wait for them in vain."""

    def __init__(self, config: uvicorn.Config, renewal: "Renewal | None") -> None:
        super().__init__(config)
        self._renewal = renewal

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; now and then look whether there is a new certificate."""
        if self._renewal is not None and counter % LOOK_EVERY_TICKS == 0:
            await asyncio.get_running_loop().run_in_executor(None, self._renewal.look, clock.now())
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A stop signal."""
        service = getattr(self.config.app, "service", None)
        if service is not None:
            service.stream.end_all()
        last = threading.Timer(LEAVE_SECONDS, _leave)
        last.daemon = True
        last.start()
        super().handle_exit(sig, frame)


def _leave() -> None:
    """A receiver or a page that hangs must not hold up whoever serves next; the parent would kill us a second later."""
    log.warning("something still hung at the end of an orderly stop; it is taken up again after the next start")
    logging.shutdown()
    os._exit(0)


def serve(listening: socket.socket) -> int:
    """Serve until told to stop; 0 when that was in order."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    import django

    django.setup()
    from django.conf import settings

    from steadydesk.project.asgi import Application

    renewal = _renewal()
    config = uvicorn.Config(
        Application(),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=BACKLOG,
        proxy_headers=bool(settings.PROXIES),
        forwarded_allow_ips=settings.PROXIES,
        ssl_context_factory=(lambda _config, _default: renewal.context) if renewal else None,
    )
    # Start-up leaves many lasting objects: collecting among them costs an alarm several milliseconds.
    gc.freeze()
    server = Server(config, renewal)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))
    return 0 if server.started else 1


def _renewal() -> "Renewal | None":
    from django.conf import settings

    if settings.TLS is None:
        return None
    from steadydesk.project.tls.renewal import Renewal

    return Renewal(settings.TLS, settings.DATA)


def main() -> int:
    """``python -m steadydesk.project.server --fd N``: the parent's child."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    die_with_parent()
    listening = socket.socket(fileno=parser.parse_args().fd)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steadydesk.project.settings")
    return serve(listening)


if __name__ == "__main__":
    sys.exit(main())
