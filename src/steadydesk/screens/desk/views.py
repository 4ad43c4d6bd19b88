"""The desk: enrolled once, started each time, then the board of everybody who waits."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steadydesk.desks.rules import day_began
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from steadydesk.kernel.spelling import plain
from steadydesk.pages.cookies import DESK_COOKIE, give
from steadydesk.pages.once import act_once
from steadydesk.people import actions as people
from steadydesk.people import devices
from steadydesk.screens import opening
from steadydesk.screens.desk import board as boards
from steadydesk.screens.desk.entering import ArrivalForm, PromptForm
from steadydesk.screens.desk.frame import frame, home, page, show, site_of, staff_only
from steadydesk.screens.desk.room import room
from steadydesk.screens.desk.rows import draw
from steadydesk.screens.desk.signing import A_YEAR, STARTED_COOKIE
from steadydesk.screens.desk.stations import desk_of
from steadydesk.screens.desk.visiting import match_form
from steadydesk.screens.opening import local_time
from steadydesk.screens.paper.pack import reminder
from steadydesk.screens.response.check_ins import line_of
from steadydesk.screens.response.page import counter, pages_of
from steadydesk.screens.site.views import strip
from steadydesk.sites.models import Site
from steadydesk.visits import company, expected, forewarning, queries

GONE_WITHIN = timedelta(hours=2)


def start(request: HttpRequest) -> HttpResponse:
    """Who and where; the way to everything else."""
    by: Actor | None = getattr(request, "actor", None)
    pages = pages_of(by) if by and by.kind == "person" and not counter(by) else []
    with local_time(opening.home(by) if by else None):
        return render(request, "desk/start.html", {"desk": desk_of(request), "pages": pages, "pack": reminder(by)})


@page
def start_desk(request: HttpRequest, by: Actor) -> HttpResponse:
    """Confirm the place; the same press lets the page sound and plays the test tone."""
    desk = desk_of(request)
    if desk is None:
        return redirect("desk-enrol")
    if request.method != "POST":
        return show(request, by, "desk/starting.html")
    people.start_desk(int(desk.id), by=by, now=clock.now())
    response = HttpResponse() if request.headers.get("HX-Request") else redirect("desk")
    give(response, DESK_COOKIE, request.COOKIES[DESK_COOKIE], lasts=A_YEAR)
    response.set_cookie(STARTED_COOKIE, desk.id, httponly=True, samesite="Strict")
    return response


def _starting(request: HttpRequest, site: Site) -> bool:
    """Whether the desk is to ask where it stands: in a browser that was just opened, and on each new day."""
    desk = desk_of(request)
    if desk is None:
        return False
    started = devices.one(int(desk.id)).started_at
    today = started is not None and started >= day_began(site.time_zone, clock.now())
    return not today or request.COOKIES.get(STARTED_COOKIE) != desk.id


@page
def console(request: HttpRequest, by: Actor) -> HttpResponse:
    """The board, the card beside it, and the new arrival above it.

    With ``?kept`` it is the copy that the browser keeps for when the server is away: no customer is on it, as it would
    outlive the lock, and what is to be forgotten when a visit ends.
    """
    site = site_of(request)
    by.check(Permission.VISIT_READ, site.pk)
    around = frame(by, site)
    return render(
        request,
        "desk/console.html",
        {
            **around,
            **room(site, by),
            **(_kept(by, site) if "kept" in request.GET else _board(request, by, site)),
            "starting": _starting(request, site),
            "arrival": _arrival_form(by, site),
            "limit": _limit(site.pk),
            **line_of(by),
        },
    )


def _limit(site: str) -> int | None:
    """How many minutes a customer waits at most, for the page that is turned to them."""
    try:
        return int(documents.in_force(site).protocol.waiting.attend_within.total_seconds() // 60)
    except NotFound:
        return None


def _arrival_form(by: Actor, site: Site, data: Any = None) -> ArrivalForm | None:
    """Without a protocol in force nobody can be entered, and the board says so."""
    try:
        return ArrivalForm(site.pk, data, staff_only=staff_only(by))
    except NotFound:
        return None


@page
def board(request: HttpRequest, by: Actor) -> HttpResponse:
    """The part that is fetched again whenever something changed."""
    site = site_of(request)
    by.check(Permission.VISIT_READ, site.pk)
    return render(request, "desk/board.html", _board(request, by, site))


def _board(request: HttpRequest, by: Actor, site: Site) -> dict[str, Any]:
    full = staff_only(by)
    order = [id for id in request.GET.get("order", "").split(",") if id]
    now, works, hidden = clock.now(), by.may(Permission.VISIT_WORK, site.pk), encounters.kept_from(by)
    team = request.GET.get("team", "")
    found = boards.board(site, now, staff_only=full, order=order, hidden=hidden, team=team)
    wanted = plain(request.GET.get("find", "").strip())
    if wanted and not request.headers.get("HX-Request"):
        found["lines"] = [x for x in found["lines"] if wanted in plain(f"{x.ref} {x.who} {x.service}")]
    found["rows"] = draw(found["lines"], site, get_token(request), staff_only=full, works=works)
    found |= strip(site, now, hidden, staff_only=full)
    found |= {"to_come": expected.count_open(site, now), "marks": forewarning.count_today(by, site, now)}
    return {**found, "site": site, "staff_only": full, "works": works}


def _kept(by: Actor, site: Site) -> dict[str, Any]:
    works = by.may(Permission.VISIT_WORK, site.pk)
    return {"site": site, "staff_only": staff_only(by), "works": works, "kept": True, "room_lines": []}


@page
def arrive(request: HttpRequest, by: Actor) -> HttpResponse:
    """A new arrival, inline above the board; without JavaScript a page of its own."""
    site = home(by)
    form = _arrival_form(by, site, request.POST if request.method == "POST" else None)
    if form is None:
        raise NotFound(_("No protocol is in force at this site. Publish one first."))
    visit = None
    if form.is_valid():
        try:
            visit = form.arrive(by=by, now=clock.now())
        except Invalid as error:
            form.take_faults(error)
    inline = bool(request.headers.get("HX-Request"))
    if visit and not inline:
        return redirect("visit", visit.pk)
    shown = {**frame(by, site), "site": site, "arrival": form, "open": True}
    if visit:
        along = {"along": company.to_say(visit), "match": match_form(visit, by)}
        shown.update(arrival=_arrival_form(by, site), arrived=visit, open=False, **along)
    template = "desk/arrival.html" if inline else "desk/arrive.html"
    response = render(request, template, shown, status=422 if form.errors else 200)
    if visit:
        response["HX-Trigger"] = "live-board"
    return response


@page
def gone(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who went away or did not come within the last hours, to be put back in at the old place."""
    site = home(by)
    by.check(Permission.VISIT_READ, site.pk)
    since = clock.now() - GONE_WITHIN
    hidden = encounters.kept_from(by)
    now = clock.now()
    today = (v for v in queries.gone(site.pk, since) if queries.ended_today(v, now))
    found = [v for v in today if not encounters.is_hidden([v.pk], hidden)][: queries.PAGE]
    labels = boards.labels(site.pk)
    rows = [{"visit": v, "service": labels.shown(v, readable=not v.private)} for v in found]
    template = "desk/gone_list.html" if request.headers.get("HX-Request") else "desk/gone.html"
    return show(request, by, template, rows=rows)


@require_POST
@page
def answer(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """Who was reached, or nobody; the next in the chain is named then."""
    form = PromptForm(request.POST)
    said = ""
    try:
        if form.is_valid():
            now = clock.now()
            act_once(request, lambda: form.answer(id, by=by, now=now).pk, by=by, now=now)
            reached = queries.who_was_reached(queries.prompt(id)) if form.cleaned_data["reached"].strip() else ""
            said = _("Recorded: spoke to %s.") % reached if reached else _("Recorded: not reached.")
        else:
            said = " ".join(str(e) for errors in form.errors.values() for e in errors)
    except (Invalid, Refusal, NotAllowed) as error:
        said = str(error.sentence) if not isinstance(error, Invalid) else error.faults[0].reason
    return _back_to_board(request, said)


def _back_to_board(request: HttpRequest, said: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("desk")
    response = render(request, "desk/said.html", {"said": said})
    response["HX-Trigger"] = "live-board"
    return response
