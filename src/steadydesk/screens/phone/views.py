"""A person's own phone: call for help from anywhere, and what must be readable where there is no link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.contacts import queries as contacts
from steadydesk.desks import queries as desks
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.opening import home
from steadydesk.screens.response import check_ins
from steadydesk.screens.response.page import RINGS, page, show
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

WHATS = (
    ("help person", "one", lazy("Help now")),
    ("manager person", "two", lazy("Manager please")),
    ("nearby person", "three", lazy("Stand near")),
    ("help medical", "one", lazy("Someone is ill or hurt")),
    ("help building", "one", lazy("The building is in danger")),
)
"""Urgency and kind, how it is shown, and its words."""


@dataclass(frozen=True)
class Known:
    """Where the person was last, so far as it is known."""

    where: str = ""
    at: datetime | None = None
    how: str = ""


@page(Permission.ALARM_RAISE)
def phone(request: HttpRequest, by: Actor) -> HttpResponse:
    """Hold to call. It is kept for the time without a link, so nothing is on it that grows old but numbers to ring."""
    site = home(by)
    shown: dict[str, Any] = {"whats": WHATS, "places": _places(by), "known": _known(by, site), "now": clock.now()}
    shown |= check_ins.own(by)
    return show(request, by, "phone/phone.html", **shown, numbers=first_numbers(site))


@page(Permission.ALARM_RAISE)
def numbers(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every number of the site: first those to ring when nothing else works, then whom to call from outside."""
    site, now = home(by), clock.now()
    protocol = _protocol(site)
    first = first_numbers(site)
    found: dict[str, Any] = {"telephones": [], "contacts": [], "numbers": first, "now": now}
    if site and protocol:
        said = {number["phone"] for number in first}
        found["telephones"] = [n for n in encounters.numbers(site.pk, protocol, now) if n.number not in said]
    if site and protocol and by.may(Permission.VISIT_WORK, site.pk):
        kinds = {kind.id: kind.label for kind in protocol.outside_support.kinds}
        found["contacts"] = [(kinds.get(c.kind, ""), c) for c in contacts.contacts(site.pk)]
    return show(request, by, "phone/numbers.html", site=site, **found)


@page(Permission.ALARM_RAISE)
def cards(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every card of the protocol in force, to read."""
    site = home(by)
    protocol = _protocol(site)
    return show(request, by, "phone/cards.html", site=site, cards=protocol.cards if protocol else (), now=clock.now())


def first_numbers(site: Site | None) -> list[dict[str, str]]:
    """Whom to ring at once: posts by their role and no person's name, as this stays on the phone."""
    if site is None:
        return []
    found = [{"name": site.name, "phone": site.ring_instead}] if site.ring_instead else []
    for role in RINGS:
        phones = [c.phone for c in people.with_role(role, site.pk) if c.phone]
        found += [{"name": people.role_name(role), "phone": phone} for phone in phones]
    protocol = _protocol(site)
    outside = protocol.get_help.emergency_numbers.get(site.country, ()) if protocol else ()
    return [*found, *({"name": _("Emergency"), "phone": number} for number in outside[:1])]


def _protocol(site: Site | None) -> Protocol | None:
    try:
        return documents.in_force(site.pk).protocol if site else None
    except NotFound:
        return None


def _places(by: Actor) -> list[tuple[Site, list[sites.Spot]]]:
    return [(site, sites.places(site.pk)) for site in sites.sites() if by.may(Permission.ALARM_RAISE, site.pk)]


def _known(by: Actor, site: Site | None) -> Known:
    """The desk at which they tapped in last, else where their shift is; what they choose the phone keeps itself."""
    person = by.person or 0
    if tap := desks.last_tap(person):
        return Known(f"{tap.site} {tap.place}", tap.at, "tapped")
    spot = people.shift_place(person, site.pk, clock.now()) if site else None
    return Known(f"{site.pk} {spot}") if site and spot else Known()
