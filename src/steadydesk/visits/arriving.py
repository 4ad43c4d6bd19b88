"""A customer comes in: the ticket, the protocol in force, the true time."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection

from steadydesk.documents import queries as documents
from steadydesk.documents.queries import InForce
from steadydesk.encounters import actions as encounters
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound
from steadydesk.people import queries as people
from steadydesk.protocol.schema import EnquiryType
from steadydesk.sites import queries as sites
from steadydesk.visits import late_rules, rules, ticket_rules
from steadydesk.visits.models import KeptPrivate, TicketRun, Visit
from steadydesk.visits.rules import Arrival, Known
from steadydesk.visits.settling import Turn, settle


def arrive(arrival: Arrival, *, by: Actor, now: datetime, key: str = "") -> Visit:
    """Enter a customer, now or with the earlier time at which they really came (E0, E1); with the same key, once.

    Raises ``Invalid`` with every fault at once, ``NotFound`` when no protocol is in force at the site.
    """
    where = arrival.site or by.site or ""
    door = _checked(arrival, where, now)
    by.check(Permission.VISIT_WORK, where)
    if (before := _entered(where, key)) is not None:
        return before
    try:
        return _enter(arrival, where, replace(door, key=key), "", by=by, now=now)
    except IntegrityError:
        # Sent twice at once: whichever was later finds the other.
        if (before := _entered(where, key)) is None:
            raise
        return before


def _entered(site: str, key: str) -> Visit | None:
    """Who was entered with this key: an Enter that is pressed twice, or sent again, is one customer."""
    return Visit.objects.filter(site=site, key=key).first() if key else None


def enter(arrival: Arrival, *, ref: str, live: bool, by: Actor, now: datetime) -> Visit:
    """The same for a number that was given out before. Whoever calls this has looked whether they may.

    ``live``: they came today and sit there, however late that could be sent; it is no record of what is past.
    """
    where = arrival.site or ""
    door = replace(_checked(arrival, where, now), live=live)
    return _enter(arrival, where, door, ref, by=by, now=now)


def _checked(arrival: Arrival, where: str, now: datetime) -> "Door":
    door = _door(where)
    if faults := _faults(arrival, where, door, now):
        raise Invalid(faults)
    assert door is not None  # an unknown site is a fault
    return door


def _enter(arrival: Arrival, where: str, door: "Door", ref: str, *, by: Actor, now: datetime) -> Visit:
    services = door.force.protocol.services
    service, team = _asked_for(arrival, services)
    with write(now):
        visit = _visit(arrival, where, door, now)
        visit.service, visit.team = service.id if service else "", team
        place = services.index(service) if service else len(services)
        visit.ref = ref or next_ticket(where, place, now.astimezone(door.zone).date())
        visit.save(force_insert=True)
        turn = Turn(visit, door.force, by, now)
        if arrival.description.strip():
            visit.description = turn.keep(arrival.description, "visit_description")
            visit.save(update_fields=["description"])
        if visit.private:
            KeptPrivate.objects.create(visit=visit, named=[by.person] if by.person else [], written_by=by.ref)
        facts = {"ref": visit.ref, "service": visit.service, "team": team, "mood": visit.mood}
        turn.record(Event.VISIT_ARRIVED, arrived_at=visit.arrived_at.isoformat(), on_paper=visit.on_paper, **facts)
        if visit.problem:
            turn.record(Event.VISIT_PROBLEM)
            if not visit.on_paper:
                encounters.begin_encounter(turn.subject, where, by=by, now=now)
        if visit.outcome:
            turn.record(Event.VISIT_LEFT, outcome=visit.outcome)
        settle(turn)
    return visit


def arrival_faults(arrival: Arrival, *, by: Actor, now: datetime) -> list[FieldFault]:
    """What ``arrive`` would find wrong; nothing is written."""
    where = arrival.site or by.site or ""
    return _faults(arrival, where, _door(where), now)


@dataclass(frozen=True)
class Door:
    """What an arrival needs to know of its site, read once."""

    zone: ZoneInfo
    force: InForce
    empty: bool
    """Whether the site is in a state in which nobody waits there."""
    empty_since: datetime | None = None
    live: bool = False
    """Whether a machine there saw them come in today."""
    key: str = ""
    """What the one form that enters them is known by when it is sent again."""


def _door(site: str) -> Door | None:
    """``None`` when there is no such site; raises ``NotFound`` when no protocol is in force there."""
    found = None
    if rules.text_fault(site) is None:
        with suppress(NotFound):
            found = sites.site(site)
    if found is None:
        return None
    empty = sites.stops_waits(found.state)
    since = sites.empty_since(site) if empty else None
    return Door(ZoneInfo(found.time_zone), documents.in_force(site), empty, since)


def _faults(arrival: Arrival, where: str, door: Door | None, now: datetime) -> list[FieldFault]:
    known = Known()
    if door is not None:
        services = {s.id: s.team for s in door.force.protocol.services}
        teams = {t.pk for t in people.teams_at(where)} if arrival.team else set()
        known = Known(site=True, teams=teams, services=services)
    return rules.arrival_faults(replace(arrival, site=where), known, now)


def _visit(arrival: Arrival, site: str, door: Door, now: datetime) -> Visit:
    force, waiting = door.force, door.force.protocol.waiting
    arrived_at = (arrival.arrived_at or now).astimezone(UTC)
    appointment_at = arrival.appointment_at.astimezone(UTC) if arrival.appointment_at else None
    on_paper = not door.live and late_rules.from_paper(arrival, waiting, now)
    visit = Visit(
        site=site,
        document=force.document,
        version=force.version,
        mood=arrival.mood,
        companions=arrival.companions,
        not_counted=arrival.not_counted,
        private=arrival.private,
        problem=arrival.problem,
        key=door.key,
        on_paper=on_paper,
        arrived_at=arrived_at,
        waits_from=arrived_at,
        appointment_at=appointment_at,
        bound_since=late_rules.bound_since(replace(arrival, arrived_at=arrived_at), waiting, door.zone, now),
    )
    if door.empty and not visit.on_paper and not visit.problem:
        # Somebody stands there, so they are taken down; no wait begins, and none counts against E1.
        visit.state, visit.outcome = rules.VISIT.after("waiting", "site-closed"), "site_closed"
        # Whoever came while it was still open did wait, until the site itself ended it.
        visit.ended_at = max(arrived_at, door.empty_since or arrived_at)
    return visit


def _asked_for(arrival: Arrival, services: Sequence[EnquiryType]) -> tuple[EnquiryType | None, str]:
    """The service and the team; neither given, the site's default service, which is the first of its list."""
    wanted = arrival.service or (services[0].id if not arrival.team else None)
    service = next((s for s in services if s.id == wanted or (not wanted and s.team == arrival.team)), None)
    return service, arrival.team or (service.team if service else "")


_NEXT_NUMBER = f"""
INSERT INTO {TicketRun._meta.db_table} AS run (site, letter, day, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (site, letter, day) DO UPDATE SET last = run.last + 1 RETURNING last
"""
"""One statement on both databases; the ORM would need two, and four for the first of the day."""


def next_ticket(site: str, place: int, day: date) -> str:
    """The next number for the service at this place of the list; numbers begin anew each local day."""
    letter = ticket_rules.ticket_letter(place)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [site, letter, day.isoformat()])
        [[number]] = cursor.fetchall()
    return ticket_rules.ticket(letter, number)
