"""What a worn or wall button may be and what it says of itself. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.kernel.errors import FieldFault
from steadydesk.kernel.words import gettext as _

NAME = r"^[A-Za-z0-9._:-]{1,60}$"
PRESS, HEARD, BATTERY, CHECK_IN, DURESS = KINDS = ("press", "heard", "battery", "check_in", "duress")
UNREADABLE = "unreadable"
"""What a gateway tells of a button whose words it cannot read."""
WORN = "worn"
TRIAL = timedelta(minutes=1)
"""So long the next press of a button that is tested calls nobody; the first one ends it."""
LOW, WELL = 20, 30
"""Per cent at which a battery is called low, and at which it is not any more."""


@dataclass(frozen=True)
class Said:
    """What a button said of itself; ``key`` tells one event from another."""

    kind: str
    key: str
    at: datetime
    battery: int | None = None
    zone: str = ""


def faults(kind: str, site: str, place_site: str | None) -> list[FieldFault]:
    """What is wrong with where it is set up: without a place nobody would know where to go."""
    if kind == WORN and place_site is not None:
        return [FieldFault("place", _("One that is worn goes about: leave its place empty."))]
    if kind != WORN and place_site is None:
        return [FieldFault("place", _("Say where it is fixed."))]
    if place_site not in (None, site):
        return [FieldFault("place", _("This place is at another site."))]
    return []


def is_low(battery: int | None, *, before: bool) -> bool:
    """Whether the battery is to be changed; a reading that wavers does not tell twice."""
    return before if battery is None else battery <= LOW or (before and battery < WELL)


def standing(*, has_secret: bool, worn: bool, assigned: bool, heard: bool, silent: bool, low: bool) -> str:
    """How it stands, the gravest first: ``no_secret``, ``unassigned``, ``silent``, ``low``, ``never``, ``heard``.

    One for which a gateway speaks needs no secret.
    """
    if not (has_secret or heard):
        return "no_secret"
    if worn and not assigned:
        return "unassigned"
    if silent:
        return "silent"
    if low:
        return "low"
    return "heard" if heard else "never"
