"""Which tests prove which clause: those that carry it as a mark."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.architecture.source import Function, dotted, trials


@dataclass(frozen=True)
class Proof:
    """One test."""

    place: str
    name: str

    @property
    def node(self) -> str:
        """As pytest is asked for it."""
        return f"{self.place}::{self.name}"


@cache
def proofs() -> dict[str, tuple[Proof, ...]]:
    """Clause → its proofs, in the order of files and lines."""
    found: dict[str, list[Proof]] = {}
    for module in trials():
        for function in module.functions():
            for clause in _marks(function):
                found.setdefault(clause, []).append(Proof(module.place, function.name))
    return {clause: tuple(all_of_it) for clause, all_of_it in found.items()}


def _marks(function: Function) -> Iterator[str]:
    for decorator in function.decorator_list:
        for call in ast.walk(decorator):
            if isinstance(call, ast.Call) and dotted(call.func) == "pytest.mark.clause":
                yield from (str(ast.literal_eval(argument)) for argument in call.args)
