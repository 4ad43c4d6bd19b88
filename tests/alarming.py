"""Presses and answers as a screen makes them, over the API."""

from datetime import timedelta

from steadydesk.deadlines.models import Deadline
from steadydesk.journal.models import Entry

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PATH = "/api/v1/alarms"

FIRST = {"amira", "ben", "viktor", "tariq", "lucy", "nina", "sam", "mei", "tom"}
"""Step one of the council building's chain, as everybody is at work."""
SECOND_STEP = {"tariq", "joan", "helen", "grace", "farid", "david", "peter", "carol"}
EVERYBODY = FIRST | SECOND_STEP | {"morgan", "sasha"}


def press(world, *, device="desk-1", login=None, key=None, status=201, **fields):
    """One press; returns the alarm."""
    client = world.client(login=login) if login else world.client(device=device)
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(PATH, fields, content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def answer(world, alarm, verb, login, *, status=200, **fields):
    """One answer to an alarm; returns the alarm, or the problem."""
    client = world.client(device=login) if login.startswith("desk") else world.client(login=login)
    reply = client.post(f"{PATH}/{alarm['id']}/{verb}", fields, content_type="application/json")
    assert reply.status_code == status, reply.content
    return reply.json()


def shown(world, alarm, login="helen"):
    """The alarm as it stands."""
    return world.client(login=login).get(f"{PATH}/{alarm['id']}").json()


def events(alarm):
    """What the journal says of the alarm, in order."""
    return list(Entry.objects.filter(subject=subject(alarm)).order_by("id").values_list("type", flat=True))


def subject(alarm):
    """How the journal names it."""
    return f"alarm:{alarm['id']}"


def due(alarm):
    """When the engine looks at it next; None while only people can change it."""
    return Deadline.objects.filter(kind="alarm", subject=subject(alarm)).values_list("due_at", flat=True).first()


def end(world, alarm, login="viktor", disposition="handled"):
    """Somebody was there, and closes it."""
    answer(world, alarm, "attend", login)
    return answer(world, alarm, "close", login, disposition=disposition)
