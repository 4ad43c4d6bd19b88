"""What every channel takes and what it raises."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from steadydesk.delivery.rules import Message


class TransportError(Exception):
    """The message did not get through. ``permanent``: trying again cannot help, so a person must see it.

    ``gone``: what it was sent to is no more, so it is forgotten too. ``unknown``: the other side may have taken it.
    """

    def __init__(self, message: str, permanent: bool = False, *, gone: bool = False, unknown: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent or gone
        self.gone = gone
        self.unknown = unknown


@dataclass(frozen=True)
class Outgoing:
    """One message on its way by one channel."""

    key: str
    """The idempotency key: the same at every attempt."""
    subject: str
    site: str
    message: Message
    again: bool
    """Whether the recipient may have had it already."""
    at: datetime
    address: str = ""
    text: str = ""
    """Of a letter to a customer."""
    file: str = ""
    """For their calendar."""


Transport = Callable[[Outgoing], None]
"""``send(outgoing)``: returns when the other side has taken the message over, else raises TransportError."""
