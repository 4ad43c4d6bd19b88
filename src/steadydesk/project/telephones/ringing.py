"""Rings out: one telephone with the place as the caller's name, until somebody lifts it or its time is over."""

import json
import logging
import re
import socket
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from sippy.CCEvents import CCEventConnect, CCEventDisconnect, CCEventFail, CCEventRedirect, CCEventRing, CCEventTry
from sippy.MsgBody import MsgBody
from sippy.SipCallId import SipCallId
from sippy.Time.Timeout import Timeout
from sippy.UA import UA

from steadydesk.delivery.channels.phone.transport import LONGEST_LINE, PIPE
from steadydesk.project.telephones.stack import Stack, description, soon

LONGEST_NAME = 60
SLACK_S = 3
SOON_S = 0.05
"""Sippy acknowledges an answer only after it has told us of it."""

log = logging.getLogger(__name__)


class _Invitation(CCEventTry):
    """From the extension that we are, at the telephone system's own name."""

    host = ""

    def onUacSetupComplete(self, agent: Any) -> None:  # noqa: N802
        """Called by sippy before the first packet leaves."""
        agent.lUri.getUrl().host = self.host


class Ring:
    """One attempt."""

    def __init__(self, stack: Stack, number: str, name: str, outcome: "SimpleQueue[str]") -> None:
        self._stack, self._number, self._name, self._outcome = stack, number, name, outcome
        self._heard_of = False

    def begin(self) -> None:
        """Ring; the outcome is put into the queue."""
        line = self._stack.line
        if line.server is None or self._stack.peer is None:
            self._outcome.put("no server" if line.server is None else "408")
            return
        agent = UA(self._stack.config, event_cb=self._heard, nh_address=self._stack.peer, expire_time=line.ring_s)
        if line.user:
            agent.setAuth(line.user, line.secret)
        body = MsgBody(description(self._stack.address))
        what = (SipCallId(), line.user or "steadydesk", self._number, body, None, caller_name(self._name))
        invitation = _Invitation(what)
        invitation.host = line.server[0]
        agent.recvEvent(invitation)

    def _heard(self, event: Any, agent: Any) -> None:
        if isinstance(event, CCEventRing):
            self._heard_of = True
        elif isinstance(event, CCEventConnect):
            self._outcome.put("answered")
            Timeout(agent.disconnect, SOON_S)
        elif isinstance(event, CCEventFail):
            self._outcome.put(str(event.getData()[0]))
        elif isinstance(event, CCEventDisconnect | CCEventRedirect):
            self._outcome.put("unanswered" if self._heard_of else "408")


def caller_name(said: str) -> str:
    """What a display may show, in one line."""
    return re.sub(r"[\x00-\x1f\x7f\"\\<>]", " ", said)[:LONGEST_NAME].strip()


def dialled(number: str) -> str:
    """The number without what only eyes need."""
    return re.sub(r"[^0-9*#+]", "", number)


def serve(stack: Stack, data: Path) -> None:
    """Take what is to be rung from the server, each on a thread of its own."""
    path = data / PIPE
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    path.chmod(0o600)
    listening.listen(64)
    threading.Thread(target=_accept, args=(listening, stack), name="ring", daemon=True).start()


def _accept(listening: socket.socket, stack: Stack) -> None:
    while True:
        peer, _address = listening.accept()
        threading.Thread(target=_ring, args=(peer, stack), daemon=True).start()


def _ring(peer: socket.socket, stack: Stack) -> None:
    try:
        with peer, peer.makefile("rwb") as stream:
            asked = json.loads(stream.readline(LONGEST_LINE))
            outcome: SimpleQueue[str] = SimpleQueue()
            soon(Ring(stack, dialled(asked["number"]), asked["name"], outcome).begin)
            try:
                said = outcome.get(timeout=stack.line.ring_s + SLACK_S)
            except Empty:
                said = "408"
            stream.write(json.dumps({"outcome": said}).encode() + b"\n")
    except (OSError, ValueError, KeyError, TypeError):
        log.exception("a telephone could not be rung")
