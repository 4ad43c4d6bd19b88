"""Tests of the chain: started, answered by each who was asked, and what they and the calls came to by month."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.chaintests import actions, queries, rules
from steadydesk.delivery import reached, ways
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import queries as people
from steadydesk.screens.response import words
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import queries as visits

MONTHS = 12


@page(Permission.ALARM_DRILL)
def chain(request: HttpRequest, by: Actor) -> HttpResponse:
    """The tests of a site, and the form for another."""
    site, now = choose_site(request, by, Permission.ALARM_DRILL), clock.now()
    there = alarms.told_from(site.pk, "", None, now)
    return show(
        request,
        by,
        "response/chain.html",
        site=site,
        running=queries.running(site.pk),
        webhook=_webhook(site),
        asked_for=_asked_for(site, there, now),
        there=len(there),
        workers=sorted(people.workers(site.pk), key=lambda c: c.name),
        tests=[t for t in queries.newest(site.pk) if t.ended_at],
        months=queries.months(site.pk, _firsts(site, now)),
        smallest=rules.SMALLEST_GROUP,
    )


def _webhook(site: Site) -> dict[str, Any] | None:
    """How the last trial of the other system went; ``None`` where none is set up."""
    if not alarms.channels().webhook:
        return None
    last = reached.last_of_webhook(site.pk)
    if last is None:
        return {"said": _("not tested")}
    failure = last.failures[-1].said if last.failures and last.state != "sent" else ""
    return {"said": words.DELIVERIES.get(last.state, last.state), "at": last.sent_at or last.send_at, "why": failure}


@page()
def try_webhook(request: HttpRequest, by: Actor) -> HttpResponse:
    """Post a trial to the other system; how it went stands on the page."""
    site = choose_site(request, by, Permission.ALARM_DRILL)
    try:
        ways.try_webhook(site.pk, site.name, by=by, now=clock.now())
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("A test is on its way. Open this page again for what the other system answered."))
    return redirect(f"/manage/chain?site={site.pk}")


def _asked_for(site: Site, there: set[int], now: datetime) -> str:
    """Why a test is asked for now; empty when none is."""
    if not there:
        return _("Nobody is on shift whom a call would be told to. Put somebody on shift, then test the chain.")
    if not alarms.book().can_answer(site.pk, "", "", now):
        return _("Nobody is shown to be able to answer a call now: test the chain.")
    if queries.due_since(site.pk, now) or queries.last_try(site.pk) is None:
        quiet = not visits.waiting_ids(site.pk)
        return _("A test is due, and nobody waits: start it now.") if quiet else _("A test is due.")
    return ""


def _firsts(site: Site, now: datetime) -> list[tuple[datetime, datetime]]:
    """The months of the site's own calendar, the newest first: from the first moment of each to that of the next."""
    zone = ZoneInfo(site.time_zone)
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found, end = [], now + timedelta(seconds=1)
    for _month in range(MONTHS):
        found.append((first, end))
        end, first = first, (first - timedelta(days=1)).replace(day=1)
    return found


@page(Permission.ALARM_DRILL)
def start(request: HttpRequest, by: Actor) -> HttpResponse:
    """Ask everybody on shift in the chain, or those who were named."""
    site = choose_site(request, by, Permission.ALARM_DRILL)
    named = [int(p) for p in request.POST.getlist("people") if p.isdigit()]
    everybody = request.POST.get("do") == "everybody"
    try:
        id = actions.start_test(site.pk, None if everybody else named, by=by, now=clock.now())
    except Invalid as error:
        messages.error(request, str(error.faults[0].reason))
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        return redirect("chain-test", id=id)
    return redirect(f"/manage/chain?site={site.pk}")


@page()
def one(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """One test: for those who were asked the one button, for those who lead how it went with each."""
    test = queries.test(id, by)
    leads = by.may(Permission.ALARM_DRILL, test.site)
    found: dict[str, Any] = {"test": test, "leads": leads, "mine": id in queries.waiting_for(int(by.id))}
    if leads:
        answers = queries.answers(id)
        names = people.names(a.person for a in answers)
        found["answers"] = [(names.get(a.person, ""), a, _ways(a)) for a in answers]
        found["answered"] = sum(a.answered_at is not None for a in answers)
    return show(request, by, "response/chain_test.html", site=sites.site(test.site), **found)


def _ways(answer: queries.Answer) -> list[tuple[Any, Any, str]]:
    return [
        (
            words.CHANNELS.get(r.channel, r.channel),
            words.DELIVERIES.get(r.state, r.state),
            r.failures[-1].said if r.failures else "",
        )
        for r in answer.receipts
    ]


@page()
def answer(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """“I have it.”"""
    try:
        actions.answer_test(id, by=by, now=clock.now())
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("Thank you: you were reached."))
    return redirect("chain-test", id=id) if by.may(Permission.ALARM_DRILL) else redirect("respond")


@page(Permission.ALARM_DRILL)
def stop(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """It began by mistake."""
    queries.test(id, by)
    try:
        actions.stop_test(id, by=by, now=clock.now())
    except Refusal as error:
        messages.error(request, str(error.sentence))
    return redirect("chain-test", id=id)
