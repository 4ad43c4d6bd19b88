"""“Buttons are not heard”, said on every staff-only screen while their broker is lost. Never where customers read."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steadydesk.buttons import queries


def line(now: datetime) -> str:
    """The line for a staff-only screen; empty while they are heard, or while none speaks MQTT."""
    since = queries.unheard_since(now)
    if since is None:
        return ""
    at = date_format(timezone.localtime(since), "j M, H:i")
    return _("Buttons that speak MQTT are not heard since %s: call another way.") % at
