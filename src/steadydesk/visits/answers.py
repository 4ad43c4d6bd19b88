"""What an answer on a list “who is still here?” does to the visit."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid
from steadydesk.protocol.durations import write_duration
from steadydesk.sites import queries as sites
from steadydesk.visits import asking_anew, rules
from steadydesk.visits.models import Clock, Headcount, Visit
from steadydesk.visits.settling import Turn, settle, take

AT_CLOSING = ("dealt_with", "left", "staying")
"""What can be said of a customer while the site is closing."""
COUNTED_FROM = ("waits_from", "bound_since", "bound_until", "promised_at", "promised_until", "cannot_at")
"""What the clocks of a visit are counted from."""


def carry_out(row: Headcount, answer: str, *, at: datetime | None = None, by: Actor, now: datetime) -> None:
    """Do it. ``at`` is when it really happened; the clocks read that time."""
    when = _true_time(row, at, now)
    ended = row.visit.ended_at is not None
    facts = _of_the_time(row, at)
    if answer == "back":
        put_back_in(take(row.visit_id, "reinstate", by=by, now=now))
    elif answer == "left" and not ended:
        end(take(row.visit_id, "leave", by=by, now=when), "left", Event.VISIT_LEFT, **facts)
    elif answer in ("attended", "dealt_with") and not ended:
        _deal_with(row, facts, over=answer == "dealt_with", by=by, when=when)
    if "since" in facts and answer in ("attended", "left") and not ended:
        _leave_open(row)


def _of_the_time(row: Headcount, at: datetime | None) -> dict[str, str]:
    """After an outage: when it really was or, when nobody knows, since when it may have been."""
    if row.why != "outage" or row.since is None:
        return {}
    return {"happened_at": at.isoformat()} if at else {"since": row.since.isoformat()}


def _leave_open(row: Headcount) -> None:
    """Limits that passed while the server was off: whether the customer still waited then, nobody knows."""
    passed = Clock.objects.filter(visit=row.visit_id, over_at__gt=row.since)
    passed.filter(kind="attend").delete()
    passed.update(over_at=None, stopped_at=None)


def _true_time(row: Headcount, at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    fault = rules.time_fault(at, now, future=False)
    if fault is None and at < row.visit.arrived_at:
        fault = _("This is before the customer came.")
    if fault:
        raise Invalid.one("at", str(fault))
    return at


def _deal_with(row: Headcount, facts: Mapping[str, str], *, over: bool, by: Actor, when: datetime) -> None:
    if row.visit.attended_at is None:
        turn = take(row.visit_id, "attend", by=by, now=when)
        turn.visit.attended_at, turn.visit.first_contact_at = when, turn.visit.first_contact_at or when
        turn.visit.owner, turn.visit.channel = by.ref, "face_to_face"
        turn.record(Event.VISIT_ATTENDED, channel="face_to_face", attended_at=when.isoformat(), **facts)
        settle(turn)
    if over:
        turn = take(row.visit_id, "finish", by=by, now=when)
        turn.visit.outcome, turn.visit.ended_at = turn.visit.outcome or "direct", when
        turn.record(Event.VISIT_FINISHED, outcome=turn.visit.outcome, owner=turn.visit.owner)
        settle(turn)


def end(turn: Turn, outcome: str, event: Event, **facts: object) -> Visit:
    """The visit is over without anybody having attended."""
    turn.visit.outcome, turn.visit.ended_at = outcome, turn.now
    turn.record(event, outcome=outcome, **facts)
    return settle(turn)


def put_back_in(turn: Turn) -> Visit:
    """Back at the old place. The time in which the site itself let nobody wait is not counted (E1)."""
    visit, paused = turn.visit, timedelta(0)
    if visit.outcome == "site_closed" and visit.ended_at is not None:
        site = sites.site(visit.site)
        reopened = None if sites.stops_waits(site.state) else sites.reopened_at(visit.site)
        paused = max(reopened or turn.now, visit.ended_at) - visit.ended_at
        for name in COUNTED_FROM:
            at = getattr(visit, name)
            setattr(visit, name, at and at + paused)
    visit.outcome, visit.owner, visit.place, visit.ended_at = "", "", "", None
    turn.record(Event.VISIT_REINSTATED, **({"paused": write_duration(paused)} if paused else {}))
    asking_anew.ask_anew(turn)
    return settle(turn)
