"""Is the site ready? One list of what is missing or out of date, from what the records hold (L3b-v)."""

from django.http import HttpRequest, HttpResponse

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.readiness.queries import PARTS, gaps
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.screens.site import police

MENDED = {
    "places": "admin:sites_place_changelist",
    "help": "admin:sites_telephone_changelist",
    "assets": "admin:sites_asset_changelist",
    "contacts": "admin:contacts_contact_changelist",
    "safe_rooms": "safety",
    "police": "safety",
    "people": "admin:people_team_changelist",
}
"""Where the gaps of each part are mended: by an administrator, or by those who lead."""


@page(Permission.REPORT_READ)
def readiness(request: HttpRequest, by: Actor) -> HttpResponse:
    """Part by part, with how many gaps there are in all."""
    site = choose_site(request, by, Permission.REPORT_READ)
    now = clock.now()
    found = gaps(site, now)
    mends = {
        id: name
        for id, name in MENDED.items()
        if by.may(Permission.SAFETY_RECORD if name == "safety" else Permission.SET_UP, site.pk)
    }
    parts = [
        {
            "id": id,
            "title": title,
            "gaps": [g for g in found if g.about == id],
            "accepted": police.accepted(site.pk, now) if id == "police" else "",
            "mended": mends.get(id),
        }
        for id, title in PARTS.items()
    ]
    return show(request, by, "response/readiness.html", site=site, parts=parts, count=len(found))
