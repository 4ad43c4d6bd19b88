"""Is the site ready? One list of what is missing or out of date, from what the records hold (L3b-v)."""

from contextlib import suppress
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from steadydesk.alarms.found_nothing import FoundNothing, found_nothing
from steadydesk.chaintests.queries import last_try
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.readiness.queries import PARTS, gaps
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.screens.site import police
from steadydesk.sites.models import Site

MENDED = {
    "places": "admin:sites_place_changelist",
    "help": "admin:sites_telephone_changelist",
    "assets": "admin:sites_asset_changelist",
    "contacts": "admin:contacts_contact_changelist",
    "safe_rooms": "safety",
    "police": "safety",
    "alone": "manage-alone",
    "chain": "chain",
    "people": "admin:people_team_changelist",
    "rehearsals": "rehearsals",
}
"""Where the gaps of each part are mended: by an administrator, or by those who lead."""
MENDED_BY_LEADS = {
    "safety": Permission.SAFETY_RECORD,
    "manage-alone": Permission.SAFETY_RECORD,
    "rehearsals": Permission.SAFETY_RECORD,
    "chain": Permission.ALARM_DRILL,
}


@page(Permission.REPORT_READ)
def readiness(request: HttpRequest, by: Actor) -> HttpResponse:
    """Part by part, with how many gaps there are in all."""
    site = choose_site(request, by, Permission.REPORT_READ)
    now = clock.now()
    found = gaps(site, now)
    mends = {id: name for id, name in MENDED.items() if by.may(MENDED_BY_LEADS.get(name, Permission.SET_UP), site.pk)}
    parts = [
        {
            "id": id,
            "title": title,
            "gaps": [g for g in found if g.about == id],
            "accepted": police.accepted(site.pk, now) if id == "police" else "",
            "missed": _missed(site, by) if id == "chain" else [],
            "mended": mends.get(id),
            "by_leads": mends.get(id) in MENDED_BY_LEADS,
        }
        for id, title in PARTS.items()
    ]
    return show(
        request,
        by,
        "response/readiness.html",
        site=site,
        parts=parts,
        count=len(found),
        nothing=_nothing(site, by, now),
    )


def _missed(site: Site, by: Actor) -> list[tuple[str, str]]:
    """Whom the last test did not reach, and why: for those who can put it right. Others read the count."""
    last = last_try(site.pk) if by.may(Permission.ALARM_DRILL, site.pk) else None
    missed = last.missed if last else ()
    names = people.names(m.person for m in missed)
    return [(names.get(m.person, ""), m.why) for m in missed]


def _nothing(site: Site, by: Actor, now: datetime) -> FoundNothing | None:
    """Calls that found nothing, for whoever answers for safety; for everybody else there is no such line."""
    if not by.may(Permission.FALSE_CALLS_READ, site.pk):
        return None
    with suppress(NotFound):
        return found_nothing(site.pk, by=by, now=now)
    return None
