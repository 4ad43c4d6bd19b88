"""Why a calendar could not be used, in words."""

from django.utils.translation import gettext_lazy as _

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
