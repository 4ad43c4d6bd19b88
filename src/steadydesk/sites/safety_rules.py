"""Is a safe room in date, and is the site connected to the police (L2d-conn, L2d-ii(2))? Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from steadydesk.protocol.schema.preparation import SafeRoom

Standing = Literal["good", "not_good", "overdue", "never"]
Lacking = Literal["provider", "reference", "verification", "test", "test_failed", "test_overdue"]


@dataclass(frozen=True)
class Inspected:
    """What a named inspector found of one item, and when."""

    item: str
    good: bool
    at: datetime
    by: str


@dataclass(frozen=True)
class Item:
    """One item of a safe room's list as it stands now."""

    id: str
    label: str
    clause: str
    state: Standing
    every: timedelta
    """How often the procedure wants it inspected."""
    due_at: datetime | None = None
    last: Inspected | None = None

    @property
    def good(self) -> bool:
        """Whether it was found good, and not too long ago."""
        return self.state == "good"


def items(safe_room: SafeRoom, inspected: Iterable[Inspected], now: datetime) -> list[Item]:
    """Every item of the protocol's list; of each the last inspection counts."""
    last = {one.item: one for one in sorted(inspected, key=lambda one: one.at)}
    found = []
    for item in safe_room.items:
        seen = last.get(item.id)
        due = seen.at + item.inspected_every if seen else None
        found.append(
            Item(item.id, item.label, item.clause or "", _standing(seen, due, now), item.inspected_every, due, seen)
        )
    return found


def _standing(seen: Inspected | None, due: datetime | None, now: datetime) -> Standing:
    if seen is None or due is None:
        return "never"
    if not seen.good:
        return "not_good"
    return "good" if now <= due else "overdue"


def is_available(found: Iterable[Item]) -> bool:
    """One item that is not good, or was not inspected in time, and the room does not count (L2d-ii(2)b-d)."""
    return all(item.good for item in found)


@dataclass(frozen=True)
class Route:
    """How a site is connected to the police, as its record says."""

    provider: str = ""
    reference: str = ""
    verification: str = ""
    tested_at: datetime | None = None
    test_passed: bool = False


def lacking(route: Route, every: timedelta, now: datetime) -> list[Lacking]:
    """What is missing or out of date. With anything here the site is not connected to the police (L2d-conn)."""
    missing: list[Lacking] = []
    if not route.provider:
        missing.append("provider")
    if not route.reference:
        missing.append("reference")
    if not route.verification:
        missing.append("verification")
    if route.tested_at is None:
        missing.append("test")
    elif not route.test_passed:
        missing.append("test_failed")
    elif now - route.tested_at > every:
        missing.append("test_overdue")
    return missing
