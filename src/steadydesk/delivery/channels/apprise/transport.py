"""Apprise: one channel for everything else, such as SMS, Teams, ntfy and pagers.

Its clients have time-outs of their own between two bytes and none for the whole, so each call has a thread that may
hang and a moment at which nobody waits for it any more.
"""

import logging
import re
import sys
import threading
from queue import Empty, SimpleQueue

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.delivery import words
from steadydesk.delivery.channels.apprise import address
from steadydesk.delivery.channels.transport import Outgoing, TransportError

TIMEOUT_S = 10
"""Well below the lease."""
MOST_AT_ONCE = 24
"""Calls under way, with those that hang and that nobody waits for any more."""
STATUS = re.compile(r"error=(\d{3})\b")
PASSING = frozenset({"408", "425", "429"})

_places = threading.BoundedSemaphore(MOST_AT_ONCE)
Answer = tuple[bool, str, bool]
"""Whether it was taken, what the service answered otherwise, as a number, and whether it broke off without a word."""


def prepare() -> None:
    """Read what Apprise knows, which takes a second: not at the first call for help."""
    address.service("json://localhost/")


def send(outgoing: Outgoing) -> None:
    """Hand the message over to the person's service."""
    if not settings.APPRISE:
        raise TransportError(_("No other services are set up. Set STEADYDESK_APPRISE."), permanent=True)
    if not outgoing.address:
        raise TransportError(_("The person has given no service."), permanent=True)
    if reason := address.refusal(outgoing.address):
        # It was allowed once: the settings have changed since.
        raise TransportError(reason, permanent=True)
    notify(outgoing.address, words.text(outgoing), words.subject_line(outgoing))


def notify(url: str, body: str, title: str = "") -> None:
    """Have Apprise send it. Raises ``TransportError`` unless the service has taken it."""
    taken, status, broke_off = _within(TIMEOUT_S, (url, body, title))
    if not taken:
        raise _refused(status, broke_off)


def _within(seconds: float, said: tuple[str, str, str]) -> Answer:
    places = _places
    if not places.acquire(blocking=False):
        raise TransportError(_("Too many messages to services hang already."))
    answer: SimpleQueue[Answer | Exception] = SimpleQueue()
    threading.Thread(target=_call, args=(*said, answer, places), name="apprise", daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise TransportError(_("The service does not answer."), unknown=True) from None
    if isinstance(found, Exception):
        raise found
    return found


def _call(
    url: str, body: str, title: str, answer: "SimpleQueue[Answer | Exception]", places: threading.Semaphore
) -> None:
    heard = _Heard()
    logging.getLogger("apprise").addHandler(heard)
    try:
        service = address.service(url)
        taken = service is not None and service.notify(body=body, title=title, notify_type="warning")
        answer.put((bool(taken), heard.status, heard.broke_off))
    except Exception as error:
        answer.put(TransportError(_("The service cannot be reached (%s).") % type(error).__name__))
    finally:
        logging.getLogger("apprise").removeHandler(heard)
        places.release()


class _Heard(logging.Handler):
    """Apprise says only in its log what a service answered. The number is kept and nothing else of the line."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self.broke_off = "", False
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a line of this very call."""
        if record.thread != self._thread:
            return
        if found := STATUS.search(record.getMessage()):
            self.status = found[1]
        # Apprise writes the line while it deals with the error, and keeps that to itself.
        self.broke_off = self.broke_off or _came_after_sending(sys.exception())


def _came_after_sending(error: BaseException | None) -> bool:
    """Whether the service had the message by then, and nobody knows what it did with it."""
    from urllib3.exceptions import ProtocolError, ReadTimeoutError

    return error is not None and any(isinstance(one, (ProtocolError, ReadTimeoutError)) for one in error.args)


def _refused(status: str, broke_off: bool) -> TransportError:
    if not status or status == "000":
        return TransportError(_("The service cannot be reached, or did not take the message."), unknown=broke_off)
    permanent = status.startswith(("3", "4")) and status not in PASSING
    return TransportError(_("The service answered %(status)s.") % {"status": status}, permanent)
