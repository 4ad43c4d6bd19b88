"""The manager's open list: what is still open, what could not be done, who is here, and drills."""

from collections.abc import Collection
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.delivery import browsers, reached
from steadydesk.delivery import queries as delivery
from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import queries as people
from steadydesk.screens.desk import words as desk_words
from steadydesk.screens.response import after, calls, words
from steadydesk.screens.response.duty import CHANGES
from steadydesk.screens.response.forms import Drill
from steadydesk.screens.response.page import choose_site, page, show
from steadydesk.screens.site import lists
from steadydesk.screens.site import words as site_words
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import here, referrals
from steadydesk.visits import queries as visits
from steadydesk.visits.models import Prompt, Visit

LOOK_BACK = timedelta(days=7)


@page(Permission.PRESENCE_SET)
def manage(request: HttpRequest, by: Actor) -> HttpResponse:
    """Everything that waits for somebody."""
    site = choose_site(request, by, Permission.PRESENCE_SET)
    return _show(request, by, site, _drill(site))


@page(Permission.PRESENCE_SET)
def manage_part(request: HttpRequest, by: Actor) -> HttpResponse:
    """The part of it that changes while one looks."""
    site = choose_site(request, by, Permission.PRESENCE_SET)
    return show(request, by, "response/manage_part.html", site=site, **_open(site, by, clock.now()))


@page(Permission.ALARM_DRILL)
def start_drill(request: HttpRequest, by: Actor) -> HttpResponse:
    """Start a drill or a test; refused with a sentence while a real call is open."""
    site = choose_site(request, by, Permission.ALARM_DRILL)
    form = _drill(site, request.POST)
    if not form.is_valid():
        return _show(request, by, site, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        id = alarms.raise_drill(site.pk, form.cleaned_data["place"], by, mode=form.cleaned_data["mode"])
    except (Invalid, Refusal) as error:
        messages.error(request, str(error.sentence) if isinstance(error, Refusal) else str(error))
        return redirect(f"/manage?site={site.pk}")
    return redirect("alarm", id=id)


@page(Permission.PRESENCE_SET)
def manage_people(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who is on shift now and who is away."""
    site = choose_site(request, by, Permission.PRESENCE_SET)
    now = clock.now()
    roll = people.roll_call(site.pk, now)
    there = {p.person for p in roll if p.since and not p.absent}
    gaps = _without_lead(site, now)
    others = [c for c in people.helpers(site.pk) if all(p.person != c.person for p in roll)]
    found: dict[str, Any] = {"roll": roll, "there": len(there), "gaps": gaps, "others": others}
    untried = reached.without_a_tried_way([p.person for p in roll], now)
    names = [p.name for p in roll if p.person in untried]
    lost_there = browsers.lost([p.person for p in roll])
    found["lost"] = [p.name for p in roll if p.person in lost_there]
    return show(request, by, "response/people.html", site=site, untried=names, **found)


@page(Permission.PRESENCE_SET)
def put_helper_on_shift(request: HttpRequest, by: Actor) -> HttpResponse:
    """Somebody of another site helps out here from now on."""
    site, chosen = choose_site(request, by, Permission.PRESENCE_SET), request.POST.get("person", "")
    helper = next((c.person for c in people.helpers(site.pk) if c.ref == chosen), None)
    if helper is None:
        raise Refusal("not_available", _("Choose somebody who works at another site."))
    CHANGES["start"](helper, site.pk, by=by, now=clock.now())
    return redirect(f"/manage/people?site={site.pk}#person-{helper}")


@page(Permission.PRESENCE_SET)
def set_presence(request: HttpRequest, by: Actor, person: int) -> HttpResponse:
    """Start or end somebody's shift; mark them absent or back. No reason is asked."""
    site = choose_site(request, by, Permission.PRESENCE_SET)
    change = CHANGES.get(request.POST.get("do", ""))
    if change is None or all(p.person != person for p in people.roll_call(site.pk, clock.now())):
        raise Refusal("not_available", _("This person does not belong to the site."))
    change(person, site.pk, by=by, now=clock.now())
    return redirect(f"/manage/people?site={site.pk}#person-{person}")


def _show(request: HttpRequest, by: Actor, site: Site, drill: Drill, status: int = 200) -> HttpResponse:
    parts = _open(site, by, clock.now())
    return show(request, by, "response/manage.html", status, site=site, drill=drill, **parts)


def _drill(site: Site, typed: Any = None) -> Drill:
    return Drill(typed, places=[(p.id, p.name) for p in sites.places(site.pk) if p.kind != "door"])


def _open(site: Site, by: Actor, now: datetime) -> dict[str, Any]:
    hidden = encounters.kept_from(by)
    over = [row for row in here.rows(site.pk, now) if row.over and not encounters.is_hidden([row.visit.pk], hidden)]
    failed = delivery.troubles(site.pk, now - LOOK_BACK)
    names = people.names(t.person for t in failed if t.person is not None)
    return {
        "calls": [c for c in calls.open_calls(by) if c.alarm.site == site.pk],
        "over": [(row, [words.CLOCKS.get(kind, kind) for kind in row.over]) for row in over],
        "prompts": [_asked(p) for p in visits.open_prompts(site.pk, hidden)],
        "sent_on": _sent_on(site, hidden),
        "gaps": _without_lead(site, now),
        "failed": [(t, words.CHANNELS.get(t.channel, t.channel), names.get(t.person or 0, "")) for t in failed],
        "faults": [(e, words.TROUBLES[e.type]) for e in journal.latest([site.pk], words.TROUBLES, now - LOOK_BACK)],
        "afterwards": after.waiting(site.pk, now, by),
        "days": LOOK_BACK.days,
        "lists": lists.summary(site, now, every=True, hidden=hidden),
        "site_state": site_words.state_words(site.state, staff_only=True),
    }


def _asked(prompt: Prompt) -> tuple[Prompt, str, list[Visit], str]:
    """What is asked, about whom, and who should have been rung and is not here."""
    away = desk_words.away_words(prompt.skipped, staff_only=True)
    return prompt, str(words.PROMPTS.get(prompt.kind, prompt.kind)), list(prompt.visits.all()), away


def _sent_on(site: Site, hidden: Collection[str]) -> list[tuple[Visit, int]]:
    """Who is here and was sent from one to the next more than once."""
    here = [v for v in visits.open_visits(site.pk) if not encounters.is_hidden([v.pk], hidden)]
    times = referrals.times_sent_on(v.pk for v in here)
    return [(v, times[v.pk]) for v in here if times.get(v.pk, 0) > 1]


def _without_lead(site: Site, now: datetime) -> list[str]:
    names = {team.pk: team.name for team in people.teams_at(site.pk)}
    return [names.get(team, team) for team in visits.teams_without_lead(site.pk, now)]
