"""A few invented customers, so that a playground has somebody waiting in it."""

from datetime import datetime, timedelta

from steadydesk.kernel.actor import Actor
from steadydesk.people.models import Device
from steadydesk.people.queries import actor_of_device
from steadydesk.visits import expected, here
from steadydesk.visits.actions import Arrival, Wanted, arrive, book_appointment, book_return, keep_apart

VISITORS = (
    ("desk-1", "housing", "calm", 6, "green anorak, folder of papers"),
    ("desk-2", "finance", "distressed", 4, "grey suit, walking stick"),
    ("desk-1", "childrens", "calm", 2, "red coat, buggy"),
    ("branch-desk", "computers", "calm", 3, "blue cap"),
)
"""Desk, service, mood, minutes ago, and how to recognise them."""

GIVEN = (("finance", "finance", "Mr Okafor"), ("childrens", "young_people_finance", "Jo Marsh"))
"""Team, service and name of customers who are expected at the council building."""
RETURNING = ("desk-2", "housing", "yellow scarf", "Mrs Lind")
"""Somebody who was asked to return."""


WITH_FRIENDS = ("desk-1", "young_people_finance", 3, "three friends, football shirts")
"""Somebody with more friends than may come in."""
KEPT_PRIVATE = ("desk-2", "housing", "grey scarf, sits by the window")
"""Somebody of whom all but the named see the ticket only; the one in the green anorak is not to meet them."""


def send_visitors(now: datetime) -> None:
    """Let them arrive in the order in which they came."""
    for desk, service, mood, minutes, description in sorted(VISITORS, key=lambda row: -row[3]):
        by = _desk(desk)
        came = now - timedelta(minutes=minutes)
        arrive(Arrival(service=service, mood=mood, arrived_at=came, description=description), by=by, now=now)
    desk, service, friends, description = WITH_FRIENDS
    arrive(Arrival(service=service, companions=friends, description=description), by=_desk(desk), now=now)
    _keep_apart(now)
    _give_times(now)


def _keep_apart(now: datetime) -> None:
    """Kept private, and apart from whoever has waited longest at the site."""
    desk, service, description = KEPT_PRIVATE
    by = _desk(desk)
    visit = arrive(Arrival(service=service, description=description, private=True), by=by, now=now)
    keep_apart(visit.pk, here.rows(visit.site)[0].visit.pk, by=by, now=now)


def _give_times(now: datetime) -> None:
    """Two are expected and one was asked to return, as far as the rota of the playground has a time for them."""
    desk, service, description, name = RETURNING
    by = _desk(desk)
    for team, wanted, who in GIVEN:
        if times := expected.times_at("exchange", f"team:{team}", now):
            book_appointment("exchange", Wanted(f"team:{team}", times[-1], who, wanted), by=by, now=now)
    if times := expected.times_at("exchange", f"team:{service}", now):
        visit = arrive(Arrival(service=service, description=description), by=by, now=now)
        book_return(visit.pk, Wanted(f"team:{service}", times[-1], name), by=by, now=now)


def _desk(name: str) -> Actor:
    return actor_of_device(Device.objects.select_related("place").get(name=name))
