"""After records were brought back from a backup: whose clock passed meanwhile, nobody knows what became of them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import clear_deadline
from steadydesk.kernel.actor import Actor
from steadydesk.visits import prompting
from steadydesk.visits.models import Clock, Prompt, Visit
from steadydesk.visits.settling import CLOCK

Found = dict[str, list[str]]


def settle_restored(by: Actor, now: datetime) -> Found:
    """Visits of which a clock passed stay open for somebody to end, but fire nothing and count as not known (E1).

    A visit whose clocks all still run goes on as it was: the backup may be a minute old. Returns them by site.
    """
    late = list(Visit.objects.filter(pk__in=_ids(CLOCK, now), ended_at__isnull=True, attended_at__isnull=True))
    Clock.objects.filter(visit__in=late, stopped_at__isnull=True).delete()
    Visit.objects.filter(pk__in=[v.pk for v in late]).update(on_paper=True)
    for visit in late:
        clear_deadline(CLOCK, f"visit:{visit.pk}")
    return _by_site((v.site, v.pk) for v in late)


def settle_restored_prompts(by: Actor, now: datetime) -> Found:
    """Prompts that would be repeated now are withdrawn; they and their visits are on the list. Returns them by site."""
    late = list(
        Prompt.objects.filter(pk__in=_ids(prompting.REPEAT, now), answered_at__isnull=True, withdrawn_at__isnull=True)
    )
    prompting.withdraw_all(late, by=by, now=now)
    return _by_site((p.site, p.pk) for p in late)


def _ids(kind: str, now: datetime) -> list[int]:
    return [int(subject.partition(":")[2]) for subject in deadlines.subjects_due(kind, now)]


def _by_site(rows: Iterable[tuple[str, int]]) -> Found:
    found: Found = defaultdict(list)
    for site, id in rows:
        found[site].append(str(id))
    return dict(found)
