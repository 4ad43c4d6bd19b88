"""Times that a customer can be given, and how it is made sure that it is them who comes (E3b-ret, E4c, E5a-exp)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from steadydesk.kernel.spelling import plain
from steadydesk.kernel.states import StateTable
from steadydesk.kernel.words import gettext as _

QUARTER = timedelta(minutes=15)
"""Times are offered at the quarters of an hour, as people say them."""
UNDONE_WITHIN = timedelta(minutes=10)
"""So long a return that was booked by mistake puts the customer back in at the old place."""
SHORTEST_FACT = 3
ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ2346789"
"""What nobody takes for something else, on paper or by telephone."""
HOW_TOLD = ("phone", "mail", "letter", "in_person", "no_way")
"""How a customer was told that nobody will be there; the last: there is no way to reach them."""

EXPECTED = StateTable(
    name="expected arrival",
    states=("open", "came", "not_come", "called_off"),
    moves={
        "move": {"open": "open"},
        "come": {"open": "came", "not_come": "came"},
        "part": {"came": "open"},
        "not-come": {"open": "not_come"},
        "call-off": {"open": "called_off"},
        "change": {"open": "open"},
        "take-up": {"not_come": "open", "called_off": "open"},
    },
    refusals={
        "open": ("incomplete", _("This customer is still expected.")),
        "came": ("already_answered", _("This customer has come already.")),
        "not_come": ("already_answered", _("It is recorded that this customer did not come.")),
        "called_off": ("already_answered", _("This time was called off.")),
    },
)


class Stretch(Protocol):
    """A stretch of time, from ``start`` to just before ``end``."""

    @property
    def start(self) -> datetime:
        """When it begins."""

    @property
    def end(self) -> datetime:
        """When it is over."""


@dataclass(frozen=True)
class Given:
    """A time that another customer was given."""

    start: datetime
    end: datetime
    person: int | None = None
    """``None``: with anyone of the team, so one of it must stay free."""


def free_times(
    free: Mapping[int, Iterable[Stretch]],
    wanted: Collection[int],
    given: Iterable[Given],
    *,
    length: timedelta,
    after: datetime,
    count: int,
) -> list[datetime]:
    """The next times at which one of ``wanted`` can be met and nobody else's time is taken for it.

    ``free`` says when each of the team is there, at the open site; what was given to others is taken out here.
    """
    stretches = {person: list(found) for person, found in free.items()}
    known = list(given)
    found: list[datetime] = []
    for at in sorted({at for person in wanted for at in _beginnings(stretches.get(person, ()), length, after)}):
        if can_be_met(stretches, wanted, known, at=at, length=length):
            found.append(at)
        if len(found) == count:
            break
    return found


def can_be_met(
    free: Mapping[int, Iterable[Stretch]],
    wanted: Collection[int],
    given: Iterable[Given],
    *,
    at: datetime,
    length: timedelta,
) -> bool:
    """Whether one of ``wanted`` is free from ``at`` on for so long, and whoever was promised anyone still finds one."""
    end = at + length
    taken = [g for g in given if g.start < end and g.end > at]
    busy = {g.person for g in taken}
    there = {p for p, found in free.items() if p not in busy and any(s.start <= at and end <= s.end for s in found)}
    promised = sum(g.person is None for g in taken)
    return bool(there & set(wanted)) and len(there) > promised


def _beginnings(stretches: Iterable[Stretch], length: timedelta, after: datetime) -> Iterator[datetime]:
    for stretch in stretches:
        at = _quarter(max(stretch.start, after))
        while at + length <= stretch.end:
            yield at
            at += QUARTER


def _quarter(at: datetime) -> datetime:
    """The next quarter of an hour, or this moment if it is one."""
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at + QUARTER - over


def same_fact(said: str, known: Iterable[str]) -> bool:
    """Whether what a customer says is one of the facts that are kept, however it is spelled and spaced."""
    bare = _bare(said)
    return len(bare) >= SHORTEST_FACT and any(bare == _bare(fact) for fact in known)


def _bare(text: str) -> str:
    return "".join(c for c in plain(text) if c.isalnum())


def reference(draw: Iterable[int]) -> str:
    """The letters and digits that stand on a slip, one for each number drawn."""
    return "".join(ALPHABET[n % len(ALPHABET)] for n in draw)


def address_fault(address: str) -> str | None:
    """Why this cannot be an e-mail address; empty is for whoever has none."""
    name, _at, host = address.rpartition("@")
    odd = any(c.isspace() or not c.isprintable() or c in ",;<>\"'()" for c in address) or len(address) > 254
    fits = bool(name) and "." in host.strip(".") and not odd
    return None if fits else _("This is not an e-mail address.")
