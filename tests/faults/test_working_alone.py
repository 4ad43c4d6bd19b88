"""Somebody alone does not answer: the server is killed before help is called, or somebody says so at that instant."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from steadydesk.alarms.queries import at_sites
from steadydesk.journal.models import Entry
from steadydesk.kernel.clock import clock
from steadydesk.loneworking import actions, queries
from steadydesk.loneworking.clockwork import ENGINE
from steadydesk.loneworking.models import LoneShift
from tests.faults.streams import LONGEST_WAIT_S, Stream
from tests.faults.test_running import children
from tests.faults.test_storage import database_of
from tests.running import Server
from tests.world import World

pytestmark = pytest.mark.fault
GRACE = timedelta(minutes=5)
LEFT = timedelta(seconds=6)
"""Of the grace, when the server is killed. It is up again before it is over, or at least before the worker would be
asked anew."""


def age_question(server: Server, shift: int) -> None:
    """The worker was asked so long ago that little of the grace is left."""
    due = datetime.now(UTC) + LEFT
    with closing(sqlite3.connect(database_of(server), timeout=20)) as db, db:
        db.execute(
            "UPDATE loneworking_loneshift SET state = 'asked', asked_at = ? WHERE id = ?",
            [f"{due - GRACE:%F %T.%f}", shift],
        )
        db.execute(
            "UPDATE deadlines_deadline SET due_at = ? WHERE kind = 'lone-silence' AND subject = ?",
            [f"{due:%F %T.%f}", f"lone-shift:{shift}"],
        )


def kill_the_server(server: Server) -> None:
    """Its parent starts it again."""
    [pid] = children(server, "steadydesk.project.server")
    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("when", ["in the grace", "at the call"])
def test_a_worker_who_is_silent_while_the_server_is_killed_is_called_for_once(server: Server, when: str) -> None:
    with server.client("iris") as iris, server.client("owen") as owen:
        shift = iris.post("/api/v1/lone-shifts", json={"site": "branch", "place": "desk"}).raise_for_status().json()
        with Stream(server, "owen", after=int(owen.get("/screens/news").json()["after"])) as screen:
            age_question(server, shift["id"])
            if when == "in the grace":
                kill_the_server(server)
            called = screen.wait_for("alarm:raised")["data"]["facts"]
            if when == "at the call":
                kill_the_server(server)
            server.wait_until_ready()
            missed = screen.wait_for("lone:missed", recorded=True)["data"]["facts"]
        found = [a for a in owen.get("/api/v1/alarms?open=true").json()["items"] if a["site"] == "branch"]
        assert [(a["id"], a["source"], a["presses"]) for a in found] == [(called["id"], "check_in", 1)]
        assert missed["alarm"] == called["id"]
        entries = owen.get(f"/api/v1/journal?subject=lone-shift:{shift['id']}").json()["items"]
        assert [e["type"] for e in entries].count("lone:missed") == 1
        iris.post("/api/v1/lone-shifts/own/check-out", json={"ending": "door_locked"}).raise_for_status()
        owen.post(f"/api/v1/alarms/{called['id']}/attend", json={}).raise_for_status()
        owen.post(f"/api/v1/alarms/{called['id']}/close", json={"disposition": "handled"}).raise_for_status()


# Two connections of PostgreSQL want the one row


def waiting_for_a_row() -> int:
    """How many connections wait for somebody else's row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def begin(act: Callable[[], Any], waiting: int) -> threading.Thread:
    """Start it on a connection of its own, and wait until so many wait for the row."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + LONGEST_WAIT_S
    while waiting_for_a_row() < waiting:
        assert time.monotonic() < until, "it never waited for the row"
        time.sleep(0.01)
    return thread


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["the answer", "the engine"])
def test_a_duress_answer_and_the_end_of_the_grace_at_one_instant_are_one_call(stage: World, first: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    iris = stage.person("iris")
    row = actions.begin_lone_shift("branch", "desk", (), "nothing_new", by=iris, now=stage.now)
    stage.advance(timedelta(minutes=30))
    clock.freeze(stage.now + GRACE)
    at = stage.now
    acts: dict[str, Callable[[], Any]] = {
        "the answer": lambda: actions.check_in(row.pk, "nothing_new", by=iris, now=at),
        "the engine": lambda: actions.pass_silence(row.pk, by=ENGINE, now=at),
    }
    with transaction.atomic():
        LoneShift.objects.select_for_update().get(pk=row.pk)
        threads = [begin(acts.pop(first), 1), *(begin(act, 2) for act in acts.values())]
    for thread in threads:
        thread.join(LONGEST_WAIT_S)
    stage.advance(timedelta(seconds=1))
    [alarm] = at_sites(["branch"])
    assert alarm.presses == 2, "both said so, and it is one call"
    assert queries.shift(row.pk).called_at == at
    assert Entry.objects.filter(type="alarm:raised").count() == 1
