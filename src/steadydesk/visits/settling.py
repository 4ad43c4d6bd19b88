"""The one way a visit changes: taken for one action, decided again from its facts, written once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import set_deadlines
from steadydesk.documents import queries as documents
from steadydesk.documents.queries import InForce
from steadydesk.journal.actions import keep_words, record
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.visits import prompting, rules
from steadydesk.visits.models import Clock, Visit
from steadydesk.visits.rules import Facts, Reading

CLOCK = "visit-clock"


@dataclass
class Turn:
    """One action's hold on one visit, inside ``write``."""

    visit: Visit
    force: InForce
    by: Actor
    now: datetime

    @property
    def subject(self) -> str:
        """How the journal and the deadlines name the visit."""
        return f"visit:{self.visit.pk}"

    def record(self, event: Event, **facts: Any) -> None:
        """Add an entry about the visit."""
        record(event, self.subject, by=self.by, site=self.visit.site, **facts)

    def keep(self, text: str, kind: str = "visit_note") -> int | None:
        """Keep typed words for as long as the protocol says; ``None`` for none."""
        if not text.strip():
            return None
        lasts = self.force.protocol.retention[kind]  # type: ignore[index]
        return keep_words(text, self.subject, retention=kind, lasts=lasts, by=self.by)

    def keep_all(self, texts: Iterable[str]) -> list[int]:
        """Keep several pieces of typed words."""
        return [id for text in texts if (id := self.keep(text)) is not None]


def take(visit: int, move: str, *, by: Actor, now: datetime) -> Turn:
    """Take a visit for one move and put it into the state after; raises what refuses it.

    The row is locked, so of two desks that want the same customer the second sees what the first did.
    """
    found = Visit.objects.select_for_update().filter(pk=visit).first()
    if found is None:
        raise NotFound(_("There is no such visit."))
    by.check(Permission.VISIT_WORK, found.site)
    found.state = rules.VISIT.after(found.state, move)
    return Turn(found, documents.version(found.document, found.version), by, now)


def settle(turn: Turn) -> Visit:
    """Write the visit, decide it again from its facts, and write what came of it: clocks, prompts, next look."""
    turn.visit.save()
    look_at = decide(turn, Clock.objects.filter(visit=turn.visit))
    if stopped_at(turn.visit) is not None:
        prompting.withdraw_from(turn.visit, by=turn.by, now=turn.now)
    set_deadlines(turn.subject, {CLOCK: look_at})
    return turn.visit


def look_again(visit: int, *, by: Actor, now: datetime) -> None:
    """The engine took the visit's deadline. Ten thousand may come at one instant, so every statement counts."""
    rows = list(Clock.objects.select_for_update().filter(visit=visit).select_related("visit"))
    if not rows or stopped_at(rows[0].visit) is not None:
        return
    found = rows[0].visit
    turn = Turn(found, documents.version(found.document, found.version), by, now)
    look_at = decide(turn, rows)
    if look_at is not None:
        set_deadlines(turn.subject, {CLOCK: look_at})


def decide(turn: Turn, rows: Iterable[Clock]) -> datetime | None:
    """Bring the clocks up to the facts, ask what is to be asked, and say when to look next."""
    readings = rules.read_clocks(facts(turn.visit), turn.force.protocol.waiting, turn.now)
    for kind in _write_clocks(turn, readings, rows):
        prompting.ask(rules.PROMPT_OF[kind], turn.visit, turn.force, by=turn.by, now=turn.now)
    return rules.next_look(readings, turn.now)


def facts(visit: Visit) -> Facts:
    """What the rules read of a visit."""
    return Facts(
        waits_from=visit.waits_from,
        appointment_at=visit.appointment_at,
        bound_since=visit.bound_since,
        bound_until=visit.bound_until,
        promised_at=visit.promised_at,
        promised_until=visit.promised_until,
        cannot_at=visit.cannot_at,
        stopped_at=stopped_at(visit),
        on_paper=visit.on_paper,
    )


def stopped_at(visit: Visit) -> datetime | None:
    """When the customer stopped waiting: attended, gone, or sent home with the whole site (E1-att)."""
    return visit.attended_at or visit.ended_at


def _write_clocks(turn: Turn, readings: list[Reading], rows: Iterable[Clock]) -> list[str]:
    """Write what the clocks now read; returns the kinds whose prompt is to be asked now."""
    known = {row.kind: row for row in rows}
    fresh: list[Clock] = []
    asking = []
    for reading in readings:
        row = known.get(reading.kind) or Clock(visit=turn.visit, kind=reading.kind)
        before = _columns(row)
        if reading.over_at is not None and reading.over_at != row.over_at:
            turn.record(Event.VISIT_OVER_TIME, clock=reading.kind, due_at=reading.due_at.isoformat())
        if reading.ask_at != row.ask_at:
            row.asked_at = None
        row.started_at, row.due_at, row.ask_at = reading.started_at, reading.due_at, reading.ask_at
        row.over_at, row.stopped_at = reading.over_at, reading.stopped_at
        if row.asked_at is None and reading.asks(turn.now):
            row.asked_at = turn.now
            asking.append(reading.kind)
        if row.pk is None:
            fresh.append(row)
        elif _columns(row) != before:
            Clock.objects.filter(pk=row.pk).update(**dict(zip(_COLUMNS, _columns(row), strict=True)))
    Clock.objects.bulk_create(fresh)
    return asking


_COLUMNS = ("started_at", "due_at", "ask_at", "asked_at", "over_at", "stopped_at")


def _columns(row: Clock) -> list[datetime | None]:
    return [getattr(row, column) for column in _COLUMNS]
