"""What a site lacks that it should have before anything happens: every gap that the records show (L3b-v)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.buttons import queries as buttons
from steadydesk.chaintests import queries as chaintests
from steadydesk.contacts import queries as contacts
from steadydesk.documents import queries as documents
from steadydesk.documents.rules import review_is_overdue
from steadydesk.encounters import queries as encounters
from steadydesk.encounters.rules import EMERGENCY
from steadydesk.kernel.errors import NotFound
from steadydesk.loneworking import mobiles, periods, provisions
from steadydesk.loneworking import queries as loneworking
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.readiness import rota
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.training import queries as training

FACING = ("reception", "desk", "interview_room")
"""Places at which staff and customers sit opposite each other."""
SITUATIONS = {"alone": lazy("alone"), "desk_phone": lazy("at a desk"), "away_from_desk": lazy("away from a desk")}
ASSETS = {"defibrillator": lazy("defibrillator"), "ambulance_door": lazy("door for the ambulance")}

ITEMS = {
    "not_good": lazy("%(room)s does not count: “%(item)s” was found not to be so."),
    "overdue": lazy("%(room)s does not count: “%(item)s” was inspected too long ago."),
    "never": lazy("%(room)s does not count: “%(item)s” was never inspected."),
}
BUTTONS = {
    "no_secret": lazy("%(button)s: it was never heard, and has no secret to sign with."),
    "unassigned": lazy("%(button)s: nobody wears it."),
    "silent": lazy("%(button)s: not heard of for too long."),
    "low": lazy("%(button)s: its battery is low (%(battery)s %%)."),
    "never": lazy("%(button)s: never heard of."),
}
POLICE = {
    "provider": lazy("Not connected to police: no provider is written down."),
    "reference": lazy("Not connected to police: no reference is written down."),
    "verification": lazy("Not connected to police: it is not written down how a call is verified."),
    "test": lazy("Not connected to police: it was never tested."),
    "test_failed": lazy("Not connected to police: the last test failed."),
    "test_overdue": lazy("Not connected to police: the last test is too long ago."),
}


@dataclass(frozen=True)
class Gap:
    """Something that is missing or out of date, and where it is mended."""

    about: str
    """Which part of the page it belongs to: one of ``PARTS``."""
    sentence: str
    clause: str = ""


PARTS = {
    "protocol": lazy("The procedure"),
    "places": lazy("Places"),
    "safe_rooms": lazy("Safe rooms"),
    "police": lazy("Connection to the police"),
    "alone": lazy("Working alone"),
    "help": lazy("Getting help"),
    "buttons": lazy("Worn and wall buttons"),
    "chain": lazy("The chain of calls"),
    "assets": lazy("What is needed in an emergency"),
    "contacts": lazy("Emergency contact list"),
    "people": lazy("People"),
    "rehearsals": lazy("Rehearsals"),
    "rota": lazy("The rota of the next two weeks"),
}


def gaps(site: Site, now: datetime) -> list[Gap]:
    """Every gap of the site, part by part. Empty: as far as the records show, everything is in order."""
    try:
        protocol = documents.in_force(site.pk).protocol
    except NotFound:
        return [Gap("protocol", _("No protocol is in force."))]
    return [gap for look in _LOOKS for gap in look(site, protocol, now)]


def _procedure(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    force = documents.in_force(site.pk)
    form = documents.control_form(documents.row(force.document, force.version))
    if review_is_overdue(form, now.astimezone(ZoneInfo(site.time_zone)).date()):
        yield Gap("protocol", _("Its review is overdue."), "D9")


def _places(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    every = sites.places(site.pk)
    for spot in every:
        if spot.kind in FACING and not spot.barrier:
            yield Gap("places", _("%s: nothing solid to keep in between is written down.") % spot.name, "L3b-v")
        if spot.kind in FACING and not spot.way_in:
            yield Gap("places", _("%s: no way in for helpers is written down.") % spot.name)
    if not site.way_out:
        yield Gap("places", _("No way out is written down."))


def _safe_rooms(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    found = sites.refuges(site.pk, protocol.safe_room, now)
    if not found:
        yield Gap("safe_rooms", _("No safe room is set up."), "L2d-ii(2)a")
    for room in found:
        if not room.place.way_in:
            yield Gap("safe_rooms", _("%s: the way there is not written down.") % room.place.name, "L2d-ii(2)a")
        for item in room.items:
            if not item.good:
                facts = {"room": room.place.name, "item": item.label}
                yield Gap("safe_rooms", str(ITEMS[item.state]) % facts, item.clause)


def _police(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    for what in sites.police_lacks(site.pk, protocol.lone_working.police_route_tested_every, now):
        yield Gap("police", str(POLICE[what]), "L2d-conn")


LOOKS = {
    "never": lazy("%(name)s, %(item)s: never looked at."),
    "not_good": lazy("%(name)s, %(item)s: found not to be in order."),
    "overdue": lazy("%(name)s, %(item)s: looked at too long ago."),
}
LOOKED_AT = {
    "speed_dial": (lazy("emergency number on speed dial"), "L2d-ii(3)"),
    "battery": (lazy("battery"), "L2d-ii(3)"),
    "test": (lazy("trial from end to end"), "L2d"),
}


def _alone(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    """Lone periods that nobody gave a reason for, lone workers without a provision, and what they carry."""
    for row in periods.without_reason(periods.to_come(site.pk, now)):
        yield Gap("alone", _rota_sentence(row.starts_at, row.ends_at, evening=row.evening), "L2d-i")
    short = [row for row in loneworking.at_site(site.pk) if provisions.missing(provisions.of_shift(row, now))]
    for shift in short:
        where = {"place": loneworking.place_name(shift)}
        yield Gap("alone", _("Somebody works alone now, and not everything is provided: %(place)s.") % where, "L2d-ii")
    for thing in (*mobiles.mobiles(site.pk), *mobiles.devices(site.pk)):
        for item, seen in thing.looks.items():
            if fault := seen.fault(protocol.lone_working.device_tested_every, now):
                name, clause = LOOKED_AT[item]
                yield Gap("alone", str(LOOKS[fault]) % {"name": thing.name, "item": name}, clause)


def _rota_sentence(start: datetime, end: datetime, *, evening: bool) -> str:
    first, last = timezone.localtime(start), timezone.localtime(end)
    hours = {"from": date_format(first, "D j M, H:i"), "until": date_format(last, "H:i")}
    if evening:
        return _("Alone in the evening by the rota, without a manager's reason: %(from)s to %(until)s.") % hours
    return _("Alone by the rota, without a manager's reason: %(from)s to %(until)s.") % hours


def _help(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    known = {t.use: t for t in sites.telephones(site.pk)}
    for choice in protocol.get_help.telephone_first:
        row = known.get(choice.id)
        if row is None:
            yield Gap("help", _("%s: no number is set up.") % choice.label, "L3b-ii(2)")
        elif choice.id != EMERGENCY and (row.tested_at is None or now - row.tested_at > protocol.alarms.tests_every):
            yield Gap(
                "help", _("%s: the number was not tried lately, so it is not offered.") % choice.label, "L3b-ii(2)"
            )
    for place, where in encounters.places_without_help(site.pk, now):
        facts = {"place": place, "where": SITUATIONS.get(where, where)}
        yield Gap("help", _("%(place)s, %(where)s: there is no way of getting help.") % facts, "L2-sit")
    if not site.ring_instead:
        yield Gap("help", _("No number is set up to ring when the link is lost."))


def _buttons(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    if buttons.unheard_since(now) is not None:
        yield Gap("buttons", _("Buttons that speak MQTT are not heard: their broker is lost."))
    for row in buttons.buttons(site.pk):
        standing = buttons.standing(row)
        facts = {"button": row.name, "battery": row.battery, "person": row.person.name if row.person else ""}
        if standing in BUTTONS:
            yield Gap("buttons", str(BUTTONS[standing]) % facts, "LP2")
        if row.tested_at is None or now - row.tested_at > protocol.alarms.tests_every:
            yield Gap("buttons", _("%(button)s: it was not tested lately.") % facts, "LP2")


def _chain(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    last = chaintests.last_try(site.pk)
    if last is None:
        yield Gap("chain", _("Nobody has tried it: start a test on the open list."))
        return
    if now - last.at > protocol.alarms.tests_every:
        yield Gap("chain", _("The last test is too long ago."))
    if last.missed:
        counts = {"missed": len(last.missed), "told": last.told}
        yield Gap("chain", _("The last test did not reach %(missed)s of the %(told)s people it told.") % counts)


def _assets(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    for kind, name in ASSETS.items():
        if not sites.nearest_asset(site.pk, kind, ""):
            yield Gap("assets", _("None is written down: %s.") % name)


def _contacts(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    known = {c.kind for c in contacts.contacts(site.pk)}
    for kind in protocol.outside_support.kinds:
        if not kind.family and kind.id not in known:
            yield Gap("contacts", _("%s: nobody is on the list.") % kind.label, "L3a-iii(1)")
    for contact in contacts.doubtful(site.pk, protocol.urgent_messages.contacts_verified_every, now):
        yield Gap("contacts", _("%s: nobody has found it to be right lately.") % contact.name, "E7-list")

    if _chain_names_contacts(protocol) and not contacts.told_by_chain(site.pk):
        yield Gap("contacts", _("Calls for help come to the contacts, and nobody on the list is told by them."), "E7")


def _chain_names_contacts(protocol: Protocol) -> bool:
    chains = (protocol.alarms.chain_for(kind) for kind in protocol.alarms.kinds)
    return any("contacts" in step.tell for chain in chains for step in chain)


def _people(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    teams = people.teams_at(site.pk)
    for team in teams:
        if not people.with_post(team.pk, "manager"):
            yield Gap("people", _("%s has no manager, so its prompts begin with the deputy.") % team.name, "E2a-dep")
    known = {team.pk for team in teams}
    for service in protocol.services:
        if service.team not in known:
            yield Gap("people", _("The team of the service “%s” is not set up.") % service.label)


def _rehearsals(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    """A count: who they are, those who lead read on a page of its own."""
    found = training.standings(site.pk, now)
    late = sum(one.state != "in_date" for one in found)
    if late:
        facts = {"late": late, "all": len(found)}
        yield Gap(
            "rehearsals", _("%(late)s of %(all)s people have not rehearsed the phrase in time.") % facts, "L3b-ii(3)"
        )


def _rota(site: Site, protocol: Protocol, now: datetime) -> Iterator[Gap]:
    for sentence, clause in rota.lacking(site, now):
        yield Gap("rota", sentence, clause)


_LOOKS: tuple[Callable[[Site, Protocol, datetime], Iterator[Gap]], ...] = (
    _procedure, _places, _safe_rooms, _police, _alone, _help, _buttons, _chain, _assets, _contacts, _people,
    _rehearsals, _rota,
)  # fmt: skip
