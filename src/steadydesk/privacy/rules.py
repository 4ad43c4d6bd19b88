"""What is decided about keeping, holding and giving away. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.kernel.words import gettext as _

LONGEST_HOLD = timedelta(days=3653)
SHORTEST_SEARCH = 2
LONGEST_SEARCH = 200
SUBJECT = re.compile(
    r"(visit|expected|person):[0-9]{1,18}|(alarm|paper-call):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)

REASONS = {
    "typed_by_mistake": _("Typed by mistake"),
    "not_true": _("It is not true, or cannot be shown to be"),
    "about_somebody_else": _("It is about somebody else"),
    "not_needed": _("More than was needed"),
    "asked": _("The person it is about asked for it"),
}
"""Why words are withdrawn or erased: chosen, for a reason in free words could say again what was to go."""

Kept = Mapping[str, timedelta]
"""The protocol's ``retention``."""


def kept_for(kind: str, protocols: Iterable[Kept]) -> timedelta | None:
    """How long a kind is kept where several protocols are in force: as long as any of them says."""
    return max((kept[kind] for kept in protocols), default=None)


def hold_faults(subject: str, reason: str, until: datetime, now: datetime) -> None:
    """Raise ``Invalid`` with everything that is wrong with a hold."""
    found = {
        "subject": None if SUBJECT.fullmatch(subject) else _("There is no such record."),
        "reason": None if reason.strip() else _("Say why this must be kept."),
        "until": _until_fault(until, now),
    }
    if wrong := [FieldFault(name, fault) for name, fault in found.items() if fault]:
        raise Invalid(wrong)


def _until_fault(until: datetime, now: datetime) -> str | None:
    if until <= now:
        return _("Give a day that is still to come.")
    return _("Give a day within ten years.") if until - now > LONGEST_HOLD else None


def search_fault(text: str) -> str | None:
    """Why this cannot be searched for."""
    if len(text.strip()) < SHORTEST_SEARCH:
        return _("Type at least two characters.")
    return _("This is too long to be a name or a ticket.") if len(text) > LONGEST_SEARCH else None


# Taking others out of what is given away.


@dataclass(frozen=True)
class Proposal:
    """A part of a text that may be about somebody else. A person decides."""

    words: int
    start: int
    end: int
    text: str
    why: str

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.words}-{self.start}-{self.end}"


# An address begins where its characters begin: tried at each of them, a long line would take its square.
ADDRESS = re.compile(r"(?<![^\s@<>,;])[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
NUMBER = re.compile(r"(?<![\w+])\+?\d[\d ()/-]{6,}\d")
TICKET = re.compile(r"\b[A-Z]{1,2}\d{3,4}\b")
CAPITALS = re.compile(r"(?:(?<=[^.!?\n]\s)|(?<=^\")|(?<=\())[^\W\d_a-z][^\W\d_]+(?:[ -][^\W\d_a-z][^\W\d_]+)*")


def propose(words: int, text: str, own: Sequence[str], names: Iterable[str]) -> list[Proposal]:
    """Parts of ``text`` that may name somebody other than the person whose data they are.

    ``own`` are the person's own names and tickets; ``names`` those of staff. It proposes too much rather than too
    little; what no pattern finds a person finds by reading.
    """
    found = [Proposal(words, m.start(), m.end(), m[0], _("an e-mail address")) for m in ADDRESS.finditer(text)]
    found += [Proposal(words, m.start(), m.end(), m[0], _("a telephone number")) for m in NUMBER.finditer(text)]
    found += [
        Proposal(words, m.start(), m.end(), m[0], _("a ticket of somebody else"))
        for m in TICKET.finditer(text)
        if m[0] not in own
    ]
    for part in {part for name in names for part in (name, *name.split()) if len(part) > 2}:
        pattern = rf"(?<!\w){re.escape(part)}(?!\w)"
        found += [
            Proposal(words, m.start(), m.end(), m[0], _("a name of somebody on the staff"))
            for m in re.finditer(pattern, text, re.IGNORECASE)
        ]
    mine = {part.casefold() for name in own for part in (name, *name.split())}
    found += [
        Proposal(words, m.start(), m.end(), m[0], _("perhaps a name"))
        for m in CAPITALS.finditer(text)
        if m[0].casefold() not in mine
    ]
    return _apart([p for p in found if p.text.casefold() not in mine])


def _apart(found: Iterable[Proposal]) -> list[Proposal]:
    """Of parts that overlap the longest, in the order of the text."""
    kept: list[Proposal] = []
    for one in sorted(found, key=lambda p: (p.start - p.end, p.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda p: p.start)


def around(text: str, proposal: Proposal, width: int = 40) -> str:
    """The proposal with the words before and after it, for whoever decides."""
    start, end = max(0, proposal.start - width), min(len(text), proposal.end + width)
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def without(text: str, parts: Iterable[tuple[int, int]], mark: str) -> str:
    """The text with these parts replaced by ``mark``."""
    for start, end in sorted(parts, reverse=True):
        text = text[:start] + mark + text[end:]
    return text
