"""A customer comes in: the ticket, the protocol in force, the true time."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from steadydesk.documents import queries as documents
from steadydesk.documents.queries import InForce
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound
from steadydesk.people import queries as people
from steadydesk.protocol.schema import EnquiryType
from steadydesk.sites import queries as sites
from steadydesk.visits import rules
from steadydesk.visits.models import TicketRun, Visit
from steadydesk.visits.rules import Arrival, Known
from steadydesk.visits.settling import Turn, settle


def arrive(arrival: Arrival, *, by: Actor, now: datetime) -> Visit:
    """Enter a customer, now or with the earlier time at which they really came (E0, E1).

    Raises ``Invalid`` with every fault at once, ``NotFound`` when no protocol is in force at the site.
    """
    site = arrival.site or by.site or ""
    if faults := arrival_faults(arrival, by=by, now=now):
        raise Invalid(faults)
    by.check(Permission.VISIT_WORK, site)
    force = documents.in_force(site)
    service, team = _asked_for(arrival, force.protocol.services)
    with write(now):
        visit = _visit(arrival, site, force, now)
        visit.service, visit.team = service.id if service else "", team
        visit.ref = _ticket(site, force.protocol.services, service, now)
        visit.save()
        turn = Turn(visit, force, by, now)
        visit.description = turn.keep(arrival.description, "visit_description")
        facts = {"ref": visit.ref, "service": visit.service, "team": team, "mood": visit.mood}
        turn.record(Event.VISIT_ARRIVED, arrived_at=visit.arrived_at.isoformat(), on_paper=visit.on_paper, **facts)
        if visit.problem:
            turn.record(Event.VISIT_PROBLEM)
        settle(turn)
    return visit


def arrival_faults(arrival: Arrival, *, by: Actor, now: datetime) -> list[FieldFault]:
    """What ``arrive`` would find wrong; nothing is written."""
    site = arrival.site or by.site or ""
    known = Known()
    with suppress(NotFound):
        known = Known(site=bool(rules.text_fault(site) is None and sites.site(site)))
    if known.site:
        services = {s.id: s.team for s in documents.in_force(site).protocol.services}
        teams = {t.pk for t in people.teams_at(site)} if arrival.team else set()
        known = Known(site=True, teams=teams, services=services)
    return rules.arrival_faults(replace(arrival, site=site), known, now)


def _visit(arrival: Arrival, site: str, force: InForce, now: datetime) -> Visit:
    waiting = force.protocol.waiting
    arrived_at = arrival.arrived_at or now
    return Visit(
        site=site,
        document=force.document,
        version=force.version,
        mood=arrival.mood,
        companions=arrival.companions,
        private=arrival.private,
        problem=arrival.problem,
        on_paper=rules.from_paper(arrival, waiting, now),
        arrived_at=arrived_at,
        waits_from=arrived_at,
        appointment_at=arrival.appointment_at,
        bound_since=arrived_at if rules.binds_agitated(arrival.mood, waiting) else None,
    )


def _asked_for(arrival: Arrival, services: Sequence[EnquiryType]) -> tuple[EnquiryType | None, str]:
    """The service and the team; neither given, the site's default service, which is the first of its list."""
    wanted = arrival.service or (services[0].id if not arrival.team else None)
    service = next((s for s in services if s.id == wanted or (not wanted and s.team == arrival.team)), None)
    return service, arrival.team or (service.team if service else "")


def _ticket(site: str, services: Sequence[EnquiryType], service: EnquiryType | None, now: datetime) -> str:
    """The next number of the service's letter; numbers begin anew each local day."""
    letter = rules.ticket_letter(services.index(service) if service else len(services))
    day = now.astimezone(ZoneInfo(sites.site(site).time_zone)).date()
    run = TicketRun.objects.filter(site=site, letter=letter, day=day)
    if not run.update(last=F("last") + 1):
        TicketRun.objects.get_or_create(site=site, letter=letter, day=day)
        run.update(last=F("last") + 1)
    return rules.ticket(letter, run.values_list("last", flat=True)[0])
