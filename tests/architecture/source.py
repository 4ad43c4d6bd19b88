"""The source as the architecture's tests read it: every file once, parsed."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/steadydesk"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file of ours."""

    path: Path

    @cached_property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        """The same, parsed."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the tree, walked once."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def place(self) -> str:
        """Its path as a failing test names it."""
        return str(self.path.relative_to(ROOT))

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def capability(self) -> str:
        """The folder of the package it belongs to; empty for what lies beside them."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else ""

    @property
    def is_migration(self) -> bool:
        """Migrations are written by Django."""
        return "migrations" in self.path.parts

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        return (node for node in self.nodes if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class."""
        return (node for node in self.nodes if isinstance(node, ast.ClassDef))

    def imports(self) -> Iterator[tuple[str, str]]:
        """(module, name) of every import; the name is empty for ``import module``."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node.module, alias.name) for alias in node.names)


@cache
def modules() -> tuple[Module, ...]:
    """Every file of the package but its migrations."""
    return tuple(m for m in _under(PACKAGE) if not m.is_migration)


@cache
def trials() -> tuple[Module, ...]:
    """Every file of the tests."""
    return tuple(_under(ROOT / "tests"))


@cache
def benches() -> tuple[Module, ...]:
    """Every file of the measurements."""
    return tuple(_under(ROOT / "bench"))


def _under(folder: Path) -> Iterator[Module]:
    return (Module(path) for path in sorted(folder.rglob("*.py")))


@cache
def templates() -> tuple[Path, ...]:
    """Every page and fragment."""
    return tuple(sorted(PACKAGE.rglob("templates/**/*.html")))


@cache
def written_files() -> tuple[Path, ...]:
    """Every file that is ours to keep: what the repository holds, and what is about to be added to it."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file())


def dotted(node: ast.AST) -> str:
    """``a.b.c`` as it is written; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def lines(faults: Iterable[str]) -> str:
    """The faults as a failing test shows them."""
    return "\n".join(sorted(faults))
