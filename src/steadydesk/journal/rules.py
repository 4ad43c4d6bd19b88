"""Which entries somebody may be told of, and where whoever comes back goes on."""

from collections.abc import Mapping
from typing import Any

from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid
from steadydesk.kernel.words import gettext as _

NEEDS: dict[str, Permission] = {
    "visit": Permission.VISIT_READ,
    "prompt": Permission.VISIT_READ,
    "expected": Permission.VISIT_READ,
    "encounter": Permission.VISIT_READ,
    "service": Permission.VISIT_READ,
    "alarm": Permission.ALARM_READ,
    "lone": Permission.PRESENCE_SET,
    "delivery": Permission.ALARM_READ,
    "protocol": Permission.STREAM_READ,
    "presence": Permission.STREAM_READ,
    "site": Permission.STREAM_READ,
    "engine": Permission.STREAM_READ,
    "clock": Permission.STREAM_READ,
    "desk": Permission.STREAM_READ,
    "set-up": Permission.STREAM_READ,
    "telephones": Permission.STREAM_READ,
    "broker": Permission.STREAM_READ,
    "button": Permission.PRESENCE_SET,
    "rota": Permission.PRESENCE_SET,
    "chain-test": Permission.ALARM_DRILL,
}
"""Which permission a family of events needs; one that is missing here is shown to nobody."""
AT_A_DESK = {"lone": Permission.VISIT_WORK}
"""What is enough for a desk to learn that something changed: it asks whoever is tapped in there, and nothing else."""
OF_SIGN_IN = frozenset(
    {
        Event.EMAIL_CHANGED,
        Event.FACTOR_ADDED,
        Event.FACTOR_REMOVED,
        Event.PASSWORD_CHANGED,
        Event.RECOVERY_CODES_MADE,
        Event.RECOVERY_CODE_USED,
        Event.SIGNED_IN,
        Event.SIGNED_OUT,
        Event.SIGNED_OUT_EVERYWHERE,
        Event.SIGN_IN_REFUSED,
    }
)
"""One person's sign-ins and what was changed about them."""
OF_REACHING = frozenset(
    {Event.BROWSER_ADDED, Event.BROWSER_REMOVED, Event.SERVICE_CHANGED, Event.WAYS_CHOSEN, Event.WAY_TRIED}
)
"""How one person is reached."""
OF_THE_FEW = frozenset({"forewarning"})
"""Families that nobody is told of but whoever caused them: that there was one says something already."""
OF_A_SITE = frozenset({"presence", "rota"})
"""Families that are told at the site they are about and nowhere else, also when they name none."""
AT_A_LOCKED_DESK = frozenset({"alarm", "clock", "desk", "engine", "site"})
"""Families that a desk which locked itself is still told: calls, the site's state, and that it was unlocked."""
MOST = 5_000
"""Entries that are sent again at most; a screen that slept longer fetches everything anew."""
BEYOND = 2**62
"""A cursor beyond every entry: whoever brings it fetches everything anew."""


def needed(family: str, by: Actor) -> Permission | None:
    """Which permission this actor needs to be told of such events; ``None``: nobody is."""
    at_a_desk = AT_A_DESK.get(family) if by.kind == "device" else None
    return at_a_desk or NEEDS.get(family)


def is_bare(family: str, by: Actor) -> bool:
    """Whether this actor learns that something changed alone, and neither where nor what."""
    return by.kind == "device" and family in AT_A_DESK


def is_told(family: str, by: Actor) -> bool:
    """Whether this actor is told of such events at all, where they may."""
    return not by.locked or family in AT_A_LOCKED_DESK


def is_personal(type: str, facts: Mapping[str, Any]) -> bool:
    """Whether it says when somebody signed in or used a screen, or how they are reached.

    Staff are not the watched: that is theirs alone to read, and others are told only that something changed.
    """
    if type == Event.PRESENCE_CHANGED:
        return "screen" in facts or "duty_phone" in facts
    return type in OF_SIGN_IN | OF_REACHING


def read_cursor(given: str) -> int | None:
    """The id of the last event that somebody had; ``None`` when nothing is given. Raises ``Invalid``."""
    if not given:
        return None
    if not (given.isascii() and given.isdigit()):
        raise Invalid.one("after", _("Give the id of an event: a whole number, or 0 for everything that is kept."))
    return int(given) if len(given) < 19 else BEYOND


def is_lost(after: int, oldest: int, newest: int) -> bool:
    """Whether what came after the cursor cannot be told: too much of it, or some of it is not kept any more.

    0 is everything that is kept. ``oldest`` and ``newest`` are the ids of the first and the last entry.
    """
    return newest - after > MOST or 0 < after < oldest - 1 or after > newest
