"""From the command that prepared everything to the small parent that serves.

The command's process is replaced by a fresh one without Django, under the same id: the parent lasts for months and
has nothing to do with what was needed to prepare.
"""

import argparse
import os
import sys
from typing import NoReturn

from steadydesk.kernel.errors import Refusal


def add_address(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default 8000)")


def require_free(host: str, port: int) -> None:
    """Refuse an address that is taken before anything is prepared for it."""
    from steadydesk.project.listening import listen

    try:
        listen(host, port).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Refusal(
            "not_available", f"Nobody can listen on {host} port {port} ({reason}). Choose another with --port."
        ) from error


def require_certificate() -> str:
    """``https`` or ``http``. Refuses a certificate that cannot be served; one that has ended is better than none."""
    from django.conf import settings

    if settings.TLS is None:
        return "http"
    from steadydesk.project.tls.served import new_context

    try:
        new_context(settings.TLS)
    except OSError as error:
        raise Refusal(
            "not_available",
            f"The certificate {settings.TLS.certificate} with the key {settings.TLS.key} cannot be served "
            f"({getattr(error, 'reason', None) or error.strerror}).",
        ) from error
    return "https"


def hand_over(host: str, port: int, *, upgrade: bool = False) -> NoReturn:
    """Become the parent that serves; with ``upgrade`` it brings the records to this version meanwhile."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", __name__, host, str(port), *(["upgrade"] if upgrade else [])])


def main() -> int:
    """``python -m steadydesk.project.commands.serving HOST PORT [upgrade]``."""
    from steadydesk.project import parent

    host, port = sys.argv[1], int(sys.argv[2])
    try:
        return parent.run(host, port, upgrade=sys.argv[3:] == ["upgrade"])
    except OSError as error:
        print(f"Nobody can listen on {host} port {port} ({error.strerror}).", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
