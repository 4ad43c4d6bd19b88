"""What happens to many visits at one moment: the site is closed, the clock steps. None holds up another."""

from datetime import timedelta

import pytest

from steadydesk.deadlines.models import Deadline
from steadydesk.engine.loop import run_due
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock as present
from steadydesk.sites.actions import change_state
from steadydesk.visits import actions, queries
from steadydesk.visits.models import Visit
from tests.visiting import MINUTE, act, arrive, clock, events, prompts, shown


def close(world, state="closed"):
    change_state("exchange", state, by=world.person("joan"), now=world.now)


def late(visit):
    return [e.facts for e in journal.of_subject(f"visit:{visit}") if e.type == "engine:late"]


def test_a_customer_attended_to_as_the_site_closes_keeps_nobody_else_waiting(world):
    visits = [arrive(world) for _ in range(5)]
    close(world)
    act(world, "attend", visits[2], channel="face_to_face")
    run_due(world.now)
    assert [shown(v)["state"] for v in visits] == ["closed", "closed", "attending", "closed", "closed"]
    assert not any(late(v) for v in visits)


def test_a_visit_that_cannot_be_ended_postpones_only_itself(world):
    visits = [arrive(world) for _ in range(25)]
    Visit.objects.filter(pk=visits[3]).update(version="lost")
    close(world, "emptied")
    run_due(world.now)
    assert [v for v in visits if shown(v)["outcome"] != "site_closed"] == [visits[3]]
    assert [f["kind"] for f in late(visits[3])] == ["site-wait"]
    assert Deadline.objects.get(kind="site-wait").due_at == world.now + MINUTE


def test_a_site_that_is_open_again_at_once_sends_nobody_home(world):
    visit = arrive(world)
    close(world)
    close(world, "open")
    run_due(world.now)
    assert shown(visit)["state"] == "waiting"


@pytest.mark.parametrize("hours", [-1, 1])
def test_when_the_clock_steps_appointments_keep_their_time_by_the_wall_and_are_looked_at_piece_by_piece(
    world, hours, monkeypatch
):
    monkeypatch.setattr(actions, "A_PIECE", 2)
    visits = [arrive(world, appointment_at=world.now + 90 * MINUTE) for _ in range(5)]
    step = timedelta(hours=hours)
    present.freeze(world.now + step)
    with write(world.now):
        record(Event.CLOCK_STEPPED, "clock:system", by=system("engine"), by_s=step.total_seconds())
    assert Deadline.objects.filter(kind="appointments").count() == 1, "the step itself touches none of them"
    run_due(world.now)
    assert not Deadline.objects.filter(kind="appointments").exists()
    for visit in visits:
        assert clock(visit, "appointment")["due_at"] == "2026-03-02T10:35:00+00:00"
        due = Deadline.objects.get(kind="visit-clock", subject=f"visit:{visit}").due_at
        assert due.isoformat().startswith("2026-03-02T10:35:00")
        assert not prompts(visit)
        assert not events(visit, "visit:over-time")


# An arrival where nobody is


@pytest.mark.parametrize("state", ["closed", "emptied"])
def test_somebody_who_comes_to_an_empty_site_is_taken_down_and_no_clock_runs(world, state):
    close(world, state)
    visit = arrive(world, mood="agitated")
    found = shown(visit)
    assert (found["state"], found["outcome"], found["ended_at"]) == ("closed", "site_closed", found["arrived_at"])
    assert all(c["stopped_at"] == found["arrived_at"] and c["over_at"] is None for c in found["clocks"])
    world.advance("10:00")
    assert prompts(visit) == [] and not events(visit, "visit:over-time")
    assert [e.type for e in journal.of_subject(f"visit:{visit}")][:2] == ["visit:arrived", "visit:left"]


def test_a_late_entry_of_somebody_who_came_to_an_empty_site_is_not_over_time(world):
    close(world)
    world.advance(30 * MINUTE)
    visit = arrive(world, arrived_at=world.now - 20 * MINUTE)
    assert all(c["over_at"] is None for c in shown(visit)["clocks"])


@pytest.mark.clause("E1")
def test_e1_who_came_before_the_bell_and_is_entered_after_it_waited_until_the_bell_and_is_on_the_list(world):
    world.advance("09:30")
    close(world, "emptied")
    world.advance("09:31")
    long, short = (arrive(world, arrived_at=world.now.replace(minute=m)) for m in (15, 25))
    assert {shown(v)["ended_at"] for v in (long, short)} == {"2026-03-02T09:30:00+00:00"}
    assert (clock(long)["over_at"], clock(short)["over_at"]) == ("2026-03-02T09:25:00+00:00", None)
    assert prompts(long) == prompts(short) == []
    world.advance("09:45")
    close(world, "open")
    rows = queries.headcounts("exchange", "emptied")
    assert [r.visit_id for r in rows] == [long, short]
    actions.answer_headcount(rows[1].pk, "back", by=world.person("amira"), now=world.now)
    assert clock(short)["due_at"] == "2026-03-02T09:50:00+00:00", "five minutes waited, fifteen outside"
    world.messages()


def test_a_site_that_is_closed_after_the_bell_ended_the_waits_at_the_bell(world):
    world.advance("09:30")
    close(world, "emptied")
    world.advance("09:40")
    close(world, "closed")
    assert shown(arrive(world, arrived_at=world.now.replace(minute=25)))["ended_at"] == "2026-03-02T09:30:00+00:00"


def test_whoever_is_attended_to_at_an_empty_site_all_the_same_is_put_back_in(world):
    close(world)
    visit = arrive(world)
    act(world, "reinstate", visit)
    act(world, "attend", visit, channel="face_to_face")
    assert shown(visit)["state"] == "attending"


@pytest.mark.parametrize("state", ["open", "closing", "locked_down"])
def test_in_every_other_state_the_clock_runs_from_the_arrival(world, state):
    close(world, state)
    assert shown(arrive(world))["state"] == "waiting"


def test_a_problem_customer_is_never_sent_home_by_the_state_of_the_site(world):
    close(world)
    assert shown(arrive(world, problem=True))["state"] == "waiting"
