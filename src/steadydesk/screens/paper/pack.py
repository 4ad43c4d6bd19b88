"""The morning pack: what a site needs on paper on a day on which the screens go dark."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries as journal
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.people import queries as people
from steadydesk.protocol.schema import Protocol
from steadydesk.screens import opening
from steadydesk.screens.desk import words
from steadydesk.screens.response.page import choose_site, counter, numbers, page, show
from steadydesk.sites import actions
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import expected

BLANK_LINES = 14
LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True)
class Printed:
    """When the pack last came out of a printer."""

    at: datetime
    by: str
    today: bool


@page(Permission.ALARM_ANSWER)
def morning_pack(request: HttpRequest, by: Actor) -> HttpResponse:
    """One page to print. It names staff and their numbers, so it never opens where customers read along."""
    site = choose_site(request, by, Permission.ALARM_ANSWER)
    now = clock.now()
    start, end = _day(site, now)
    force = documents.in_force(site.pk)
    return show(
        request,
        by,
        "paper/pack.html",
        site=site,
        today=start,
        printed=last_printed(site, now),
        form=documents.control_form(documents.row(force.document, force.version)),
        force=force,
        blank=range(BLANK_LINES),
        turns=people.working(site.pk, start, end),
        duties=people.duties_between(site.pk, start, end),
        ring=[*numbers(site), *_tried(site, force.protocol, now)],
        places=[p for p in sites.places(site.pk) if p.way_in or p.barrier],
        expected=expected.shown_to(by, expected.on_day(site.pk, start.date())),
        cards=force.protocol.cards,
        outcomes=words.OUTCOMES.values(),
        moods=force.protocol.moods.values(),
    )


@page(Permission.ALARM_ANSWER)
def pack_printed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Somebody holds it in their hand."""
    site = choose_site(request, by, Permission.ALARM_ANSWER)
    actions.say_pack_printed(site.pk, by=by, now=clock.now())
    messages.success(request, _("Noted: the morning pack of today is printed."))
    return redirect(f"/paper/pack?site={site.pk}")


def last_printed(site: Site, now: datetime) -> Printed | None:
    """When, by whom, and whether that was today."""
    found = next(iter(journal.latest([site.pk], [Event.PACK_PRINTED], now - LOOK_BACK, limit=1)), None)
    if found is None:
        return None
    start, _end = _day(site, now)
    return Printed(found.at, people.actor_names([found.by]).get(found.by, ""), found.at >= start)


def reminder(by: Actor | None) -> dict[str, Any] | None:
    """What the start page says at opening, when set-up asks for it. Names are for staff-only screens."""
    if by is None or not settings.REMIND_PACK:
        return None
    site = opening.home(by)
    if site is None or not by.may(Permission.VISIT_WORK, site.pk):
        return None
    hidden = counter(by)
    may_print = by.kind == "person" and not hidden and by.may(Permission.ALARM_ANSWER, site.pk)
    return {"printed": last_printed(site, clock.now()), "names": not hidden, "may_print": may_print}


def _day(site: Site, now: datetime) -> tuple[datetime, datetime]:
    """From midnight to midnight by the site's clocks."""
    zone = ZoneInfo(site.time_zone)
    today: date = now.astimezone(zone).date()
    return datetime.combine(today, time.min, zone), datetime.combine(today + timedelta(days=1), time.min, zone)


def _tried(site: Site, protocol: Protocol, now: datetime) -> list[dict[str, str]]:
    """The site's numbers for getting help that were tried lately."""
    return [{"name": n.label, "phone": n.number} for n in encounters.numbers(site.pk, protocol, now)]
