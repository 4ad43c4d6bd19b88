"""The one child process that does what takes long: it only reads, and never holds anything the alarm could want.

One C call that keeps the interpreter's lock stops every thread beside it; a process that never writes stops nobody.
Requests are one JSON line on a socket in the data folder, answers a JSON line and the file.
"""

import json
import logging
import os
import signal
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from steadydesk.kernel.errors import Invalid, SteadydeskError
from steadydesk.kernel.processes import die_with_parent

LONGEST_REQUEST = 10_000

log = logging.getLogger(__name__)


def path_of(data: Path) -> Path:
    """Where the child listens."""
    return data / "renderer.sock"


def _answer(line: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        _load()
        from steadydesk.reports.table import REPORTS

        request = json.loads(line)
        file = REPORTS[request["report"]](**request["parameters"])
    except Invalid as error:
        return {"faults": [[f.field, f.reason] for f in error.faults]}, b""
    except SteadydeskError as error:
        return {"refused": str(error.sentence)}, b""
    except Exception:
        log.exception("a report failed")
        return {"failed": True}, b""
    return {"name": file.name, "kind": file.kind, "size": len(file.content)}, file.content


@cache
def _load() -> None:
    """What reports need, at the first of them: until then it would only lie in memory and slow the server's start."""
    import django

    django.setup()


def _serve_one(peer: socket.socket) -> None:
    with peer, peer.makefile("rwb") as stream:
        head, content = _answer(stream.readline(LONGEST_REQUEST))
        stream.write(json.dumps(head).encode() + b"\n" + content)


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


def main() -> int:
    """``python -m steadydesk.reports.renderer``: serve until the parent goes."""
    die_with_parent()
    signal.signal(signal.SIGTERM, _stop)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steadydesk.project.settings")
    from django.conf import settings

    _read_only(settings.DATABASES["default"])
    path = path_of(Path(settings.DATA))
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen(8)
        while True:
            peer, _ = listening.accept()
            _serve_one(peer)
            # An open read would stop SQLite from ever starting its log anew.
            _close()


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _read_only(database: dict[str, Any]) -> None:
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"] == "steadydesk.journal.sqlite":
        options["read_only"] = True
    else:
        options["options"] = "-c default_transaction_read_only=on"


if __name__ == "__main__":
    sys.exit(main())
