"""Whose turn it is: the longest wait first. Whoever is agitated keeps their place, and is marked beside it (E2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Reason = Literal["speak_first", "appointment"]
"""What explains by itself that somebody is called before others who have waited longer."""


@dataclass(frozen=True)
class Place:
    """Somebody who waits and was not called."""

    visit: int
    team: str
    since: datetime
    """From when the wait counts: an appointment waits from its own time on."""
    speak_first: bool = False
    appointment: bool = False


def place(visit: int, team: str, waits_from: datetime, appointment_at: datetime | None, *, first: bool) -> Place:
    """The place of one who waits."""
    since = max(appointment_at, waits_from) if appointment_at else waits_from
    return Place(visit, team, since, speak_first=first, appointment=appointment_at is not None)


def is_first(bound_since: datetime | None, bound_until: datetime | None, first_contact_at: datetime | None) -> bool:
    """Whether to speak to this customer first: agitated, and nobody has spoken to them yet (E2)."""
    return bound_since is not None and bound_until is None and first_contact_at is None


def in_turn(places: Iterable[Place], team: str = "") -> list[Place]:
    """The longest wait first, of everybody or of those who wait for one team. A mood never changes it."""
    return sorted((p for p in places if team in ("", p.team)), key=lambda p: (p.since, p.visit))


def passed_over(called: Place, places: Iterable[Place], now: datetime) -> list[Place]:
    """Who has waited longer for the same team. A desk of one team takes nobody's turn in another's."""
    ahead = in_turn(places, called.team) if called.team else [p for p in in_turn(places) if not p.team]
    return [p for p in ahead if (p.since, p.visit) < (called.since, called.visit) and p.since <= now]


def reason(called: Place, now: datetime) -> Reason | None:
    """What explains it by itself; without it a person says why."""
    if called.speak_first:
        return "speak_first"
    return "appointment" if called.appointment and called.since <= now else None
