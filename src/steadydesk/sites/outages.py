"""The server was off: for how long, and that a person has looked through what fell due meanwhile."""

from datetime import datetime

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Refusal
from steadydesk.sites.models import Site


def end_outage(since: datetime, *, by: Actor, now: datetime) -> None:
    """Nothing was looked at from ``since`` until now, at any site: each has a list until somebody looked through it."""
    with write(now):
        # What nobody has looked through yet stays on the list.
        Site.objects.update(off_since=Coalesce("off_since", Value(since, DateTimeField())), off_until=now)
        for site in Site.objects.order_by("pk"):
            subject, begun = f"site:{site.pk}", since.isoformat()
            record(Event.SITE_OUTAGE_ENDED, subject, by=by, site=site.pk, since=begun, until=now.isoformat())


def look_through_outage(site: str, *, by: Actor, now: datetime) -> None:
    """Somebody has looked through what fell due while the server was off: the list is put away.

    What is still open on it stays open where it belongs. Refused when there is no such list, for somebody else did.
    Only who may read of lone workers puts it away: they are asked first, and stand on nobody else's list.
    """
    by.check(Permission.SAFETY_RECORD, site)
    with write(now):
        if not Site.objects.filter(pk=site, off_until__isnull=False).update(off_since=None, off_until=None):
            raise Refusal("already_answered", _("Somebody has looked through this list."))
        record(Event.SITE_OUTAGE_LOOKED_THROUGH, f"site:{site}", by=by, site=site)
