"""After records were brought back from a backup: whose clock passed meanwhile, nobody knows what became of them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, F, Q, When

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import clear_deadline
from steadydesk.kernel.actor import Actor
from steadydesk.sites import queries as sites
from steadydesk.visits import expecting, prompting
from steadydesk.visits.headcount import COUNT_STANDS
from steadydesk.visits.models import Clock, ExpectedArrival, Prompt, Referral, Visit
from steadydesk.visits.returning import DAY_OVER
from steadydesk.visits.settling import AGREEMENT, CLOCK

Found = dict[str, list[str]]


def settle_restored(by: Actor, now: datetime) -> Found:
    """Visits of which a clock passed stay open for somebody to end, but fire nothing and count as not known (E1).

    A visit whose clocks all still run goes on as it was: the backup may be a minute old. Returns them by site.
    """
    passed = [*_ids(CLOCK, now), *_ids(COUNT_STANDS, now)]
    late = list(Visit.objects.filter(pk__in=passed, ended_at__isnull=True, attended_at__isnull=True))
    Clock.objects.filter(visit__in=late, stopped_at__isnull=True).delete()
    # What had bound them was before: only somebody who is marked anew begins to wait agitated (E2a).
    bound = Case(When(bound_since__isnull=False, then=F("waits_from")))
    Visit.objects.filter(pk__in=[v.pk for v in late]).update(on_paper=True, bound_since=bound)
    for visit in late:
        clear_deadline(CLOCK, f"visit:{visit.pk}")
        clear_deadline(COUNT_STANDS, f"visit:{visit.pk}")
    return _by_site((v.site, v.pk) for v in late)


def settle_restored_prompts(by: Actor, now: datetime) -> Found:
    """Prompts that would be repeated now are withdrawn; they and their visits are on the list. Returns them by site.

    One that an emptying or a lock-down holds back is not asked of the day of the backup either when that is lifted.
    """
    asked_now = {*_ids(prompting.REPEAT, now), *_ids(prompting.RELEASED, now)}
    rows = Prompt.objects.filter(answered_at__isnull=True, withdrawn_at__isnull=True).order_by("pk")
    late = [p for p in rows if p.pk in asked_now or prompting.is_held_too_long(p, now)]
    prompting.withdraw_all(late, by=by, now=now)
    return _by_site((p.site, p.pk) for p in late)


def settle_restored_referrals(by: Actor, now: datetime) -> Found:
    """Whoever was asked to take a customer on may still answer, but is asked no more (E4a). Returns visits by site."""
    late = _ids(AGREEMENT, now)
    for id in late:
        clear_deadline(AGREEMENT, f"visit:{id}")
    waits = {"agreed_at__isnull": True, "declined_at__isnull": True, "withdrawn_at__isnull": True}
    rows = Referral.objects.filter(visit__in=late, **waits).order_by("visit")
    return _by_site(rows.values_list("visit__site", "visit"))


def settle_restored_expected(by: Actor, now: datetime) -> Found:
    """Whose day is over, or whose site should have closed since, did not come as far as is known; nobody is told."""
    past = ExpectedArrival.objects.select_for_update().filter(state="open", starts_at__lte=now)
    late = list(past.filter(Q(pk__in=_ids(DAY_OVER, now)) | Q(site__in=sites.closings_missed(now))).order_by("pk"))
    for row in late:
        expecting.put_away(row, by=by, now=now)
    return _by_site((row.site, row.pk) for row in late)


def _ids(kind: str, now: datetime) -> list[int]:
    return [int(subject.partition(":")[2]) for subject in deadlines.subjects_due(kind, now)]


def _by_site(rows: Iterable[tuple[str, int]]) -> Found:
    found: Found = defaultdict(list)
    for site, id in rows:
        found[site].append(str(id))
    return dict(found)
