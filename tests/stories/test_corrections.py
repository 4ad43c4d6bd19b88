"""A mistake is put right: what follows from it follows, once, and what was recorded before stays (E8a)."""

import pytest

from steadydesk.kernel.errors import Invalid
from steadydesk.screens.desk.board import labels
from steadydesk.screens.desk.timeline import told
from steadydesk.visits import queries
from tests.visiting import MINUTE, act, arrive, clock, events, prompts, shown


def correct(world, visit, field, value, reason="typed wrong"):
    act(world, "correct", visit, field=field, value=value, reason=reason)
    return events(visit, "visit:corrected")[-1].facts


def record(visit):
    """The lines of the record, as a staff-only screen shows them."""
    found = queries.visit(visit)
    return told(found, queries.choices(found), labels("exchange"), staff_only=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("arrived_at", "banana"), ("arrived_at", ""), ("arrived_at", "23:59"), ("attended_at", "09:01"),
        ("ended_at", "09:01"), ("outcome", "left"), ("owner", "amira"), ("channel", "phone"), ("mood", "angry"),
        ("mood", ""), ("service", "shoes"), ("team", "shoes"), ("companions", "two"), ("companions", "1000"),
        ("appointment_at", "noon"), ("note", " "), ("description", ""), ("private", "true"), ("shoe", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_with_every_fault_at_once_and_changes_nothing(world, field, value):
    visit = arrive(world)
    before = shown(visit)
    with pytest.raises(Invalid) as refused:
        correct(world, visit, field, value, reason="")
    wrong = "field" if field in ("private", "shoe") else "value"
    assert [f.field for f in refused.value.faults] == [wrong, "reason"]
    assert shown(visit) == before and events(visit, "visit:corrected") == []


@pytest.mark.clause("E8a")
def test_e8a_a_correction_says_from_what_to_what_and_stands_from_then_on(world):
    visit = arrive(world, companions=1)
    facts = correct(world, visit, "companions", "3")
    assert (facts["from"], facts["to"]) == (1, 3)
    assert shown(visit)["companions"] == 3
    act(world, "attend", visit, channel="phone")
    correct(world, visit, "channel", "letter")
    facts = correct(world, visit, "owner", world.person("grace").name)
    assert facts["to"] == world.person("grace").ref == shown(visit)["owner"]
    lines = [m.text for m in record(visit) if m.text.startswith("Corrected")]
    assert lines[0] == "Corrected: Others with them, from 1 to 3"
    assert lines[-1].endswith(f"to {world.person('grace').name}")
    act(world, "finish", visit)
    assert correct(world, visit, "outcome", "cannot_meet")["from"] == "direct"
    assert shown(visit)["outcome"] == "cannot_meet"


@pytest.mark.clause("E2a")
def test_e2a_a_mood_that_is_corrected_to_agitated_starts_the_five_minutes(world):
    visit = arrive(world)
    world.advance("09:02")
    correct(world, visit, "mood", "agitated")
    assert clock(visit, "agitated")["due_at"] == "2026-03-02T09:05:00+00:00"
    world.advance("09:05:01")
    assert [p["kind"] for p in prompts(visit)] == ["call_manager"]
    correct(world, visit, "mood", "calm")
    assert clock(visit, "agitated")["stopped_at"] == world.now.isoformat()
    world.messages()


def test_a_time_of_arrival_that_is_corrected_moves_the_clock_and_asks_nothing_twice(world):
    visit = arrive(world, arrived_at=world.now - 5 * MINUTE)
    world.advance("09:05:01")
    asked = len(shown(visit)["prompts"])
    assert asked and len(events(visit, "visit:over-time")) == 1
    act(world, "tell", visit)
    facts = correct(world, visit, "arrived_at", "08:54")
    assert (facts["from"], facts["to"]) == ("2026-03-02T08:55:00+00:00", "2026-03-02T08:54:00+00:00")
    assert clock(visit)["over_at"] == "2026-03-02T09:04:00+00:00"
    world.advance("09:06")
    assert len(events(visit, "visit:over-time")) == 1 and len(shown(visit)["prompts"]) == asked
    assert prompts(visit, "tell_customer") == []
    correct(world, visit, "arrived_at", "09:00")
    assert clock(visit)["over_at"] is None and clock(visit)["due_at"] == "2026-03-02T09:10:00+00:00"
    world.messages()


def test_times_that_are_corrected_stay_in_their_order_and_the_figure_follows(world):
    visit = arrive(world)
    world.advance("09:12")
    act(world, "attend", visit, channel="phone")
    assert clock(visit)["over_at"]
    for value in ("08:59", "09:13"):
        with pytest.raises(Invalid):
            correct(world, visit, "attended_at", value)
    correct(world, visit, "attended_at", "09:08")
    assert clock(visit)["over_at"] is None
    assert clock(visit)["stopped_at"] == "2026-03-02T09:08:00+00:00"
    world.messages()


def test_of_a_team_that_is_corrected_the_right_manager_is_asked(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    assert world.told() == {"helen"}
    correct(world, visit, "team", "finance")
    (asked,) = prompts(visit, "call_manager")
    assert asked["call"]["name"] == "Farid Rahman"
    assert world.told() == {"farid"}
