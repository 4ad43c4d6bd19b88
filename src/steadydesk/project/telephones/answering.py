"""Takes calls: each is a call for help, told to the server and then ended without a sound."""

import logging
from typing import Any
from urllib.parse import unquote

from sippy.CCEvents import CCEventDisconnect, CCEventFail, CCEventPreConnect, CCEventTry
from sippy.MsgBody import MsgBody
from sippy.Time.Timeout import Timeout
from sippy.UA import UA

from steadydesk.kernel.clock import clock
from steadydesk.project.listeners.telling import Teller
from steadydesk.project.telephones.stack import Stack, description, soon

PATIENCE_S = 4.0
"""So long the caller hears it ring; then a busy tone, which says: try another way. The call is told all the same."""
NOT_A_CODE = "not_a_code"
FOR_HELP = frozenset({"extension", "code"})
"""Only these calls are answered. One to an emergency number must go on to whoever takes it."""
QUIET_METHODS = {"OPTIONS": (200, "OK"), "NOTIFY": (200, "OK"), "BYE": (481, "Call/Transaction Does Not Exist")}

log = logging.getLogger(__name__)


class Answering:
    """Every request that begins something."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._stack: Stack | None = None

    def use(self, stack: Stack) -> None:
        """From now on, calls come in here."""
        self._stack = stack

    def receive(self, request: Any, transaction: Any) -> Any:
        """One request outside any call that runs. Called by sippy on its own thread."""
        method = request.getMethod()
        if self._stack is None or method != "INVITE" or request.getHFBody("to").getTag() is not None:
            code, words = QUIET_METHODS.get(method, (405, "Method Not Allowed"))
            return request.genResponse(code, words), None, None
        return _Call(self._stack, self._teller, request).agent.recvRequest(request, transaction)


class _Call:
    """One call, from its ringing to its end."""

    def __init__(self, stack: Stack, teller: Teller, request: Any) -> None:
        self._stack, self._teller = stack, teller
        self._dialled = _dialled(request)
        self._event = {
            "call_id": str(request.getHFBody("call-id")),
            "from": _caller(request),
            "at": clock.now().isoformat(),
        }
        self._over = False
        self.agent = UA(stack.config, event_cb=self._heard, expire_time=60)

    def _heard(self, event: Any, agent: Any) -> None:
        if isinstance(event, CCEventTry):
            Timeout(self._tired, PATIENCE_S)
            self._tell("")
        elif isinstance(event, CCEventDisconnect | CCEventFail):
            self._over = True  # whoever called hung up first; the call is told all the same
        elif self.agent.isConnected():
            self.agent.disconnect()

    def _tell(self, reason: str) -> None:
        """What was dialled may stand in either address: the next one is tried when one means nothing."""
        if not self._dialled:
            log.error("a call came to a number that is no code; set it up as a telephone of the site")
            soon(self._end, reason)
            return
        dialled = self._dialled.pop(0)
        event = {**self._event, "to": dialled}
        self._teller.tell(event, lambda r: soon(self._told, r) if r == NOT_A_CODE else soon(self._end, r))

    def _told(self, reason: str) -> None:
        self._tell(reason)

    def _tired(self) -> None:
        """Nobody has taken the call yet: whoever called must not believe it."""
        if not self._over:
            self._over = True
            self.agent.recvEvent(CCEventFail((480, "Temporarily Unavailable")))

    def _end(self, reason: str) -> None:
        if self._over:
            return
        self._over = True
        if reason in FOR_HELP:
            answer = MsgBody(description(self._stack.address))
            self.agent.recvEvent(CCEventPreConnect((200, "OK", answer)))
        else:
            self.agent.recvEvent(CCEventFail((404, "Not Found")))


def _dialled(request: Any) -> list[str]:
    """What may have been dialled: where the request goes, and to whom it was first addressed."""
    found = [request.getRURI().username, request.getHFBody("to").getUrl().username]
    return list(dict.fromkeys(unquote(user) for user in found if user))


def _caller(request: Any) -> str:
    """The number that the telephone system vouches for, else the one that the telephone claims."""
    vouched = request.getHFBodys("p-asserted-identity")
    source = vouched[0] if vouched else request.getHFBody("from")
    return unquote(source.getUrl().username or "")
