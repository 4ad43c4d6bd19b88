"""“Not connected to police”, said on every staff-only screen while it is so (L2d-conn). Never where customers read."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.readiness.queries import POLICE
from steadydesk.sites import queries
from steadydesk.sites.models import Site


def line(site: Site | None, now: datetime) -> str:
    """The line for a staff-only screen; empty while the site is connected."""
    if site is None or not lacks(site.pk, now):
        return ""
    by = accepted(site.pk, now)
    return _("Not connected to police. %s") % by if by else _("Not connected to police.")


def lacks(site: str, now: datetime) -> list[str]:
    """What the way to the police lacks, in words. A site without a protocol is not judged."""
    try:
        every = documents.in_force(site).protocol.lone_working.police_route_tested_every
    except NotFound:
        return []
    return [str(POLICE[what]) for what in queries.police_lacks(site, every, now)]


def accepted(site: str, now: datetime) -> str:
    """Who accepts that, and until when; empty when nobody does."""
    row = queries.police_route(site)
    if row is None or row.accepted_until is None or row.accepted_until <= now:
        return ""
    facts = {
        "name": people.actor_names([row.accepted_by]).get(row.accepted_by, ""),
        "until": date_format(timezone.localtime(row.accepted_until), "j M Y"),
    }
    return _("Accepted by %(name)s until %(until)s.") % facts
