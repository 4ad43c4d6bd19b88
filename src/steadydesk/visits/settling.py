"""The one way a visit changes: taken for one action, decided again from its facts, written once."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadlines, set_each
from steadydesk.delivery import actions as delivery
from steadydesk.documents import queries as documents
from steadydesk.documents.queries import InForce
from steadydesk.encounters import actions as encounters
from steadydesk.encounters import queries as in_encounters
from steadydesk.journal.actions import keep_words, record
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.kernel.moments import moment
from steadydesk.visits import late_rules, prompting, queries, rules
from steadydesk.visits.models import Clock, Referral, Visit
from steadydesk.visits.paper_waits import count_if_from_paper
from steadydesk.visits.records import WIPE
from steadydesk.visits.rules import Facts, Reading

CLOCK = "visit-clock"
AGREEMENT = "referral-unanswered"

_END_REFERRAL = """
UPDATE visits_referral SET withdrawn_at = %s, decided_by = %s
WHERE visit_id = %s AND agreed_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL
"""


@dataclass
class Turn:
    """One action's hold on one visit, inside ``write``."""

    visit: Visit
    force: InForce
    by: Actor
    now: datetime
    before: Visit | None = None
    """The visit as it is stored; ``None`` for one that has just come in."""
    corrects: bool = False
    """Whether what was recorded is put right: nothing that was asked or late before is so a second time."""

    @property
    def subject(self) -> str:
        """How the journal and the deadlines name the visit."""
        return f"visit:{self.visit.pk}"

    @property
    def was(self) -> str:
        """The state in which the visit was found."""
        return self.before.state if self.before is not None else ""

    def record(self, event: Event, **facts: Any) -> None:
        """Add an entry about the visit."""
        record(event, self.subject, by=self.by, site=self.visit.site, **facts)

    def keep(self, text: str, kind: str = "visit_note") -> int | None:
        """Keep typed words for as long as the protocol says; ``None`` for none."""
        if not text.strip():
            return None
        # What a customer looks like is wiped when the visit ends, whenever that is.
        lasts = None if kind == "visit_description" else self.force.protocol.retention[kind]  # type: ignore[index]
        return keep_words(text, self.subject, retention=kind, lasts=lasts, by=self.by, site=self.visit.site)

    def keep_all(self, texts: Iterable[str]) -> list[int]:
        """Keep several pieces of typed words."""
        return [id for text in texts if (id := self.keep(text)) is not None]


def take(visit: int, move: str, *, by: Actor, now: datetime) -> Turn:
    """Take a visit for one move and put it into the state after; raises what refuses it.

    The row is locked, so of two desks that want the same customer the second sees what the first did.
    """
    found = _locked(visit)
    if found is None:
        raise NotFound(_("There is no such visit."))
    by.check(Permission.VISIT_WORK, found.site)
    in_encounters.refuse_hidden(visit, by)
    before = copy(found)
    found.state = rules.VISIT.after(found.state, move)
    return Turn(found, documents.version(found.document, found.version), by, now, before)


def look_at(visit: int, *, by: Actor, now: datetime) -> Turn:
    """For what changes no state and is possible in each."""
    found = queries.visit(visit)
    by.check(Permission.VISIT_WORK, found.site)
    in_encounters.refuse_hidden(visit, by)
    return Turn(found, documents.version(found.document, found.version), by, now)


_LOCKED = f"SELECT {', '.join(str(f.column) for f in Visit._meta.concrete_fields)} FROM visits_visit WHERE id = %s"


def _locked(visit: int) -> Visit | None:
    """In plain SQL: every action begins with it, and to build the query costs more than to run it."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED + lock, [visit])
        row = cursor.fetchone()
    if row is None:
        return None
    names = [field.attname for field in Visit._meta.concrete_fields]
    return Visit.from_db(DEFAULT_DB_ALIAS, names, [moment(v) if isinstance(v, datetime) else v for v in row])


def bind(turn: Turn, before: str) -> None:
    """Let the clock of E2a begin, stop or run on, as the mood was changed."""
    waiting = turn.force.protocol.waiting
    bound, binds = rules.binds_agitated(before, waiting), rules.binds_agitated(turn.visit.mood, waiting)
    if binds and not bound:
        turn.visit.bound_since, turn.visit.bound_until = turn.now, None
    elif bound and not binds:
        turn.visit.bound_until = turn.now


def settle(turn: Turn) -> Visit:
    """Write what changed, decide the visit again from its facts, and write what came of it: clocks, prompts, next look.

    A clock is a matter of the facts alone: while these stand, it stands, and so does the next look at it.
    """
    visit, before, due = turn.visit, turn.before, {}
    if before is not None:
        _update(visit, before)
    if before is None or facts(visit) != facts(before):
        rows = Clock.objects.filter(visit=visit) if before is not None else ()
        due[CLOCK] = _decide([turn], rows).get(turn.subject)
    if _stops(visit, before):
        if before is not None:
            end_referral(turn)
        if queries.asked_about(visit):
            prompting.withdraw_from(visit, by=turn.by, now=turn.now)
    if visit.problem and visit.ended_at is not None:
        encounters.end_encounter(turn.subject, turn.now)
    if visit.on_paper and _stops(visit, before):
        count_if_from_paper(visit, turn.force.protocol.waiting)
    if (wipe_at := _wipe_at(visit, turn.force)) != (_wipe_at(before, turn.force) if before is not None else None):
        due[WIPE] = wipe_at
    set_deadlines(turn.subject, due, fresh=before is None)
    return visit


def pending(turn: Turn) -> QuerySet[Referral]:
    """The referral of this visit that nobody has answered."""
    return Referral.objects.filter(
        visit=turn.visit, agreed_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True
    )


def end_referral(turn: Turn) -> None:
    """Nobody need answer any more: somebody attends, the customer went, or another is asked."""
    stored = connection.ops.adapt_datetimefield_value(turn.now)
    with connection.cursor() as cursor:
        cursor.execute(_END_REFERRAL, [stored, turn.by.ref, turn.visit.pk])
        ended = cursor.rowcount > 0
    if ended:
        stop_asking(turn)


def stop_asking(turn: Turn) -> None:
    """Whoever was asked to take the customer on is asked no longer, nor is anybody about them."""
    clear_deadline(AGREEMENT, turn.subject)
    delivery.withdraw(turn.subject, turn.now)
    prompting.withdraw_kinds(turn.visit, rules.ASK_AGREEMENT, by=turn.by, now=turn.now)


def _update(visit: Visit, before: Visit) -> None:
    """Write the columns that changed, in plain SQL as above."""
    fields = [f for f in Visit._meta.concrete_fields if getattr(visit, f.attname) != getattr(before, f.attname)]
    if fields:
        columns = ", ".join(f"{field.column} = %s" for field in fields)
        values = [field.get_db_prep_save(getattr(visit, field.attname), connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE visits_visit SET {columns} WHERE id = %s", [*values, visit.pk])


def _stops(visit: Visit, before: Visit | None) -> bool:
    """Whether nobody waits here any more, or even the visit is over, and that is new."""
    if stopped_at(visit) is None:
        return False
    return before is None or (before.attended_at, before.ended_at) != (visit.attended_at, visit.ended_at)


def _wipe_at(visit: Visit, force: InForce) -> datetime | None:
    """When the words that told the customer from others go; somebody who may come back in keeps them a while."""
    protocol = force.protocol
    if visit.ended_at is None or visit.description is None:
        return None
    may_come_back = visit.outcome in rules.BACK_IN
    kept = protocol.waiting.late_typing_up_to if may_come_back else protocol.retention["visit_description"]
    kept = max(kept, rules.UNDONE_WITHIN)
    if visit.outcome == "site_closed":
        kept = max(kept, rules.OUTSIDE_FOR)
    return visit.ended_at + kept


def look_again(visits: Sequence[Visit], *, by: Actor, now: datetime) -> None:
    """Clocks of these visits may have passed; their deadlines were taken. All are of one site and one version."""
    force = documents.version(visits[0].document, visits[0].version)
    turns = [Turn(visit, force, by, now) for visit in visits]
    set_each(CLOCK, _decide(turns, Clock.objects.filter(visit__in=visits)))


def _decide(turns: Sequence[Turn], rows: Iterable[Clock]) -> dict[str, datetime]:
    """Bring the clocks up to the facts, ask what is to be asked, and say when to look at whom again."""
    known: dict[int, dict[str, Clock]] = {turn.visit.pk: {} for turn in turns}
    for clock in rows:
        known[clock.visit_id][clock.kind] = clock
    force, by, now = turns[0].force, turns[0].by, turns[0].now
    touched, asked, look_at = [], [], {}
    for turn in turns:
        readings = rules.read_clocks(facts(turn.visit), force.protocol.waiting, now)
        for reading in readings:
            row = known[turn.visit.pk].get(reading.kind)
            after = _row(turn, reading, row)
            if row is None or _columns(after) != _columns(row):
                touched.append(after)
            if after.asked_at == now and (row is None or row.asked_at != now):
                asked.append((rules.PROMPT_OF[reading.kind], turn.visit))
        if (at := rules.next_look(readings, now)) is not None:
            look_at[turn.subject] = at
    if touched:
        _keep(touched)
    if asked and (listed := queries.counted_among(visit.pk for _kind, visit in asked)):
        # A list asks about them already, instead of as many prompts.
        asked = [(kind, visit) for kind, visit in asked if visit.pk not in listed]
    prompting.ask(asked, force, by=by, now=now)
    return look_at


def _row(turn: Turn, reading: Reading, before: Clock | None) -> Clock:
    """The clock as it now reads; a reading that moved its moment to ask may be asked about anew."""
    if before is not None:
        reading = late_rules.still_late(reading, before.started_at, before.over_at)
    again = turn.corrects and before is not None and before.over_at is not None
    if reading.over_at is not None and (before is None or before.over_at != reading.over_at) and not again:
        turn.record(Event.VISIT_OVER_TIME, clock=reading.kind, due_at=reading.due_at.isoformat())
    stands = before is not None and (turn.corrects or before.ask_at == reading.ask_at)
    asked_at = before.asked_at if before is not None and stands else None
    if asked_at is None and reading.asks(turn.now):
        asked_at = turn.now
    return Clock(
        visit=turn.visit,
        kind=reading.kind,
        started_at=reading.started_at,
        due_at=reading.due_at,
        over_at=reading.over_at,
        stopped_at=reading.stopped_at,
        ask_at=reading.ask_at,
        asked_at=asked_at,
    )


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


_COLUMNS = ("started_at", "due_at", "ask_at", "asked_at", "over_at", "stopped_at")
_KEEP = f"""
INSERT INTO visits_clock (visit_id, kind, {", ".join(_COLUMNS)}) VALUES {{}}
ON CONFLICT (visit_id, kind) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)}
"""


def _keep(rows: Sequence[Clock]) -> None:
    """Insert these clocks, or what changed of them, in plain SQL as above."""
    stored = connection.ops.adapt_datetimefield_value
    values = [v for row in rows for v in (row.visit_id, row.kind, *map(stored, _columns(row)))]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(", ".join([f"({', '.join(['%s'] * (2 + len(_COLUMNS)))})"] * len(rows))), values)


def _columns(row: Clock) -> list[datetime | None]:
    return [getattr(row, column) for column in _COLUMNS]
