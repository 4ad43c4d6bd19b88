"""“Not everyone is reached”, said on every staff-only screen until a test reaches everyone."""

from django.utils.translation import gettext as _

from steadydesk.chaintests import queries
from steadydesk.sites.models import Site


def line(site: Site | None) -> str:
    """The line, with counts and no names; empty while everyone was reached. Never where customers read."""
    missed = queries.unreached(site.pk) if site else None
    if missed is None:
        return ""
    return _("Not everyone is reached: the last test missed %(missed)s of %(told)s.") % {
        "missed": missed[0],
        "told": missed[1],
    }
