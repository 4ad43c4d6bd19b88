"""The child process. ``run`` starts it when a line is set up, and again when it dies."""

import argparse
import logging
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import NoReturn

from steadydesk.kernel.processes import die_with_parent
from steadydesk.project import environment
from steadydesk.project.telephones.line import Line, addresses, read_line

TOKEN = "telephones.token"
PATH = "/api/v1/phone-events"
KEPT = "telephone-calls"
LOOK_UP_S = 60.0
UNKNOWN_S = 5.0
"""While nobody knows the name, it is asked for this often."""
FORMAT = "{asctime} {levelname} {name}: {message}"

log = logging.getLogger(__name__)


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


def serve(line: Line, url: str, data: Path) -> None:
    """Take calls and ring out until told to stop."""
    # Sippy writes what it cannot read to standard output, numbers included.
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    from sippy.Core.EventDispatcher import ED2

    from steadydesk.project.listeners.standing import TELEPHONES, note
    from steadydesk.project.listeners.telling import Teller
    from steadydesk.project.telephones import registering, ringing
    from steadydesk.project.telephones.answering import Answering
    from steadydesk.project.telephones.stack import Stack, soon

    answering = Answering(Teller(url + PATH, data / TOKEN, data / KEPT, environment.tls(data)))
    try:
        stack = Stack(line, answering.receive)
    except OSError as error:
        log.error("nobody can listen on %s port %s (%s): set STEADYDESK_SIP_LISTEN", *line.listen, error.strerror)
        raise SystemExit(1) from None
    answering.use(stack)
    ringing.serve(stack, data)
    report = partial(note, data, TELEPHONES)

    def look_up() -> None:
        stack.learn(addresses(line))
        while line.user and stack.peer is None:
            report(False, f"nobody knows the name {line.server[0] if line.server else ''}")
            threading.Event().wait(UNKNOWN_S)
            stack.learn(addresses(line))
        if line.user:
            soon(registering.register, stack, report)
        while not threading.Event().wait(LOOK_UP_S):
            stack.learn(addresses(line))

    # Beside the line: while a name service hangs, calls come in from the trunk, and what is known goes on.
    threading.Thread(target=look_up, name="names", daemon=True).start()
    ED2.loop()


def main() -> int:
    """``python -m steadydesk.project.telephones.listener --url URL``: until the parent goes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    die_with_parent()
    signal.signal(signal.SIGTERM, _stop)
    logging.basicConfig(format=FORMAT, style="{", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    line = read_line()
    if line is not None:
        serve(line, parser.parse_args().url, environment.data_folder())
    return 0


if __name__ == "__main__":
    sys.exit(main())
