"""The list of clauses is whole, and what it says of settings is true."""

from typing import Any

import pytest

from steadydesk.protocol import codec
from steadydesk.protocol.clauses import CLAUSES, Clause, clauses_of


@pytest.mark.parametrize(("procedure", "count"), [("L", 49), ("D", 20), ("E", 62)])
def test_every_clause_of_each_procedure_is_listed(procedure: str, count: int) -> None:
    assert sum(clause.procedure == procedure for clause in CLAUSES.values()) == count


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=lambda clause: clause.id)
def test_a_clause_depends_only_on_settings_that_exist(clause: Clause) -> None:
    schema = codec.json_schema()
    for setting in clause.settings:
        around: dict[str, Any] = schema
        for part in setting.split("."):
            around = around["properties"][part]
            around = schema["$defs"][around["$ref"].rsplit("/", 1)[1]] if "$ref" in around else around


def test_a_setting_knows_its_clauses() -> None:
    assert [clause.id for clause in clauses_of("waiting.attend_within")] == ["E1"]
    assert [clause.id for clause in clauses_of("debriefs")] == ["E8c", "E8d", "E8e"]
    assert [clause.id for clause in clauses_of("withdrawal.longest")] == ["E6c"]
    assert clauses_of("waiting.attend") == ()
