"""The impact assessment and the notice to staff, written from the settings in force, with gaps where they end."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from steadydesk.delivery.records import channels_in_use
from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import ROLES, Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.people import queries as people
from steadydesk.privacy import queries as privacy
from steadydesk.screens.privacy import words
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites.models import Site

GAPS = {
    "purpose": _("why you use Steadydesk, and what you had before."),
    "basis": _("the legal basis for each kind of record, and what your law asks for health and criminal data."),
    "risks": _("which risks to customers and staff remain, and what you do about each."),
    "consulted": _("whom you asked: staff, their representatives, customers' advocates, your data protection officer."),
    "signed": _("who decided, when, and when this is looked at again."),
    "contact": _("who is responsible for data protection here, and how they are reached."),
    "rights": _("how to ask for your data, to have it corrected or to object, and the authority you can turn to."),
}
NOT_COLLECTED = (
    _("No score and no level worked out by a program; a mood belongs to a visit and ends with it."),
    _("No picture, no sound and no recording of a conversation."),
    _("Where a member of staff is, except for their desk or shift, and during a call."),
    _("No reason for “cannot come” and none for being away."),
    _("No gender, and no health record of anybody."),
    _("No report by named person and no ranking."),
    _("Nothing from outside: no search of other registers, no advertising, no counting of clicks."),
)
CHANNELS = {
    "screen": _("to screens of staff, inside your network"),
    "mail": _("by e-mail"),
    "phone": _("by telephone, through the telephone system that you set up: staff hear a place, and press a key"),
    "push": _("to browsers and telephones of staff, sealed, through the push service of each browser's maker"),
    "apprise": _("through the notification services that you set up"),
    "webhook": _("to another system that you set up"),
    "text": _("by text message to customers who gave a number for it, through the gateway that you set up"),
}


@page(Permission.REPORT_READ)
def assessment(request: HttpRequest, by: Actor) -> HttpResponse:
    """The impact assessment of a site."""
    site = choose_site(request, by, Permission.REPORT_READ)
    return show(request, by, "privacy/assessment.html", site=site, **_facts(site))


@page(Permission.PROTOCOL_READ, hidden=False)
def notice(request: HttpRequest, by: Actor) -> HttpResponse:
    """What every member of staff is told about data of their own."""
    site = choose_site(request, by, Permission.PROTOCOL_READ)
    return show(request, by, "privacy/notice.html", site=site, **_facts(site))


def _facts(site: Site) -> dict[str, Any]:
    protocol = documents.in_force(site.pk).protocol
    kept = {str(kind): lasts for kind, lasts in protocol.retention.items()}
    built = privacy.forgotten_kinds()
    return {
        "today": clock.now(),
        "kept": [(words.KINDS[kind], _days(lasts)) for kind, lasts in kept.items() if kind in built],
        "later": [words.KINDS[kind] for kind in kept if kind not in built | words.FOR_GOOD],
        "roles": [_role(role, site.pk) for role in ROLES],
        "channels": _channels(channels_in_use()),
        "not_collected": NOT_COLLECTED,
        "gaps": GAPS,
        "smallest": protocol.reports.smallest_group,
    }


def _role(role: str, site: str) -> tuple[Any, int, list[str]]:
    """From the table that really decides, with how many hold it; never who."""
    may = [str(label) for permission, label in words.PERMISSIONS.items() if permission in ROLES[role]]
    return people.role_name(role), len(people.with_role(role, site)), may


def _channels(used: Iterable[str]) -> list[Any]:
    return [CHANNELS[channel] for channel in used]


def _days(lasts: timedelta) -> str:
    if not lasts:
        return str(_("until the end of the visit"))
    years, days = divmod(lasts.days, 365)
    if years and days <= years:
        return ngettext("%d year", "%d years", years) % years
    return ngettext("%d day", "%d days", lasts.days) % lasts.days
