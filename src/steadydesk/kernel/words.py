"""Sentences made where nobody knows yet who will read them, and in which language.

Rules, the protocol and the alarm thread know no language. What they say is a ``Sentence``: its English, which every
comparison and log sees, and the memory of how it was made. ``str()`` of it, which pages and answers take, says it in
the language of whoever is being answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Translate = Callable[[str, str, int], str]
"""(one, many, count) → the sentence in the language that is active where it is called; ``many`` may be empty."""


def _english(one: str, many: str, count: int) -> str:
    return many if many and count != 1 else one


_translate: list[Translate] = [_english]


def translate_with(translate: Translate) -> None:
    """Hand over the catalogues; called once at start. Without them everything is English."""
    _translate[:] = [translate]


class Sentence(str):
    """English that can still be said in another language."""

    __slots__ = ("_count", "_facts", "_many", "_one")
    _one: str
    _many: str
    _count: int
    _facts: Any

    def __new__(cls, one: str, many: str = "", count: int = 1, facts: Any = None) -> Sentence:
        """``facts`` are what ``%`` puts in; they may be sentences themselves."""
        plain = _english(one, many, count)
        self = super().__new__(cls, plain if facts is None else plain % facts)
        self._one, self._many, self._count, self._facts = one, many, count, facts
        return self

    def __mod__(self, facts: Any) -> Sentence:
        """The same sentence with ``facts`` put in, in whatever language it is said."""
        return Sentence(self._one, self._many, self._count, facts)

    def __str__(self) -> str:
        """The sentence in the language that is active here."""
        said = _translate[0](self._one, self._many, self._count)
        return said if self._facts is None else said % self._facts


def gettext(english: str) -> Sentence:
    """Mark a sentence; import it as ``_``."""
    return Sentence(english)


def ngettext(one: str, many: str, count: int) -> Sentence:
    """Mark a sentence that differs for one and for many."""
    return Sentence(one, many, count)
