"""What the server process asks of the records, each on a thread that may wait."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.db import Error as DatabaseError
from django.db import connection
from django.utils.translation import gettext as _

from steadydesk.alarms import bookkeeping
from steadydesk.alarms.book import Book
from steadydesk.alarms.buttons import Heard as DeviceHeard
from steadydesk.alarms.state import Alarm
from steadydesk.alarms.telephones import Heard
from steadydesk.api.alarm_door import on_record
from steadydesk.api.v1 import devices, phones
from steadydesk.delivery.queries import is_overdue
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import StorageUnavailable
from steadydesk.project.listeners import credential, reporting, standing

Found = TypeVar("Found")
PULSE = standing.Pulse()
"""Of the listener for buttons."""

log = logging.getLogger(__name__)


def check_outbox() -> tuple[bool, str]:
    """Whether somebody still sends."""
    late = retried(lambda: is_overdue(clock.now()))
    return not late, "messages wait too long to be sent" if late else "nothing waits too long"


def find_alarm(id: str) -> Alarm | None:
    """An alarm that is not open any more."""
    try:
        return retried(lambda: on_record(id))
    except DatabaseError:
        raise StorageUnavailable(_("This could not be read just now. Try again.")) from None


def keep_line(data: Path) -> None:
    """See to the telephone line's own credential, and tell how it stands."""
    try:
        retried(lambda: credential.keep_token(credential.LINE, data, clock.now()))
        state = standing.standing(data, standing.TELEPHONES)
        retried(lambda: reporting.report(state, reporting.TELEPHONES, clock.now()))
    except Exception:
        log.exception("the telephone line could not be seen to; it is tried again")


def keep_broker(data: Path) -> None:
    """As ``keep_line``, for the buttons that speak MQTT."""
    try:
        retried(lambda: credential.keep_token(credential.BROKER, data, clock.now()))
        state = standing.standing(data, standing.BROKER)
        gone = PULSE.is_gone(state)
        retried(lambda: reporting.report(state, reporting.BROKER, clock.now(), gone=gone))
    except Exception:
        log.exception("the listener for buttons could not be seen to; it is tried again")


def log_number(heard: Heard, said: Mapping[str, Any], by: Actor) -> str:
    """Keep that a number of the site was rung; returns the reason to be told."""
    try:
        return retried(lambda: phones.log(heard, said, by))
    except DatabaseError:
        raise StorageUnavailable(_("This could not be saved just now. Try again.")) from None


def keep_device(heard: DeviceHeard) -> None:
    """Keep what a worn or wall button said of itself, or that it was refused."""
    try:
        retried(lambda: devices.keep(heard))
    except DatabaseError:
        raise StorageUnavailable(_("This could not be saved just now. Try again.")) from None


def retried(read: Callable[[], Found]) -> Found:
    """Read on this thread's lasting connection; when the database was away in between, on a fresh one."""
    try:
        return read()
    except DatabaseError:
        connection.close()
        return read()


def read_book(data: Path) -> Book:
    """A fresh book, and its file for the day when there is none."""
    book = retried(lambda: bookkeeping.load(clock.now()))
    try:
        bookkeeping.write_file(book, data / "book.json")
    except OSError as error:
        log.warning("the book's file could not be kept: %s", error.strerror)
    return book
