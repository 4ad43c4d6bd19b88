"""The part of a protocol that everybody may read. Which settings are secret stands with each in the schema. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

LEFT_OUT = "[not in this edition]"
_NUMBER = re.compile(r"\+?[\d\s()-]*\d[\d\s()-]*")


def without_secrets(section: BaseModel) -> dict[str, Any]:
    """The section's settings without those that are secret, through every section inside it."""
    shown = {}
    for name, field in type(section).model_fields.items():
        if not _is_secret(field):
            shown[name] = _shown(getattr(section, name), section.model_dump(include={name})[name])
    return shown


def _shown(value: Any, dumped: Any) -> Any:
    if isinstance(value, BaseModel):
        return without_secrets(value)
    if isinstance(value, tuple):
        return [_shown(one, other) for one, other in zip(value, dumped, strict=True)]
    if isinstance(value, dict):
        return {key: _shown(one, dumped[key]) for key, one in value.items()}
    return dumped


def secrets(section: BaseModel) -> set[str]:
    """Every piece of text that a secret setting holds; lengths of time and yes or no tell nobody anything."""
    return {text for value in _secret_values(section) for text in _texts(value)}


def _secret_values(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            inner = getattr(value, name)
            if _is_secret(field):
                yield inner
            else:
                yield from _secret_values(inner)
    elif isinstance(value, tuple | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _secret_values(inner)


def _texts(value: Any) -> Iterator[str]:
    """Words that could be said or dialled; the ids of choices and of clauses stand in every edition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in ("id", "clause"):
                yield from _texts(getattr(value, name))
    elif isinstance(value, tuple | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _is_secret(field: Any) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and extra.get("public") is False


def scrubbed(value: Any, hidden: Iterable[str]) -> Any:
    """The value with every hidden word taken out of every text in it, in capitals or not."""
    words = sorted({word.strip() for word in hidden if word.strip()}, key=len, reverse=True)
    if not words:
        return value
    # A code is hidden where it stands alone: “5” is not taken out of “PT15M”.
    pattern = re.compile("|".join(rf"(?<![\w#*]){_loosely(word)}(?![\w#*])" for word in words), re.IGNORECASE)
    return _scrub(value, pattern)


def _loosely(word: str) -> str:
    """However its spaces and lines are broken; the digits of a number stand together or apart."""
    if _NUMBER.fullmatch(word):
        return r"[\s()-]*".join(re.escape(digit) for digit in word if digit.isdigit() or digit == "+")
    return r"\s+".join(re.escape(part) for part in word.split())


def _scrub(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(LEFT_OUT, value)
    if isinstance(value, dict):
        return {key: _scrub(inner, pattern) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(inner, pattern) for inner in value]
    return value
