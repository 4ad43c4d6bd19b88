"""Check-ins of a lone worker, on a desk and on a phone. Where customers read along, nothing says what it is for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steadydesk.alarms.press import how_long_ago
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refusal
from steadydesk.loneworking import actions, choices, provisions, queries
from steadydesk.loneworking.models import LoneShift
from steadydesk.pages.middleware import actor
from steadydesk.people import queries as people
from steadydesk.screens import opening
from steadydesk.screens.opening import View, home
from steadydesk.screens.response import lone_words
from steadydesk.screens.response.lone_forms import BeginForm, ConfirmForm, StayForm, Until, next_at
from steadydesk.screens.response.page import counter, pages_of, show
from steadydesk.sites.models import Site

STATUS = 422


def page(*, hidden: bool = True) -> Callable[[View], View]:
    """A page for whoever may call for help here: signed in, or tapped in at a desk (a PIN is enough to be well)."""

    def admit(request: HttpRequest) -> Actor:
        by = actor(request)
        if by.person is None or by.locked:
            raise NotSignedIn(_("Sign in or tap in: a desk cannot be alone."))
        by.check(Permission.ALARM_RAISE)
        if hidden and counter(by):
            raise NotAllowed(
                _("Customers can read this screen. Open the page on a staff-only screen or on your phone.")
            )
        return by

    return opening.opened_by(admit)


@page(hidden=False)
def check_ins(request: HttpRequest, by: Actor) -> HttpResponse:
    """The page: to begin, or to answer; below it, for those who lead, who works alone now."""
    return _draw(request, by)


@page(hidden=False)
def part(request: HttpRequest, by: Actor) -> HttpResponse:
    """What changes on it."""
    return render(request, "response/check_ins_part.html", _shown(by))


@opening.opened_by(actor)
def line(request: HttpRequest, by: Actor) -> HttpResponse:
    """One line for the board of a desk, in words that a customer may read: whoever is tapped in alone is asked."""
    return render(request, "response/check_line.html", line_of(by))


def line_of(by: Actor) -> dict[str, Any]:
    """What that line shows; nothing while nobody there is asked."""
    row = queries.running(by.person) if by.person is not None and not by.locked else None
    return {"asked_line": row, "asked_due": queries.due_at(row) if row else None}


@page()
def begin(request: HttpRequest, by: Actor) -> HttpResponse:
    """From now on they are asked."""
    site = _site(by)
    form = BeginForm(site, request.POST)
    if not form.is_valid():
        return _draw(request, by, form)
    actions.begin_lone_shift(site.pk, **{"place": "", **form.cleaned_data}, by=by, now=clock.now())
    return redirect("check-ins")


@page()
def confirm(request: HttpRequest, by: Actor) -> HttpResponse:
    """What is on them, said after it had begun by itself."""
    row, form = _own(by), ConfirmForm(_site(by), request.POST)
    if not form.is_valid():
        return _draw(request, by, form)
    said = form.cleaned_data
    actions.confirm_start(row.pk, said.get("confirmed", ()), said["duress_answer"], by=by, now=clock.now())
    messages.success(request, _("Recorded."))
    return redirect("check-ins")


@page(hidden=False)
def answer(request: HttpRequest, by: Actor) -> HttpResponse:
    """One press. Every answer is answered alike; one that a phone kept without a link says how long ago it was."""
    by_script = "Steadydesk-Press" in request.headers
    try:
        ago = _ago(request.POST.get("ago", "PT0S"))
        actions.check_in(_own(by).pk, request.POST.get("answer", ""), by=by, now=clock.now(), ago=ago)
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
        return HttpResponse(status=422) if by_script else redirect("check-ins")
    return HttpResponse(status=204) if by_script else redirect("check-ins")


@page()
def safe(request: HttpRequest, by: Actor) -> HttpResponse:
    """They are in the safe room: the call's page is what they need now; a desk goes on with this one."""
    alarm = actions.go_to_safe_room(_own(by).pk, by=by, now=clock.now())
    return redirect("alarm", alarm) if by.kind == "person" else redirect("check-ins")


@page()
def inside(request: HttpRequest, by: Actor) -> HttpResponse:
    """How many are in the room."""
    typed = request.POST.get("inside", "")
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("1000") else 0
    return _tried(request, lambda: actions.count_inside(_own(by).pk, count, by=by, now=clock.now()))


@page()
def stay(request: HttpRequest, by: Actor) -> HttpResponse:
    """They stay longer."""
    row, form, now = _own(by), StayForm(request.POST, auto_id="stay_%s"), clock.now()
    if not form.is_valid():
        return _draw(request, by, stay_form=form)
    until = next_at(form.cleaned_data["until"], _site(by), now)
    reason = form.cleaned_data["reason"]
    return _tried(request, lambda: choices.extend_stay(row.pk, until, reason, by=by, now=now))


@page()
def choose(request: HttpRequest, by: Actor) -> HttpResponse:
    """What becomes of it while a provision is missing."""
    row, now, typed = _own(by), clock.now(), request.POST.get("until", "")
    try:
        at = Until(required=False).clean(typed)
    except ValidationError:
        at = None
    until, offer = next_at(at, _site(by), now), request.POST.get("offer", "")
    return _tried(request, lambda: choices.choose_offer(row.pk, offer, until, by=by, now=now))


@page(hidden=False)
def end(request: HttpRequest, by: Actor) -> HttpResponse:
    """The door is locked, or somebody is with them."""
    ending = request.POST.get("ending", "")
    return _tried(request, lambda: actions.check_out(_own(by).pk, ending, by=by, now=clock.now()))


def _tried(request: HttpRequest, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except (Invalid, Refusal) as error:
        said = error.faults[0].reason if isinstance(error, Invalid) else error.sentence
        messages.error(request, said)
    else:
        messages.success(request, _("Recorded."))
    return redirect("check-ins")


def _ago(said: str) -> timedelta:
    """An age that cannot be read is not taken for now: that would put off the next question."""
    ago = how_long_ago(said)
    if ago is None:
        raise Invalid.one("ago", _("Say how long ago it was, as in PT45S, at most a day."))
    return ago


def own(by: Actor) -> dict[str, Any]:
    """The person's own shift alone and the answers to its question, for another page."""
    return {"row": queries.running(by.person or 0), "answers": lone_words.ANSWERS.items()}


def _own(by: Actor) -> LoneShift:
    row = queries.running(by.person or 0)
    if row is None:
        raise NotFound(_("Nothing is asked of you now."))
    return row


def _site(by: Actor) -> Site:
    site = home(by)
    if site is None:
        raise NotAllowed(_("You belong to no site. Ask an administrator."))
    return site


def _draw(
    request: HttpRequest, by: Actor, form: ConfirmForm | None = None, stay_form: StayForm | None = None
) -> HttpResponse:
    facts, site = _shown(by), _site(by)
    row = facts["row"]
    if not counter(by):
        if row is None:
            place = by.place or people.shift_place(by.person or 0, site.pk, clock.now())
            facts["form"] = form or BeginForm(site, initial={"place": place})
        else:
            facts["confirm_form"] = form or ConfirmForm(site, initial={"confirmed": row.confirmed})
            facts["stay_form"] = stay_form or StayForm(auto_id="stay_%s")
    status = STATUS if form or stay_form else 200
    pages = pages_of(by) if by.kind == "person" else []
    return show(request, by, "response/check_ins.html", status, site=site, **{**facts, "pages": pages})


def _shown(by: Actor) -> dict[str, Any]:
    row, now = queries.running(by.person or 0), clock.now()
    hidden = not counter(by)
    shown: dict[str, Any] = {
        "row": row,
        "due": queries.due_at(row) if row else None,
        "answers": lone_words.ANSWERS.items(),
        "hidden": hidden,
        "leads": hidden and by.may(Permission.PRESENCE_SET, _site(by).pk),
    }
    return {**shown, **_provided(row, now)} if row and hidden else shown


def _provided(row: LoneShift, now: Any) -> dict[str, Any]:
    """What a screen that customers can read does not show."""
    found = provisions.of_shift(row, now)
    protocol = queries.protocol(row)
    return {
        "room": queries.refuge(row, now),
        "provisions": [(p, [lone_words.WHY.get(why, why) for why in p.why]) for p in found],
        "provided": bool(found) and all(p.good for p in found),
        "offers": protocol.lone_working.offers if protocol and provisions.missing(found) else (),
        "gap": answered(queries.gap(row)),
    }


def answered(gap: Any) -> dict[str, Any] | None:
    """What was chosen, and what a manager said to it, with name and reason."""
    if gap is None:
        return None
    names = people.actor_names([gap.answered_by]) if gap.answered_by else {}
    words = journal.words([gap.words]) if gap.words else {}
    return {"gap": gap, "name": names.get(gap.answered_by, ""), "reason": words.get(gap.words, "")}
