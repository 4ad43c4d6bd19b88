"""What is wrong with a protocol file, said so that a person can put it right."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from steadydesk.kernel.words import Sentence, ngettext
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.schema.base import SPELLING

Path = tuple[str | int, ...]
"""Where something stands: keys, and places in lists counted from 0."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to put right. Lines and entries of lists count from 1: `alarms.chain[2].after`."""

    line: int
    key: str
    sentence: str


class ProtocolFaults(ValueError):
    """A file that is not a protocol; `faults` has every reason, in the order of the lines."""

    code = "invalid"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(f"{fault.line}: {fault.key}: {fault.sentence}" for fault in self.faults))


def name_of(path: Path) -> str:
    """The path as people read it."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def unknown_key(key: str, known: Iterable[str]) -> str:
    """The sentence for a key that no setting has, with the nearest one that exists."""
    near = difflib.get_close_matches(key, list(known), n=1)
    if near:
        return _("there is no such setting; did you mean %s?") % near[0]
    return _("there is no such setting; take it out")


_PLAIN = {
    "missing": _("this is missing"),
    "extra_forbidden": _("there is no such field here"),
    "string_type": _("this must be words"),
    "string_too_short": _("this is empty"),
    "string_unicode": _("there is a character here that cannot be kept"),
    "int_type": _("this must be a whole number"),
    "int_parsing": _("this must be a whole number"),
    "int_parsing_size": _("this number is too large"),
    "int_from_float": _("this must be a whole number"),
    "bool_type": _("this must be true or false"),
    "bool_parsing": _("this must be true or false"),
    "timezone_aware": _("this time must say how far it is from UTC, as in 2026-03-02T09:00:00Z"),
    "list_type": _("this must be a list"),
    "tuple_type": _("this must be a list, each entry on its own line after a dash"),
    "dict_type": _("this must hold settings of its own, indented below it"),
    "model_attributes_type": _("this must hold fields of its own"),
    "model_type": _("this must hold settings of its own, indented below it"),
}

_LIMITS: dict[str, tuple[Sentence, str]] = {
    "string_too_long": (_("this is too long; it may have %d characters"), "max_length"),
    "greater_than_equal": (_("this must be %d or more"), "ge"),
    "less_than_equal": (_("this must be %d or less"), "le"),
    "too_long": (_("this list may have at most %d entries"), "max_length"),
}


def sentence_for(kind: str, context: dict[str, Any] | None = None) -> str:
    """A plain sentence for what the validation found, by pydantic's name for it."""
    context = context or {}
    if kind == "sentence":
        return str(context["sentence"])
    if kind == "string_pattern_mismatch":
        return SPELLING[context["pattern"]]
    if kind == "literal_error":
        return _("this must be one of: %s") % str(context["expected"]).replace("'", "").replace(" or ", ", ")
    if kind == "too_short":
        fewest = int(context["min_length"])
        facts = {"count": fewest}
        return ngettext("this list is empty", "this list needs at least %(count)d entries", fewest) % facts
    if kind in _LIMITS:
        sentence, limit = _LIMITS[kind]
        return sentence % (context[limit],)
    if kind.startswith("datetime_"):
        return _("this is not a time; write it as in 2026-03-02T09:00:00Z")
    return _PLAIN.get(kind, _("this does not fit here"))
