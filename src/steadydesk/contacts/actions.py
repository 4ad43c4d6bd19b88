"""The list is set up; who is called from it stands with the visit or the call."""

from datetime import datetime

from steadydesk.contacts.models import Contact
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission


def save_row(row: Contact, *, by: Actor, now: datetime) -> None:
    """Put a contact on the list, or change it."""
    stored = Contact.objects.filter(pk=row.pk).values_list("site", flat=True)
    by.check_each(Permission.SET_UP, {row.site_id, *stored})
    with write(now):
        row.save()
        record(Event.SET_UP_CHANGED, f"contact:{row.pk}", by=by, site=row.site_id)


def delete_row(row: Contact, *, by: Actor, now: datetime) -> None:
    """Take a contact off the list; calls to it stay on record."""
    by.check(Permission.SET_UP, row.site_id)
    with write(now):
        subject = f"contact:{row.pk}"
        row.delete()
        record(Event.SET_UP_CHANGED, subject, by=by, site=row.site_id)
