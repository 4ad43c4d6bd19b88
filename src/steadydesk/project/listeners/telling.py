"""Tells the server of calls and presses, and keeps each until the server has taken it.

One that comes before the server is up, or while it restarts, is told when it is there, with its own time.
"""

import logging
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from steadydesk.alarms.spool import Spool
from steadydesk.project.tls.pair import Pair

SLOTS, SLOT_BYTES = 64, 1024
TIMEOUT_S = 5.0
PAUSE_S = 0.25
HANDS = 4
AGAIN = frozenset({401, 403, 404, 408, 425, 429})
"""Answers that may change: the token is not known yet, or the pages of this version are not there yet."""

Event = dict[str, Any]
Answered = Callable[[str], None]
"""Called with the reason that the server gave, on another thread."""

log = logging.getLogger(__name__)


class Teller:
    """Posts each event to ``address`` until it is taken; those of an earlier life first."""

    def __init__(self, address: str, token: Path, kept: Path, certificate: Pair | None) -> None:
        self._address, self._token, self._certificate = address, token, certificate
        self._pause = threading.Event()
        self._keeping = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="tell")
        # Behind each other: a few that the server cannot take keep no new call from being told at once.
        self._again = ThreadPoolExecutor(HANDS, thread_name_prefix="tell-again")
        self._spool: Spool | None = None
        try:
            self._spool = Spool.open(kept, SLOTS, SLOT_BYTES)
        except OSError as error:
            log.error("nothing can be kept (%s): what is not told when this process ends is lost", error.strerror)
            return
        for slot, event in self._spool.pending():
            self._hands.submit(self._tell, event, slot, nobody_waits)

    def tell(self, event: Event, answered: Answered) -> None:
        """Keep it, then post it until it is taken; returns at once."""
        self._keeping.submit(self.keep_and_tell, event, answered)

    def kept(self) -> int:
        """How many the server has not taken yet."""
        return len(self._spool.pending()) if self._spool else 0

    def keep_and_tell(self, event: Event, answered: Answered) -> None:
        """As ``tell``; returns when it is on the disk. The hands that post may all be waiting for the server."""
        slot = None
        try:
            slot = self._spool.append(event) if self._spool else None
        except (OSError, ValueError):
            # It is told all the same; only a crash before that would lose it.
            log.exception("it could not be kept")
        self._hands.submit(self._tell, event, slot, answered)

    def _tell(self, event: Event, slot: int | None, answered: Answered, said: str = "") -> None:
        trouble = self._trouble(event, answered)
        if not trouble:
            if slot is not None and self._spool is not None:
                self._spool.done(slot)
            return
        if trouble != said:
            log.warning("something waits to be told to the server: %s", trouble)
        self._pause.wait(PAUSE_S)
        self._again.submit(self._tell, event, slot, answered, trouble)

    def _trouble(self, event: Event, answered: Answered) -> str:
        """One attempt: why the call must be told again; empty when it need not."""
        try:
            reply = self.post(event)
            if reply.is_success:
                answered(str(reply.json().get("reason", "")))
                return ""
        except (httpx.HTTPError, OSError, ValueError) as error:
            return type(error).__name__
        if reply.status_code < 500 and reply.status_code not in AGAIN:
            log.error("the server cannot use what it was told: %s", reply.status_code)
            answered("")
            return ""
        return f"it answered {reply.status_code}"

    def post(self, event: Event) -> httpx.Response:
        """One attempt. Raises ``httpx.HTTPError`` or ``OSError``."""
        head = {"Authorization": f"Bearer {self._token.read_text().strip()}"}
        # The server is on this machine: what the environment names as a proxy is for the way outside.
        with httpx.Client(verify=self._trusted(), timeout=TIMEOUT_S, trust_env=False) as client:
            return client.post(self._address, json=event, headers=head)

    def _trusted(self) -> ssl.SSLContext | bool:
        """The server's own certificate and no other, under whatever name: it is this machine's."""
        if self._certificate is None:
            return False
        context = ssl.create_default_context(cafile=str(self._certificate.certificate))
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context


def nobody_waits(reason: str) -> None:
    """Whoever rang or pressed has gone long ago."""
