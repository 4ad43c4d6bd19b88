"""Every proof names a clause, carries its name, and has a change of the code that it would notice."""

import ast

import pytest

from steadydesk.protocol.clauses import CLAUSES
from tests.architecture.beside import BESIDE
from tests.architecture.mutations import CHANGES, MUTATIONS, Mutation, names_of
from tests.architecture.proofs import Proof, proofs
from tests.architecture.source import PACKAGE, ROOT

PROOFS = [(clause, proof) for clause, found in proofs().items() for proof in found]


def _name_of(clause: str) -> str:
    """``L3b-ii(1)`` as names of tests have it: ``l3b_ii_1``."""
    return clause.lower().replace("-", "_").replace("(", "_").replace(")", "").replace("__", "_")


@pytest.mark.parametrize(("clause", "proof"), PROOFS, ids=[p.name for _, p in PROOFS])
def test_a_proof_names_its_clause(clause: str, proof: Proof) -> None:
    assert clause in CLAUSES
    assert proof.name.lower().startswith(f"test_{_name_of(clause)}_")


def test_every_proved_clause_has_a_change_that_breaks_it() -> None:
    assert sorted(proofs()) == sorted(MUTATIONS)


ALL: list[tuple[str, Mutation]] = [*CHANGES, *BESIDE.items()]


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_what_no_clause_asks_for_names_a_test_that_is_there(name: str) -> None:
    file, _colons, test = BESIDE[name].proof.partition("::")
    assert f"def {test}(" in (ROOT / file).read_text()


@pytest.mark.parametrize(("clause", "mutation"), ALL, ids=[*names_of(CHANGES), *BESIDE])
def test_the_change_that_breaks_a_clause_fits_the_code(clause: str, mutation: Mutation) -> None:
    text = (PACKAGE / mutation.file).read_text()
    assert text.count(mutation.was) == 1, f"{mutation.file} holds this {text.count(mutation.was)} times"
    if mutation.file.endswith(".py"):
        ast.parse(text.replace(mutation.was, mutation.now))
