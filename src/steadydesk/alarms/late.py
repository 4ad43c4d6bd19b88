"""Answers that come later than they were given: a phone in a tunnel keeps them. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from steadydesk.alarms.state import Alarm


def said_at(alarm: Alarm, at: datetime, facts: Mapping[str, Any]) -> datetime:
    """When the answer that came ``at`` was given; never before there was a call."""
    said = datetime.fromisoformat(facts["said_at"]) if "said_at" in facts else at
    return max(said, min(alarm.received_at, at))


def answered(person: int, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal keeps of an answer; one that came late, with its own time."""
    return {"person": person, **{name: facts[name] for name in ("said_at",) if name in facts}}
