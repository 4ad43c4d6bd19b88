"""Whose turn it is, calling somebody before others, calling again, and a wrong press that is taken back."""

import pytest

from steadydesk.encounters import actions as in_encounters
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.visits import actions, calling, help_requests, kept, queries
from steadydesk.visits.calling import needs_reason, places
from steadydesk.visits.models import Prompt, Referral
from tests.visiting import MINUTE, SECOND, act, arrive, clock, events, met, prompts, shown


def call_next(world, by="amira", **said):
    return actions.call_next("exchange", by=world.person(by), now=world.now, **said).pk


def last(visit, type):
    return events(visit, type)[-1]


def test_the_longest_wait_is_next_and_a_mood_changes_no_turn(world):
    first = arrive(world)
    world.advance(MINUTE)
    second = arrive(world, mood="aggressive")
    world.advance(MINUTE)
    third = arrive(world)
    assert [call_next(world), call_next(world), call_next(world)] == [first, second, third]
    with pytest.raises(Refusal, match="Nobody waits") as refused:
        call_next(world)
    assert refused.value.code == "nobody_waits"
    assert "before" not in last(third, "visit:called").facts


def test_an_appointment_waits_from_its_own_time_on(world):
    booked = arrive(world, appointment_at=world.now + 5 * MINUTE)
    world.advance(MINUTE)
    walked_in = arrive(world)
    world.advance(5 * MINUTE)
    assert [call_next(world), call_next(world)] == [walked_in, booked]


def test_a_desk_of_one_team_calls_its_own_next(world):
    housing, children = arrive(world, team="housing"), arrive(world, team="childrens")
    assert call_next(world, team="childrens") == children
    assert "before" not in last(children, "visit:called").facts
    with pytest.raises(Invalid):
        call_next(world, team="no-such-team")
    assert call_next(world) == housing


def test_whoever_is_called_before_others_has_the_reason_kept(world):
    patient = arrive(world, team="housing")
    world.advance(MINUTE)
    quick, agitated = arrive(world, team="housing"), arrive(world, team="housing", mood="agitated")
    due = arrive(world, team="housing", appointment_at=world.now)
    every = places("exchange")
    assert [needs_reason(queries.visit(v), every, world.now) for v in (patient, quick, agitated, due)] == [
        False, True, False, False,
    ]  # fmt: skip
    act(world, "call", quick, reason="Only hands in a form")
    facts = last(quick, "visit:called").facts
    assert (facts["before"], facts["why"]) == (1, None)
    said = [m for m in queries.timeline(queries.visit(quick)) if m.type == "visit:called"]
    assert [t.text for t in said[0].words["reason"]] == ["Only hands in a form"]
    act(world, "call", agitated)
    assert last(agitated, "visit:called").facts["why"] == "speak_first"
    act(world, "call", due)
    assert last(due, "visit:called").facts["why"] == "appointment"


def test_two_desks_never_call_the_same_customer_and_strangers_call_nobody(world):
    first, second = arrive(world), arrive(world)
    assert (call_next(world, "amira"), call_next(world, "nina")) == (first, second)
    with pytest.raises(Refusal):
        act(world, "call", first, by="nina")
    with pytest.raises(NotAllowed):
        call_next(world, "ruth")


def test_calling_again_is_kept_and_takes_nobody_elses_turn(world):
    visit = arrive(world)
    act(world, "call", visit)
    world.advance(30 * SECOND)
    act(world, "call", visit)
    assert [bool(e.facts.get("again")) for e in events(visit, "visit:called")] == [False, True]


def test_whom_nobody_may_direct_is_in_nobodys_way(world):
    first = arrive(world, problem=True)
    world.messages()
    world.advance(SECOND)
    second = arrive(world)
    in_encounters.judge_risk(f"visit:{first}", "exchange", "appears", by=world.person("amira"), now=world.now)
    assert call_next(world) == second
    assert "before" not in last(second, "visit:called").facts


@pytest.mark.clause("E1-att")
def test_e1_att_attending_by_mistake_is_undone_and_the_clock_has_never_stopped(world):
    visit = arrive(world)
    world.advance("09:09:30")
    act(world, "call", visit)
    act(world, "attend", visit, channel="phone")
    world.advance(50 * SECOND)  # past the limit meanwhile
    assert shown(visit)["state"] == "attending" and clock(visit)["stopped_at"]
    act(world, "undo", visit)
    found = shown(visit)
    assert (found["state"], found["attended_at"]) == ("offered", None)
    assert queries.visit(visit).owner == world.person("amira").ref
    assert queries.visit(visit).first_contact_at is None
    assert clock(visit)["over_at"] == "2026-03-02T09:10:00+00:00" and clock(visit)["stopped_at"] is None
    assert prompts(visit, "tell_customer")
    assert last(visit, "visit:undone").facts["undone"] == "visit:attended"
    with pytest.raises(Refusal):  # nor can the undoing be undone
        act(world, "undo", visit)


def test_a_wrong_call_leaves_the_customer_where_they_were(world):
    first, second = arrive(world), arrive(world)
    assert call_next(world) == first
    act(world, "undo", first)
    assert (shown(first)["state"], queries.visit(first).owner) == ("waiting", "")
    assert call_next(world, "nina") == first
    assert call_next(world) == second


@pytest.mark.parametrize(("end", "outcome"), [("finish", "direct"), ("leave", "left")])
def test_an_end_by_mistake_is_undone_with_everything_it_stopped(world, end, outcome):
    visit = arrive(world, description="red coat, buggy")
    act(world, "attend", visit, channel="phone")
    act(world, "ask_help", visit)
    assert prompts(visit, "ask_help") and world.messages()
    world.advance(10 * SECOND)
    act(world, end, visit)
    assert shown(visit)["outcome"] == outcome and help_requests.asking(queries.visit(visit)).open is False
    world.advance(50 * SECOND)
    act(world, "undo", visit)
    found = shown(visit)
    assert (found["state"], found["outcome"], found["ended_at"]) == ("attending", None, None)
    assert found["description"] == "red coat, buggy"
    assert help_requests.asking(queries.visit(visit)).open and prompts(visit, "ask_help")
    world.messages()
    act(world, "finish", visit)
    world.advance(2 * MINUTE)
    assert queries.visit(visit).description is None


def test_whoever_left_by_mistake_waits_on_and_who_was_asked_is_still_asked(world):
    visit = arrive(world)
    act(world, "refer", visit, person="nina")
    assert world.messages()
    world.advance(SECOND)
    act(world, "leave", visit)
    assert Referral.objects.get(visit=visit).withdrawn_at
    act(world, "undo", visit)
    assert shown(visit)["state"] == "waiting"
    act(world, "agree", visit, by="nina")
    assert shown(visit)["state"] == "attending"


def test_help_that_was_running_goes_on_after_a_wrong_end(world):
    visit = arrive(world, problem=True)
    act(world, "attend", visit, channel="phone")
    in_encounters.offer_help(f"visit:{visit}", by=world.person("amira"), now=world.now)
    act(world, "leave", visit)
    assert encounters.encounter(f"visit:{visit}").ended_at
    act(world, "undo", visit)
    assert encounters.encounter(f"visit:{visit}").ended_at is None
    world.messages()


def test_only_the_same_desk_or_person_undoes_within_a_minute_and_only_the_last_press(world):
    visit = arrive(world)
    desk = world.device("desk-1")
    actions.call(visit, by=desk, now=world.now)
    with pytest.raises(Refusal):
        act(world, "undo", visit, by="nina")
    world.advance(61 * SECOND)
    with pytest.raises(Refusal) as late:
        actions.undo(visit, by=desk, now=world.now)
    assert late.value.code == "already_answered"
    act(world, "attend", visit, channel="phone")
    met(world, visit)
    with pytest.raises(Refusal):
        act(world, "undo", visit)


def test_an_undone_attending_keeps_no_promise_in_the_figures(world):
    visit = arrive(world)
    act(world, "tell", visit, wait="PT5M")
    act(world, "attend", visit, channel="phone")
    act(world, "undo", visit)
    start = world.now - MINUTE
    assert kept.kept("exchange", start, world.now + MINUTE).promises.kept == 0
    world.advance(6 * MINUTE)
    found = kept.kept("exchange", start, world.now)
    assert (found.promises.kept, found.promises.not_kept) == (0, 1)
    assert Prompt.objects.filter(visits=visit).exists()
    world.messages()


def test_whom_a_colleague_takes_in_between_is_passed_over_for_the_next(world, monkeypatch):
    first, second = arrive(world), arrive(world)
    seen = places("exchange")
    act(world, "attend", first, channel="phone", by="nina")
    met(world, first)
    monkeypatch.setattr(calling, "places", lambda site: seen)
    assert call_next(world) == second


def test_a_call_that_is_taken_back_leaves_them_where_they_had_been_taken(world):
    visit = arrive(world)
    act(world, "take_to", visit, "room-1")
    act(world, "call", visit)
    act(world, "undo", visit)
    assert shown(visit)["place"] == "room-1"
