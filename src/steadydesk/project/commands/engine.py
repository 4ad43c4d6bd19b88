"""``steadydesk engine``: deadlines on a machine of their own."""

import argparse
import signal
import threading
from types import FrameType

from steadydesk.project.commands.installation import load_django, open_installation, require_postgres

HELP = "run the engine alone; of several one is active and the others stand by (PostgreSQL only)"
AFTER_A_FAULT = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(args: argparse.Namespace) -> int:
    """Fire what falls due until told to stop."""
    load_django()
    require_postgres("engine")
    open_installation(migrate=True)
    from steadydesk.engine.runner import Engine

    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    threading.Thread(target=_hear_commits, name="ear", daemon=True).start()
    engine = Engine()
    engine.start()
    stop.wait()
    engine.stop()
    return 0


def _hear_commits() -> None:
    """A commit on another machine may have set an earlier deadline; without its notice the engine looks each second."""
    import psycopg

    from steadydesk.journal.bell import bell
    from steadydesk.project.postgres import conninfo

    while True:
        try:
            with psycopg.connect(conninfo(), autocommit=True) as db:
                db.execute("LISTEN steadydesk")
                for _ in db.notifies():
                    bell.ring()
        except psycopg.Error:
            threading.Event().wait(AFTER_A_FAULT)
