"""A customer takes a ticket at a kiosk. Its numbers are reserved beforehand, so that a cut link holds nobody up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.journal.actions import write
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.sites import queries as sites
from steadydesk.visits import rules
from steadydesk.visits.arriving import enter, next_ticket
from steadydesk.visits.models import Reserved, Visit
from steadydesk.visits.rules import Arrival

KEPT = 5
"""So many numbers a kiosk has in hand for each service."""
MOST_WITH = 9
"""More people than this speak to a colleague."""
BELIEVED = timedelta(days=1)
"""What is said to be older is taken as made now, as a press is."""


@dataclass(frozen=True)
class CheckIn:
    """What a customer answered. No name is asked, and none is kept."""

    number: int
    """The reserved number: sent twice, it is one arrival."""
    companions: int = 0
    says_appointment: bool = False
    walk_over: str = ""
    ago: timedelta = timedelta(0)
    """How long ago it was, when there was no link."""
    ref: str = ""
    """The ticket as the customer has it, should the number be known no more."""


def reserve_numbers(by: Actor, now: datetime) -> dict[str, list[Reserved]]:
    """Service → the numbers that this kiosk may give out today; used ones are made up for.

    None where nobody waits now: whoever comes to a closed site is not told to take a seat.
    """
    site = by.site or ""
    by.check(Permission.KIOSK_CHECK_IN, site)
    where = sites.site(site)
    if sites.stops_waits(where.state):
        return {}
    services = documents.in_force(site).protocol.services
    day = _today(site, now)
    device = int(by.id)
    with write(now):
        Reserved.objects.filter(device=device, day__lt=day - BELIEVED).delete()
        free = Reserved.objects.filter(device=device, site=site, day=day, visit=None).order_by("pk")
        found: dict[str, list[Reserved]] = {service.id: [] for service in services}
        for row in free:
            if row.service in found:
                found[row.service].append(row)
        for place, service in enumerate(services):
            for _n in range(KEPT - len(found[service.id])):
                ref = next_ticket(site, place, day)
                row = Reserved(device=device, site=site, service=service.id, day=day, ref=ref, reserved_at=now)
                row.save(force_insert=True)
                found[service.id].append(row)
    return found


def check_in(said: CheckIn, *, by: Actor, now: datetime) -> Visit:
    """Enter the customer with the number that they were given, once, whenever and however often it is sent."""
    site = by.site or ""
    by.check(Permission.KIOSK_CHECK_IN, site)
    rules.refuse(_faults(said))
    with write(now):
        row = Reserved.objects.select_for_update().filter(pk=said.number, device=int(by.id)).first()
        if row is None:
            raise NotFound(_("This number was not reserved for this kiosk."))
        if row.visit is not None:
            return row.visit
        ago = said.ago if timedelta(0) <= said.ago <= BELIEVED else timedelta(0)
        came = max(now - ago, min(row.reserved_at, now))
        arrival = Arrival(site=row.site, service=_still_there(row), companions=said.companions, arrived_at=came)
        live = row.day == _today(row.site, now)
        visit = enter(arrival, ref=row.ref, live=live, by=by, now=now)
        visit.walk_over, visit.says_appointment = said.walk_over, said.says_appointment
        visit.save(update_fields=["walk_over", "says_appointment"])
        row.visit = visit
        row.save(update_fields=["visit"])
        return visit


def _still_there(row: Reserved) -> str | None:
    """The service of the number. Whoever took it before the service was given up is not sent away for that."""
    services = documents.in_force(row.site).protocol.services
    return row.service if row.service in {service.id for service in services} else None


def _today(site: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(sites.site(site).time_zone)).date()


def _faults(said: CheckIn) -> dict[str, str | None]:
    fits = 0 <= said.companions <= MOST_WITH
    known = said.walk_over in ("", *rules.WALK_OVER)
    return {
        "companions": None if fits else _("This number cannot be right."),
        "walk_over": None if known else _("Choose one."),
    }
