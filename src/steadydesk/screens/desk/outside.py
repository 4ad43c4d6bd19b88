"""Calls to outside, found by the reference that the police or another service gave (E6d)."""

from django.http import HttpRequest, HttpResponse

from steadydesk.encounters import queries
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.screens.desk.frame import home, page, show
from steadydesk.screens.privacy.looking import keep_look
from steadydesk.sites import queries as sites
from steadydesk.visits import queries as visits


@page
def outside(request: HttpRequest, by: Actor) -> HttpResponse:
    """The visits about which somebody was called under this reference, the newest first."""
    by.check(Permission.VISIT_READ, home(by).pk)
    reference = request.GET.get("reference", "").strip()
    allowed = by.sites(Permission.VISIT_READ, [s.pk for s in sites.sites()])
    rows = []
    for call in queries.with_reference(reference, allowed):
        keep_look(call.subject, "find", by)
        try:
            rows.append({"call": call, "visit": visits.visit(int(call.subject.partition(":")[2]))})
        except NotFound:
            continue
    return show(request, by, "desk/outside.html", rows=rows, reference=reference)
