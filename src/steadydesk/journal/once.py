"""What is sent twice is done once: a button that is clicked twice, a program that tries again after a broken line."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext as _

from steadydesk.journal.actions import write
from steadydesk.journal.models import Sent
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid

REMEMBERED = timedelta(days=1)
"""So long whoever tries again finds what they sent before."""


@dataclass(frozen=True)
class Sending:
    """What came, and by which key whoever sent it knows it again. An empty key is known again by nobody."""

    key: str
    said: str = ""
    field: str = "key"
    """Where the key stood, for whoever used it a second time for something else."""


@dataclass(frozen=True)
class Done:
    """What came of it: the id of what was made, and whether that was now or when it came before."""

    made: str
    fresh: bool = True


def once(sending: Sending, do: Callable[[], object], *, by: Actor, now: datetime) -> Done:
    """``do`` it and remember the id it returns; sent again by the same credential within a day, only give that back.

    What is refused is not remembered. It is one transaction: ``do`` must neither press an alarm nor keep anything that
    is to stay when it then refuses. Raises ``Invalid`` for a key that was used for something else.
    """
    if not sending.key:
        return Done(_id(do()))
    id, said = _hash(by.holder, sending.key), _hash(sending.key, sending.said)
    if (before := _before(id, said, sending, now)) is not None:
        return before
    try:
        with write(now):
            Sent.objects.filter(at__lt=now - REMEMBERED).delete()
            # Written before it is done: of two at once the later one waits here, and then finds the other.
            row = Sent.objects.create(id=id, said=said, at=now)
            row.made = _id(do())
            row.save(update_fields=["made"])
    except IntegrityError:
        if (before := _before(id, said, sending, now)) is None:
            raise
        return before
    return Done(row.made)


def _before(id: str, said: str, sending: Sending, now: datetime) -> Done | None:
    row = Sent.objects.filter(pk=id, at__gte=now - REMEMBERED).first()
    if row is None:
        return None
    if row.said != said:
        raise Invalid.one(sending.field, _("This key was used before for something else. Use a new one."))
    return Done(row.made, fresh=False)


def _id(made: object) -> str:
    return "" if made is None else str(made)


def _hash(*parts: str) -> str:
    """Of what was typed only this is kept, and whose it was cannot be told from it."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()
