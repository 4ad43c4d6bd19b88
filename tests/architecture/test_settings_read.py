"""Every setting of the protocol does something: what nothing reads would be filled in for nothing."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from steadydesk.protocol.clauses import clauses_of
from steadydesk.protocol.schema import Document
from tests.architecture.proofs import proofs
from tests.architecture.source import PACKAGE

READ = re.compile(r"\.([a-z_]+)\b|getattr\(\w+, \"([a-z_]+)\"\)|\"([a-z_]+)\"")
"""``protocol.waiting.attend_within``, in code and in templates; or a field by its name."""
NAMED_ALONE = ("protocol/schema", "protocol/clauses.py", "protocol/shipped")
"""Where a setting is declared, or told to whom it belongs; that reads nothing."""

LATER = {
    "expectations.does": "what the desk does, for a page that customers read",
    "expectations.does_not": "what it does not do, on the same page",
    "observed_signs.signs.points_to_risk": "a sign suggests actions; that it suggests a level is not built",
    "debriefs.welfare_check_within": "debriefs (E8c) are not built",
    "debriefs.follow_up_after": "debriefs (E8c) are not built",
    "rehearsals.first_for_new_starters_within": "drills by objective (LT3) are not built; readiness reads the interval",
    "document_control.read_within": "that staff have read a changed version is not asked yet",
    "cards.steps.optional": "no step gates another, so that one is optional changes nothing yet",
}
"""Settings of parts to come that no clause names, and what they are for."""


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    """The sections within this type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _models(part)


def _leaves(section: type[BaseModel], path: str = "") -> Iterator[tuple[str, str]]:
    """(where it stands, its name) of everything in the section that is no section itself."""
    for name, field in section.model_fields.items():
        inner = list(_models(field.annotation))
        for one in inner:
            yield from _leaves(one, f"{path}{name}.")
        if not inner:
            yield f"{path}{name}", name


def _read() -> set[str]:
    files = [file for kind in ("*.py", "*.html") for file in PACKAGE.rglob(kind)]
    read = [f for f in files if not str(f.relative_to(PACKAGE)).startswith(NAMED_ALONE)]
    return {next(filter(None, found)) for file in read for found in READ.findall(file.read_text())}


def _unread() -> set[str]:
    read = _read()
    return {path.removeprefix("protocol.") for path, name in _leaves(Document) if name not in read}


def _awaits_its_clause(setting: str) -> bool:
    return any(clause.id not in proofs() for clause in clauses_of(setting))


def test_every_setting_of_the_protocol_is_read_or_belongs_to_a_clause_still_to_be_built() -> None:
    assert sorted(s for s in _unread() if s not in LATER and not _awaits_its_clause(s)) == []


def test_what_is_said_to_be_read_later_is_not_read_yet() -> None:
    assert sorted(LATER.keys() - _unread()) == []
