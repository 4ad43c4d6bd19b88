"""Who comes with the customer, and how many of them may come in (E5c). The words are the protocol's."""

from collections.abc import Collection
from dataclasses import dataclass

from steadydesk.kernel.words import gettext as _

STAYED = "stayed"
"""The one answer to where the others went that says that they did not go."""
ROOM = "interview_room"
CALLED_TO = ("reception", "desk", ROOM)
"""Kinds of places that a customer is called or taken to."""


@dataclass(frozen=True)
class Company:
    """Those with one customer: how many count, how many may come in, and what became of the others."""

    limit: int | None
    """``None``: this enquiry has none."""
    companions: int
    asked: int = 0
    where: str = ""

    @property
    def surplus(self) -> int:
        """So many are more than may come in."""
        return 0 if self.limit is None else max(0, self.companions - self.limit)

    @property
    def to_ask(self) -> int:
        """So many of them nobody has spoken to yet."""
        return max(0, self.surplus - self.asked)

    @property
    def above(self) -> int:
        """So many above the limit would go along into a room (E5c-entourage)."""
        gone = 0 if self.where == STAYED else self.asked
        return max(0, self.surplus - gone)


def asked_faults(company: Company, asked: int, where: str, places: Collection[str]) -> dict[str, str | None]:
    """What is wrong with what was recorded of the others."""
    fits = 1 <= asked <= company.companions
    return {
        "asked": None if fits else _("Say how many were asked: from one to all who came along."),
        "where": None if where in places else _("Say where they went."),
    }
