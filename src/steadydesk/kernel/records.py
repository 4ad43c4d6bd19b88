"""What is kept of people: values that every capability shares with ``privacy``.

Each capability that keeps records has a file ``records.py`` with ``about`` (what is kept of one subject) and ``forget``
(take away what was kept long enough).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Held:
    """Subjects under a hold: ``visit:12``, ``alarm:…``, ``person:3``. Nothing of theirs is forgotten."""

    subjects: frozenset[str] = frozenset()

    def ids(self, noun: str) -> list[str]:
        """The ids of the held subjects of one kind."""
        return [s.partition(":")[2] for s in self.subjects if s.startswith(f"{noun}:")]

    @property
    def people(self) -> list[str]:
        """The held people as the journal names them."""
        return [s for s in self.subjects if s.startswith("person:")]


@dataclass(frozen=True)
class Overdue:
    """A piece of work for ``forget``: records of one kind from before a moment, so many and no more."""

    kind: str
    before: datetime
    now: datetime
    site: str = ""
    """Those of one site; empty for what belongs to the installation as a whole."""
    person: str = ""
    """Those of one member of staff, as the journal names them, for kinds that are kept by person."""
    held: Held = Held()
    at_most: int = 25


@dataclass(frozen=True)
class Record:
    """One thing that is kept about a subject, to show and to give away."""

    kind: str
    """The kind of record in the protocol's ``retention``."""
    subject: str
    at: datetime | None
    site: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[int, ...] = ()
    """Ids of the typed words that belong to it."""
