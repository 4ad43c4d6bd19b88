"""A few invented customers, so that a playground has somebody waiting in it."""

from datetime import datetime, timedelta

from steadydesk.people.models import Device
from steadydesk.people.queries import actor_of_device
from steadydesk.visits.actions import Arrival, arrive

VISITORS = (
    ("desk-1", "housing", "calm", 6, "green anorak, folder of papers"),
    ("desk-2", "finance", "distressed", 4, "grey suit, walking stick"),
    ("desk-1", "childrens", "calm", 2, "red coat, buggy"),
    ("branch-desk", "computers", "calm", 3, "blue cap"),
)
"""Desk, service, mood, minutes ago, and how to recognise them."""


def send_visitors(now: datetime) -> None:
    """Let them arrive in the order in which they came."""
    for desk, service, mood, minutes, description in sorted(VISITORS, key=lambda row: -row[3]):
        by = actor_of_device(Device.objects.select_related("place").get(name=desk))
        came = now - timedelta(minutes=minutes)
        arrive(Arrival(service=service, mood=mood, arrived_at=came, description=description), by=by, now=now)
