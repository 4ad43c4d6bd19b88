"""Records as a page shows them: names for ids, words for codes, and what was typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steadydesk.journal import queries as journal
from steadydesk.journal.queries import Typed
from steadydesk.kernel.records import Record
from steadydesk.people import queries as people
from steadydesk.privacy.models import View
from steadydesk.screens.privacy import values, words

REFS = ("by", "owner", "answered_by", "to")


@dataclass(frozen=True)
class Shown:
    """One record."""

    at: datetime | None
    subject: str
    title: str
    facts: list[tuple[Any, Any]]
    words: list[Typed]


@dataclass(frozen=True)
class Group:
    """Records of one kind."""

    label: Any
    records: Sequence[Shown]


@dataclass(frozen=True)
class Look:
    """One line of the view log."""

    at: datetime
    who: str
    subject: str
    title: str
    screen: Any
    words: str


def groups(found: Iterable[Record]) -> list[Group]:
    """Records by kind, each kind in the order in which they were found."""
    found = list(found)
    texts = journal.typed(id for record in found for id in record.words)
    names = people.actor_names({str(record.facts.get(name, "")) for record in found for name in REFS})
    titles = values.titles({record.subject for record in found})
    kinds: dict[str, list[Shown]] = {}
    for record in found:
        facts = [
            (words.FACTS.get(name, name.replace("_", " ")), names.get(str(value)) or values.shown(name, value))
            for name, value in record.facts.items()
            if value not in (None, "", [], {}, False)
        ]
        typed = [texts[id] for id in record.words]
        title = titles[record.subject]
        kinds.setdefault(record.kind, []).append(Shown(record.at, record.subject, title, facts, typed))
    return [Group(words.OF_ONE.get(kind) or words.KINDS.get(kind, kind), rows) for kind, rows in kinds.items()]


def looks(found: Iterable[View]) -> list[Look]:
    """The view log with names."""
    found = list(found)
    names = people.actor_names({view.by for view in found} | {view.subject for view in found})
    titles = values.titles({view.subject for view in found})
    texts = journal.words(view.words for view in found if view.words is not None)
    return [
        Look(
            at=view.at,
            who=names.get(view.by) or view.by,
            subject=view.subject,
            title=titles[view.subject],
            screen=words.SCREENS.get(view.screen, view.screen),
            words=texts.get(view.words or 0, ""),
        )
        for view in found
    ]
