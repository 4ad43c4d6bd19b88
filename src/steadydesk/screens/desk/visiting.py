"""One visit: its card beside the board, its page with the record, and every action on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.once import act_once
from steadydesk.people import queries as people
from steadydesk.privacy import queries as privacy
from steadydesk.screens.desk import board, helping, timeline, words
from steadydesk.screens.desk.asking_forms import ON_THE_LIST
from steadydesk.screens.desk.expected_forms import Expected
from steadydesk.screens.desk.forms import FORMS, PRESSES
from steadydesk.screens.desk.frame import home, page, show
from steadydesk.screens.desk.frame import staff_only as in_full
from steadydesk.screens.desk.stations import NAMED, asks_who, colleagues, desk_of, named, number, station_of
from steadydesk.screens.desk.visit_form import VisitForm
from steadydesk.screens.privacy.looking import keep_look
from steadydesk.screens.privacy.showing import looks
from steadydesk.screens.returns.words import receipt_words, unsent_words
from steadydesk.visits import (
    actions,
    apart,
    calling,
    company,
    confirming,
    expected,
    help_requests,
    private,
    queries,
    referrals,
    taking,
    undoing,
)
from steadydesk.visits.models import Clock, Visit
from steadydesk.visits.referral_rules import takes_back
from steadydesk.visits.triggers import contact_after

ASKING = "ask_service"
"""A minute at which something is asked, and no limit: it is neither kept nor over."""
LOOKS = 20
CALLS = {"call", "call-before"}
ASKED = {"agree", "decline"}
"""Only who was asked can answer a referral."""


@page
def visit_page(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """The visit with its record."""
    visit = _visit(by, id)
    keep_look(f"visit:{id}", "visit", by)
    staff_only = in_full(by)
    record = _record(visit, by, staff_only=staff_only)
    found = {**_card(visit, by, staff_only=staff_only), **_naming(request, by)}
    return show(request, by, "desk/visit.html", **found, record=record)


@page
def card(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """The card that opens beside the board and closes by itself."""
    visit = _visit(by, id)
    found = {**_card(visit, by, staff_only=in_full(by)), **_naming(request, by)}
    wanted = request.GET.get("to", "menu")
    if wanted == "menu":
        # A second Enter by mistake may call the customer; it may not end the visit or ask for help.
        wanted = "call" if any(f.name == "call" for f in found["presses"]) else "said"
    return render(request, "desk/card.html", {**found, "focus": wanted})


@page
def asking_part(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """What the team was asked for, fetched again whenever something was said."""
    visit = _visit(by, id)
    works = by.may(Permission.VISIT_WORK, visit.site)
    found = {"visit": visit, "asking": help_requests.asking(visit, by), "works": works}
    return render(request, "desk/asking_list.html", found)


@page
def act(request: HttpRequest, by: Actor, id: int, action: str) -> HttpResponse:
    """One action; it is refused with a sentence, and nothing that was typed is lost."""
    if action not in FORMS:
        raise NotFound(_("There is no such page."))
    visit = _visit(by, id)
    staff_only = in_full(by)
    form = FORMS[action](visit, queries.choices(visit), request.POST, staff_only=staff_only)
    form.desk = desk_of(request)
    said, status = "", 422
    try:
        if form.is_valid():
            by = _named(request, by, form)
            _do(request, form, by, clock.now())
            said, status = str(form.done), 200
    except Invalid as error:
        form.take_faults(error)
    except Refusal as refusal:
        said, status = _refused(refusal, id, by), 409
    return _answer(request, by, form, said, status)


def _named(request: HttpRequest, by: Actor, form: VisitForm) -> Actor:
    """Whoever acts. Raises ``Invalid`` with every other fault of the form too, so that all are said at once."""
    try:
        return named(request, by, form.name)
    except Invalid as unnamed:
        raise Invalid([*unnamed.faults, *form.faults()]) from unnamed


def _do(request: HttpRequest, form: VisitForm, by: Actor, now: datetime) -> None:
    """A call must not wait for anything else to be kept; all the rest is done once, however often it is clicked."""
    if form.presses:
        form.act(by, now)
    else:
        act_once(request, lambda: form.act(by, now).pk, by=by, now=now)


@require_POST
@page
def call_next(request: HttpRequest, by: Actor) -> HttpResponse:
    """Call whoever has waited longest; the answer is their card, on which a wrong call can be undone."""
    site, team = home(by), request.POST.get("team", "")
    inline = bool(request.headers.get("HX-Request"))
    try:
        now = clock.now()
        called = act_once(request, lambda: actions.call_next(site.pk, team=team, by=by, now=now).pk, by=by, now=now)
    except (Refusal, Invalid) as error:
        said = error.faults[0].reason if isinstance(error, Invalid) else error.sentence
        where, status = ("desk/nobody.html", 200) if inline else ("desk/nobody_page.html", 409)
        return show(request, by, where, status, said=said)
    if not inline:
        return redirect("visit", int(called.made))
    found = _card(queries.visit(int(called.made)), by, staff_only=in_full(by)) | _naming(request, by)
    response = render(request, "desk/card.html", {**found, "said": _("Called."), "focus": "said"})
    response["HX-Trigger"] = "live-board"
    return response


def _answer(request: HttpRequest, by: Actor, form: VisitForm, said: str, status: int) -> HttpResponse:
    visit = queries.visit(form.visit.pk)
    staff_only = in_full(by)
    failed = {form.name: form} if status == 422 else {}
    found = _card(visit, by, staff_only=staff_only, failed=failed) | _naming(request, by)
    found |= {"said": said, "refused": status == 409, "steps_open": form.name == "tick"}
    if request.headers.get("HX-Request"):
        # What is wrong takes the focus by itself.
        focus = _focus(form, status) if "card" in request.POST else ""
        response = render(request, "desk/card.html", {**found, "focus": focus}, status=status)
        # The board beside it must not wait for the stream, which may be blocked here.
        response["HX-Trigger"] = "live-board"
        return response
    if status == 200:
        return redirect("visit", visit.pk)
    record = _record(visit, by, staff_only=staff_only)
    return show(request, by, "desk/visit.html", status, **found, record=record)


def _record(visit: Visit, by: Actor, *, staff_only: bool) -> list[timeline.Told]:
    """What happened; of who is kept private without what they came for and what was typed, but for those named."""
    labels, readable = board.labels(visit.site), private.may_read(visit, by)
    shown = labels if readable else board.Labels({}, labels.teams)
    record = timeline.told(visit, queries.choices(visit), shown, staff_only=staff_only)
    return record if readable else [replace(line, words=[]) for line in record]


def _focus(form: VisitForm, status: int) -> str:
    """What takes the focus in the new card: after the switch the way to help, and nothing else (L2)."""
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return ""
    return "help" if form.name == "problem" else "said"


def _naming(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """Whether a name is asked for, and of which actions."""
    station = station_of(request)
    asks = asks_who(station, by)
    listed = colleagues(by.site or "") if asks and station and not (station.here or station.needs_key) else []
    said = number(request.POST.get("person"))
    return {"station": station, "asks_who": asks, "needs_name": NAMED, "colleagues": listed, "chosen": said}


def _refused(refusal: Refusal, id: int, by: Actor) -> str:
    """The rule's own sentence, with the name of whoever was first where that is the reason."""
    visit = queries.visit(id)
    owner = people.actor_names([visit.owner]).get(visit.owner, "") if visit.owner != by.ref else ""
    if refusal.code == "already_attended" and owner and visit.ended_at is None:
        return _("%(who)s has taken %(ref)s.") % {"who": owner, "ref": visit.ref}
    return str(refusal.sentence)


def _visit(by: Actor, id: int) -> Visit:
    visit = queries.visit(id)
    if not by.may(Permission.VISIT_READ, visit.site):
        raise NotFound(_("There is no such visit."))
    encounters.refuse_hidden(id, by)
    return visit


def _card(
    visit: Visit, by: Actor, *, staff_only: bool, failed: Mapping[str, VisitForm] | None = None
) -> dict[str, Any]:
    if visit.private:
        # Also the answer to a press: whoever calls a customer is shown who it is.
        keep_look(f"visit:{visit.pk}", "visit", by)
    labels = board.labels(visit.site)
    choices = queries.choices(visit)
    pending = board.pending(visit, labels, board.asked_people([visit]))
    clocks = list(visit.clocks.all())
    asking = help_requests.asking(visit, by)
    hidden = _hidden(choices, open_list=asking is not None and asking.open)
    forms = {
        name: (failed or {}).get(name) or form(visit, choices, staff_only=staff_only)
        for name, form in FORMS.items()
        if name not in hidden and _possible(form, visit, by, choices["moves"], pending=bool(pending))
    }
    return {
        "visit": visit,
        "staff_only": staff_only,
        "who": private.who(visit, by),
        "service": labels.shown(visit, readable=private.may_read(visit, by)),
        "state": words.state_words(visit.state) if visit.ended_at is None else words.outcome_words(visit.outcome),
        "mood": words.mood_words(visit.mood, choices["moods"], staff_only=staff_only),
        "owner": people.actor_names([visit.owner]).get(visit.owner, ""),
        "served_today": choices["served_today"] if visit.ended_at is None else None,
        "pending": pending,
        "face": board.face(visit, clocks),
        "clocks": _clocks(clocks, staff_only=staff_only),
        "help": forms.pop("problem", None),
        "asking": asking,
        "asking_forms": {name.removeprefix("help-"): forms.pop(name) for name in ON_THE_LIST if name in forms},
        "attend": forms.pop("attend", None),
        "presses": [f for f in forms.values() if isinstance(f, PRESSES)],
        "details": [f for f in forms.values() if not isinstance(f, PRESSES) and not f.apart],
        **helping.panels(visit, by, {n: f for n, f in forms.items() if f.apart}, staff_only=staff_only),
        "works": by.may(Permission.VISIT_WORK, visit.site),
        "returns": "return" in choices["moves"],
        **_around(visit, by),
    }


def _around(visit: Visit, by: Actor) -> dict[str, Any]:
    """Who came along and who is kept away, where they are now, how to call them, and the times they were given."""
    return {
        **_kept_private(visit, by),
        "apart": apart.of_visits([visit.pk]).get(visit.pk, []),
        "walk_over": words.walk_over_words(visit.walk_over, staff_only=in_full(by)) if visit.walk_over else "",
        "along": company.to_say(visit),
        "first_word": words.contact_words(contact_after(visit)) if visit.bound_since and in_full(by) else "",
        "place": next((spot.name for spot in taking.places(visit.site) if spot.id == visit.place), ""),
        **_given(visit),
        "came_for": expected.at_visit(visit) if visit.appointment_at else None,
    }


def _kept_private(visit: Visit, by: Actor) -> dict[str, Any]:
    """For whom it is kept, and for those who has looked."""
    if not visit.private:
        return {}
    found: dict[str, Any] = {"named": list(people.names(private.named(visit)).values())}
    found["say"] = documents.version(visit.document, visit.version).protocol.waiting.private_wording
    if private.may_read(visit, by):
        found["looks"] = looks(privacy.views(subject=f"visit:{visit.pk}")[:LOOKS])
    return found


def match_form(visit: Visit, by: Actor) -> VisitForm | None:
    """Beside the line of who was added a moment ago: which of those expected today it is, if there are any."""
    choices = queries.choices(visit)
    if not by.may(Permission.VISIT_WORK, visit.site):
        return None
    if not _possible(Expected, visit, by, choices["moves"], pending=False):
        return None
    form = Expected(visit, choices, staff_only=in_full(by))
    form.auto_id = "match_%s"  # the card may be open with the same form
    return form


def _given(visit: Visit) -> dict[str, Any]:
    """The time that was given at this visit, and what of it was sent to the customer."""
    row = expected.of_visit(visit) if visit.ended_at else None
    if row is None:
        return {"given": None}
    sent, unsent = receipt_words(confirming.receipts(row)), unsent_words(confirming.unsent(row))
    return {"given": row, "receipts": sent, "unsent": unsent}


def _clocks(rows: list[Clock], *, staff_only: bool) -> list[dict[str, Any]]:
    return [{"row": c, "words": words.clock_words(c.kind, staff_only=staff_only)} for c in rows if c.kind != ASKING]


def _hidden(choices: Mapping[str, Any], *, open_list: bool) -> set[str]:
    """What must be served today is not turned away (E3c); a team is asked once, and answers while it is asked."""
    found = {"ask-help"} if open_list else set(ON_THE_LIST)
    return found | ({"cannot-meet"} if choices["served_today"] else set())


def _possible(form: type[VisitForm], visit: Visit, by: Actor, moves: set[str], *, pending: bool) -> bool:
    if form.name in ASKED:
        return pending and form.move in moves and referrals.is_asked(referrals.unanswered(visit), by)
    if form.name == "take-back":
        return pending and form.move in moves and _may_take_back(visit, by)
    if form.name == "expected":
        return form.move in moves and visit.appointment_at is None and expected.is_open_today(visit.site, clock.now())
    if form.name == "not-expected":
        return form.move in moves and visit.appointment_at is not None and expected.at_visit(visit) is not None
    if form.name == "reinstate":
        may_return = visit.outcome in ("left", "no_show") and visit.attended_at is None
        return may_return and queries.ended_today(visit, clock.now())
    if form.name in CALLS and form.move in moves:
        return _may_call(visit, why=form.name == "call-before")
    if form.name == "undo":
        return undoing.what_can_be_undone(visit.pk, by, clock.now()) is not None
    if (form.name == "problem" and visit.problem) or (form.name == "family" and visit.private):
        return False
    return (not form.move or form.move in moves) and (form.suits is None or form.suits(visit))


def _may_call(visit: Visit, *, why: bool) -> bool:
    """Under card L3b no screen offers to call them to a desk (L3b-vi); out of turn the reason is asked for."""
    if not calling.may_be_called(visit):
        return False
    if visit.state == "offered":
        return not why
    return why == calling.needs_reason(visit, calling.places(visit.site), clock.now())


def _may_take_back(visit: Visit, by: Actor) -> bool:
    referral = referrals.unanswered(visit)
    return referral is not None and takes_back({by.ref, by.holder}, referral.asked_by, visit.owner)
