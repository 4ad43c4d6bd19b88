"""Plan a site's rota: weekly patterns and single shifts, a file from elsewhere, and publishing it all."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.people import queries as people
from steadydesk.rota import actions, gaps, papers, publishing
from steadydesk.rota import queries as rota
from steadydesk.rota.rules import Span
from steadydesk.rota.words import when
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.screens.rota.days import asked_day, monday, today
from steadydesk.screens.rota.forms import ImportForm, PatternForm, PublishForm, Typed
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

FOUR_WEEKS = timedelta(days=27)
NEEDS = Permission.PRESENCE_SET


@page(NEEDS)
def plan(request: HttpRequest, by: Actor) -> HttpResponse:
    """The patterns, and what the next publication would change."""
    site = choose_site(request, by, NEEDS)
    changed = _pattern(site, request.GET.get("change", ""))
    form = PatternForm(site.pk, initial=_known(changed, site) if changed else {"from_day": today(site, clock.now())})
    return _draw(request, by, site, {"pattern": form}, change=changed.pk if changed else None)


@page(NEEDS)
def save(request: HttpRequest, by: Actor) -> HttpResponse:
    """Plan it, or change what was planned; what is wrong stands beside its field and nothing typed is lost."""
    site, now = choose_site(request, by, NEEDS), clock.now()
    changed = _pattern(site, request.POST.get("change", ""))
    form = PatternForm(site.pk, request.POST)
    if form.is_valid():
        try:
            if changed is None:
                actions.add_pattern(form.wish(), by=by, now=now)
            else:
                actions.change_pattern(changed.pk, form.wish(), by=by, now=now)
        except Invalid as error:
            form.take_faults(error)
        else:
            messages.success(request, _("Planned. Nobody works by it before it is published."))
            return _back(site)
    return _draw(request, by, site, {"pattern": form}, bound=True, change=changed.pk if changed else None)


@page(NEEDS)
def end(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Nobody works by this pattern after yesterday; what is published goes with the next publication."""
    site, now = choose_site(request, by, NEEDS), clock.now()
    actions.end_pattern(id, today(site, now) - timedelta(days=1), by=by, now=now)
    messages.success(request, _("It has ended. Publish to take what was published of it away."))
    return _back(site)


@page(NEEDS)
def publish(request: HttpRequest, by: Actor) -> HttpResponse:
    """What is planned for these days is true from now on."""
    site, form = choose_site(request, by, NEEDS), PublishForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = actions.publish(site.pk, said["first"], said["last"], said["reason"], by=by, now=clock.now())
        except Invalid as error:
            form.take_faults(error)
        else:
            count = len(done.added) + len(done.changed) + len(done.removed)
            text = ngettext("Published: %d time changed.", "Published: %d times changed.", count) % count
            messages.success(request, text)
            return redirect(f"/rota?site={site.pk}&week={monday(said['first'])}")
    return _draw(request, by, site, {"publish": form}, bound=True)


@page(NEEDS)
def take_file(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every line that cannot be used is named; a file with a fault plans nothing."""
    site, form = choose_site(request, by, NEEDS), ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            wishes = papers.read(site.pk, form.cleaned_data["file"].read(), clock.now())
            count = actions.add_patterns(wishes, by=by, now=clock.now())
        except Invalid as error:
            for fault in error.faults:
                where = "" if fault.field == "file" else f"{fault.field}: "
                form.add_error("file", f"{where}{fault.reason}")
        else:
            text = ngettext("%d new shift is planned.", "%d new shifts are planned.", count) % count
            messages.success(request, text)
            return _back(site)
    return _draw(request, by, site, {"import": form}, bound=True)


def _back(site: Site) -> HttpResponse:
    return redirect(f"/rota/plan?site={site.pk}")


def _pattern(site: Site, id: str) -> Any:
    found = rota.patterns(site.pk)
    return next((p for p in found if str(p.pk) == id), None)


def _known(row: Any, site: Site) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in ("kind", "starts", "ends", "from_day", "until_day", "every_weeks")}
    place = next((p.id for p in sites.places(site.pk) if p.pk == row.place_id), "")
    return {**known, "person": row.person_id, "team": row.team_id, "place": place, "days": list(row.days)}


def _draw(
    request: HttpRequest, by: Actor, site: Site, forms: dict[str, Typed], *, bound: bool = False, change: Any = None
) -> HttpResponse:
    now = clock.now()
    first, last = _days(request, site, now)
    known = {
        "pattern": PatternForm(site.pk, initial={"from_day": first}),
        "publish": PublishForm(initial={"first": first, "last": last}),
        "import": ImportForm(),
    }
    preview = publishing.difference(site.pk, first, last, now)
    names = people.names({c.person for c in preview.clashes} | {p.person for p in preview.lone})
    return show(
        request,
        by,
        "rota/plan.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if bound else HTTPStatus.OK,
        site=site,
        forms={**known, **forms},
        patterns=_patterns(site, now),
        change=change,
        preview=preview,
        first=first,
        last=last,
        clashes=[(names[c.person], c.at) for c in preview.clashes],
        lone=[(names[p.person], when(Span(p.start, p.end), site.time_zone), p.evening) for p in preview.lone],
        published=gaps.published_until(site.pk),
    )


def _patterns(site: Site, now: datetime) -> list[tuple[Any, str]]:
    """Those that are not over, each with its days in words."""
    rows = [p for p in rota.patterns(site.pk) if p.until_day is None or p.until_day >= today(site, now)]
    return [(p, ", ".join(str(WEEKDAYS_ABBR[int(day)]) for day in p.days)) for p in rows]


def _days(request: HttpRequest, site: Site, now: datetime) -> tuple[date, date]:
    """What is shown as it would be published: the days asked for or typed, else four weeks from today."""
    form = PublishForm(request.POST)
    if "first" in request.POST and form.is_valid() and form.cleaned_data["first"] <= form.cleaned_data["last"]:
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    else:
        first = asked_day(request, "first", today(site, now))
        last = asked_day(request, "last", first + FOUR_WEEKS)
    return first, min(max(first, last), first + publishing.LONGEST)
