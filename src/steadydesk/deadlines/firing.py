"""What a capability's clockwork offers to the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Due:
    """A deadline that has come."""

    kind: str
    subject: str
    due_at: datetime

    @property
    def key(self) -> str:
        """The id part of the subject: ``12`` of ``visit:12``."""
        return self.subject.split(":", 1)[1]


Firing = Callable[[Due, datetime], None]
"""``fire(due, now)``: decide again, change, journal. Runs inside one write transaction; redoing it is harmless."""

Clockwork = dict[str, Firing]
"""Kind of deadline → what to do when it has come."""

Together = Callable[[list[Due], datetime], None]
"""``fire(dues, now)``: the same for several of one kind, in one go. What fails is done again one by one."""
