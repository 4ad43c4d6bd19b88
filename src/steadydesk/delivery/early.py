"""Sending an alarm while storage is away: no row, no lease, only what memory knows.

Each message goes out with the key its row will have. What got through is told to the caller, so that the row, when
it can be written, is marked sent; what did not is sent from the outbox when storage is back, and so is what is still
on its way then: it says that it is said again.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from steadydesk.delivery.channels.table import TRANSPORTS
from steadydesk.delivery.channels.transport import Outgoing, TransportError
from steadydesk.delivery.rules import PHONE, PUSH, Message

HANDS = 4
RINGING_HANDS = 12
"""As many telephones ring at once: each holds a worker until somebody lifts it."""
Row = Mapping[str, Any]
Ring = tuple[str, int, str] | None
Addresses = Mapping[tuple[str, int | None], str]
"""(channel, person) → where the person is reached by it; of push messages by the number of the browser."""

log = logging.getLogger(__name__)


class EarlySender:
    """A few workers for each channel: nothing else waits for them, and they wait for no database."""

    def __init__(self) -> None:
        self._pools = {
            channel: ThreadPoolExecutor(RINGING_HANDS if channel == PHONE else HANDS, f"early-{channel}")
            for channel in TRANSPORTS
        }
        self._ringing: set[Ring] = set()

    def send(
        self, rows: Sequence[Row], addresses: Addresses, begun: Callable[[str], None], sent: Callable[[str], None]
    ) -> None:
        """Send what these rows would hold; ``begun(key)`` is called for each that is handed to its channel, and
        ``sent(key)``, on another thread, for each that got through.

        All ways of a person go at once: here nobody waits to learn whether the first was enough. A telephone that
        rings already, or is about to, is rung again only to say that it is more urgent.
        """
        for row in rows:
            ring = _ring(row)
            if row["channel"] not in self._pools or ring in self._ringing:
                continue
            if ring:
                self._ringing.add(ring)
            begun(row["key"])
            self._pools[row["channel"]].submit(self._send, row, _address(row, addresses), sent)

    def _send(self, row: Row, address: str, sent: Callable[[str], None]) -> None:
        try:
            self._try(row, address, sent)
        finally:
            self._ringing.discard(_ring(row))

    @staticmethod
    def _try(row: Row, address: str, sent: Callable[[str], None]) -> None:
        message = Message.of(row["message"])
        outgoing = Outgoing(row["key"], row["subject"], row["site"], message, message.again, row["send_at"], address)
        try:
            TRANSPORTS[row["channel"]](outgoing)
        except TransportError as error:
            log.warning("%s did not get through while storage is away: %s", row["channel"], error.message)
            return
        except Exception:
            log.exception("%s failed while storage is away", row["channel"])
            return
        sent(row["key"])

    def stop(self) -> None:
        """Take no more; what is under way ends by its own time-out."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


def _address(row: Row, addresses: Addresses) -> str:
    if row["channel"] == PUSH:
        browser, _, how = row["address"].partition(" ")
        kept = addresses.get((PUSH, int(browser)), "")
        return json.dumps({**json.loads(kept), "quiet": True}) if kept and how else kept
    return row["address"] or addresses.get((row["channel"], row["person"]), "")


def _ring(row: Row) -> Ring:
    """What would be rung about; ``None`` for everything but a colleague's telephone."""
    if row["channel"] != PHONE or row["person"] is None:
        return None
    return row["subject"], row["person"], row["message"]["urgency"]
