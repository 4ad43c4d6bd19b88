"""Safe rooms, devices, telephones and the way to the police are looked at in time: their owners are told before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.loneworking import mobiles, queries
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.sites import queries as sites

CHECKS = "lone-checks"
"""Kind of deadline, by site: somebody is reminded."""
AT_MOST_AHEAD = timedelta(days=7)
PART_AHEAD = 4
"""A quarter of the interval before the day, and a week at most."""
AGAIN = timedelta(days=7)
"""What is overdue is said again each week."""


@dataclass(frozen=True)
class Due:
    """Something that was in order once and is to be looked at again."""

    subject: str
    name: str
    item: str
    due_at: datetime
    every: timedelta
    clause: str

    @property
    def remind_at(self) -> datetime:
        """When its owner is told for the first time."""
        return self.due_at - min(self.every / PART_AHEAD, AT_MOST_AHEAD)


def dues(site: str, now: datetime) -> list[Due]:
    """Everything at the site that has a day, the next first. What was never looked at stands on the readiness page."""
    protocol = queries.protocol_at(site)
    if protocol is None:
        return []
    found = [*_rooms(site, protocol, now), *_carried(site, protocol), *_route(site, protocol)]
    return sorted(found, key=lambda due: (due.due_at, due.subject, due.item))


def next_reminder(found: Iterable[Due], now: datetime) -> datetime | None:
    """The next moment at which somebody is told; weekly while something is overdue."""
    times = [at for due in found for at in (due.remind_at, due.due_at, now + AGAIN) if at > now and at >= due.remind_at]
    return min(times, default=None)


def owners(site: str, clause: str) -> list[int]:
    """Who owns the preparation: the people of its role at the site."""
    protocol = queries.protocol_at(site)
    kinds = protocol.preparations if protocol else ()
    return [c.person for p in kinds if p.clause == clause for c in people.with_role(p.owner, site)]


def follow_check(entry: Entry, by: Actor, now: datetime) -> None:
    """Something was looked at: look again when the next of them is due."""
    _set(entry.site, now)


def remind(site: str, *, by: Actor, now: datetime) -> None:
    """Tell the owners of what is due; whoever looks after the site where nobody owns it."""
    late = [due for due in dues(site, now) if due.remind_at <= now]
    with write(now):
        if late:
            message = Message("checks_due", site, sites.site(site).name)
            told = sorted({person for due in late for person in owners(site, due.clause)})
            subject = _subject(site)
            if told:
                key = f"{subject} {now:%Y-%m-%dT%H:%M}"
                delivery.queue(message, people=told, key=key, subject=subject, site=site, now=now)
            else:
                delivery.tell_who_looks_after(message, subject, site, now=now)
            record(Event.CHECKS_DUE, f"site:{site}", by=by, site=site, checks=[f"{d.subject} {d.item}" for d in late])
        _set(site, now)


def _set(site: str, now: datetime) -> None:
    found = dues(site, now)
    due = next_reminder(found, now)
    if due is None:
        clear_deadline(CHECKS, f"site:{site}")
    else:
        set_deadline(CHECKS, f"site:{site}", due)
    if all(one.remind_at > now for one in found):
        delivery.withdraw(_subject(site), now)


def _subject(site: str) -> str:
    return f"checks:{site}"


def _rooms(site: str, protocol: Protocol, now: datetime) -> list[Due]:
    every = {item.id: item.inspected_every for item in protocol.safe_room.items}
    return [
        Due(f"place:{room.place.id}", room.place.name, item.id, item.due_at, every[item.id], "LP4")
        for room in sites.refuges(site, protocol.safe_room, now)
        for item in room.items
        if item.due_at is not None
    ]


def _carried(site: str, protocol: Protocol) -> list[Due]:
    every = protocol.lone_working.device_tested_every
    return [
        Due(one.subject, one.name, item, seen.at + every, every, "LP2")
        for one in (*mobiles.mobiles(site), *mobiles.devices(site))
        for item, seen in one.looks.items()
        if seen.at is not None
    ]


def _route(site: str, protocol: Protocol) -> list[Due]:
    route, every = sites.police_route(site), protocol.lone_working.police_route_tested_every
    if route is None or route.tested_at is None:
        return []
    return [Due(f"site:{site}", route.provider, "police_route", route.tested_at + every, every, "LP2")]
