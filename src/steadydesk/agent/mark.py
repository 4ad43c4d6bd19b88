"""The one mark that the agent shows. Pure.

A customer may see it, so it is the same quiet sign as on a desk's screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steadydesk.kernel.words import gettext as _

NOTHING, SENT, COMING, UNSURE = "·", "○", "●", "?"


@dataclass(frozen=True)
class Standing:
    """What the agent knows at this moment."""

    linked: bool = False
    """The server was heard within the last seconds and protects."""
    can_answer: int = 0
    overdue: bool = False
    """A press waits for longer than two seconds."""
    waiting: bool = False
    placed: bool = True
    """It is known at which desk this is."""
    alarms: tuple[Mapping[str, Any], ...] = ()
    """Calls that were made here and are open."""


def mark(now: Standing) -> str:
    """The sign: a call that was made comes before everything else."""
    if now.overdue:
        return UNSURE
    if now.waiting:
        return SENT
    if now.alarms:
        return COMING if all(_has_help(alarm) for alarm in now.alarms) else SENT
    return NOTHING if now.linked and now.can_answer and now.placed else UNSURE


def words(now: Standing) -> str:
    """What it says to whoever points at it; nothing in it tells a customer of a call."""
    sign = mark(now)
    if sign == NOTHING:
        return _("Ready")
    if sign == SENT:
        return _("Sent")
    if sign == COMING:
        return _("A person is coming")
    if now.overdue:
        return _("Not sent: use the phone")
    if not now.linked:
        return _("No link: use the phone")
    return _("Nobody there: use the phone") if not now.can_answer else _("Which desk is this?")


def _has_help(alarm: Mapping[str, Any]) -> bool:
    return bool(alarm.get("coming")) or alarm.get("state") == "attended"
