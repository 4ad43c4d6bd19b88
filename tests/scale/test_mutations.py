"""The proofs of the clauses are worth something: each fails when the code that keeps the clause is changed."""

import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.beside import BESIDE
from tests.architecture.mutations import CHANGES, MUTATIONS, Mutation, names_of
from tests.architecture.proofs import proofs
from tests.architecture.source import PACKAGE, ROOT

QUICK = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:schemathesis", "--no-migrations")
FAILED = 1
"""How pytest ends when tests ran and one failed; other endings prove nothing."""


@pytest.fixture(autouse=True)
def _only_in_soak(soak: bool) -> None:
    if not soak:
        pytest.skip("takes minutes; make soak")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package somewhere else, to be changed."""
    folder = tmp_path_factory.mktemp("mutated")
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    # Each run is a process of its own; what none of them changes is compiled once.
    compileall.compile_dir(folder, quiet=2)
    return folder / PACKAGE.name


def _nodes(clauses: Iterable[str]) -> list[str]:
    return [proof.node for clause in clauses for proof in proofs().get(clause, ())]


def _run(names: Iterable[str], package: Path) -> subprocess.CompletedProcess[str]:
    """These tests, on the package as it stands there."""
    environ = {
        k: v for k, v in os.environ.items() if not k.startswith(("STEADYDESK_", "DJANGO_", "PYTEST_", "DATABASE_URL"))
    }
    environ |= {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    if browser := os.environ.get("TESTS_CHROMIUM"):
        environ["STEADYDESK_TEST_BROWSER"] = browser
    command = [sys.executable, "-m", "pytest", *QUICK, *names]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


@contextmanager
def _changed(package: Path, mutation: Mutation) -> Iterator[None]:
    path = package / mutation.file
    text = path.read_text()
    path.write_text(text.replace(mutation.was, mutation.now))
    try:
        yield
    finally:
        path.write_text(text)


def test_unchanged_every_proof_holds(copy: Path) -> None:
    """Else one that fails would say nothing."""
    before = _run([*_nodes(MUTATIONS), *{one.proof for one in BESIDE.values()}], copy)
    assert before.returncode == 0, before.stdout + before.stderr


@pytest.mark.parametrize(("clause", "mutation"), sorted(CHANGES, key=str), ids=names_of(sorted(CHANGES, key=str)))
def test_the_proof_of_a_clause_fails_when_the_code_that_keeps_it_is_changed(
    clause: str, mutation: Mutation, copy: Path
) -> None:
    with _changed(copy, mutation):
        after = _run(_nodes([clause]), copy)
    assert after.returncode == FAILED, after.stdout + after.stderr


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_the_proof_of_what_no_clause_asks_for_fails_too(name: str, copy: Path) -> None:
    with _changed(copy, BESIDE[name]):
        after = _run([BESIDE[name].proof], copy)
    assert after.returncode == FAILED, after.stdout + after.stderr
