"""Giving away what is known about one person: a person reads what is proposed, decides, and fetches the file."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.privacy import actions, giving, queries
from steadydesk.privacy.models import Export
from steadydesk.reports.asking import fetch
from steadydesk.screens.privacy.forms import Decide
from steadydesk.screens.privacy.subjects import require_subject, title_of
from steadydesk.screens.response.page import page, show

MOST = 200


@page(Permission.PERSON_FIND)
def decide(request: HttpRequest, by: Actor) -> HttpResponse:
    """What may be about others is shown in its place; nothing is made before each is decided."""
    subjects = sorted(set(request.POST.getlist("subject")))[:MOST]
    if not subjects:
        raise NotFound(_("Choose at least one record of the person."))
    for subject in subjects:
        require_subject(subject, by, Permission.PERSON_FIND)
        actions.note_view(subject, "record", by=by, now=clock.now())
    proposals = giving.proposals(subjects, encounters.kept_from(by))
    decided = "staff" in request.POST or "rest" in request.POST
    form = Decide(proposals, journal.words(p.words for p in proposals), request.POST if decided else None)
    if decided and form.is_valid():
        named = form.cleaned_data["staff"] == "leave"
        made = actions.make_export(subjects, form.taken_out(), staff_named=named, by=by, now=clock.now())
        return redirect("privacy-made", made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    named = [(subject, title_of(subject)) for subject in subjects]
    return show(request, by, "privacy/decide.html", status, form=form, subjects=named, proposals=proposals)


@page(Permission.PERSON_FIND)
def made(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Where the file is fetched."""
    found = _export(id, by)
    return show(request, by, "privacy/made.html", export=found, subjects=[title_of(s) for s in found.subjects])


@page(Permission.PERSON_FIND)
def file(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """The file, made by the child process that only reads."""
    found = _export(id, by)
    made = fetch("person", export=found.pk)
    for subject in found.subjects:
        actions.note_view(subject, "file", by=by, now=clock.now())
    name = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
    return HttpResponse(made.content, content_type=made.kind, headers=name)


def _export(id: int, by: Actor) -> Export:
    found = queries.export(id)
    if found is None:
        raise NotFound(_("There is no such file: make it anew."))
    for subject in found.subjects:
        require_subject(subject, by, Permission.PERSON_FIND)
    return found
