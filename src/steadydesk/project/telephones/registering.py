"""Keeps the registration with the telephone system."""

from collections.abc import Callable
from typing import Any

from sippy.SipRegistrationAgent import SipRegistrationAgent
from sippy.SipURL import SipURL
from sippy.Time.Timeout import Timeout

from steadydesk.project.telephones.stack import Stack

LASTS_S = 600
RENEWED_S = 60.0
"""A telephone system that restarts and forgets has us again within this time."""
AGAIN_S = 5.0
SHARE = 0.5
"""Of the time that was granted: then it is renewed at the latest, so that one lost packet ends nothing."""

Report = Callable[[bool, str], None]


class _Agent(SipRegistrationAgent):
    """Sippy's, renewing in time and trying again soon."""

    def __init__(self, report: Report, stack: Stack, **how: Any) -> None:
        super().__init__(**how, rfail_cb=lambda said, _argument: report(False, said), target=(stack.peer, "udp"))
        self._report, self._stack = report, stack

    def doregister(self) -> None:
        """One request, to where the name leads now."""
        self.rmsg.setTarget((self._stack.peer, "udp"))
        super().doregister()

    def gotreply(self, reply: Any) -> None:
        """One answer of the telephone system."""
        if reply.scode < 200:
            return
        if reply.scode < 300:
            self.atries = 0
            self._report(True, "")
            Timeout(self.doregister, max(AGAIN_S, min(RENEWED_S, _granted(reply) * SHARE)))
            return
        challenged = reply.scode in (401, 407) and self.atries < 2
        if challenged:
            super().gotreply(reply)
            return
        self.atries = 0
        self._report(False, f"{reply.scode} {reply.reason}")
        for stale in self.rmsg.getHFs("authorization"):
            self.rmsg.removeHeader(stale)
        Timeout(self.doregister, AGAIN_S)


def _granted(reply: Any) -> float:
    contacts = [c for c in reply.getHFBodys("contact") if not c.asterisk]
    times = [c.address.params.get("expires") for c in contacts]
    times += [h.getNum() for h in reply.getHFBodys("expires")]
    granted = [int(t) for t in times if str(t).isdigit() and int(t) > 0]
    return float(min(granted, default=LASTS_S))


def register(stack: Stack, report: Report) -> None:
    """Register from now on."""
    line = stack.line
    assert line.server is not None
    host, port = line.server
    agent = _Agent(
        report,
        stack,
        global_config=stack.config,
        aor=SipURL(username=line.user, host=host, port=port),
        contact=SipURL(username=line.user, host=stack.address, port=line.listen[1]),
        user=line.user,
        passw=line.secret,
        exp=LASTS_S,
    )
    agent.doregister()
