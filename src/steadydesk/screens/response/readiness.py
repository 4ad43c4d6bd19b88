"""Is the site ready? One list of what is missing or out of date, from what the records hold (L3b-v)."""

from django.http import HttpRequest, HttpResponse

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.readiness.queries import PARTS, gaps
from steadydesk.screens.response.page import choose_site, page, show

MENDED = {
    "places": "admin:sites_place_changelist",
    "help": "admin:sites_telephone_changelist",
    "assets": "admin:sites_asset_changelist",
    "contacts": "admin:contacts_contact_changelist",
    "people": "admin:people_team_changelist",
}
"""Where an administrator mends the gaps of each part."""


@page(Permission.REPORT_READ)
def readiness(request: HttpRequest, by: Actor) -> HttpResponse:
    """Part by part, with how many gaps there are in all."""
    site = choose_site(request, by, Permission.REPORT_READ)
    found = gaps(site, clock.now())
    mends = by.may(Permission.SET_UP)
    parts = [
        {
            "id": id,
            "title": title,
            "gaps": [g for g in found if g.about == id],
            "mended": MENDED.get(id) if mends else None,
        }
        for id, title in PARTS.items()
    ]
    return show(request, by, "response/readiness.html", site=site, parts=parts, count=len(found))
