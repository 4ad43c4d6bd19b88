"""The list is set up; who is called from it stands with the visit or the call."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.contacts.models import Contact
from steadydesk.documents.queries import in_force
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.sites.queries import site


def save_row(row: Contact, *, by: Actor, now: datetime) -> None:
    """Put a contact on the list, or change it."""
    stored = Contact.objects.filter(pk=row.pk).values_list("site", flat=True)
    by.check_each(Permission.SET_UP, {row.site_id, *stored})
    if row.by_chain and (refusal := _why_not_by_chain(row)):
        raise Invalid.one("by_chain", refusal)
    with write(now):
        row.save()
        record(Event.SET_UP_CHANGED, f"contact:{row.pk}", by=by, site=row.site_id)


def _why_not_by_chain(row: Contact) -> str:
    """Nobody speaks when a call for help rings by itself; and a family is called by a person or not at all."""
    try:
        protocol = in_force(row.site_id).protocol
    except NotFound:
        return ""
    dialled = "".join(sign for sign in row.phone if sign.isdigit())
    help, here = protocol.get_help, site(row.site_id)
    known = help.emergency_numbers.get(here.country) or help.refused_numbers.get(here.country, ())
    if dialled in {prefix + number for number in known for prefix in ("", here.outside_line)}:
        return _("An emergency number is rung by a person, who can speak.")
    if any(kind.id == row.kind and kind.family for kind in protocol.outside_support.kinds):
        return _("A family is called by a person, and only where the procedure says so.")
    return ""


def delete_row(row: Contact, *, by: Actor, now: datetime) -> None:
    """Take a contact off the list; calls to it stay on record."""
    by.check(Permission.SET_UP, row.site_id)
    with write(now):
        subject = f"contact:{row.pk}"
        row.delete()
        record(Event.SET_UP_CHANGED, subject, by=by, site=row.site_id)
