"""What nobody covers, and why a calendar could not be used, in words."""

from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steadydesk.rota.rules import Span

FAULTS = {
    "address": _("This is not an address of a calendar; it begins with https:// or webcal://."),
    "not_allowed": _("Steadydesk may not fetch from this server. An administrator can allow it."),
    "unreachable": _("The server did not answer."),
    "refused": _("The server did not give the calendar out. Copy its address again."),
    "too_large": _("The calendar is larger than 10 MB. Choose one with fewer years in it."),
    "too_long": _("Reading the calendar took too long. Look for an event that repeats without end."),
    "too_many": _("The calendar has more than 5,000 times in it. Choose another one."),
    "endless": _("An event in it repeats every minute or second without end. Take it out, then try again."),
    "not_a_calendar": _("This is not an iCalendar file (.ics), or it is not complete."),
}

NOBODY = {
    "desk": _("Nobody at a desk: %(when)s."),
    "duty": _("Nobody is on the duty rota of %(team)s: %(when)s."),
    "lead": _("%(team)s has neither manager nor deputy: %(when)s."),
}


def when(span: Span, zone: str) -> str:
    """The span by these clocks."""
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (span.start, span.end))
    same = start.date() == end.date()
    return gettext("%(start)s to %(end)s") % {
        "start": date_format(start, "D j M, H:i"),
        "end": date_format(end, "H:i" if same else "D j M, H:i"),
    }
