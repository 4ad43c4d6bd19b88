"""Words that were erased or withdrawn, by number alone, and how they go again after an older backup came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steadydesk.journal import queries as journal
from steadydesk.journal.actions import erase_words, record, withdraw_words, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Words
from steadydesk.kernel.actor import Actor, Permission


@dataclass(frozen=True)
class Gone:
    """One decision that words are to be read no more. It holds no word."""

    words: int
    subject: str
    how: str
    """The type of its entry: erased or withdrawn."""
    reason: str
    at: datetime


def gone() -> list[Gone]:
    """Every such decision that the journal knows."""
    entries = [e for type in (Event.WORDS_WITHDRAWN, Event.WORDS_ERASED) for e in journal.of_type(type)]
    return [Gone(e.facts["words"], e.subject, e.type, e.facts["reason"], e.at) for e in entries]


def take_away_again(found: Iterable[Gone], *, by: Actor, now: datetime) -> int:
    """Do again what the records that were brought back know nothing of; returns of how many words.

    A hold that is among them is older than the decision, so it does not stand against it. Doing it twice is harmless.
    """
    taken = 0
    with write(now):
        for one in sorted(found, key=lambda one: one.at):
            row = journal.words_of_the_record(one.words)
            if row is not None and _is_of(row, one) and row.written_at <= one.at:
                by.check(Permission.WORDS_ERASE, row.site or None)
                taken += _take_away(row, one, by=by, now=now)
    return taken


def _is_of(row: Words, one: Gone) -> bool:
    """Of the same record; what was written of a call on paper stood under its site before."""
    return one.subject in (row.subject, f"site:{row.site}")


def _take_away(row: Words, one: Gone, *, by: Actor, now: datetime) -> bool:
    facts: dict[str, Any] = {"words": one.words, "reason": one.reason}
    if one.how == Event.WORDS_ERASED:
        erase_words([row.pk])
        record(Event.WORDS_ERASED, row.subject, by=by, site=row.site, **facts, was=row.retention)
        return True
    if row.withdrawn_at is None:
        withdraw_words([row.pk], now)
        record(Event.WORDS_WITHDRAWN, row.subject, by=by, site=row.site, **facts)
        return True
    return False
