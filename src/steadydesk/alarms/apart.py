"""Keeping a call from those whom it is about, and from their line (ruling 16). Pure; who they are is known."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from steadydesk.alarms.chain import pressers
from steadydesk.alarms.roster import Roster
from steadydesk.alarms.state import Alarm


def may_join(alarm: Alarm, facts: Mapping[str, Any]) -> bool:
    """Nobody joins a call that is kept from them, and a call about somebody does not join their own."""
    callers = {int(ref.removeprefix("person:")) for ref in facts["pressers"] if ref.startswith("person:")}
    return callers.isdisjoint(alarm.left_out) and pressers(alarm).isdisjoint(facts.get("left_out", ()))


def keep_from(alarm: Alarm, facts: Mapping[str, Any], since: datetime | None = None) -> Alarm:
    """It is about one of us: they and their line are out of it, ``since`` then where it had been told before."""
    about = facts.get("about", "")
    if not about or about in alarm.about:
        return alarm
    new = tuple(p for p in facts.get("left_out", ()) if p not in {*alarm.left_out, *pressers(alarm)})
    return replace(
        alarm,
        about=(*alarm.about, about),
        left_out=(*alarm.left_out, *new),
        left_out_at=since,
        coming=tuple(c for c in alarm.coming if c.person not in new),
        declined=tuple(p for p in alarm.declined if p not in new),
    )


def dropped(before: Alarm, after: Alarm) -> tuple[int, ...]:
    """Whom it is kept from as of now."""
    return tuple(p for p in after.left_out if p not in before.left_out)


def to_lead(alarm: Alarm, roster: Roster) -> tuple[int, ...]:
    """It goes to the safety leads, who may be at home; whoever called knows of it already."""
    out: Iterable[int] = {*alarm.left_out, *pressers(alarm)}
    return tuple(p for p in roster.leads if p not in out) if alarm.about else ()
