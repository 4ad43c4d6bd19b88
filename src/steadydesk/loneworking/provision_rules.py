"""The minimum provisions for working alone: yes or no, and why not (L2d-ii). Pure.

A “no” withholds the word *provided* and nothing else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.protocol.schema.preparation import LoneWorking

DEVICE, SAFE_ROOM, MOBILE = "device", "safe_room", "mobile"
PHONE_ON_ME = "phone_on_me"
"""The question at the start that belongs to the mobile telephone (L2d-ii(3))."""


@dataclass(frozen=True)
class Checked:
    """The last look at one thing: when, and whether it was in order."""

    at: datetime | None = None
    good: bool = False

    def fault(self, every: timedelta, now: datetime) -> str:
        """``never``, ``not_good`` or ``overdue``; empty when it is in order."""
        if self.at is None:
            return "never"
        if not self.good:
            return "not_good"
        return "overdue" if now - self.at > every else ""


@dataclass(frozen=True)
class Device:
    """A personal safety device that somebody wears."""

    heard_at: datetime | None
    low: bool
    tested: Checked


@dataclass(frozen=True)
class Telephone:
    """A mobile telephone that somebody holds."""

    speed_dial: Checked
    battery: Checked


@dataclass(frozen=True)
class Provided:
    """One provision as it stands now. ``why`` names what is missing: the words stand with the screens."""

    id: str
    label: str
    clause: str
    why: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Yes or no."""
        return not self.why


@dataclass(frozen=True)
class Facts:
    """What is known of one worker at one site."""

    devices: tuple[Device, ...] = ()
    telephones: tuple[Telephone, ...] = ()
    police_lacks: tuple[str, ...] = ()
    rooms: tuple[bool, ...] = ()
    """Of each safe room of the site, whether it counts."""
    confirmed: frozenset[str] | None = frozenset()
    """What was said to be so at the start; ``None`` before there was one."""


def provisions(lone: LoneWorking, facts: Facts, now: datetime) -> list[Provided]:
    """Every provision of the protocol, in its order."""
    found = {DEVICE: _device(lone, facts, now), SAFE_ROOM: _room(facts), MOBILE: _mobile(lone, facts, now)}
    return [
        Provided(p.id, p.label, p.clause or "", found.get(p.id, () if p.id in (facts.confirmed or ()) else ("unsaid",)))
        for p in lone.provisions
    ]


def missing(found: Iterable[Provided]) -> list[str]:
    """Which are not there. With anything here a lone period is not *provided*."""
    return [p.id for p in found if not p.good]


def _device(lone: LoneWorking, facts: Facts, now: datetime) -> tuple[str, ...]:
    """Assigned, charged or heard from lately, tried from end to end; and a way to the police that is in date."""
    faults = [_device_faults(lone, one, now) for one in facts.devices]
    least: Collection[str] = min(faults, key=len) if faults else ("no_device",)
    return (*least, *(("no_route",) if facts.police_lacks else ()))


def _device_faults(lone: LoneWorking, one: Device, now: datetime) -> tuple[str, ...]:
    silent = one.heard_at is None or now - one.heard_at > lone.device_heard_within
    tested = one.tested.fault(lone.device_tested_every, now)
    return (
        *(("device_low",) if one.low else ()),
        *(("device_silent",) if silent else ()),
        *((f"device_test_{tested}",) if tested else ()),
    )


def _room(facts: Facts) -> tuple[str, ...]:
    if not facts.rooms:
        return ("no_room",)
    return () if any(facts.rooms) else ("room_out_of_date",)


def _mobile(lone: LoneWorking, facts: Facts, now: datetime) -> tuple[str, ...]:
    """Held by the worker, looked at lately, and on them, as they said at the start."""
    every = lone.device_tested_every
    faults = [
        tuple(f"{name}_{fault}" for name, seen in _looks(one) if (fault := seen.fault(every, now)))
        for one in facts.telephones
    ]
    least: Collection[str] = min(faults, key=len) if faults else ("no_mobile",)
    unsaid = facts.confirmed is not None and PHONE_ON_ME not in facts.confirmed
    return (*least, *(("mobile_unsaid",) if unsaid else ()))


def _looks(one: Telephone) -> tuple[tuple[str, Checked], ...]:
    return ("speed_dial", one.speed_dial), ("battery", one.battery)
