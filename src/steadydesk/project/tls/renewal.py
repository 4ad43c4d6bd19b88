"""Keeps the served certificate fresh while the server runs: no restart, and no stream is dropped for it."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from steadydesk.project.tls import folder, served
from steadydesk.project.tls.pair import Pair, own_pair

RENEW_EVERY = timedelta(hours=12)

log = logging.getLogger(__name__)


class Renewal:
    """Takes a certificate that was replaced, and renews one of our own before it ends.

    Raises ``OSError`` at once when the pair cannot be served at all.
    """

    def __init__(self, pair: Pair, data: Path) -> None:
        self._pair, self._data = pair, data
        self._next: datetime | None = None
        self._version = pair.version
        self.context = served.new_context(pair)

    def look(self, now: datetime) -> None:
        """Called every few seconds. A fault is logged, and what was served before goes on being served."""
        try:
            self._renew(now)
            if (version := self._pair.version) != self._version:
                served.take_anew(self.context, self._pair)
                self._version = version
                log.info("the new certificate is served from now on")
        except (OSError, ValueError) as error:
            log.warning("the certificate could not be taken anew (%s): the former one is served", error)

    def _renew(self, now: datetime) -> None:
        if self._pair != own_pair(self._data) or (self._next is not None and now < self._next):
            return
        self._next = now + RENEW_EVERY
        folder.renew_when_due(self._data, now)
