"""Forgetting what was kept long enough: a little at a time, so that no press ever waits for it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from steadydesk.deadlines.actions import set_deadline
from steadydesk.documents import queries as documents
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.kernel.records import Held, Overdue
from steadydesk.people import records as people
from steadydesk.privacy import queries, rules
from steadydesk.privacy.models import Purge
from steadydesk.privacy.rules import Kept
from steadydesk.privacy.table import KINDS, Kind, Per
from steadydesk.sites import queries as sites
from steadydesk.visits.records import held_with

PURGE, SUBJECT = "privacy-purge", "privacy:purge"
EVERY = timedelta(days=1)
LONGEST_SECONDS = 0.01
"""One write holds up a press for at most 50 ms; the step that is under way when this is over must fit into the rest."""
BY = system("purge")


@dataclass(frozen=True)
class Step:
    """One kind over one site or person."""

    kind: Kind
    site: str = ""
    person: str = ""


@dataclass(frozen=True)
class Plan:
    """What a piece goes by."""

    steps: list[Step]
    """All of one round, in order."""
    times: dict[str, Kept]
    """How long each kind is kept at each site; a site without a protocol is missing, and nothing there goes."""


def plan() -> Plan:
    """As sites, people and protocols are now."""
    here = [site.pk for site in sites.sites()]
    return Plan(list(_steps(here, people.everybody())), _times(here))


def _steps(here: list[str], staff: list[str]) -> Iterator[Step]:
    for kind in KINDS:
        if kind.per is Per.SITE:
            yield from (Step(kind, site=site) for site in (*here, ""))
        elif kind.per is Per.PERSON:
            yield from (Step(kind, person=person) for person in staff)
        else:
            yield Step(kind)


def purge_some(now: datetime, known: Plan | None = None) -> bool:
    """Forget a little; whether there is more to do at once. Belongs inside ``write``.

    Holds are read for each piece, also where the plan is known: one may just have been placed.
    """
    began = clock.monotonic()
    purge = Purge.objects.filter(ended_at__isnull=True).first() or Purge(started_at=now)
    known, held = known or plan(), held_with(queries.held())
    todo = known.steps
    while purge.step < len(todo):
        step = todo[purge.step]
        gone = _take(step, held, known.times, now)
        if gone:
            purge.counts[step.kind.name] = purge.counts.get(step.kind.name, 0) + gone
        else:
            purge.step += 1
        if clock.monotonic() - began >= LONGEST_SECONDS:
            break
    if purge.step >= len(todo):
        _end(purge, now)
    purge.save()
    return purge.ended_at is None


def _take(step: Step, held: Held, times: Mapping[str, Kept], now: datetime) -> int:
    found = [times[step.site]] if step.site in times else [] if step.site else times.values()
    kept = rules.kept_for(step.kind.name, found)
    if kept is None:
        return 0
    what = Overdue(step.kind.name, now - kept, now, site=step.site, person=step.person, held=held)
    return step.kind.forget(what)


def _times(here: Iterable[str]) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for site in here:
        with suppress(NotFound):
            found[site] = {str(k): v for k, v in documents.in_force(site).protocol.retention.items()}
    return found


def _end(purge: Purge, now: datetime) -> None:
    purge.ended_at = now
    if purge.counts:
        record(Event.RECORDS_PURGED, SUBJECT, by=BY, **purge.counts)
    # Only the last few rounds are of use to anybody; the journal has them all.
    Purge.objects.filter(ended_at__lt=now - 30 * EVERY).delete()


def purge_on_deadline(now: datetime) -> None:
    """A piece of a round, and the next piece or the next day's round."""
    set_deadline(PURGE, SUBJECT, now if purge_some(now) else now + EVERY)


def purge_before_serving(now: datetime) -> None:
    """A whole round, before anybody is served: at the start, and so also after a restore.

    What was forgotten before a backup was brought back is forgotten again before anybody can read it.
    """
    known, more = plan(), True
    while more:
        with write(now):
            more = purge_some(now, known)
    with write(now):
        set_deadline(PURGE, SUBJECT, now + EVERY)
