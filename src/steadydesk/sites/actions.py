"""Set up sites and places."""

from datetime import datetime

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.sites.models import Connection, Place, Site


def save_row(row: Site | Place | Connection, *, by: Actor, now: datetime) -> None:
    """Set up a site, a place or a connection, or change it."""
    by.check(Permission.SET_UP)
    with write(now):
        row.save()
        record(Event.SET_UP_CHANGED, f"{row._meta.model_name}:{row.pk}", by=by)


def delete_row(row: Site | Place | Connection, *, by: Actor, now: datetime) -> None:
    """Take a site, a place or a connection away."""
    by.check(Permission.SET_UP)
    with write(now):
        subject = f"{row._meta.model_name}:{row.pk}"
        row.delete()
        record(Event.SET_UP_CHANGED, subject, by=by)


def change_state(site: str, state: str, *, by: Actor, now: datetime) -> None:
    """Say what the site is doing as a whole."""
    by.check(Permission.SITE_STATE, site)
    with write(now):
        Site.objects.filter(pk=site).update(state=Site.State(state))
        record(Event.SITE_STATE_CHANGED, f"site:{site}", by=by, site=site, state=state)
