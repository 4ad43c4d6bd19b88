"""Every word that a person sees can be translated, and every word is of the glossary."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT, Module, dotted, lines, modules, templates

SAYS = {
    "FieldFault": 1, "Invalid.one": 1, "NotAllowed": 0, "NotFound": 0, "NotSignedIn": 0, "Refusal": 1,
    "StorageUnavailable": 0, "messages.error": 1, "messages.info": 1, "messages.success": 1, "messages.warning": 1,
    "ValidationError": 0,
}  # fmt: skip
"""Calls whose argument at this place is read by a person."""

LABELS = {"label", "help_text", "empty_label", "verbose_name", "initial_text", "short_description"}
TRANSLATED = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
FOR_OPERATORS = PACKAGE / "project"
"""Commands, set-up and start-up speak to operators, in English, as the logs do."""

NAME = "Steadydesk"
SAID_ATTRIBUTES = re.compile(
    r"""\b(?:aria-label|title|placeholder|alt|label|data-words-[\w-]+)=(?:"([^"]*)"|'([^']*)')"""
)
NOT_SHOWN = re.compile(
    r"\{#.*?#\}"
    r"|\{%\s*comment.*?endcomment\s*%\}"
    r"|\{% block (?:body_class|keep) %\}.*?\{% endblock %\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%.*?%\}|\{\{.*?\}\}"
    r"|<!--.*?-->|<!doctype[^>]*>|<(?:script|style|kbd|title)\b[^>]*>.*?</(?:script|style|kbd|title)>",
    re.DOTALL | re.IGNORECASE,
)
TAG = re.compile(r"""<(?:"[^"]*"|'[^']*'|[^'">])*>""", re.DOTALL)
ATTRIBUTE = re.compile(r"""[\w:-]+=(?:"[^"]*"|'[^']*')""")
WORD = re.compile(r"[^\W\d_]{2,}")
FORBIDDEN = re.compile(r"\b(patrons?|breach(?:ed|es)?|users?|clients?|incident report)\b", re.IGNORECASE)
"""Words that stand for another one of the glossary."""
SAID = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')|%\}([^{}]*)\{%\s*endblocktrans""")


def test_every_refusal_and_message_in_python_can_be_translated() -> None:
    faults = [
        f"{module.place}:{call.lineno} says {ast.unparse(said)}"
        for module in modules()
        if not module.path.is_relative_to(FOR_OPERATORS)
        for call in _calls(module)
        if (said := _said(call)) is not None and _has_words(said)
    ]
    assert not faults, lines(faults)


def test_every_label_in_python_can_be_translated() -> None:
    faults = [
        f"{module.place}:{call.lineno} labels {ast.unparse(keyword.value)}"
        for module in modules()
        if module.name in ("forms", "views", "models", "admin")
        for call in _calls(module)
        for keyword in call.keywords
        if keyword.arg in LABELS and _has_words(keyword.value)
    ]
    assert not faults, lines(faults)


def _calls(module: Module) -> list[ast.Call]:
    return [node for node in module.nodes if isinstance(node, ast.Call)]


def _said(call: ast.Call) -> ast.expr | None:
    position = SAYS.get(dotted(call.func))
    return call.args[position] if position is not None and len(call.args) > position else None


def _has_words(said: ast.expr) -> bool:
    """Whether it holds a sentence of its own, as a constant or between the braces of an f-string."""
    if isinstance(said, ast.Constant):
        return isinstance(said.value, str) and bool(WORD.search(said.value))
    return isinstance(said, ast.JoinedStr) and any(_has_words(part) for part in said.values)


@pytest.mark.parametrize("page", templates(), ids=lambda page: str(page.relative_to(PACKAGE)))
def test_no_page_shows_a_bare_word(page: Path) -> None:
    shown = NOT_SHOWN.sub(" ", page.read_text())
    attributes = [a or b for a, b in SAID_ATTRIBUTES.findall(shown)]
    texts = ATTRIBUTE.sub(" ", TAG.sub("\n", shown)).replace(NAME, "").split("\n")
    bare = [text.strip() for text in (*texts, *attributes) if WORD.search(text)]
    assert bare == []


@pytest.mark.parametrize("page", templates(), ids=lambda page: str(page.relative_to(PACKAGE)))
def test_pages_use_the_words_of_the_glossary(page: Path) -> None:
    said = ["".join(found) for found in SAID.findall(page.read_text())]
    assert [text for text in said if FORBIDDEN.search(text)] == []


def test_sentences_put_nothing_into_a_translation_before_it_is_looked_up() -> None:
    """``_(f"...")`` and ``_("..." + x)`` look up a sentence that no catalogue can hold."""
    faults = [
        f"{module.path.relative_to(ROOT)}:{call.lineno}"
        for module in modules()
        for call in _calls(module)
        if dotted(call.func) in TRANSLATED and call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert not faults, lines(faults)
