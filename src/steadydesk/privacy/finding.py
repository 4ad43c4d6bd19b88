"""Everything that is kept about one person, over all capabilities."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from steadydesk.alarms import from_paper
from steadydesk.alarms import records as alarms
from steadydesk.journal import queries as journal
from steadydesk.kernel.records import Record
from steadydesk.people import queries as people
from steadydesk.privacy.table import ABOUT
from steadydesk.visits import expected_records as expected
from steadydesk.visits import hiding
from steadydesk.visits import records as visits

SHOWN = 50


@dataclass(frozen=True)
class Found:
    """A visit or an alarm in which what was searched for stands."""

    subject: str
    site: str
    at: datetime
    ref: str
    said: tuple[str, ...]
    """The words that were found."""


def find(text: str, sites: list[str], hidden: Collection[str] = ()) -> tuple[list[Found], bool]:
    """Visits and alarms under this ticket, or with these words in what was typed, the newest first.

    Also whether there was so much that only the newest were looked at. ``hidden`` names what does not exist for whoever
    searches.
    """
    text = text.strip()
    said: dict[str, list[str]] = {}
    typed, tickets = journal.words_with(text, sites), visits.with_ticket(text, sites)
    for row in typed:
        said.setdefault(row.subject, []).append(row.text if row.withdrawn_at is None else "")
    _gather_prompts(said)
    ids = [int(s.partition(":")[2]) for s in said if s.startswith("visit:")]
    rows = {v.pk: v for v in (*tickets, *visits.with_ids(ids, sites))}
    found = [
        Found(f"visit:{v.pk}", v.site, v.arrived_at, v.ref, tuple(said.get(f"visit:{v.pk}", ()))) for v in rows.values()
    ]
    calls = alarms.with_ids([s.partition(":")[2] for s in said if s.startswith("alarm:")], sites)
    found += [Found(f"alarm:{a.pk}", a.site, a.raised_at, "", tuple(said[f"alarm:{a.pk}"])) for a in calls]
    given = expected.with_ids([int(s.partition(":")[2]) for s in said if s.startswith("expected:")], sites)
    found += [Found(f"expected:{e.pk}", e.site, e.booked_at, "", tuple(said[f"expected:{e.pk}"])) for e in given]
    on_paper = from_paper.entered([s for s in said if s.startswith(f"{from_paper.NOUN}:")], sites)
    found += [Found(e.subject, e.site, e.at, "", tuple(said[e.subject])) for e in on_paper]
    cut = len(typed) >= journal.MOST_FOUND or len(tickets) >= visits.FOUND
    found = [f for f in found if not hiding.is_hidden(f.subject, hidden)]
    return sorted(found, key=lambda f: f.at, reverse=True), cut


def _gather_prompts(said: dict[str, list[str]]) -> None:
    """What was typed into an answer belongs to the visits that the prompt was about."""
    for subject in [s for s in said if s.startswith("prompt:")]:
        texts = said.pop(subject)
        for visit in visits.of_prompts([int(subject.partition(":")[2])]):
            said.setdefault(f"visit:{visit}", []).extend(texts)


def colleagues(text: str) -> list[people.Contactable]:
    """Members of staff with this name or login, past ones among them."""
    return people.like(text.strip())


def about(subjects: Iterable[str], hidden: Collection[str] = ()) -> Iterator[Record]:
    """Everything about the subjects, source by source, but what is ``hidden`` from the reader."""
    for subject in subjects:
        for source in ABOUT:
            yield from _shown(source(subject), hidden)


def newest_about(subject: str, hidden: Collection[str] = ()) -> list[Record]:
    """The newest of each source, for a page; the file has all."""
    return [record for source in ABOUT for record in islice(_shown(source(subject), hidden), SHOWN)]


def _shown(found: Iterator[Record], hidden: Collection[str]) -> Iterator[Record]:
    return (record for record in found if not _is_hidden(record, hidden))


def _is_hidden(record: Record, hidden: Collection[str]) -> bool:
    """Whether it is about, or names, what does not exist for the reader."""
    named = (str(value) for value in record.facts.values())
    return hiding.is_hidden(record.subject, hidden) or any(value in hidden for value in named)
