"""The record of a visit: what happened to it, and to its prompts while they concerned it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steadydesk.journal import queries as journal
from steadydesk.people import queries as people
from steadydesk.visits.concerning import prompts_of, while_concerned
from steadydesk.visits.models import Visit

SUFFIX = "_words"
"""Facts whose name ends so are the ids of typed words."""


@dataclass(frozen=True)
class Moment:
    """One line of a visit's timeline."""

    at: datetime
    type: str
    subject: str
    by: str
    name: str
    """Who, as colleagues know them; empty when it was not a person."""
    facts: dict[str, Any]
    words: dict[str, list[journal.Typed]]
    """What was typed, by the fact it belongs to, or what became of it."""


def timeline(visit: Visit) -> list[Moment]:
    """Everything about the visit and its prompts while they concerned it, oldest first."""
    subjects = [f"visit:{visit.pk}", *(f"prompt:{id}" for id in sorted(prompts_of(visit.pk)))]
    every = sorted((e for s in subjects for e in journal.of_subject(s)), key=lambda e: e.id)
    entries = list(while_concerned(visit.pk, every))
    texts = journal.typed(id for e in entries for ids in _words_of(e.facts).values() for id in ids)
    people_ = {e.by: int(e.by.removeprefix("person:")) for e in entries if e.by.startswith("person:")}
    names = people.names(set(people_.values()))
    return [
        Moment(
            at=e.at,
            type=e.type,
            subject=e.subject,
            by=e.by,
            name=names.get(people_.get(e.by, 0), ""),
            facts=e.facts,
            words={k: [texts[i] for i in ids] for k, ids in _words_of(e.facts).items()},
        )
        for e in entries
    ]


def _words_of(facts: dict[str, Any]) -> dict[str, list[int]]:
    """``{"note": [7]}`` of ``{"note_words": 7}``."""
    found = {k.removesuffix(SUFFIX): v for k, v in facts.items() if k.endswith(SUFFIX) and v}
    return {k: v if isinstance(v, list) else [v] for k, v in found.items()}
