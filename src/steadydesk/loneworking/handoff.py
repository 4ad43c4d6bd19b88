"""What is read out to the police: place, route, door, how many are in the safe room, since when (L2d-ii(2)e).

It says what is known and nothing of any customer. Ringing the police stays with people.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steadydesk.alarms.state import Alarm
from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.loneworking import queries
from steadydesk.sites import queries as sites


@dataclass(frozen=True)
class Handoff:
    """The text, line by line, and what the police may ask for."""

    lines: list[str]
    provider: str
    reference: str
    verification: str


def handoff(alarm: Alarm, now: datetime) -> Handoff:
    """Ready to be read out. Without a safe room it says where the call is."""
    site = sites.site(alarm.site)
    room = next((p for p in sites.places(alarm.site) if alarm.safe_room and p.name == alarm.safe_room), None)
    route = sites.police_route(alarm.site)
    lines = [_("We need the police at %(site)s.") % {"site": site.name}]
    lines += _in_room(alarm, room, site.time_zone) if room else [_("Where: %s.") % (alarm.place_name or site.name)]
    way = room.way_in if room else _way_in(alarm)
    lines.append(
        _("The way there: %s.") % way if way else _("The way there is not written down: a colleague shows it.")
    )
    door = sites.nearest_asset(alarm.site, "ambulance_door", room.id if room else alarm.place) or site.way_out
    lines.append(_("Door: %s.") % door if door else _("Door: the main entrance."))
    if room and room.extension:
        lines.append(_("Telephone in the room: extension %s.") % room.extension)
    return Handoff(
        lines=lines,
        provider=route.provider if route else "",
        reference=route.reference if route else "",
        verification=route.verification if route else "",
    )


def _in_room(alarm: Alarm, room: sites.Spot, zone: str) -> list[str]:
    shift = queries.in_refuge(alarm.id)
    inside = shift.inside if shift else 1
    moved = journal.newest_of(f"alarm:{alarm.id}", [Event.ALARM_SAFE_ROOM], 1)
    since = moved[0].at if moved else alarm.raised_at
    count = ngettext("%(count)s person is", "%(count)s people are", inside) % {"count": inside}
    facts = {"who": count, "room": room.name, "since": f"{since.astimezone(ZoneInfo(zone)):%H:%M}"}
    return [_("%(who)s in a safe room: %(room)s, since %(since)s.") % facts, _("They stay until we say all clear.")]


def _way_in(alarm: Alarm) -> str:
    return next((p.way_in for p in sites.places(alarm.site) if p.id == alarm.place), "")
