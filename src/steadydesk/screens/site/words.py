"""How the state of a site is said: in full to staff, and at a counter as customers may read it (ruling 13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.people import queries as people
from steadydesk.sites.queries import Status

STATES: Mapping[str, Any] = {
    "open": lazy("Open"),
    "closing": lazy("Closing"),
    "closed": lazy("Closed"),
    "emptied": lazy("Emptied"),
    "locked_down": lazy("Locked down"),
}
AT_A_COUNTER: Mapping[str, Any] = {"emptied": lazy("Everybody outside"), "locked_down": lazy("Doors closed")}
REASONS: Mapping[str, Any] = {
    "fire_alarm": lazy("Fire alarm"),
    "exercise": lazy("Exercise"),
    "building": lazy("The building: gas, water, power"),
    "threat": lazy("Other danger"),
    "other": lazy("Another reason"),
}
LISTS: Mapping[str, Any] = {
    "emptied": lazy("Who came back?"),
    "outage": lazy("Who is still here?"),
    "closing": lazy("Not asked at closing"),
}
ANSWERS: Mapping[str, Any] = {
    "back": lazy("Came back"),
    "here": lazy("Still here"),
    "attended": lazy("Attended at"),
    "dealt_with": lazy("Dealt with"),
    "left": lazy("Left"),
    "staying": lazy("Stays with"),
}


def state_words(state: str, *, staff_only: bool) -> str:
    """What the site is doing."""
    return str(STATES[state] if staff_only else AT_A_COUNTER.get(state, STATES[state]))


def line(status: Status, now: datetime, *, staff_only: bool) -> str:
    """The state for the top of a desk: nothing while it is open, else with the hour that matters to a customer."""
    if status.state == "open":
        return ""
    said = state_words(status.state, staff_only=staff_only)
    if status.next_at is None:
        return said
    at = moment(status.next_at, now)
    return (_("%(state)s %(at)s") if status.state == "closing" else _("%(state)s until %(at)s")) % {
        "state": said,
        "at": at,
    }


def change(status: Status, now: datetime) -> str:
    """What the hours will make of it, and when."""
    if status.next_at is None:
        return ""
    return _("%(state)s at %(at)s") % {"state": STATES[status.next_state], "at": moment(status.next_at, now)}


def span(since: datetime, until: datetime) -> tuple[str, str]:
    """When something began and ended, each with its day where these are two."""
    one, other = timezone.localtime(since), timezone.localtime(until)
    shape = "H:i" if one.date() == other.date() else "D j M, H:i"
    return date_format(one, shape), date_format(other, shape)


def moment(at: datetime, now: datetime) -> str:
    """“17:00” today, “Mon 09:00” within the week, else with the date; by the site's own clocks."""
    local = timezone.localtime(at)
    days = (local.date() - timezone.localtime(now).date()).days
    return date_format(local, "H:i" if days == 0 else "D H:i" if 0 < days < 7 else "j M H:i")


def who(status: Status) -> str:
    """Who said so."""
    if status.by_hours:
        return _("the opening hours")
    return people.actor_names({status.by}).get(status.by, "") if status.by else ""
