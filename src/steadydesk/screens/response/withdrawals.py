"""Withdrawals of service: the list, the decision in its long and its short form, and the letter (E6c)."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.customers import actions, queries
from steadydesk.customers.models import Withdrawal
from steadydesk.customers.rules import deciders, must_be_served
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, SteadydeskError
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.privacy.looking import keep_look
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.screens.response.withdrawal_form import WithdrawForm
from steadydesk.sites import queries as sites
from steadydesk.visits import queries as visits
from steadydesk.visits.models import Visit

VERBS = {"letter": actions.give_letter, "end": actions.end_withdrawal}


@page(Permission.SERVICE_WITHDRAW)
def withdrawals(request: HttpRequest, by: Actor) -> HttpResponse:
    """Those that run or wait for their letter, and the last that ended. No name stands here."""
    site, now = choose_site(request, by, Permission.SERVICE_WITHDRAW), clock.now()
    hidden = encounters.kept_from(by)
    running, ended = (
        [_shown(row, now) for row in queries.withdrawals(site.pk, ended=over) if row.subject not in hidden]
        for over in (False, True)
    )
    return show(request, by, "response/withdrawals.html", site=site, running=running, ended=ended)


@page(Permission.SERVICE_WITHDRAW)
def withdraw(request: HttpRequest, by: Actor) -> HttpResponse:
    """Decide one, for a visit; what is missing is said beside each field, and nothing typed is lost."""
    visit = _visit(request, by)
    protocol, today = documents.in_force(visit.site).protocol, request.GET.get("for") == "today"
    if not any(by.has_role(role, visit.site) for role in deciders(protocol, for_today=today)):
        raise NotAllowed(_("The protocol lets others decide this. Ask one of them."))
    site, form = sites.site(visit.site), WithdrawForm(protocol, _typed(request), for_today=today)
    if request.method == "POST" and form.is_valid():
        decision = form.decision(site.time_zone, clock.now())
        try:
            row = actions.withdraw_service(f"visit:{visit.pk}", visit.site, decision, by=by, now=clock.now())
        except Invalid as error:
            form.take_faults(error)
        except SteadydeskError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Decided. It binds once the customer has the letter."))
            return redirect("withdrawal", row.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    served = [s.label for s in must_be_served(protocol)]
    return show(
        request, by, "response/withdraw.html", status, site=site, visit=visit, form=form, today=today, served=served
    )


@page(Permission.SERVICE_WITHDRAW)
def withdrawal(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """The decision with its letter, to print."""
    row = _row(id, by)
    keep_look(row.subject, "visit", by)
    protocol = documents.version(row.document, row.version).protocol
    found = {**_shown(row, clock.now()), **_letter(row, protocol)}
    return show(request, by, "response/withdrawal.html", site=sites.site(row.site), **found)


@page(Permission.SERVICE_WITHDRAW)
def change(request: HttpRequest, by: Actor, id: int, verb: str) -> HttpResponse:
    """The letter was given, or it ends now."""
    row = _row(id, by)
    if verb not in VERBS:
        raise NotFound(_("There is no such page."))
    VERBS[verb](row.pk, by=by, now=clock.now())
    return redirect("withdrawal", id)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _row(id: int, by: Actor) -> Withdrawal:
    row = queries.withdrawal(id)
    if not by.may(Permission.SERVICE_WITHDRAW, row.site):
        raise NotFound(_("There is no such withdrawal."))
    if row.subject in encounters.kept_from(by):
        raise NotFound(_("There is no such withdrawal."))
    return row


def _visit(request: HttpRequest, by: Actor) -> Visit:
    asked = request.GET.get("visit", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise NotFound(_("There is no such visit."))
    visit = visits.visit(int(asked))
    if not by.may(Permission.SERVICE_WITHDRAW, visit.site):
        raise NotFound(_("There is no such visit."))
    encounters.refuse_hidden(visit.pk, by)
    return visit


def _shown(row: Withdrawal, now: datetime) -> dict[str, Any]:
    state = {
        "decided": _("waits for its letter"),
        "in_force": _("in force") if queries.binds(row, now) else _("to come"),
        "ended": _("ended"),
    }
    protocol = documents.version(row.document, row.version).protocol
    scopes = {s.id: s.label for s in protocol.withdrawal.scopes}
    who = people.actor_names([row.decided_by]).get(row.decided_by, "")
    return {"row": row, "state": state[row.state], "scope": scopes.get(row.scope, row.scope), "decider": who}


def _letter(row: Withdrawal, protocol: Protocol) -> dict[str, Any]:
    form = protocol.withdrawal
    texts = journal.typed([row.reason, row.customer, *row.answers.values()])
    labels = {s.id: s.label for s in protocol.services}
    checks = {c.id: c.label for c in form.checks}
    ways = {w.id: w.label for w in form.ways_left}
    return {
        "customer": texts[row.customer],
        "reason": texts[row.reason],
        "answers": [(checks.get(id, id), texts[words]) for id, words in row.answers.items()],
        "services": [labels.get(id, id) for id in row.services],
        "served": [s.label for s in must_be_served(protocol)],
        "ways": [ways.get(id, id) for id in row.ways],
        "appeal_days": form.appeal_within.days,
        "review_on": row.starts_at + form.review_every,
        "last_day": row.ends_at - timedelta(seconds=1),
    }
