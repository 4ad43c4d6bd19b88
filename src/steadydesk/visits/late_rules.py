"""What was late, and what was entered late: decided from facts, the protocol and the time, and nothing else."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from steadydesk.protocol.schema.waiting import Waiting
from steadydesk.visits.rules import Arrival, Reading, binds_agitated


def from_paper(arrival: Arrival, waiting: Waiting, now: datetime) -> bool:
    """Whether the arrival is a record of what is past, which fires nothing."""
    late = arrival.arrived_at is not None and now - arrival.arrived_at > waiting.late_typing_up_to
    return late or arrival.source == "paper"


def bound_since(arrival: Arrival, waiting: Waiting, zone: ZoneInfo, now: datetime) -> datetime | None:
    """From when the five minutes of E2a bind whoever is entered with this mood.

    Who came today and is typed in later than late typing goes still waits: it begins as it is typed, not before.
    """
    if not binds_agitated(arrival.mood, waiting):
        return None
    came = arrival.arrived_at or now
    today = came.astimezone(zone).date() == now.astimezone(zone).date()
    late = arrival.source != "paper" and from_paper(arrival, waiting, now)
    return now if late and today else came


def still_late(reading: Reading, started_at: datetime, over_at: datetime | None) -> Reading:
    """What was late stays late from the first time, also when the mood bound it anew after it had passed."""
    late = reading.over_at and over_at and over_at < reading.over_at and reading.started_at == started_at
    return replace(reading, over_at=over_at) if late else reading
