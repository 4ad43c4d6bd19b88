"""``steadydesk engine``: deadlines on a machine of their own."""

import argparse
import signal
import threading
from datetime import datetime
from types import FrameType

from steadydesk.kernel.clock import clock
from steadydesk.project.commands.installation import load_django, open_installation, require_postgres

HELP = "run the engine alone; of several one is active and the others stand by (PostgreSQL only)"
AFTER_A_FAULT = 0.5
STOP_SECONDS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(args: argparse.Namespace) -> int:
    """Fire what falls due until told to stop."""
    load_django()
    require_postgres("engine")
    open_installation(migrate=True)
    from steadydesk.engine.runner import Engine

    prepare(clock.now())
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    ear = _Ear()
    threading.Thread(target=ear.listen, name="ear", daemon=True).start()
    engine = Engine(ear.silence)
    engine.start()
    stop.wait()
    engine.halt()
    engine.join(STOP_SECONDS)
    return 0


def prepare(now: datetime) -> None:
    """What must be done before anything fires; its servers may have begun before there was a site to test."""
    from steadydesk.chaintests import actions as chaintests
    from steadydesk.kernel.actor import system
    from steadydesk.privacy import actions as privacy
    from steadydesk.project.backup import settling

    settling.before_serving(now)
    privacy.purge_before_serving(now)
    chaintests.schedule_tests(by=system("start"), now=now)


class _Ear:
    """Hears commits on other machines, which may have set an earlier deadline, and whether an engine is active."""

    def __init__(self) -> None:
        self._heard: float | None = None

    def silence(self) -> float | None:
        """For how long no engine was heard of; ``None`` while nobody listens."""
        heard = self._heard
        return None if heard is None else clock.monotonic() - heard

    def listen(self) -> None:
        """Without a notice the engine looks each second."""
        import psycopg

        from steadydesk.engine.runner import BEAT_CHANNEL
        from steadydesk.journal.bell import bell
        from steadydesk.project.postgres import conninfo

        while True:
            try:
                with psycopg.connect(conninfo(), autocommit=True) as db:
                    db.execute("LISTEN steadydesk")
                    db.execute(f"LISTEN {BEAT_CHANNEL}")
                    self._heard = clock.monotonic()
                    for notice in db.notifies():
                        if notice.channel == BEAT_CHANNEL:
                            self._heard = clock.monotonic()
                        else:
                            bell.ring()
            except psycopg.Error:
                self._heard = None
                threading.Event().wait(AFTER_A_FAULT)
