"""Tells the server of calls, and keeps each until the server has taken it.

A call that comes before the server is up, or while it restarts, is told when it is there, with its own time.
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
PATH = "/api/v1/phone-events"
AGAIN = frozenset({401, 403, 404, 408, 425, 429})
"""Answers that may change: the token is not known yet, or the pages of this version are not there yet."""

Event = dict[str, Any]
Answered = Callable[[str], None]
"""Called with the reason that the server gave, on another thread."""

log = logging.getLogger(__name__)


class Teller:
    """Posts each call until it is taken; those of an earlier life first."""

    def __init__(self, url: str, token: Path, kept: Path, certificate: Pair | None) -> None:
        self._url, self._token, self._certificate = url + PATH, token, certificate
        self._pause = threading.Event()
        self._keeping = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="tell")
        # Behind each other: a few that the server cannot take keep no new call from being told at once.
        self._again = ThreadPoolExecutor(HANDS, thread_name_prefix="tell-again")
        self._spool: Spool | None = None
        try:
            self._spool = Spool.open(kept, SLOTS, SLOT_BYTES)
        except OSError as error:
            log.error("calls cannot be kept (%s): one is lost when this process ends before it is told", error.strerror)
            return
        for slot, event in self._spool.pending():
            self._hands.submit(self._tell, event, slot, _nobody_waits)

    def tell(self, event: Event, answered: Answered) -> None:
        """Keep the call, then post it until it is taken."""
        self._keeping.submit(self._keep, event, answered)

    def kept(self) -> int:
        """How many calls the server has not taken yet."""
        return len(self._spool.pending()) if self._spool else 0

    def _keep(self, event: Event, answered: Answered) -> None:
        """On the disk before anything is waited for: the hands that post may all be waiting for the server."""
        slot = None
        try:
            slot = self._spool.append(event) if self._spool else None
        except (OSError, ValueError):
            # It is told all the same; only a crash before that would lose it.
            log.exception("a call could not be kept")
        self._hands.submit(self._tell, event, slot, answered)

    def _tell(self, event: Event, slot: int | None, answered: Answered, said: str = "") -> None:
        trouble = self._trouble(event, answered)
        if not trouble:
            if slot is not None and self._spool is not None:
                self._spool.done(slot)
            return
        if trouble != said:
            log.warning("a call waits to be told to the server: %s", trouble)
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
            log.error("the server cannot use a call: %s", reply.status_code)
            answered("")
            return ""
        return f"it answered {reply.status_code}"

    def post(self, event: Event) -> httpx.Response:
        """One attempt. Raises ``httpx.HTTPError`` or ``OSError``."""
        head = {"Authorization": f"Bearer {self._token.read_text().strip()}"}
        # The server is on this machine: what the environment names as a proxy is for the way outside.
        with httpx.Client(verify=self._trusted(), timeout=TIMEOUT_S, trust_env=False) as client:
            return client.post(self._url, json=event, headers=head)

    def _trusted(self) -> ssl.SSLContext | bool:
        """The server's own certificate and no other, under whatever name: it is this machine's."""
        if self._certificate is None:
            return False
        context = ssl.create_default_context(cafile=str(self._certificate.certificate))
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context


def _nobody_waits(reason: str) -> None:
    """Whoever rang has hung up long ago."""
