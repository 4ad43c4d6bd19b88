"""The papers that are made from the code: ``python -m tests.architecture.docs`` writes them, ``--check`` compares."""

import argparse
import ast
import difflib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.architecture.mutations import CHANGES, Mutation
from tests.architecture.proofs import Proof, proofs
from tests.architecture.source import PACKAGE, ROOT, Function, Module, modules

WRITTEN_BY = "<!-- Written by `python -m tests.architecture.docs`; change the code instead. -->\n"
MEMBER = re.compile(r'^    [A-Z_]+ = "(?P<name>[^"]+)"(?:  # (?P<when>.*))?$')
HEADING = re.compile(r"^    # (?P<words>.*)$")
ABOUT_CLAUSES = """\
Each clause of the two founding procedures in our own words, the settings of the protocol it depends on, where the
code decides it, the test that proves it, and the change of the code that makes the proof fail (`make soak` makes each).
"""
PROCEDURES = {
    "L": "The library's procedure for a Problem Customer",
    "D": "The document control form",
    "E": "The reception protocol",
}


def _set_up_django() -> None:
    """The papers are about the code, whatever this machine's own settings are."""
    for name in [n for n in os.environ if n.startswith("STEADYDESK_") or n == "DATABASE_URL"]:
        del os.environ[name]
    os.environ["STEADYDESK_DATA"] = tempfile.mkdtemp(prefix="steadydesk-docs-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "steadydesk.project.settings"
    import django

    django.setup()


def write_clauses() -> str:
    """Each clause: our words, its settings, where it is decided, what proves it, what would break it."""
    from steadydesk.protocol.clauses import CLAUSES

    proved, rules = proofs(), _rules(list(CLAUSES))
    parts = [
        WRITTEN_BY,
        "# The clauses\n",
        ABOUT_CLAUSES,
        f"{len(proved)} of {len(CLAUSES)} are proved. The others are not built yet; the protocol has their settings.",
    ]
    for letter, title in PROCEDURES.items():
        parts += [f"\n## {letter}: {title}\n", *_TABLE_OF_CLAUSES]
        parts += [
            _row(clause.id, clause.summary, _codes(clause.settings), _codes(rules.get(clause.id, ())),
                 _links(proved.get(clause.id, ())), _changes(clause.id),
                 "proved" if clause.id in proved else "not built yet")
            for clause in CLAUSES.values() if clause.procedure == letter
        ]  # fmt: skip
    return "\n".join(parts) + "\n"


_TABLE_OF_CLAUSES = (
    "| clause | in our own words | settings | decided in | proof | broken by | state |",
    "|---|---|---|---|---|---|---|",
)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _codes(names: tuple[str, ...] | list[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


def _links(found: Iterable[Proof]) -> str:
    return "<br>".join(f"[{proof.name}](../{proof.place})" for proof in found)


def _changes(clause: str) -> str:
    return "<br>".join(_change(change) for id, change in CHANGES if id == clause)


def _change(mutation: Mutation) -> str:
    was, now = (" ".join(text.split()).replace("|", "\\|") for text in (mutation.was, mutation.now))
    return f"`{mutation.file}`: `{was}` → `{now}`"


def _rules(ids: list[str]) -> dict[str, list[str]]:
    """Clause → the functions, classes and constants whose description names it."""
    longest_first = "|".join(re.escape(id) for id in sorted(ids, key=len, reverse=True))
    named = re.compile(rf"(?<![\w-])(?:{longest_first})(?![\w(-]|\.\w)")
    found: dict[str, list[str]] = {}
    for module in modules():
        if module.capability in ("", "protocol"):
            continue
        place = ".".join(module.path.relative_to(PACKAGE).with_suffix("").parts)
        for name, text in _described(module):
            for id in dict.fromkeys(named.findall(text)):
                found.setdefault(id, []).append(f"{place}.{name}".rstrip("."))
    return found


def _described(module: Module) -> Iterator[tuple[str, str]]:
    yield "", ast.get_docstring(module.tree) or ""
    for node in module.nodes:
        if isinstance(node, Function | ast.ClassDef):
            yield node.name, ast.get_docstring(node) or ""


def write_states() -> str:
    """Every state table as a diagram."""
    from steadydesk.kernel.states import StateTable

    found = {}
    for module in modules():
        if "StateTable(" in module.text and module.capability != "kernel":
            name = ".".join(module.path.relative_to(PACKAGE.parent).with_suffix("").parts)
            for value in vars(import_module(name)).values():
                if isinstance(value, StateTable):
                    found[value.name] = (name, value)
    parts = [WRITTEN_BY, "# States\n", "Every state machine is one table; a move that is not drawn is refused.\n"]
    for title, (name, table) in sorted(found.items()):
        parts += [f"## {title}\n", f"`{name}`\n", "```mermaid", table.diagram(), "```\n", *_refusals(table)]
    return "\n".join(parts)


def _refusals(table: Any) -> list[str]:
    rows = [_row(state, f"`{code}`", str(sentence)) for state, (code, sentence) in table.refusals.items()]
    return ["| refused in | code | sentence |", "|---|---|---|", *rows, ""]


def write_events() -> str:
    """Every type of entry, in the order and with the comments of the code."""
    source = (PACKAGE / "journal/events.py").read_text()
    parts = [WRITTEN_BY, "# Events\n", "The types of entries of the journal, which are also the events of the stream."]
    fresh = True
    for line in source.splitlines():
        if heading := HEADING.match(line):
            parts += [f"\n{heading['words']}\n", "| event | when |", "|---|---|"]
            fresh = False
        elif member := MEMBER.match(line):
            if fresh:
                parts += ["\n| event | when |", "|---|---|"]
            parts.append(_row(f"`{member['name']}`", member["when"] or ""))
            fresh = False
        else:
            fresh = True
    return "\n".join(parts) + "\n"


def write_openapi() -> str:
    """The API's own description."""
    from steadydesk.api.v1.api import api

    return _as_json(api.get_openapi_schema(path_prefix="/api/v1/"))


def write_protocol_schema() -> str:
    """The JSON Schema of a protocol file."""
    from steadydesk.protocol import codec

    return _as_json(codec.json_schema())


def _as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def write_settings() -> str:
    """Every setting from the environment."""
    from steadydesk.project.environment import KNOWN

    rows = [_row(f"`{name}`", meaning) for name, meaning in KNOWN.items()]
    database = _row("`DATABASE_URL`", "`postgresql://user:password@host/name`; without it SQLite in the data folder")
    return "\n".join(
        [
            WRITTEN_BY,
            "# Settings from the environment\n",
            "Each may come from a file instead, which `NAME_FILE` names. [How they are read](operate/settings.md).\n",
            "| setting | |",
            "|---|---|",
            *rows,
            database,
            "",
        ]
    )


PAPERS: dict[str, Callable[[], str]] = {
    "clauses.md": write_clauses,
    "events.md": write_events,
    "openapi.json": write_openapi,
    "protocol.schema.json": write_protocol_schema,
    "settings.md": write_settings,
    "states.md": write_states,
}


def main() -> int:
    """Write every paper, or tell which differ from what the code gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 when a paper differs")
    check = parser.parse_args().check
    _set_up_django()
    differing = 0
    for name, write in PAPERS.items():
        path = ROOT / "docs" / name
        text = write()
        if not check:
            path.write_text(text)
        elif text != (before := path.read_text() if path.exists() else ""):
            differing = 1
            sys.stdout.writelines(_difference(path, before, text))
    if differing:
        sys.stdout.write("\nThe papers differ from the code: run “python -m tests.architecture.docs”.\n")
    return differing


def _difference(path: Path, before: str, after: str) -> Iterator[str]:
    lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    return difflib.unified_diff(*lines, str(path), "what the code gives", n=0)


if __name__ == "__main__":
    sys.exit(main())
