"""What Steadydesk knows about oneself, and who looked at it."""

from django.http import HttpRequest, HttpResponse

from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor
from steadydesk.privacy import finding, queries
from steadydesk.screens.privacy import showing
from steadydesk.screens.response.page import page, show


@page()
def own(request: HttpRequest, by: Actor) -> HttpResponse:
    """The newest of each kind; whoever is responsible for data protection gives all of it as a file."""
    hidden = encounters.kept_from(by)
    found = showing.groups(finding.newest_about(by.ref, hidden))
    looks = showing.looks(queries.views(subject=by.ref))
    return show(request, by, "privacy/own.html", groups=found, looks=looks, most=finding.SHOWN)
