"""The connection is cut after every statement of every act; the caller tries again, and it happened once."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from steadydesk.alarms import queries, rules
from steadydesk.alarms.connections import Broken, SqliteConnection
from steadydesk.alarms.rules import Act
from steadydesk.alarms.store import Cursor, Row
from steadydesk.deadlines.models import Deadline
from steadydesk.delivery.models import Delivery
from steadydesk.journal.gate import gate
from steadydesk.journal.models import Entry
from steadydesk.kernel.clock import clock
from tests.faults.recording import PATIENCE, act_by, press_at, record
from tests.world import World

MOST_STATEMENTS = 40


class Cut(Exception):
    """The line to the database went dead."""


class CutAfter:
    """A cursor whose connection is cut after so many statements."""

    def __init__(self, cursor: Cursor, statements: int) -> None:
        self._cursor, self._left = cursor, statements
        self.vendor = cursor.vendor

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run it, or find the line dead."""
        if self._left == 0:
            raise Cut
        self._left -= 1
        return self._cursor.execute(sql, params)

    def changed(self) -> int:
        """As the real one."""
        return self._cursor.changed()


def whole_story(world: World) -> list[Callable[[str], Act]]:
    """A press, a second one, two who come, one who takes it back, an arrival, and the end."""
    rita, tom = world.person("amira"), world.person("helen")

    def by(actor: Any, verb: str, **facts: Any) -> Callable[[str], Act]:
        return lambda alarm: act_by(actor, verb, alarm, **facts)

    def press(key: str) -> Callable[[str], Act]:
        return lambda alarm: press_at(world, "desk-1", key)

    return [
        press("first"),
        press("second"),
        by(rita, "acknowledge"),
        by(tom, "acknowledge"),
        by(tom, "decline"),
        by(rita, "attend"),
        by(rita, "seen"),
        by(rita, "close", disposition="handled"),
    ]


def what_is_on_record() -> tuple[Any, ...]:
    """Everything that an act may change."""
    return (
        [(a.state, a.presses, a.generation, len(a.coming)) for a in queries.at_sites(["exchange"])],
        list(Entry.objects.order_by("id").values_list("type", "subject")),
        sorted(Delivery.objects.values_list("key", flat=True)),
        sorted(Deadline.objects.filter(kind="alarm").values_list("due_at", flat=True)),
    )


@pytest.mark.fault
def test_an_act_cut_after_any_statement_happens_once_when_tried_again(stage: World) -> None:
    alarm = ""
    for make in whole_story(stage):
        act = make(alarm)
        before = what_is_on_record()
        for statements in range(MOST_STATEMENTS):
            try:
                record(act, lambda c, n=statements: CutAfter(c, n))  # type: ignore[misc]
            except Cut:
                assert what_is_on_record() == before, f"{act.verb} left something after {statements} statements"
            else:
                break
        else:
            pytest.fail(f"{act.verb} takes more than {MOST_STATEMENTS} statements")
        once = what_is_on_record()
        again = record(act)
        assert again is not None
        assert what_is_on_record() == once, f"{act.verb} happened twice"
        alarm = alarm or again.decision.alarm.id
    [closed] = queries.at_sites(["exchange"])
    assert (closed.state, closed.presses) == ("closed", 2)


@pytest.mark.fault
def test_the_deadline_on_disk_is_always_the_one_the_rules_want(stage: World) -> None:
    alarm = ""
    for make in whole_story(stage):
        found = record(make(alarm))
        assert found is not None
        alarm = found.decision.alarm.id
        due = Deadline.objects.filter(kind="alarm").values_list("due_at", flat=True).first()
        assert due == rules.due_at(queries.alarm(alarm))


@pytest.mark.fault
def test_a_step_that_is_cut_fires_once_when_the_engine_comes_back(stage: World) -> None:
    raised = record(whole_story(stage)[0](""))
    assert raised is not None
    alarm = raised.decision.alarm
    stage_time = rules.due_at(alarm)
    assert stage_time is not None
    clock.freeze(stage_time)
    from steadydesk.alarms.desk import tick_act

    tick = replace(tick_act(alarm), at=clock.now())
    before = what_is_on_record()
    for statements in range(MOST_STATEMENTS):
        try:
            record(tick, lambda c, n=statements: CutAfter(c, n))  # type: ignore[misc]
        except Cut:
            assert what_is_on_record() == before
        else:
            break
    assert queries.alarm(alarm.id).step == alarm.step + 1
    record(tick)
    assert queries.alarm(alarm.id).step == alarm.step + 1


VISIT_STORY = [
    ("", {"site": "exchange", "description": "red coat", "mood": "agitated"}),
    ("mood", {"mood": "aggressive"}),
    ("tell", {"wait": "PT5M", "note": "short of staff", "through": "directly"}),
    ("note", {"text": "asked for a chair"}),
    ("call", {}),
    ("attend", {"channel": "face_to_face"}),
    ("finish", {}),
]


DONE = {
    "": "visit:arrived",
    "mood": "visit:mood-changed",
    "tell": "visit:told",
    "note": "visit:noted",
    "call": "visit:called",
    "attend": "visit:attended",
    "finish": "visit:finished",
}


class CutQueries:
    """Cuts Django's connection after so many statements."""

    def __init__(self, statements: int) -> None:
        self.left = statements

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run it, or find the line dead."""
        if self.left == 0:
            raise OperationalError("the line went dead")
        self.left -= 1
        return execute(sql, params, many, context)


def counts() -> tuple[int, int, int]:
    """How many rows an action may have left."""
    return Entry.objects.count(), Deadline.objects.count(), Delivery.objects.count()


def until_it_happens(client: Any, path: str, body: dict[str, Any]) -> tuple[int, int, int]:
    """Cut the action after ever more statements until it has happened; returns the rows there were before."""
    before = counts()
    for statements in range(4, 200):
        with connection.execute_wrapper(CutQueries(statements)):
            answer = client.post(path, body, content_type="application/json")
        if answer.status_code < 300 or counts() != before:
            # Cut while the answer was read, after the commit: the change is whole, only the answer is lost.
            return before
        assert answer.status_code == 503, answer.content
        assert answer.json()["code"] == "storage_unavailable"
    raise AssertionError(f"{path} never succeeded: {answer.content!r}")


@pytest.mark.fault
def test_a_visits_action_cut_after_any_statement_happens_whole_or_not_at_all(
    stage: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    client, visit = stage.client("amira"), ""
    for verb, body in VISIT_STORY:
        path = f"/api/v1/visits/{visit}/{verb}" if verb else "/api/v1/visits"
        until_it_happens(client, path, body)
        [found] = client.get("/api/v1/visits?site=exchange").json()["items"]
        visit = found["id"]
        last = client.get(f"/api/v1/journal?subject=visit:{visit}").json()["items"]
        assert [e["type"] for e in last].count(DONE[verb]) == 1
    assert found["outcome"] == "direct"


@pytest.mark.fault
def test_a_database_that_refuses_is_told_apart_from_one_that_is_busy(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("one file is SQLite's own matter")
    gone = SqliteConnection(tmp_path / "nothing-here.sqlite3", gate)
    with pytest.raises(Broken), gone.transaction(PATIENCE):
        pytest.fail("there is no database")
    assert not gate.is_mine()
