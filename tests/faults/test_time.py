"""Forty minutes without power, and a clock that is set back an hour in the middle of everything."""

from datetime import datetime, timedelta

import pytest

from steadydesk.alarms import queries as alarms
from steadydesk.alarms import rules
from steadydesk.deadlines.models import Deadline
from steadydesk.engine.loop import run_due
from steadydesk.engine.runner import Engine
from steadydesk.journal.models import Entry
from steadydesk.kernel.clock import Step, clock
from tests.world import World

pytestmark = pytest.mark.fault


def open_deadlines(now: datetime):
    """Those of visits and calls: the engine's own mark is set anew, and what is a day away or more is a date."""
    return Deadline.objects.exclude(kind="engine-alive").filter(due_at__lt=now + timedelta(days=1))


def raise_alarm(world: World) -> str:
    """Help now at desk 1."""
    answer = world.client(device="desk-1").post("/api/v1/alarms", {}, content_type="application/json")
    return str(answer.json()["id"])


def arrive(world: World, **body: str) -> str:
    """Somebody comes in."""
    client = world.client(device="desk-1")
    answer = client.post("/api/v1/visits", {"site": "exchange", **body}, content_type="application/json")
    return str(answer.json()["id"])


def step_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The engine's next round finds that the system's clock jumped."""
    with monkeypatch.context() as stepped:
        stepped.setattr(clock, "discipline", lambda: Step(by))
        Engine().go_round()


def test_after_a_power_cut_of_forty_minutes_alarms_fire_at_once_and_waits_become_one_prompt(world: World) -> None:
    waiting = [arrive(world) for _ in range(5)]
    alarm = raise_alarm(world)
    world.messages()
    clock.advance(timedelta(minutes=40))
    run_due(world.now)
    escalated = Entry.objects.filter(subject=f"alarm:{alarm}", type="alarm:escalated")
    assert escalated
    assert all(e.facts["late_s"] > 2_300 for e in escalated[:1])
    late = Entry.objects.filter(type="engine:late")
    assert [e.facts["late_s"] > 1_700 for e in late] == [True] * len(late)
    assert late
    over = Entry.objects.filter(type="visit:over-time").values_list("subject", flat=True)
    assert set(over) == {f"visit:{v}" for v in waiting}
    asked = [e for e in Entry.objects.filter(type="prompt:asked") if e.facts.get("kind") == "tell_room"]
    assert len(asked) == 1
    assert world.messages()
    before = Entry.objects.count()
    run_due(world.now)
    assert Entry.objects.count() == before, "what was late fired twice"


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1)])
def test_when_the_clock_steps_what_is_open_keeps_its_remaining_time(
    world: World, by: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(world)
    alarm = raise_alarm(world)
    world.advance(timedelta(seconds=5))
    world.messages()
    before = world.now
    remaining = {(d.kind, d.subject): d.due_at - before for d in open_deadlines(before)}
    step_in = rules.due_at(alarms.alarm(alarm)) - before  # type: ignore[operator]
    clock.freeze(before + by)
    step_clock(monkeypatch, by)
    after = {(d.kind, d.subject): d.due_at - world.now for d in open_deadlines(world.now)}
    assert after == remaining
    assert rules.due_at(alarms.alarm(alarm)) == world.now + step_in
    assert Entry.objects.filter(type="clock:stepped").get().facts == {"by_s": by.total_seconds()}
    world.advance(step_in)
    assert Entry.objects.filter(subject=f"alarm:{alarm}", type="alarm:escalated").exists()
    assert world.told()


def test_a_wait_is_not_over_time_because_the_clock_was_set_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = arrive(world)
    world.advance(timedelta(minutes=2))
    clock.freeze(world.now + timedelta(hours=1))
    step_clock(monkeypatch, timedelta(hours=1))
    run_due(world.now)
    assert not Entry.objects.filter(subject=f"visit:{visit}", type="visit:over-time").exists()
    world.advance(timedelta(minutes=7, seconds=59))
    assert not Entry.objects.filter(subject=f"visit:{visit}", type="visit:over-time").exists()
    world.advance(timedelta(seconds=2))
    assert Entry.objects.filter(subject=f"visit:{visit}", type="visit:over-time").exists()
    world.messages()
