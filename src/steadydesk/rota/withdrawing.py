"""Time that was promised and is gone: written down whatever took it, so that whoever promised it is told."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from steadydesk.journal.actions import record
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.people import times
from steadydesk.rota import queries, rules
from steadydesk.rota.queries import LOOKED_AHEAD
from steadydesk.rota.rules import Span


@contextmanager
def watched(who: Collection[int], *, by: Actor, now: datetime) -> Iterator[None]:
    """Whatever of these people's time the change inside takes away is written down; inside a write."""
    before = queries.all_available(who, now, now + LOOKED_AHEAD)
    yield
    after = queries.all_available(who, now, now + LOOKED_AHEAD)
    for person, spans in before.items():
        tell_withdrawn(person, rules.without(spans, after[person]), by=by, now=now)


def tell_withdrawn(person: int, spans: list[Span], *, by: Actor, now: datetime) -> None:
    """Write down when the person can no longer be met, so that whoever promised a customer such a time is told."""
    for span in rules.joined(spans):
        if span.end > now:
            start, end = max(span.start, now).isoformat(), span.end.isoformat()
            record(Event.AVAILABILITY_WITHDRAWN, f"person:{person}", by=by, person=person, start=start, end=end)


def follow_presence(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody is away from now, or went home before the time: what they could have been met at is withdrawn."""
    person = int(entry.subject.partition(":")[2])
    if entry.facts.get("absent") and _is_news(person, now):
        tell_withdrawn(person, queries.but_for_absence(person, now), by=by, now=now)
    elif entry.facts.get("on_shift") is False:
        until = entry.facts.get("planned_until")
        end = datetime.fromisoformat(until) if until else queries.presumed_end(entry.site, now)
        tell_withdrawn(person, [Span(now, end)], by=by, now=now)


def follow_set_up(entry: Entry, by: Actor, now: datetime) -> None:
    """A shift was changed or taken out in set-up: what of it nobody works any more is withdrawn, as by the action."""
    if not entry.facts.get("start"):
        return
    person, start = int(entry.facts["person"]), datetime.fromisoformat(entry.facts["start"])
    until = entry.facts.get("end")
    end = datetime.fromisoformat(until) if until else queries.presumed_end(entry.facts["worked_at"], start)
    taken = (
        found.get(person, []) for found in (queries.away([person], start, end), queries.busy([person], start, end))
    )
    before = rules.without([Span(start, end)], [span for spans in taken for span in spans])
    tell_withdrawn(person, rules.without(before, queries.available(person, start, end)), by=by, now=now)


def _is_news(person: int, now: datetime) -> bool:
    """Whether the absence begins now; saying it again withdraws nothing more."""
    return any(a.starts_at == now for a in times.absences(now, now + timedelta(minutes=1), [person]))
