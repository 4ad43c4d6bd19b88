"""Asking the child process for a report."""

import json
import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, Refusal, StorageUnavailable
from steadydesk.reports.renderer import path_of
from steadydesk.reports.table import File

PATIENCE_SECONDS = 60.0


def ask(report: str, site: str, by: Actor, **parameters: Any) -> File:
    """The report for a site. Raises ``NotAllowed``, ``Invalid``, or ``StorageUnavailable`` when the child is away."""
    by.check(Permission.REPORT_READ, site)
    return fetch(report, site=site, **parameters)


def fetch(report: str, **parameters: Any) -> File:
    """What the child process makes; whether it may be asked for was decided before. Raises as ``ask``."""
    request = {"report": report, "parameters": parameters}
    try:
        head, content = _fetch(json.dumps(request).encode() + b"\n")
    except (OSError, ValueError):
        raise StorageUnavailable(_("Reports cannot be made just now. Try again in a minute.")) from None
    if faults := head.get("faults"):
        raise Invalid([FieldFault(field, reason) for field, reason in faults])
    if refused := head.get("refused"):
        raise Refusal("not_available", refused)
    if "name" not in head:
        raise StorageUnavailable(_("This report could not be made. The administrator finds why in the server's log."))
    return File(head["name"], head["kind"], content)


def _fetch(line: bytes) -> tuple[dict[str, Any], bytes]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(PATIENCE_SECONDS)
        peer.connect(str(path_of(Path(settings.DATA))))
        peer.sendall(line)
        with peer.makefile("rb") as stream:
            head = json.loads(stream.readline())
            return head, stream.read(head.get("size", 0))
