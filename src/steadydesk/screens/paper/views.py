"""Paper in: one sheet of a day, several customers at once; and a call that somebody wrote down."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steadydesk.alarms import from_paper as alarms
from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.desk.frame import page, show
from steadydesk.screens.opening import local_time
from steadydesk.screens.paper.forms import Call, Day, Line, Sheet, line_choices
from steadydesk.screens.privacy.looking import keep_look
from steadydesk.screens.response.page import choose_site, counter
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import paper as papers
from steadydesk.visits.models import Visit

LINES = 6
MOST = 60
LOOK_BACK = timedelta(days=7)


@page
def paper(request: HttpRequest, by: Actor) -> HttpResponse:
    """A sheet to fill in; sent, every fault of every line is said at once."""
    site = choose_site(request, by, Permission.VISIT_WORK)
    with local_time(site):
        if request.method == "POST":
            return _enter(request, by, site)
        return _show(request, by, site)


@page
def paper_call(request: HttpRequest, by: Actor) -> HttpResponse:
    """A call that somebody wrote down: a record, which tells nobody."""
    site = choose_site(request, by, Permission.VISIT_WORK)
    now = clock.now()
    with local_time(site):
        day, call = _day(site, request.POST), _call(site, by, request.POST)
        if day.is_valid() & call.is_valid():
            said = call.cleaned_data
            at = call.called_at(day.cleaned_data["day"], ZoneInfo(site.time_zone))
            came = [int(id) for id in said["came"]]
            try:
                alarms.enter_call(
                    alarms.PaperCall(said["place"], at, said["kind"], came, said["note"]), site.pk, by=by, now=now
                )
            except Invalid as error:
                call.take_faults(error.faults)
            else:
                messages.success(request, _("The call was entered from paper. Nobody was told."))
                return redirect(f"/paper?site={site.pk}")
        return _show(request, by, site, day=day, call=call, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _enter(request: HttpRequest, by: Actor, site: Site) -> HttpResponse:
    now = clock.now()
    day, sheet = _day(site, request.POST), _sheet(site, by, request.POST)
    ready = day.is_valid() & sheet.is_valid()
    lines = sheet.lines(day.cleaned_data.get("day"), ZoneInfo(site.time_zone))
    above = []
    if day.is_valid():
        faults = papers.paper_faults(lines, site.pk, by=by, now=now)
        sheet.take_faults(faults)
        above = [fault.reason for fault in faults if fault.field == "lines"]
    if ready and not above and not any(form.errors for form in sheet.forms):
        _say(request, site, papers.enter_from_paper(lines, site.pk, by=by, now=now))
        return redirect(f"/paper?site={site.pk}&entered={len(lines)}")
    return _show(request, by, site, day=day, sheet=sheet, above=above, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _say(request: HttpRequest, site: Site, entered: list[Visit]) -> None:
    """The tickets, to be written on the sheet."""
    tickets = ", ".join(f"{v.ref} ({date_format(_local(v.arrived_at, site), 'H:i')})" for v in entered)
    messages.success(request, _("Entered from paper: %s. Write the tickets on the sheet.") % tickets)


def _show(
    request: HttpRequest,
    by: Actor,
    site: Site,
    *,
    day: Day | None = None,
    sheet: Sheet | None = None,
    call: Call | None = None,
    above: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    hidden = counter(by)
    return show(
        request,
        by,
        "paper/paper.html",
        status,
        site=site,
        day=day or _day(site),
        sheet=sheet or _sheet(site, by),
        above=above or [],
        call=None if hidden else call or _call(site, by),
        calls=[] if hidden else _calls(site, by),
        typed=sheet is not None,
    )


def _day(site: Site, typed: Any = None) -> Day:
    today = clock.now().astimezone(ZoneInfo(site.time_zone)).date()
    return Day(typed, initial={"day": today}, auto_id="paper_%s")


def _sheet(site: Site, by: Actor, typed: Any = None) -> Sheet:
    protocol = documents.in_force(site.pk).protocol
    choices = line_choices(protocol, papers.dealers(site.pk), staff_only=not counter(by))
    made = forms.formset_factory(Line, formset=Sheet, extra=LINES, max_num=MOST, absolute_max=MOST, validate_max=True)
    sheet = made(typed, prefix="line", form_kwargs={"choices": choices, "site": site.pk})
    assert isinstance(sheet, Sheet)
    return sheet


def _call(site: Site, by: Actor, typed: Any = None) -> Call:
    protocol: Protocol = documents.in_force(site.pk).protocol
    colleagues = sorted(people.workers(site.pk), key=lambda c: c.name)
    choices: dict[str, list[tuple[str, Any]]] = {
        "place": [("", _("Choose a place")), *((p.id, p.name) for p in sites.places(site.pk))],
        "kind": [("", _("Choose")), *((id, kind.label) for id, kind in protocol.alarms.kinds.items())],
        "came": [(str(c.person), c.name) for c in colleagues],
    }
    return Call(typed, choices=choices)


def _calls(site: Site, by: Actor) -> list[dict[str, Any]]:
    """Calls that were entered lately, with when they really were."""
    names = {p.id: p.name for p in sites.places(site.pk)}
    rows = alarms.calls_from_paper(site.pk, clock.now() - LOOK_BACK)
    notes = journal.typed(row.facts["note_words"] for row in rows if row.facts["note_words"])
    for row in rows:
        if row.facts["note_words"] in notes:
            keep_look(row.subject, "alarm", by)
    who = people.names(id for row in rows for id in row.facts["came"])
    return [
        {
            "at": _local(datetime.fromisoformat(row.facts["called_at"]), site),
            "place": names.get(row.facts["place"], row.facts["place"]),
            "note": notes.get(row.facts["note_words"]),
            "came": ", ".join(who.get(id, "") for id in row.facts["came"]),
        }
        for row in rows
    ]


def _local(at: datetime, site: Site) -> datetime:
    return at.astimezone(ZoneInfo(site.time_zone))
