"""A telephone rings with the place as the caller's name. The line's own process rings it; here one waits for it."""

import json
import socket
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.delivery import words
from steadydesk.delivery.channels.transport import Outgoing, TransportError

PIPE = "telephones.sock"
"""In the data folder: where the process of the line takes what is to be rung."""
LONGEST_LINE = 1_000
TIMEOUT_S = 29
"""Longer than a telephone rings, shorter than the lease."""
ANSWERED = "answered"
LASTING = frozenset({"404", "410", "484", "604"})
"""Answers that say that there is no such number."""


def send(outgoing: Outgoing) -> None:
    """Ring until somebody lifts the receiver. Nobody answering is a failure: it rings again while the call is open."""
    if not settings.RINGS_OUT:
        raise TransportError(_("No telephone system is set up. Set STEADYDESK_SIP_SERVER."), permanent=True)
    if not outgoing.address:
        raise TransportError(_("Nobody knows at which telephone the person is."), permanent=True)
    asked = {"number": outgoing.address, "name": words.caller_name(outgoing.message)}
    try:
        outcome = _ask(asked)
    except (OSError, ValueError, KeyError) as error:
        raise TransportError(_("The telephone line's own process cannot be reached.")) from error
    if outcome != ANSWERED:
        raise TransportError(_why(outcome), permanent=outcome in LASTING)


def _ask(asked: dict[str, str]) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(TIMEOUT_S)
        line.connect(str(Path(settings.DATA) / PIPE))
        with line.makefile("rwb") as stream:
            stream.write(json.dumps(asked).encode() + b"\n")
            stream.flush()
            return str(json.loads(stream.readline(LONGEST_LINE))["outcome"])


def _why(outcome: str) -> str:
    match outcome:
        case "unanswered" | "480" | "487":
            return _("The telephone rang and nobody answered.")
        case "486" | "600":
            return _("The telephone is in use.")
        case "408":
            return _("The telephone system does not answer.")
        case _:
            return _("The telephone system answered %(answer)s.") % {"answer": outcome}
