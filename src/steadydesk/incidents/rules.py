"""What follows when somebody has no badge (E5j, E5k). The words are the protocol's; these ids have a meaning here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.kernel.errors import FieldFault
from steadydesk.kernel.words import gettext as _

WENT_TO_RECEPTION = "went_to_reception"
SHOWED_BADGE = "showed_badge"
NOT_CHALLENGED = "not_challenged"

KINDS = ("visitor", "contractor")
COLLEAGUE = "staff"
WITHOUT = frozenset({"none", "not_worn"})
"""States in which somebody walks about without a badge to be seen."""

ENDINGS = ("badge", "reception", "left", "mistake")
"""How somebody was accounted for: has a badge now, is with reception, has left, or was entered by mistake."""
EARLIEST = timedelta(days=1)
LONGEST_NAME = 120


def is_open(result: str) -> bool:
    """Whether nobody knows yet where they are: neither with reception nor shown to belong here."""
    return result not in (WENT_TO_RECEPTION, SHOWED_BADGE)


@dataclass(frozen=True)
class Met:
    """Somebody without a badge, as logged in one press."""

    place: str
    result: str
    met_at: datetime | None = None


def challenge_faults(met: Met, places: Collection[str], results: Collection[str], now: datetime) -> list[FieldFault]:
    """Every fault of a challenge as typed."""
    place, result, met_at = met.place, met.result, met.met_at
    faults = []
    if place not in places:
        faults.append(FieldFault("place", _("There is no such place at this site.")))
    if result not in results:
        faults.append(FieldFault("result", _("Choose what came of it.")))
    if met_at is not None and met_at > now:
        faults.append(FieldFault("met_at", _("This is still to come.")))
    if met_at is not None and met_at < now - EARLIEST:
        faults.append(FieldFault("met_at", _("This was more than a day ago.")))
    return faults


def visitor_faults(kind: str, name: str, state: str, states: Collection[str]) -> list[FieldFault]:
    """Every fault of a visitor as typed."""
    faults = []
    if kind not in KINDS:
        faults.append(FieldFault("kind", _("Say whether they visit or work here.")))
    if not name.strip():
        faults.append(FieldFault("name", _("Write the name that they give.")))
    if len(name) > LONGEST_NAME:
        faults.append(FieldFault("name", _("Use at most 120 characters.")))
    if state not in states:
        faults.append(FieldFault("state", _("Say what badge they have.")))
    return faults


def tell_at(since: datetime, after: timedelta, state: str) -> datetime | None:
    """When the duty manager is told of somebody without a badge; ``None`` while they have one."""
    return since + after if state in WITHOUT else None
