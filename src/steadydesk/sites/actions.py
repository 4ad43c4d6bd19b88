"""Everything that can be done to a site and its places."""

from datetime import datetime

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.sites.models import Asset, Connection, Place, Site, Telephone
from steadydesk.sites.opening import Day, delete_special_day, import_holidays, save_hours, save_special_days
from steadydesk.sites.outages import end_outage, look_through_outage
from steadydesk.sites.safety import (
    Seen,
    accept_police_gap,
    bring_inspection,
    inspect_safe_room,
    record_police_route,
    say_police_route_tested,
)
from steadydesk.sites.standing import (
    Lifted,
    change_state,
    follow_clock,
    follow_hours_again,
    pass_boundary,
    settle_restored,
    take_hours,
)

__all__ = [
    "Day", "Lifted", "Seen", "accept_police_gap", "bring_inspection", "change_state", "delete_row",
    "delete_special_day", "end_outage", "follow_clock", "follow_hours_again", "import_holidays", "inspect_safe_room",
    "look_through_outage", "pass_boundary", "record_police_route", "save_hours", "save_row", "save_special_days",
    "say_police_route_tested", "settle_restored",
]  # fmt: skip


Row = Site | Place | Connection | Telephone | Asset


def save_row(row: Row, *, by: Actor, now: datetime) -> None:
    """Set up a site, or something that belongs to one, or change it."""
    stored = type(row)._default_manager.filter(pk=row.pk).first()
    by.check_each(Permission.SET_UP, _belongs(row, stored) | (_belongs(stored, stored) if stored else set()))
    with write(now):
        row.save()
        if isinstance(row, Site):
            take_hours(row.pk, now=now)  # its time zone may be another
        record(Event.SET_UP_CHANGED, f"{row._meta.model_name}:{row.pk}", by=by)


def _belongs(row: Row, stored: Row | None) -> set[str | None]:
    """The sites it belongs to; a site is made and taken away for the whole installation, and changed for itself."""
    if isinstance(row, Site):
        return {row.pk if stored else None}
    return {row.a.site_id, row.b.site_id} if isinstance(row, Connection) else {row.site_id}


def say_pack_printed(site: str, *, by: Actor, now: datetime) -> None:
    """The morning pack of the site came out of the printer."""
    by.check(Permission.ALARM_ANSWER, site)
    with write(now):
        record(Event.PACK_PRINTED, f"site:{site}", by=by, site=site)


def delete_row(row: Row, *, by: Actor, now: datetime) -> None:
    """Take a site, or something that belongs to one, away."""
    by.check_each(Permission.SET_UP, _belongs(row, None))
    with write(now):
        subject = f"{row._meta.model_name}:{row.pk}"
        row.delete()
        record(Event.SET_UP_CHANGED, subject, by=by)
