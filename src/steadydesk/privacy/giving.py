"""A person's data as a file: to print and for programs, with others taken out as a person decided.

Runs in the child process that only reads. Nothing is sent: whoever made the file hands it over.
"""

import io
import json
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from steadydesk.journal import queries as journal
from steadydesk.journal import records as journal_records
from steadydesk.kernel.errors import NotFound
from steadydesk.kernel.records import Record
from steadydesk.people import queries as people
from steadydesk.privacy import queries, rules
from steadydesk.privacy.finding import about
from steadydesk.privacy.models import Export
from steadydesk.privacy.rules import Proposal
from steadydesk.privacy.subjects import hidden_from
from steadydesk.visits import hiding

NAMED = ("by", "owner", "answered_by", "to")
"""Facts that say which member of staff did something."""


@dataclass(frozen=True)
class Line:
    """One record as the file shows it."""

    kind: str
    subject: str
    at: str
    site: str
    facts: Mapping[str, Any]
    words: Sequence[str]


def proposals(subjects: Iterable[str], hidden: Collection[str] = ()) -> list[Proposal]:
    """Parts of what was typed that may be about somebody else, for a person to decide; ``hidden`` is not theirs."""
    found = list(about(subjects, hidden))
    own = _own(found)
    names = [n for n in _staff(found).values() if n not in own]
    texts = journal.words(id for record in found for id in record.words)
    return [p for id, text in sorted(texts.items()) for p in rules.propose(id, text, own, names)]


def _own(found: Iterable[Record]) -> list[str]:
    """The person's own names and tickets, which stay."""
    own = [str(record.facts[name]) for record in found for name in ("ref", "name", "login") if record.facts.get(name)]
    return list(dict.fromkeys(own))


def _staff(found: Iterable[Record]) -> dict[str, str]:
    refs = {str(record.facts.get(name, "")) for record in found for name in NAMED}
    return {ref: name for ref, name in people.actor_names(refs).items() if name}


def make(export: int) -> tuple[str, str, bytes]:
    """The file for a decision that was recorded: its name, its kind and what it holds."""
    decided = queries.export(export)
    if decided is None:
        raise NotFound(_("There is no such file: make it anew."))
    lines = _lines(decided)
    data = {
        "subjects": decided.subjects,
        "made_at": decided.made_at.isoformat(),
        "records": [line.__dict__ for line in lines],
    }
    page = render_to_string("privacy/file.html", {"lines": lines, "export": decided})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("record.json", json.dumps(data, ensure_ascii=False, indent=1, default=str))
        file.writestr("record.html", page)
    return f"record-{export}.zip", "application/zip", packed.getvalue()


def _lines(decided: Export) -> list[Line]:
    hidden = hidden_from(decided.by)
    found = list(about(decided.subjects, hidden))
    acts = (r for s in decided.subjects if s.startswith("person:") for r in journal_records.acts_of(s))
    found += [r for r in acts if not hiding.is_hidden(r.subject, hidden)]
    mine = {s for s in decided.subjects if s.startswith("person:")}
    names = _staff(found)
    shown = {ref: name for ref, name in names.items() if decided.staff_named or ref in mine}
    texts = journal.typed(id for record in found for id in record.words)
    parts: dict[int, list[tuple[int, int]]] = {}
    for words, start, end in decided.taken_out:
        parts.setdefault(words, []).append((start, end))
    return [
        Line(
            kind=record.kind,
            subject=record.subject,
            at=record.at.isoformat() if record.at else "",
            site=record.site,
            facts={k: _fact(k, v, shown) for k, v in record.facts.items() if v not in (None, "")},
            words=[_said(texts[id], parts.get(id, [])) for id in record.words],
        )
        for record in sorted(found, key=lambda r: (r.at is None, str(r.at)))
    ]


def _said(typed: journal.Typed, parts: list[tuple[int, int]]) -> str:
    if typed.state == "withdrawn":
        return _("(withdrawn)")
    if typed.state == "gone":
        return _("(no longer kept)")
    return rules.without(typed.text, parts, _("[somebody else]"))


def _fact(name: str, value: Any, shown: Mapping[str, str]) -> Any:
    """Members of staff by name where that was decided, else as what they are."""
    if name in NAMED and str(value).startswith("person:"):
        return shown.get(str(value), _("a member of staff"))
    return value
