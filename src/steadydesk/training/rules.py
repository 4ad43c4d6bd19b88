"""What a rehearsal must say, and when the next one is due (L3b-ii(3), LT3). Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from steadydesk.kernel.errors import FieldFault
from steadydesk.kernel.words import gettext as _

PHRASE = "phrase"
"""To ask the customer to speak with the manager, and to press the key beside it."""
OLDEST = timedelta(days=3660)
"""What lies further back is a slip of the pen."""

State = Literal["in_date", "overdue", "never"]


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsal as said; people by id, ``None`` for somebody unknown."""

    person: int | None
    partner: int | None
    held_on: date | None
    what: str = PHRASE

    def faults(self, today: date) -> list[FieldFault]:
        """What is missing or cannot be."""
        found = []
        if self.what != PHRASE:
            found.append(FieldFault("what", _("Choose one.")))
        if self.person is None:
            found.append(FieldFault("person", _("Say who rehearsed.")))
        if self.partner is None:
            found.append(FieldFault("partner", _("Say with whom.")))
        elif self.partner == self.person:
            found.append(FieldFault("partner", _("A rehearsal takes two: name somebody else.")))
        if self.held_on is None:
            found.append(FieldFault("held_on", _("Say on which day.")))
        elif not today - OLDEST <= self.held_on <= today:
            found.append(FieldFault("held_on", _("This day cannot be right.")))
        return found


def state(last: date | None, every: timedelta, today: date) -> State:
    """Whether the next one is due; on the last day it is not yet."""
    if last is None:
        return "never"
    return "overdue" if today - last > every else "in_date"
