"""Sending an alarm while storage is away: no row, no lease, only what memory knows.

Each message goes out with the key its row will have. What got through is told to the caller, so that the row, when
it can be written, is marked sent; what did not is sent from the outbox when storage is back.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from steadydesk.delivery.channels.table import TRANSPORTS
from steadydesk.delivery.channels.transport import Outgoing, TransportError
from steadydesk.delivery.rules import Message

HANDS = 4
Row = Mapping[str, Any]
Addresses = Mapping[tuple[str, int | None], str]
"""(channel, person) → where the person is reached by it."""

log = logging.getLogger(__name__)


class EarlySender:
    """A few workers of their own: nothing else waits for them, and they wait for no database."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(HANDS, thread_name_prefix="early")

    def send(self, rows: Sequence[Row], addresses: Addresses, sent: Callable[[str], None]) -> None:
        """Send what these rows would hold; ``sent(key)`` is called, on another thread, for each that got through.

        All ways of a person go at once: here nobody waits to learn whether the first was enough.
        """
        for row in rows:
            if row["channel"] in TRANSPORTS:
                self._pool.submit(
                    self._send, row, row["address"] or addresses.get((row["channel"], row["person"]), ""), sent
                )

    @staticmethod
    def _send(row: Row, address: str, sent: Callable[[str], None]) -> None:
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
        self._pool.shutdown(wait=False, cancel_futures=True)
