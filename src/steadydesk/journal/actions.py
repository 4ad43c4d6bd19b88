"""The only writers of the journal.

``write`` opens the one write transaction of an action; ``record`` adds an entry to it. Entries are buffered and
inserted as the last statement before COMMIT. Before that every entry runs what the table of reactions lists for it,
so that a change and what follows from it are one transaction.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from steadydesk.journal.bell import bell
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.actor import Actor, system

JOURNAL_LOCK = 20_826
"""The advisory lock under which PostgreSQL numbers entries; any constant that nothing else uses."""

DEEPEST = 8
PIECE = 500
"""So many entries go into one statement; a database takes only so many values."""
_INSERT = "INSERT INTO journal_entry (type, at, site, subject, facts, by) VALUES {} RETURNING id"

Reaction = Callable[[Entry, Actor, datetime], None]
"""What follows from an entry: ``action(entry, by, now)``, in the same transaction."""


class _Open(threading.local):
    """The write transaction that this thread has open."""

    def __init__(self) -> None:
        self.now: datetime | None = None
        self.entries: list[Entry] = []
        self.depth = 0


_open = _Open()
_reactions: dict[Event, Sequence[Reaction]] = {}


def use_reactions(table: Mapping[Event, Sequence[Reaction]]) -> None:
    """Hand over the table of ``project/reactions.py``; called once at start."""
    _reactions.clear()
    _reactions.update(table)


@contextmanager
def write(now: datetime) -> Iterator[None]:
    """One short write transaction. Inside another one it joins it."""
    if _open.now is not None:
        yield
        return
    try:
        with transaction.atomic():
            _open.now = now
            yield
            _react(now)
            _flush()
    finally:
        _open.now, _open.entries = None, []
    bell.ring()


@contextmanager
def together() -> Iterator[None]:
    """Several actions in one transaction, each with its own time, reactions and entries: one wait for the disk."""
    with transaction.atomic():
        yield
    bell.ring()


@contextmanager
def attempt() -> Iterator[None]:
    """A part of the open transaction that may fail alone: what it changed and what it said of it go together."""
    said = len(_open.entries)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del _open.entries[said:]
        raise


def record(event: Event, subject: str, *, by: Actor, site: str = "", at: datetime | None = None, **facts: Any) -> Entry:
    """Add an entry to the open transaction; ``at`` is the transaction's own time unless it happened at another.

    Raises ``RuntimeError`` outside ``write``: no change without its transaction.
    """
    if _open.now is None:
        raise RuntimeError("record() belongs inside write()")
    if by.acting:
        facts["desk"] = by.holder  # who is named by the entry acted there
    entry = Entry(type=event, at=at or _open.now, site=site, subject=subject, facts=facts, by=by.ref)
    _open.entries.append(entry)
    return entry


def keep_words(text: str, subject: str, *, retention: str, lasts: timedelta | None, by: Actor, site: str = "") -> int:
    """Keep typed words in a row of their own and return its id for the journal's facts.

    ``retention`` is the kind of record in the protocol; ``lasts`` how long, ``None`` until somebody decides.
    """
    if _open.now is None:
        raise RuntimeError("keep_words() belongs inside write()")
    expires = _open.now + lasts if lasts is not None else None
    row = Words.objects.create(
        subject=subject, site=site, retention=retention, text=text, by=by.ref, written_at=_open.now, expires_at=expires
    )
    return row.pk


def keep_words_until(ids: Iterable[int], until: datetime) -> None:
    """What they are about has moved: typed words that would go earlier are kept until then."""
    Words.objects.filter(pk__in=list(ids), expires_at__lt=until).update(expires_at=until)


def withdraw_words(ids: Iterable[int], now: datetime) -> None:
    """Show typed words to nobody any more; they are kept until they expire or are erased."""
    Words.objects.filter(pk__in=list(ids), withdrawn_at__isnull=True).update(withdrawn_at=now)


def erase_words(ids: Iterable[int]) -> None:
    """Take typed words away for good; the entries that point at them stay."""
    Words.objects.filter(pk__in=list(ids)).delete()


def _react(now: datetime) -> None:
    """Run the reactions to each entry, and to the entries these add, at most ``DEEPEST`` rounds."""
    done = 0
    for _ in range(DEEPEST):
        fresh = _open.entries[done:]
        if not fresh:
            return
        done += len(fresh)
        for entry in fresh:
            for action in _reactions.get(Event(entry.type), ()):
                action(entry, system(entry.type), now)
    raise RuntimeError(f"reactions more than {DEEPEST} deep, last {_open.entries[-1].type}")


def _flush() -> None:
    """Insert the entries, in plain SQL: it ends every action, and to build the statement would cost more than it."""
    with connection.cursor() as cursor:
        if _open.entries and connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s), pg_notify('steadydesk', '')", [JOURNAL_LOCK])
        for first in range(0, len(_open.entries), PIECE):
            piece = _open.entries[first : first + PIECE]
            marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(piece))
            cursor.execute(_INSERT.format(marks), [value for entry in piece for value in _columns(entry)])
            for entry, [id] in zip(piece, cursor.fetchall(), strict=True):
                entry.pk = id


def _columns(entry: Entry) -> tuple[Any, ...]:
    at = connection.ops.adapt_datetimefield_value(entry.at)
    return str(entry.type), at, entry.site, entry.subject, json.dumps(entry.facts), entry.by
