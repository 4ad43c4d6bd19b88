"""Finding everything about one person, and who looked at it."""

from dataclasses import replace
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.people.queries import Contactable
from steadydesk.privacy import actions, finding, queries
from steadydesk.privacy.finding import Found
from steadydesk.privacy.subjects import reach_of
from steadydesk.screens.privacy import showing, words
from steadydesk.screens.privacy.forms import Find, PlaceHold
from steadydesk.screens.privacy.subjects import require_subject, title_of
from steadydesk.screens.response.page import page, show
from steadydesk.sites import queries as sites

LISTED_APART = ("view_log", "hold")
"""Kinds that a record's page shows in a place of their own."""


@page(Permission.HOLD_PLACE)
def home(request: HttpRequest, by: Actor) -> HttpResponse:
    """Holds that bind, the last round of forgetting, and the search of whoever may find people."""
    form, within = Find(request.POST or None), reach_of(by, Permission.HOLD_PLACE)
    found: list[Found] | None = None
    cut = False
    staff: list[Contactable] = []
    if request.method == "POST":
        by.check(Permission.PERSON_FIND)
        if form.is_valid():
            try:
                found, cut = _search(form.cleaned_data["text"], by)
                staff = finding.colleagues(form.cleaned_data["text"])
            except Invalid as error:
                form.take_faults(error)
    now, holds = clock.now(), [h for h in queries.holds() if within.shows(h.subject, h.site)]
    for hold in holds:
        if hold.until <= now:
            actions.see_hold(hold.pk, by=by, now=now)
    return show(
        request,
        by,
        "privacy/home.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        form=form,
        found=found,
        cut=cut,
        staff=staff,
        finds=by.may(Permission.PERSON_FIND),
        holds=[(hold, queries.reasons(holds)[hold.pk], title_of(hold.subject), hold.until <= now) for hold in holds],
        purge=(last := queries.last_purge()),
        forgotten=[(words.KINDS.get(kind, kind), number) for kind, number in last.counts.items()] if last else [],
    )


def _search(text: str, by: Actor) -> tuple[list[Found], bool]:
    actions.note_search(text, by=by, now=clock.now())
    here = sorted(by.sites(Permission.PERSON_FIND, [site.pk for site in sites.sites()]))
    names = {site.pk: site.name for site in sites.sites()}
    found, cut = finding.find(text, here, encounters.kept_from(by))
    return [replace(f, site=names.get(f.site, f.site)) for f in found], cut


@page(Permission.PERSON_FIND)
def record(request: HttpRequest, by: Actor, subject: str) -> HttpResponse:
    """Everything that is kept about one visit, one call or one member of staff."""
    site = require_subject(subject, by, Permission.PERSON_FIND)
    actions.note_view(subject, "record", by=by, now=clock.now())
    holds, found = queries.holds_on(subject), finding.newest_about(subject, encounters.kept_from(by))
    return show(
        request,
        by,
        "privacy/record.html",
        site=sites.site(site) if site else None,
        subject=subject,
        title=title_of(subject),
        groups=showing.groups(r for r in found if r.kind not in LISTED_APART),
        looks=showing.looks(queries.views(subject=subject)),
        holds=[(hold, queries.reasons(holds)[hold.pk]) for hold in holds],
        hold_form=PlaceHold(),
        most=finding.SHOWN,
    )


@page(Permission.PERSON_FIND)
def view_log(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who looked at whose data, the newest first."""
    before = request.GET.get("before", "")
    within = reach_of(by, Permission.PERSON_FIND)
    found = queries.views(before=int(before) if before.isdecimal() and len(before) < 19 else None)
    more = found[-1].pk if len(found) == queries.PAGE else None
    looks = showing.looks(v for v in found if within.shows_look(v))
    return show(request, by, "privacy/views.html", looks=looks, more=more)
