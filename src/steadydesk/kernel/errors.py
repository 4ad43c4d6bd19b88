"""What can be wrong, each with a stable code and a sentence a person can act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldFault:
    """One field of the input and what is wrong with it."""

    field: str
    reason: str


class SteadydeskError(Exception):
    """The root of every error that is shown to a person."""

    code = "error"

    def __init__(self, sentence: Any, **facts: Any) -> None:
        super().__init__(sentence)
        self._sentence = sentence
        self.facts = facts

    @property
    def sentence(self) -> str:
        """What to say, in the language of whoever is being answered."""
        return str(self._sentence)


class Refusal(SteadydeskError):
    """A rule says no. ``code`` is part of the contract."""

    def __init__(self, code: str, sentence: Any, **facts: Any) -> None:
        super().__init__(sentence, **facts)
        self.code = code


class Invalid(SteadydeskError):
    """The input cannot be used; every fault is listed at once."""

    code = "invalid"

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__("invalid")
        self.faults = list(faults)

    @property
    def sentence(self) -> str:
        """Every fault in one line."""
        return "; ".join(f"{f.field}: {f.reason}" for f in self.faults)

    def __str__(self) -> str:
        return self.sentence

    @classmethod
    def one(cls, field: str, reason: str) -> "Invalid":
        """The common case of a single fault."""
        return cls([FieldFault(field, reason)])


class NotSignedIn(SteadydeskError):
    """Nobody is known to be asking."""

    code = "not_signed_in"


class NotAllowed(SteadydeskError):
    """Somebody is asking who may not."""

    code = "not_allowed"


class NotFound(SteadydeskError):
    """There is no such thing, or not for whoever asks."""

    code = "not_found"


class StorageUnavailable(SteadydeskError):
    """The database cannot take the write now."""

    code = "storage_unavailable"
