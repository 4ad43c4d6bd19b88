"""PostgreSQL beside Django: how the alarm path connects, and who listens for commits."""

import asyncio
import logging
import threading
from typing import Any

from django.conf import settings

from steadydesk.engine.runner import BEAT_CHANNEL, Engine
from steadydesk.journal.bell import bell
from steadydesk.journal.hub import Hub
from steadydesk.kernel.clock import clock
from steadydesk.project.following import Following

SAFETY_LOOK_SECONDS = 0.5
AFTER_A_FAULT = 0.3

log = logging.getLogger(__name__)


def conninfo() -> str:
    """The connection string of ``DATABASE_URL`` for connections that are not Django's."""
    from psycopg.conninfo import make_conninfo

    db: dict[str, Any] = settings.DATABASES["default"]
    given = {
        "dbname": db["NAME"],
        "user": db["USER"],
        "password": db["PASSWORD"],
        "host": db["HOST"],
        "port": db["PORT"],
        **db.get("OPTIONS", {}),
    }
    return make_conninfo(**{k: v for k, v in given.items() if v not in ("", None)})


class Listener:
    """A thread that LISTENs, reads what is new and hands it to the loop; a notice is only a hint."""

    def __init__(self, following: Following, loop: asyncio.AbstractEventLoop, hub: Hub) -> None:
        self._following, self._loop, self._hub = following, loop, hub
        self._stopping = False
        self._last = hub.last
        self._engine_beat: float | None = None
        self._listening_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def halt(self) -> None:
        """End soon."""
        self._stopping = True

    def join(self, wait_s: float) -> None:
        """Wait for the end."""
        self._thread.join(wait_s)

    def silence(self) -> float | None:
        """For how long no engine's beat has come although they were listened for; ``None`` while they are not."""
        since = self._listening_since
        return None if since is None else clock.monotonic() - max(since, self._engine_beat or since)

    def engine_age(self, own: Engine) -> float | None:
        """How long ago the active engine, here or on another node, went round."""
        ages = [clock.monotonic() - self._engine_beat] if self._engine_beat else []
        if own.active and (age := own.age()) is not None:
            ages.append(age)
        return min(ages, default=None)

    def _run(self) -> None:
        import psycopg

        while not self._stopping:
            try:
                with psycopg.connect(conninfo(), autocommit=True) as db:
                    db.execute("LISTEN steadydesk")
                    db.execute(f"LISTEN {BEAT_CHANNEL}")
                    self._listening_since = clock.monotonic()
                    self._listen(db)
            except psycopg.Error as error:
                log.warning("commits cannot be listened for: %s", type(error).__name__)
            except Exception:
                log.exception("listening for commits was interrupted")
            self._listening_since = None
            threading.Event().wait(AFTER_A_FAULT)

    def _listen(self, db: Any) -> None:
        self._read()
        while not self._stopping:
            for notice in db.notifies(timeout=SAFETY_LOOK_SECONDS, stop_after=1):
                if notice.channel == BEAT_CHANNEL:
                    self._engine_beat = clock.monotonic()
            self._read()

    def _read(self) -> None:
        if self._last is None:
            self._last = self._hub.last
        if self._last is None:
            return
        while found := self._following.read(self._last):
            self._last = found.last
            self._loop.call_soon_threadsafe(self._following.tell, found)
            bell.ring()
