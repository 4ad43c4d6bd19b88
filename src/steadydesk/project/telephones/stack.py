"""Sippy as this line uses it: its log is off, and what does not come from the telephone system is not looked at.

Its own words go to standard output, which the process closes: they would hold the numbers of calls.
"""

import socket
from collections.abc import Callable
from typing import Any

from sippy.Core.EventDispatcher import ED2
from sippy.SipConf import SipConf
from sippy.SipTransactionManager import SipTransactionManager
from sippy.Udp_server import Udp_server, Udp_server_opts

from steadydesk.project.telephones.line import Line

Config = dict[str, Any]
Receive = Callable[[Any, Any], Any]

SipConf.my_uaname = "Steadydesk"
CODECS = ((0, "PCMU/8000"), (8, "PCMA/8000"))


class _Silence:
    """In place of sippy's log."""

    def write(self, *_words: Any, **_more: Any) -> None:
        """Say nothing."""


class _OneThread(Udp_server_opts):
    nworkers = 1


class _Transactions(SipTransactionManager):
    """Drops every packet from elsewhere before anything reads it."""

    model_udp_server = (Udp_server, _OneThread)

    def __init__(self, config: Config, admits: Callable[[str], bool], receive: Receive) -> None:
        self._admits = admits
        super().__init__(config, receive)

    def handleIncoming(self, data: bytes, source: Any, server: Any, rtime: Any) -> None:  # noqa: N802
        """One packet."""
        if self._admits(source.address[0]):
            super().handleIncoming(data, source, server, rtime)

    def newTransaction(self, message: Any, *how: Any, **more: Any) -> Any:  # noqa: N802
        """One request of ours. A telephone may ask for another way, or for this one in capitals: we have no other."""
        address, _way = message.getTarget()
        message.setTarget((address, "udp"))
        return super().newTransaction(message, *how, **more)


class Stack:
    """SIP over UDP on one port."""

    def __init__(self, line: Line, receive: Receive) -> None:
        self.line = line
        self.known: frozenset[str] = frozenset()
        self.peer: tuple[str, int] | None = None
        """The telephone system by its number: a name service that hangs must hold up no call."""
        host, port = line.listen
        self._is_anywhere = host in ("0.0.0.0", "[::]")
        self.address = SipConf.my_address if self._is_anywhere else host
        """Our own address as the telephone system sees it."""
        self.config: Config = {
            "_sip_address": self.address,
            "_sip_port": port,
            "_sip_logger": _Silence(),
        }
        self.config["_sip_tm"] = _Transactions(self.config, self._admits, receive)

    def _admits(self, address: str) -> bool:
        return self.line.admits(address, self.known)

    def learn(self, found: frozenset[str]) -> None:
        """What the telephone system's name stands for now; nothing new when nobody knows. Called on any thread."""
        if not found or self.line.server is None:
            return
        first = min(found, key=lambda address: (":" in address, address))
        self.known, self.peer = found, (first, self.line.server[1])
        if self._is_anywhere and ":" not in first:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.connect(self.peer)
                self.address = str(probe.getsockname()[0])


def soon(call: Callable[..., None], *what: Any) -> None:
    """Call it on the stack's own thread."""
    ED2.callFromThread(call, *what)


def description(address: str) -> str:
    """A session without sound: the port is the one that discards."""
    formats = " ".join(str(number) for number, _name in CODECS)
    names = "".join(f"a=rtpmap:{number} {name}\r\n" for number, name in CODECS)
    number = str(address).strip("[]")
    here = f"IN IP{6 if ':' in number else 4} {number}"
    return (
        f"v=0\r\no=steadydesk 1 1 {here}\r\ns=-\r\nc={here}\r\nt=0 0\r\n"
        f"m=audio 9 RTP/AVP {formats}\r\n{names}a=inactive\r\n"
    )
