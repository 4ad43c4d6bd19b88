"""“Who is still here?”: lists that ask about each customer, at closing, after an emptying and after an outage.

A list stands instead of a storm of prompts. Nothing on it goes by itself: what nobody answers stays, and is asked
about in the usual way after a while.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import clear_deadline, set_for_all
from steadydesk.encounters import queries as encounters
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.sites import queries as sites
from steadydesk.visits import answers, prompting, queries, rules
from steadydesk.visits.answers import AT_CLOSING
from steadydesk.visits.models import Clock, Headcount, Visit
from steadydesk.visits.settling import CLOCK, look_again

COUNT_STANDS = "headcount"
STANDS_FOR = timedelta(minutes=5)
"""So long a list after an outage is all there is; then whoever waits is asked about as ever."""
STAYS_FOR = timedelta(hours=12)
"""What was said at one closing does not hold at the next."""


def count_after_emptying(entry: Entry, by: Actor, now: datetime) -> None:
    """Waits begin again at a site that was emptied: ask which of those who were sent out came back."""
    state, before = entry.facts["state"], entry.facts["before"]
    if not sites.stops_waits(before) or sites.stops_waits(state):
        return
    emptied_at = sites.status(sites.site(entry.site), now).emptied_at
    if emptied_at and (before == "emptied" or _emptied_today(entry.site, emptied_at, now)):
        _begin(queries.sent_out(entry.site, emptied_at), "emptied", emptied_at, by=by, now=now)


def _emptied_today(site: str, emptied_at: datetime, now: datetime) -> bool:
    """Whether a site that was closed last was emptied in the same stop, and on this local day: nobody waited since."""
    stopped_at, zone = sites.empty_since(site), ZoneInfo(sites.site(site).time_zone)
    same_day = emptied_at.astimezone(zone).date() == now.astimezone(zone).date()
    return stopped_at is not None and stopped_at <= emptied_at and same_day


def count_after_outage(since: datetime, *, by: Actor, now: datetime) -> None:
    """Nothing was looked at from ``since`` until now: what fell due meanwhile is one list for each site."""
    with write(now):
        missed = [int(subject.partition(":")[2]) for subject in deadlines.subjects_due(CLOCK, now)]
        waiting = queries.waiting_among(missed)
        for site in sorted({v.site for v in waiting}):
            here = [v for v in waiting if v.site == site]
            _begin(here, "outage", since, by=by, now=now)
            set_for_all(COUNT_STANDS, [f"visit:{v.pk}" for v in here], now + STANDS_FOR)
        repeats = deadlines.subjects_due(prompting.REPEAT, now)
        if repeats:
            set_for_all(prompting.REPEAT, repeats, now + STANDS_FOR)


def _begin(visits: Iterable[Visit], why: str, since: datetime | None, *, by: Actor, now: datetime) -> None:
    rows = [Headcount(visit=v, site=v.site, why=why, since=since, asked_at=now) for v in visits]
    if not rows:
        return
    Headcount.objects.bulk_create(rows, ignore_conflicts=True)
    site = rows[0].site
    said = since.isoformat() if since else None
    record(Event.SITE_COUNT_BEGAN, f"site:{site}", by=by, site=site, why=why, count=len(rows), since=said)


def ask_at_closing(visit: Visit, *, by: Actor, now: datetime) -> None:
    """The site closed and nobody had said what became of this customer: a manager is asked later."""
    _begin([visit], "closing", None, by=by, now=now)


def forget_question(visit: int, *, by: Actor, now: datetime) -> None:
    """The customer was put back in, so nobody need say what became of them."""
    for row in Headcount.objects.filter(visit=visit, answer="").select_related("visit"):
        _close(row, "back", by=by, now=now)


def end_of_list(visit: int, *, by: Actor, now: datetime) -> None:
    """The list after an outage was not answered: from now on it is asked about this customer in the usual way."""
    with write(now):
        if Headcount.objects.filter(visit=visit, why="outage", answer="").update(answer="asked", answered_at=now):
            _ask_anew(visit, by=by, now=now)


def answer_headcount(id: int, answer: str, *, at: datetime | None = None, by: Actor, now: datetime) -> None:
    """Say what became of one customer on a list, and when. What was answered before is refused."""
    with write(now):
        row = Headcount.objects.select_for_update().filter(pk=id).select_related("visit").first()
        if row is None:
            raise NotFound(_("There is no such question."))
        by.check(Permission.VISIT_WORK, row.site)
        encounters.refuse_hidden(row.visit_id, by)
        if row.answer:
            raise Refusal("already_answered", _("This was answered before."))
        if answer not in rules.ANSWERS[row.why]:
            raise Invalid.one("answer", _("Choose one of: %s.") % ", ".join(rules.ANSWERS[row.why]))
        _close(row, answer, by=by, now=now)
        answers.carry_out(row, answer, at=at, by=by, now=now)
        if answer == "here":
            _ask_anew(row.visit_id, by=by, now=now)


def answer_all(site: str, why: str, answer: str, *, by: Actor, now: datetime) -> int:
    """Say the same of everybody who is left on a list; returns of how many. Each is a short write of its own.

    A visit that is kept from whoever answers stays on the list for others.
    """
    rows, said = queries.headcounts(site, why), 0
    shown = set(encounters.shown_to(by, (row.visit_id for row in rows)))
    for row in rows:
        if row.visit_id in shown:
            with suppress(Refusal):
                answer_headcount(row.pk, answer, by=by, now=now)
                said += 1
    return said


def answer_at_closing(visit: int, answer: str, *, person: int | None = None, by: Actor, now: datetime) -> None:
    """Say at closing that a customer was dealt with, has left, or stays with a colleague who is still there."""
    if answer not in AT_CLOSING:
        raise Invalid.one("answer", _("Choose one of: %s.") % ", ".join(AT_CLOSING))
    if answer == "staying" and person is None:
        raise Invalid.one("person", _("Say with whom."))
    with write(now):
        found = queries.visit(visit)
        by.check(Permission.VISIT_WORK, found.site)
        encounters.refuse_hidden(visit, by)
        if found.ended_at is not None:
            raise Refusal("already_answered", _("This visit has ended."))
        Headcount.objects.filter(visit=visit, why="closing", answer="").delete()
        row = Headcount(visit=found, site=found.site, why="closing", asked_at=now, person=person)
        _close(row, answer, by=by, now=now)
        answers.carry_out(row, answer, by=by, now=now)


def _close(row: Headcount, answer: str, *, by: Actor, now: datetime) -> None:
    row.answer, row.answered_at, row.answered_by = answer, now, by.ref
    row.save()
    clear_deadline(COUNT_STANDS, f"visit:{row.visit_id}")
    facts: dict[str, Any] = {"why": row.why, "answer": answer} | ({"person": row.person} if row.person else {})
    record(Event.VISIT_COUNTED, f"visit:{row.visit_id}", by=by, site=row.site, **facts)


def _ask_anew(visit: int, *, by: Actor, now: datetime) -> None:
    """What was not asked while the list stood is asked now; the clock itself never stopped."""
    asked = queries.asked_kinds(visit)
    unasked = [kind for kind, prompt in rules.PROMPT_OF.items() if prompt not in asked]
    Clock.objects.filter(visit=visit, kind__in=unasked, stopped_at__isnull=True).update(asked_at=None)
    if waiting := queries.waiting_among([visit]):
        look_again(waiting, by=by, now=now)
