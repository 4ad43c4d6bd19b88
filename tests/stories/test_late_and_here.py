"""Typed in too late for the clocks, and still here: nothing of the past rings, and what is true now does (E2a)."""

import pytest

from steadydesk.screens.desk.board import board
from steadydesk.sites.actions import change_state
from steadydesk.sites.queries import site
from steadydesk.visits import here, queries, restoring
from tests.visiting import MINUTE, act, arrive, clock, events, prompts, shown


@pytest.mark.clause("E2a")
@pytest.mark.parametrize("marked", ["as they are typed in", "later"])
def test_e2a_who_is_typed_in_late_and_is_agitated_has_five_minutes_from_then(world, marked):
    came = world.now - 31 * MINUTE
    visit = arrive(world, arrived_at=came, mood="agitated" if marked == "as they are typed in" else "calm")
    assert prompts(visit) == [] and not world.messages(), "of the past nothing rings"
    if marked == "later":
        world.advance("09:20")
        act(world, "change_mood", visit, "agitated")
    begun = world.now
    assert clock(visit, "agitated")["due_at"] == (begun + 5 * MINUTE).isoformat()
    world.advance(5 * MINUTE)
    assert prompts(visit) == []
    world.advance(MINUTE)
    assert [p["kind"] for p in prompts(visit)] == ["call_manager"]
    assert "helen" in world.told()
    assert [c["kind"] for c in shown(visit)["clocks"]] == ["agitated"], "no figure of the ten minutes"
    figures = queries.figures("exchange", came, world.now)
    assert (figures.not_kept, figures.not_known) == (0, 1)


def test_that_the_wait_of_who_was_typed_in_late_has_passed_stands_on_the_board_at_once(world):
    late, paper = arrive(world, arrived_at=world.now - 31 * MINUTE), arrive(world, source="paper")
    over = {row.visit.pk: row.over for row in here.rows("exchange", world.now)}
    assert over == {late: ["attend"], paper: []}
    assert events(late, "visit:over-time") == []
    lines = board(site("exchange"), world.now, staff_only=True)["lines"]
    assert {line.pk: line.face.over for line in lines} == {late: True, paper: False}
    world.advance("09:11")
    assert {row.visit.pk: row.over for row in here.rows("exchange", world.now)}[paper] == ["attend"]
    assert queries.figures("exchange", world.now - 60 * MINUTE, world.now).not_known == 2
    world.messages()


def test_who_came_on_another_day_or_is_sent_as_paper_is_a_record_of_what_is_past(world):
    yesterday = arrive(world, arrived_at=world.now - 24 * 60 * MINUTE, mood="agitated")
    paper = arrive(world, arrived_at=world.now - 31 * MINUTE, mood="agitated", source="paper")
    world.advance("09:30")
    assert [shown(v)["clocks"] for v in (yesterday, paper)] == [[], []]
    act(world, "change_mood", paper, "calm")
    act(world, "change_mood", paper, "agitated")
    assert clock(paper, "agitated")["due_at"] == "2026-03-02T09:35:00+00:00", "somebody sees it now"


def test_after_a_restore_what_bound_a_visit_before_does_not_ring(world):
    visit = arrive(world)
    world.advance("09:04")
    act(world, "change_mood", visit, "agitated")
    restoring.settle_restored(world.person("joan"), world.now + 60 * MINUTE)
    world.advance("10:30")
    act(world, "tell", visit, wait="PT5M")
    assert shown(visit)["clocks"] == [] and prompts(visit) == []
    world.messages()


@pytest.mark.clause("E2a")
def test_e2a_agitated_calm_and_agitated_again_is_late_from_the_first_time_and_rings_once_for_it(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:05:30")
    assert [p["kind"] for p in prompts(visit)] == ["call_manager"]
    act(world, "change_mood", visit, "calm")
    world.advance("09:08")
    act(world, "change_mood", visit, "agitated")
    assert clock(visit, "agitated")["over_at"] == "2026-03-02T09:05:00+00:00"
    assert len([e for e in events(visit, "visit:over-time") if e.facts["clock"] == "agitated"]) == 1
    assert len(prompts(visit, "call_manager")) == 1
    world.messages()


def test_who_was_sent_out_is_asked_about_also_when_the_site_was_closed_before_it_opened_again(world):
    visit, joan = arrive(world), world.person("joan")
    for state in ("emptied", "closed", "open"):
        change_state("exchange", state, by=joan, now=world.now)
        world.advance(MINUTE)
    assert [r.visit_id for r in queries.headcounts("exchange", "emptied")] == [visit]
    world.messages()


def test_the_next_day_nobody_is_asked_who_came_back_from_yesterday(world):
    arrive(world)
    joan = world.person("joan")
    for state in ("emptied", "closed"):
        change_state("exchange", state, by=joan, now=world.now)
        world.advance(MINUTE)
    world.advance(24 * 60 * MINUTE)
    change_state("exchange", "closed", by=joan, now=world.now)
    change_state("exchange", "open", by=joan, now=world.now)
    assert queries.headcounts("exchange", "emptied") == []
    world.messages()


def test_back_in_offers_whoever_left_last_first_however_many_came_after(world):
    first = arrive(world)
    others = [arrive(world) for _ in range(3)]
    for visit in [*others, first]:
        act(world, "leave", visit)
        world.advance(MINUTE)
    gone = queries.gone("exchange", world.now - 60 * MINUTE)
    assert [v.pk for v in gone] == [first, *reversed(others)]
    page = world.client(device="desk-1").get("/desk/gone").text
    assert page.index(f"/visits/{first}/reinstate") < page.index(f"/visits/{others[0]}/reinstate")
    world.messages()
