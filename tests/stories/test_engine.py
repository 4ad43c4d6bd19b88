"""The engine's own promises: a bad row harms nobody else, and a long drain keeps no alarm waiting."""

import pytest

from steadydesk.deadlines.actions import set_deadline
from steadydesk.engine import loop
from steadydesk.engine.loop import run_due
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import system

BY = system("test")


@pytest.fixture
def rows(world, monkeypatch):
    """Set deadlines of a kind of our own; what fires for each subject is written here."""
    fires = {}

    def set_row(subject, fire, due_at=None):
        fires[subject] = fire
        with write(world.now):
            set_deadline("ours", subject, due_at or world.now)

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
