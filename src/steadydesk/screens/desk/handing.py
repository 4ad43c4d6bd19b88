"""What a desk hands over at a change of shift."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from steadydesk.alarms import actions as calls
from steadydesk.alarms import queries as alarms
from steadydesk.desks import actions, queries
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor
from steadydesk.screens.desk import board
from steadydesk.screens.desk.frame import staff_only
from steadydesk.screens.desk.stations import number
from steadydesk.sites import queries as sites
from steadydesk.visits import queries as visits
from steadydesk.visits.here import rows


def handed_over(desk: Actor) -> dict[str, Any]:
    """Promises, questions, people who are attended to, day passes; and calls, where no customer reads them."""
    site = sites.site(desk.site or "")
    full = staff_only(desk)
    here = queries.tapped_in(int(desk.id))
    owners = [desk.holder, *(f"person:{h.person}" for h in here)]
    hidden = encounters.kept_from(desk)
    everybody = [r for r in rows(site.pk) if not encounters.is_hidden([r.visit.pk], hidden)]
    asked = board.questions(everybody, board.labels(site.pk), site, staff_only=full, hidden=hidden)
    return {
        "leaving": here,
        "with_somebody": [v for v in visits.with_somebody(site.pk, owners) if not encounters.is_hidden([v.pk], hidden)],
        "promised": [r.visit for r in everybody if r.visit.promised_until and r.visit.attended_at is None],
        "questions": asked,
        "passes": queries.passes(site.pk, int(desk.id)),
        "calls": alarms.at_sites([site.pk], open=True, watching=calls.watching(desk)) if full else [],
        "choices": queries.may_tap_in(int(desk.id), site.pk),
    }


def take_over(request: HttpRequest, desk: Actor, now: datetime) -> None:
    """By PIN or badge of who comes; whoever was here is tapped out."""
    person = number(request.POST.get("person"))
    who = actions.recognise(request.POST.get("key", ""), person=person, by=desk, now=now)
    actions.take_over(who, by=desk, now=now)
