"""Everybody who is at a site, for the screens that show them all. Mostly in plain SQL: they are read all day long."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from steadydesk.documents import queries as documents
from steadydesk.kernel.moments import moment
from steadydesk.visits.models import Visit
from steadydesk.visits.order_rules import is_first
from steadydesk.visits.private import descriptions
from steadydesk.visits.queries import TIMES

A_DAY = timedelta(days=1)


class Times(NamedTuple):
    """A clock as a screen shows it."""

    kind: str
    started_at: datetime
    due_at: datetime
    over_at: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True)
class Row:
    """A visit as a staff screen shows it."""

    visit: Visit
    description: str
    over: list[str]
    """Clocks that have passed."""
    speak_first: bool
    """Agitated and not spoken to yet (E2)."""
    clocks: list[Times] = field(default_factory=list)


def rows(site: str, now: datetime | None = None) -> list[Row]:
    """Everybody at the site, in the order of coming, for a staff screen.

    With ``now`` also the limit is shown that had passed before somebody was entered who waits: it rang nobody.
    """
    visits = list(Visit.objects.filter(site=site, ended_at__isnull=True).order_by("arrived_at", "id"))
    words, clocks = descriptions(visits), _clocks_at(site)
    return [_row(v, words, [*clocks.get(v.pk, []), *(_passed_before(v, now) if now else ())]) for v in visits]


def _passed_before(visit: Visit, now: datetime) -> list[Times]:
    if not visit.on_paper or visit.attended_at is not None or visit.appointment_at is not None:
        return []
    due_at = visit.waits_from + documents.version(visit.document, visit.version).protocol.waiting.attend_within
    today = now - visit.waits_from < A_DAY
    return [Times("attend", visit.waits_from, due_at, due_at, None)] if due_at < now and today else []


def _clocks_at(site: str) -> dict[int, list[Times]]:
    """The clocks of everybody at the site, by visit. In plain SQL, for there are several of each customer."""
    found: dict[int, list[Times]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS_AT, [site])
        for visit, kind, *times in cursor.fetchall():
            found.setdefault(visit, []).append(Times(kind, *(at and moment(at) for at in times)))
    return found


_CLOCKS_AT = f"""
SELECT c.visit_id, c.kind, {", ".join(f"c.{name}" for name in TIMES)}
FROM visits_visit v JOIN visits_clock c ON c.visit_id = v.id WHERE v.site = %s AND v.ended_at IS NULL ORDER BY c.id
"""


def _row(visit: Visit, words: dict[int, str], clocks: list[Times]) -> Row:
    return Row(
        visit=visit,
        description=words.get(visit.description or 0, ""),
        over=[c.kind for c in clocks if c.over_at is not None],
        speak_first=is_first(visit.bound_since, visit.bound_until, visit.first_contact_at),
        clocks=clocks,
    )
