"""The statements of the alarm path: few, plain SQL, the same on SQLite and PostgreSQL, no ORM.

Every statement returns to Python and may wait for the interpreter's lock there, so each one costs; rows of the same
table go in one multi-row INSERT.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from steadydesk.alarms.state import Alarm, as_json, from_json
from steadydesk.journal.actions import JOURNAL_LOCK

Row = Sequence[Any]
PRESS_LOCK = 7_281
"""The first half of the advisory locks on places; any constant that nothing else uses."""


class Cursor(Protocol):
    """What a connection of either kind offers."""

    vendor: str

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run one statement (``%s`` for parameters) and return its rows."""

    def changed(self) -> int:
        """How many rows the last statement changed."""


class Store:
    """Reads and writes alarms within one transaction that the caller has opened."""

    def __init__(self, cursor: Cursor) -> None:
        self._sql = cursor
        self._sqlite = cursor.vendor == "sqlite"

    def _id(self, id: str) -> Any:
        return UUID(id).hex if self._sqlite else UUID(id)

    def _at(self, at: datetime | None) -> Any:
        if at is None or not self._sqlite:
            return at
        return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")

    def lock_place(self, site: str, place: str) -> None:
        """One press at a time from a place, on whichever node: of two that come together the second joins the first.

        With no call open there is no row that could be locked. SQLite lets one writer in at a time anyway.
        """
        if not self._sqlite:
            self._sql.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PRESS_LOCK, f"{site} {place}"])

    def open_alarms(self) -> list[Alarm]:
        """Every alarm that is not closed, locked against other nodes."""
        lock = "" if self._sqlite else " FOR UPDATE"
        rows = self._sql.execute(
            f"SELECT body FROM alarms_alarm WHERE closed_at IS NULL ORDER BY raised_at{lock}",
        )
        return [from_json(_json(r[0])) for r in rows]

    def alarm(self, id: str) -> Alarm | None:
        """One alarm, locked against other nodes."""
        lock = "" if self._sqlite else " FOR UPDATE"
        rows = self._sql.execute(f"SELECT body FROM alarms_alarm WHERE id = %s{lock}", [self._id(id)])
        return from_json(_json(rows[0][0])) if rows else None

    def alarm_of_act(self, act: str) -> str | None:
        """The alarm that an act was recorded for, if it was recorded before."""
        rows = self._sql.execute("SELECT alarm_id FROM alarms_act WHERE id = %s", [self._id(act)])
        return str(UUID(str(rows[0][0]))) if rows else None

    def insert_alarm(self, alarm: Alarm) -> None:
        """A new alarm."""
        self._sql.execute(
            "INSERT INTO alarms_alarm (id, site, place, mode, kind, state, raised_at, closed_at, generation, body)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [self._id(alarm.id), alarm.site, alarm.place, alarm.mode, alarm.kind, *self._changing(alarm)],
        )

    def update_alarm(self, alarm: Alarm) -> None:
        """A changed alarm."""
        self._sql.execute(
            "UPDATE alarms_alarm SET state = %s, raised_at = %s, closed_at = %s, generation = %s, body = %s"
            " WHERE id = %s",
            [*self._changing(alarm), self._id(alarm.id)],
        )

    def _changing(self, alarm: Alarm) -> list[Any]:
        body = json.dumps(as_json(alarm), ensure_ascii=False)
        return [alarm.state, self._at(alarm.raised_at), self._at(alarm.closed_at), alarm.generation, body]

    def insert_act(
        self, id: str, alarm: str, verb: str, *, at: datetime, by: str, facts: dict[str, Any], now: datetime
    ) -> None:
        """A press or an answer."""
        self._sql.execute(
            "INSERT INTO alarms_act (id, alarm_id, verb, at, recorded_at, by, facts)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [self._id(id), self._id(alarm), verb, self._at(at), self._at(now), by, json.dumps(facts)],
        )

    def insert_words(
        self, text: str, subject: str, retention: str, *, site: str, by: str, now: datetime, expires: datetime
    ) -> int:
        """Typed words in a row of their own; returns its id."""
        rows = self._sql.execute(
            "INSERT INTO journal_words (subject, site, retention, text, by, written_at, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [subject, site, retention, text, by, self._at(now), self._at(expires)],
        )
        return int(rows[0][0])

    def set_deadline(self, subject: str, due: datetime | None) -> None:
        """The one deadline of an alarm, in the lane before all others."""
        if due is None:
            self._sql.execute("DELETE FROM deadlines_deadline WHERE kind = 'alarm' AND subject = %s", [subject])
            return
        self._sql.execute(
            "INSERT INTO deadlines_deadline (kind, subject, due_at, generation, lane) VALUES ('alarm', %s, %s, 1, 0)"
            " ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at,"
            " generation = deadlines_deadline.generation + 1",
            [subject, self._at(due)],
        )

    def insert_deliveries(self, rows: Sequence[dict[str, Any]]) -> None:
        """What is to be delivered, in one statement; a key that is there already is left alone."""
        if not rows:
            return
        columns = list(rows[0])
        marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        values = [self._value(row[c]) for row in rows for c in columns]
        names = ", ".join(columns)
        self._sql.execute(
            f"INSERT INTO delivery_delivery ({names}) VALUES {marks} ON CONFLICT (key) DO NOTHING", values
        )

    def mark_seen(self, subject: str, person: int, now: datetime) -> int:
        """The person has it before them; returns how many deliveries that settles."""
        self._sql.execute(
            "UPDATE delivery_delivery SET state = 'seen', seen_at = %s, leased_by = ''"
            " WHERE subject = %s AND person = %s AND state IN ('waiting', 'sent')",
            [self._at(now), subject, person],
        )
        return self._sql.changed()

    def still_told(self, subject: str, channel: str) -> set[int]:
        """The people whom a message by this channel has not reached yet."""
        rows = self._sql.execute(
            "SELECT person FROM delivery_delivery WHERE subject = %s AND channel = %s AND state = 'waiting'"
            " AND person IS NOT NULL",
            [subject, channel],
        )
        return {int(row[0]) for row in rows}

    def insert_left_out(self, alarm: str, people: Sequence[int]) -> None:
        """Lists leave this alarm out for these people from now on."""
        marks = ", ".join(["(%s, %s)"] * len(people))
        values = [value for person in people for value in (self._id(alarm), person)]
        self._sql.execute(
            f"INSERT INTO alarms_leftout (alarm_id, person) VALUES {marks} ON CONFLICT (alarm_id, person) DO NOTHING",
            values,
        )

    def delete_left_out(self, alarm: str, people: Sequence[int]) -> None:
        """Lists show this alarm to these people again."""
        marks = ", ".join(["%s"] * len(people))
        self._sql.execute(
            f"DELETE FROM alarms_leftout WHERE alarm_id = %s AND person IN ({marks})", [self._id(alarm), *people]
        )

    def withdraw_from(self, subject: str, people: Sequence[int]) -> None:
        """What still waits to tell these people is not sent."""
        marks = ", ".join(["%s"] * len(people))
        self._sql.execute(
            "UPDATE delivery_delivery SET state = 'withdrawn', leased_by = ''"
            f" WHERE subject = %s AND state = 'waiting' AND person IN ({marks})",
            [subject, *people],
        )

    def withdraw_deliveries(self, subject: str, channel: str = "") -> None:
        """Nobody need be told any more; or none of those who answer here, by this channel.

        Who is outside is told of a call once, and whatever is withdrawn from them is never made again.
        """
        only, values = (" AND channel = %s AND person IS NOT NULL", [channel]) if channel else ("", [])
        self._sql.execute(
            "UPDATE delivery_delivery SET state = 'withdrawn', leased_by = ''"
            f" WHERE subject = %s AND state = 'waiting'{only}",
            [subject, *values],
        )

    def insert_entries(self, entries: Iterable[tuple[str, datetime, str, str, dict[str, Any], str]]) -> list[int]:
        """Journal entries (type, at, site, subject, facts, by); the last statement before COMMIT. Returns their ids."""
        rows = [
            [type, self._at(at), site, subject, json.dumps(facts), by] for type, at, site, subject, facts, by in entries
        ]
        if not self._sqlite:
            self._sql.execute("SELECT pg_advisory_xact_lock(%s), pg_notify('steadydesk', '')", [JOURNAL_LOCK])
        marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
        found = self._sql.execute(
            f"INSERT INTO journal_entry (type, at, site, subject, facts, by) VALUES {marks} RETURNING id",
            [v for row in rows for v in row],
        )
        return [int(r[0]) for r in found]

    def _value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self._at(value)
        return json.dumps(value) if isinstance(value, dict | list) else value


def _json(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value
