"""Who is expected: the list of a day, one of them with everything that can be done, and what the customer is given."""

from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.delivery.actions import can_send
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.once import act_once
from steadydesk.screens.desk.frame import page, show
from steadydesk.screens.desk.frame import staff_only as in_full
from steadydesk.screens.privacy.looking import keep_look
from steadydesk.screens.response.page import choose_site, counter
from steadydesk.screens.returns import warnings, words
from steadydesk.screens.returns.forms import MailForm, SendForm, TextForm, TimeForm, ToldForm
from steadydesk.screens.returns.frame import around
from steadydesk.sites import queries as sites
from steadydesk.visits import actions, confirming, expected
from steadydesk.visits.models import ExpectedArrival

A_DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=2)
FORMS: dict[str, type[SendForm]] = {MailForm.way: MailForm, TextForm.way: TextForm}
PLAIN: dict[str, Any] = {
    "call-off": actions.call_off,
    "take-up": actions.take_up,
    "not-come": actions.say_not_come,
}


@page
def day_list(request: HttpRequest, by: Actor) -> HttpResponse:
    """Expected today, or on another day: times, for what, with whom. Nobody's name stands in it."""
    site, now = choose_site(request, by, Permission.VISIT_READ), clock.now()
    today = expected.today(site, now)
    day = _day(request.GET.get("day", "")) or today
    mine = expected.booked_by(by.ref, now - LOOK_BACK) if by.person else []
    lists = {"rows": expected.on_day(site.pk, day), "mine": mine, "uncertain": expected.uncertain(site.pk)}
    shown: dict[str, Any] = {
        "site": site,
        "day": day,
        "today": today,
        "before": day - A_DAY,
        "after": day + A_DAY,
        **{
            name: [(row, words.state_words(row.expected)) for row in expected.shown_to(by, found)]
            for name, found in lists.items()
        },
        "works": by.may(Permission.VISIT_WORK, site.pk),
        "staff_only": in_full(by),
        "now": now,
        **around(by),
    }
    return show(request, by, "returns/day.html", **shown, **warnings.part(by, site, now, hidden=counter(by)))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


@page
def one(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """One: when, with whom, how it stands, and everything that can be done about it."""
    row = _row(by, id)
    keep_look(f"visit:{row.visit_id}" if row.visit_id else f"expected:{id}", "expected", by)
    return _one(request, by, row)


def _row(by: Actor, id: int, permission: Permission = Permission.VISIT_READ) -> ExpectedArrival:
    row = expected.one(id, by)
    if not by.may(permission, row.site):
        raise NotFound(_("There is no such appointment."))
    return row


def _one(
    request: HttpRequest,
    by: Actor,
    row: ExpectedArrival,
    *,
    said: str = "",
    status: int = 200,
    typed: SendForm | None = None,
    time: TimeForm | None = None,
) -> HttpResponse:
    now, full = clock.now(), in_full(by) or not by.place
    whom = request.POST.get("whom") or request.GET.get("whom") or expected.word_of(row)
    times = expected.times_instead(row, now, whom) if row.state == "open" else []
    zone = sites.site(row.site).time_zone
    (named,) = expected.rows([row])
    questions = row.prompts.filter(answered_at__isnull=True, withdrawn_at__isnull=True)
    found: dict[str, Any] = {
        "row": row,
        "named": named,
        "state": words.state_words(row),
        "who": expected.who(row) if full and (not row.private or by.ref == row.booked_by) else "",
        "confirmation": confirming.confirmation(row),
        "policy_given": confirming.policy_given(row),
        "times": [(at.isoformat(), words.at_words(at)) for at in times],
        "time_form": time or TimeForm(row.site, zone, initial={"whom": whom}),
        "sending": [typed if typed and typed.way == way else form() for way, form in FORMS.items() if can_send(way)],
        "can_mail": can_send("mail"),
        "receipts": words.receipt_words(confirming.receipts(row)),
        "unsent": words.unsent_words(confirming.unsent(row)),
        "told": [(q, ToldForm(prompt=q.pk)) for q in questions],
        "undo": expected.can_undo(row, now),
        "take_up": expected.can_take_up(row, now),
        "over": row.starts_at <= now,
        "works": by.may(Permission.VISIT_WORK, row.site),
        "staff_only": in_full(by),
        "said": said,
        "whom": whom,
        **around(by),
    }
    return show(request, by, "returns/one.html", status, **found)


@page
def act(request: HttpRequest, by: Actor, id: int, verb: str) -> HttpResponse:
    """One action; it is refused with a sentence, and nothing that was typed is lost."""
    row, now = _row(by, id, Permission.VISIT_WORK), clock.now()
    typed, time = FORMS[verb](request.POST) if verb in FORMS else None, None
    try:
        if verb == "undo":
            visit = actions.undo_return(id, by=by, now=now)
            messages.success(request, words.DONE[verb])
            return redirect("visit", visit.pk)
        if verb == "move":
            time = TimeForm(row.site, sites.site(row.site).time_zone, request.POST)
            time.is_valid()
            actions.move_expected(id, time.chosen_at(), whom=request.POST.get("whom", ""), by=by, now=now)
        elif verb in FORMS:
            safe = bool(request.POST.get("safe_way"))
            address = request.POST.get("address", "")
            give = partial(actions.confirm, id, verb, address=address, safe_way=safe, by=by, now=now)
            act_once(request, lambda: give().pk, by=by, now=now)
        elif verb in PLAIN:
            PLAIN[verb](id, by=by, now=now)
        else:
            raise NotFound(_("There is no such page."))
    except Invalid as error:
        if form := time or typed:
            form.take_faults(error)
        return _one(request, by, row, status=422, typed=typed, time=time)
    except Refusal as refusal:
        return _one(request, by, row, said=refusal.sentence, status=409, typed=typed, time=time)
    messages.success(request, words.DONE[verb])
    return redirect("expected-one", id)


@page
def confirm(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """The slip or the calendar file; that it was given is kept."""
    row, way = _row(by, id, Permission.VISIT_WORK), request.POST.get("way", "")
    now = clock.now()
    try:
        if way not in ("print", "calendar"):
            raise NotFound(_("There is no such page."))
        row = actions.confirm(id, way, safe_way=bool(request.POST.get("safe_way")), by=by, now=now)
    except Refusal as refusal:
        return _one(request, by, row, said=refusal.sentence, status=HTTPStatus.CONFLICT)
    if way == "print":
        return redirect("expected-slip", id)
    file = HttpResponse(confirming.as_calendar(row, now), content_type="text/calendar; charset=utf-8")
    file["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    file["Cache-Control"] = "no-store"
    return file


@page
def slip(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """What the customer takes home, on a page of its own. Nothing of the visit stands on it."""
    row = _row(by, id, Permission.VISIT_WORK)
    if row.private and not row.safe_way:
        raise Refusal("incomplete", _("This customer is kept private. Confirm a safe way with them first."))
    return show(request, by, "returns/slip.html", row=row, slip=confirming.confirmation(row), **around(by))


@page
def told(request: HttpRequest, by: Actor, prompt: int) -> HttpResponse:
    """The customer was told that nobody will be there, and how (E4c)."""
    form = ToldForm(request.POST, prompt=prompt)
    back = request.POST.get("back", "")
    try:
        if not form.is_valid():
            raise Invalid.one("how", _("Say how the customer was told."))
        said = form.cleaned_data
        now = clock.now()
        act_once(
            request, lambda: actions.say_told(prompt, said["how"], note=said["note"], by=by, now=now), by=by, now=now
        )
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Recorded: the customer knows."))
    return redirect("expected-one", int(back)) if back.isascii() and back.isdigit() else redirect("desk")
