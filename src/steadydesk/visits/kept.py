"""Figures of a span of days: how the clauses about waiting were kept, promises and re-tellings.

They are of customers and the site. None is by a member of staff.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.visits import company, kept_rules
from steadydesk.visits.kept_rules import MOMENTS, Moment, Tally
from steadydesk.visits.models import Clock, Prompt, Visit
from steadydesk.visits.queries import figures

A_DAY = timedelta(days=1)
"""Whoever came on the last day may have stayed past midnight."""


@dataclass
class Kept:
    """The clauses about waiting, by their ids, and what customers were promised."""

    e1: Tally
    e1a: Tally = field(default_factory=Tally)
    e2a: Tally = field(default_factory=Tally)
    promises: Tally = field(default_factory=Tally)
    retellings: int = 0


def kept(site: str, start: datetime, end: datetime) -> Kept:
    """Of those who came from ``start`` up to ``end``."""
    of_e1 = figures(site, start, end)
    found = Kept(Tally(of_e1.kept, of_e1.not_kept, of_e1.not_known, of_e1.stopped_by_site))
    visits = {v.pk: v for v in _arrived(site, start, end)}
    for id, course in moments(site, start, end).items():
        if id not in visits:
            continue
        waiting = documents.version(visits[id].document, visits[id].version).protocol.waiting
        how = kept_rules.told_in_time(course, waiting.tell_customer_within)
        if how is not None:
            found.e1a.add(how)
        for promise in kept_rules.promises(course):
            found.promises.add(promise)
        found.retellings += kept_rules.retellings(course)
    _count_agitated(found.e2a, site, start, end)
    return found


def _arrived(site: str, start: datetime, end: datetime) -> list[Visit]:
    during = Visit.objects.filter(site=site, arrived_at__gte=start, arrived_at__lt=end, on_paper=False)
    return list(during.only("document", "version"))


def moments(site: str, start: datetime, end: datetime) -> dict[int, list[Moment]]:
    """What happened to each of them, at its true time and without what was undone."""
    found: dict[int, list[Moment]] = {}
    for entry in journal.of_types(site, MOMENTS, start, end + A_DAY):
        found.setdefault(int(entry.subject.partition(":")[2]), []).append(Moment(entry.at, entry.type, entry.facts))
    return {id: kept_rules.at_true_times(kept_rules.without_undone(moments)) for id, moments in found.items()}


def _count_agitated(tally: Tally, site: str, start: datetime, end: datetime) -> None:
    """E2a: attended to within five minutes, or somebody of the chain was reached."""
    during = Visit.objects.filter(site=site, arrived_at__gte=start, arrived_at__lt=end)
    clocks = Clock.objects.filter(kind="agitated", visit__in=during).select_related("visit")
    asked = Prompt.objects.filter(kind="call_manager", visits__in=during, reached_words__isnull=False)
    reached = set(asked.values_list("visits", flat=True))
    for clock in clocks:
        if clock.over_at is None:
            sent_home = clock.visit.outcome == "site_closed" and clock.visit.attended_at is None
            tally.add("stopped" if sent_home else "kept" if clock.stopped_at else "not_known")
        elif clock.visit_id in reached:
            tally.add("kept")
        else:
            tally.add("not_kept" if clock.stopped_at else "not_known")


@dataclass
class Along:
    """Visits for one enquiry that has a limit: how often more came along, and what became of them (E5c)."""

    label: str
    visits: int = 0
    above: int = 0
    asked: int = 0
    told: int = 0
    where: Counter[str] = field(default_factory=Counter)


def along(site: str, start: datetime, end: datetime) -> list[Along]:
    """Of those who came from ``start`` up to ``end``, for each enquiry with a limit."""
    found: dict[str, Along] = {}
    for visit in Visit.objects.filter(site=site, arrived_at__gte=start, arrived_at__lt=end).iterator():
        protocol = documents.version(visit.document, visit.version).protocol
        service = protocol.service(visit.service)
        if service is None or service.companions_limit is None:
            continue
        row = found.setdefault(service.id, Along(service.label))
        places = {c.id: c.label for c in protocol.companions.where_the_others_go}
        row.visits += 1
        row.above += company.read(visit, protocol).surplus > 0
        row.told += visit.policy_told_at is not None
        if visit.others_asked:
            row.asked += visit.others_asked
            row.where[places.get(visit.others_where, visit.others_where)] += visit.others_asked
    return sorted(found.values(), key=lambda row: row.label)
