"""The one list after an outage: everything that fell due or happened meanwhile and still waits for a person."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.loneworking import queries as loneworking
from steadydesk.people import queries as people
from steadydesk.screens.desk.board import labels, questions
from steadydesk.screens.response import calls
from steadydesk.screens.site import words
from steadydesk.screens.site.lists import List, open_lists
from steadydesk.sites.models import Site
from steadydesk.sites.rules import fell_due_within
from steadydesk.visits import expected
from steadydesk.visits.here import rows


@dataclass(frozen=True)
class Row:
    """One thing to look at, with the page on which it is dealt with."""

    href: str
    name: str
    what: str
    at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """Things of one sort."""

    id: str
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Outage:
    """From when until when the server was off, and what is left to look at."""

    since: datetime
    until: datetime
    customers: List | None
    parts: list[Part]
    whole: bool
    """Nothing is left out for whoever reads it: they alone may put it away."""

    @property
    def span(self) -> tuple[str, str]:
        """When it went and when it came back, with the day where that was another one."""
        return words.span(self.since, self.until)


def outage(site: Site, by: Actor, now: datetime, *, counter: bool) -> Outage | None:
    """The list, as ``by`` may see it; ``None`` when the server was not off, or somebody has looked through it.

    On a ``counter`` screen neither calls nor who works alone stand on it, and a question is put in neutral words.
    """
    if site.off_since is None or site.off_until is None:
        return None
    hidden = encounters.kept_from(by)
    customers = next((x for x in open_lists(site.pk, now, every=True, hidden=hidden) if x.why == "outage"), None)
    parts = [_questions(site, site.off_until, hidden, counter=counter), _returns(site, site.off_since, site.off_until)]
    if not counter:
        parts = [_calls(site, by, site.off_until), _alone(site, by, site.off_until), *parts]
    whole = not counter and by.may(Permission.SAFETY_RECORD, site.pk)
    return Outage(site.off_since, site.off_until, customers, [part for part in parts if part.rows], whole)


def _calls(site: Site, by: Actor, until: datetime) -> Part:
    """Open already, or made meanwhile and sent by a telephone that had kept it."""
    made = [c for c in calls.open_calls(by) if c.alarm.site == site.pk and c.alarm.raised_at <= until]
    rows = [
        Row(reverse("alarm", args=[c.alarm.id]), f"{c.urgency} · {c.alarm.place_name}", f"{c.state}", c.alarm.raised_at)
        for c in made
    ]
    return Part("calls-meanwhile", _("Calls for help"), rows)


def _alone(site: Site, by: Actor, until: datetime) -> Part:
    """Who works alone and has not been heard of since: they are asked first."""
    if not by.may(Permission.SAFETY_RECORD, site.pk):
        return Part("alone-meanwhile", "", [])
    unheard = [row for row in loneworking.at_site(site.pk) if row.last_at <= until]
    names = people.names(row.person for row in unheard)
    page = f"{reverse('manage-alone')}?site={site.pk}"
    rows = [Row(page, names.get(r.person, ""), _("last heard of"), r.last_at) for r in unheard]
    return Part("alone-meanwhile", _("Working alone"), rows)


def _questions(site: Site, until: datetime, hidden: Collection[str], *, counter: bool) -> Part:
    return Part("questions-meanwhile", _("Questions to answer"), list(_asked(site, until, hidden, counter=counter)))


def _asked(site: Site, until: datetime, hidden: Collection[str], *, counter: bool) -> Iterator[Row]:
    for question in questions(rows(site.pk), labels(site.pk), site, staff_only=not counter, hidden=hidden):
        prompt = question.prompt
        if not fell_due_within(prompt.asked_at, until):
            continue
        refs = ", ".join(visit.ref for visit in question.visits)
        if prompt.expected_id:
            href = reverse("expected-one", args=[prompt.expected_id])
        else:
            href = reverse("visit", args=[question.visits[0].pk]) if question.visits else ""
        yield Row(href, refs or prompt.name or "–", question.text, prompt.asked_at)


def _returns(site: Site, since: datetime, until: datetime) -> Part:
    """Customers who were given a time within it: nobody could say whether they came."""
    found = expected.open_between(site.pk, since, until)
    rows = [Row(reverse("expected-one", args=[x.expected.pk]), x.whom, x.service, x.expected.starts_at) for x in found]
    return Part("returns-meanwhile", _("Returns and expected arrivals"), rows)
