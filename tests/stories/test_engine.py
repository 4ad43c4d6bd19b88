"""The engine's own promises: a bad row harms nobody else, and a long drain keeps no alarm waiting."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from steadydesk.deadlines.actions import Lane, set_deadline, set_for_all, take
from steadydesk.deadlines.models import Deadline
from steadydesk.engine import lock, loop, runner
from steadydesk.engine.lock import LockLost
from steadydesk.engine.loop import run_due
from steadydesk.engine.runner import Engine
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import Step
from steadydesk.kernel.clock import clock as world_clock

BY = system("test")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def rows(world, monkeypatch):
    """Set deadlines of a kind of our own; what fires for each subject is written here."""
    fires = {}

    def set_row(subject, fire, due_at=None, lane=Lane.REST):
        fires[subject] = fire
        with write(world.now):
            set_deadline("ours", subject, due_at or world.now, lane)

    monkeypatch.setitem(loop.CLOCKWORK, "ours", lambda due, now: fires[due.subject](due, now))
    return set_row


def said_of(subject):
    return list(Entry.objects.filter(subject=subject).values_list("type", flat=True))


def note(due, now):
    record(Event.VISIT_NOTED, due.subject, by=BY)


def test_what_a_bad_row_was_about_to_say_is_not_in_the_journal(world, rows):
    def note_and_fail(due, now):
        note(due, now)
        raise ValueError

    rows("visit:901", note_and_fail)
    rows("visit:902", note)
    run_due(world.now)
    assert said_of("visit:901") == ["engine:late"], "the change was undone, so nothing may be said of it"
    assert said_of("visit:902") == ["visit:noted"]


def test_a_row_that_fails_only_as_the_transaction_ends_does_not_hold_up_the_others(world, rows):
    rows("visit:901", lambda due, now: record(Event.VISIT_NOTED, due.subject, by=BY, odd=object()))
    rows("visit:902", note)
    run_due(world.now)
    assert said_of("visit:901") == ["engine:late"]
    assert said_of("visit:902") == ["visit:noted"]


def test_of_several_that_are_done_in_one_go_the_bad_one_alone_is_put_off(world, rows, monkeypatch):
    def note_all(dues, now):
        for due in dues:
            note(due, now)
            if due.subject == "visit:902":
                raise ValueError

    monkeypatch.setitem(loop.TOGETHER, "ours", note_all)
    for subject in ("visit:901", "visit:902", "visit:903"):
        rows(subject, note)
    run_due(world.now)
    assert said_of("visit:902") == ["engine:late"]
    assert said_of("visit:901") == said_of("visit:903") == ["visit:noted"], "once each, though they were begun twice"
    assert [row.subject for row in Deadline.objects.filter(kind="ours")] == ["visit:902"]


def test_an_alarm_that_falls_due_in_a_long_drain_passes_what_is_left_of_it(world, rows):
    fired, ages = [], []
    engine = Engine()

    def take_long(due, now):
        fired.append(due.subject)
        ages.append(engine.age())
        world_clock.advance(SECOND)

    rows("alarm:soon", lambda due, now: fired.append(due.subject), world.now + 5 * SECOND, Lane.ALARM)
    for number in range(2 * loop.CHUNK):
        rows(f"visit:{number}", take_long)
    engine.go_round()
    assert fired.index("alarm:soon") <= loop.CHUNK
    assert ages[-1] is not None, "the screens are told that the engine lives, however long the drain is"


def test_a_step_of_the_clock_that_storage_could_not_take_is_followed_when_it_is_back(world, rows, monkeypatch):
    engine, steps = Engine(), iter([Step(HOUR), None])
    monkeypatch.setattr(world_clock, "discipline", lambda: next(steps))
    rows("visit:901", note, world.now + HOUR)
    with monkeypatch.context() as broken:
        broken.setattr(runner, "record", _storage_is_away)
        with pytest.raises(OperationalError):
            engine.go_round()
    engine.go_round()
    assert said_of("clock:system") == ["clock:stepped"]
    assert Deadline.objects.get(subject="visit:901").due_at == world.now + 2 * HOUR


def _storage_is_away(*args, **facts):
    raise OperationalError


def test_an_engine_that_stands_by_keeps_its_clock_right_and_moves_no_deadline(world, rows, monkeypatch):
    engine, looks = Engine(), []
    monkeypatch.setattr(world_clock, "discipline", lambda: looks.append(1) or Step(HOUR))
    monkeypatch.setattr(runner.lock, "hold", lambda: False)
    rows("visit:901", note, world.now + HOUR)
    engine.look()
    assert looks, "it takes over one day, and then goes by this clock"
    assert Deadline.objects.get(subject="visit:901").due_at == world.now + HOUR


def test_an_engine_whose_session_is_not_the_one_that_took_the_lock_changes_nothing(world, rows, monkeypatch):
    fired = []
    for lane in (Lane.ALARM, Lane.REST):
        rows(f"visit:{lane}", lambda due, now: fired.append(due.subject), lane=lane)
        monkeypatch.setattr(lock._held, "wanted", True)
        monkeypatch.setattr(lock._held, "session", object())
        with pytest.raises(LockLost):
            run_due(world.now)
        monkeypatch.undo()
        monkeypatch.setitem(loop.CLOCKWORK, "ours", lambda due, now: fired.append(due.subject))
    assert not fired, "another engine may be active by now"
    assert Deadline.objects.filter(kind="ours").count() == 2


def test_a_row_that_storage_refused_once_is_tried_again_within_a_second(world, rows):
    tries = []

    def refuse_once(due, now):
        tries.append(now)
        if len(tries) == 1:
            raise OperationalError

    rows("visit:901", refuse_once)
    run_due(world.now)
    assert Deadline.objects.get(subject="visit:901").due_at == world.now + SECOND
    run_due(world_clock.advance(SECOND))
    assert len(tries) == 2


def test_a_row_that_is_set_again_for_all_while_it_is_taken_is_looked_at_again(world, rows):
    rows("visit:1", note, world.now + HOUR)
    taken = list(Deadline.objects.filter(kind="ours"))
    with write(world.now):
        set_for_all("ours", ["visit:1"], world.now + SECOND)
        assert take(taken) == [], "the setting that was taken is not there any more"
    world.advance(SECOND)
    assert said_of("visit:1") == ["visit:noted"]
