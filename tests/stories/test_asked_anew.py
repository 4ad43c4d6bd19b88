"""A wrong press is taken back, or somebody comes back in: what is true is asked again (E1a)."""

import pytest

from tests.stories.test_rooms import away_all
from tests.visiting import MINUTE, SECOND, act, answer, arrive, prompts


def attended(world, visit):
    act(world, "attend", visit, channel="phone")
    world.advance(5 * SECOND)
    return "undo"


def gone(world, visit):
    act(world, "leave", visit)
    world.advance(MINUTE)
    return "reinstate"


def not_here(world, visit):
    act(world, "no_show", visit)
    world.advance(5 * SECOND)
    return "undo"


WAYS = [attended, gone, not_here]


@pytest.mark.clause("E1a")
@pytest.mark.parametrize("end", WAYS)
def test_e1a_that_the_team_cannot_come_is_asked_again_when_the_customer_waits_again(world, end):
    visit = arrive(world)
    world.advance("09:03")
    act(world, "say_cannot_in_time", visit, by="nina")
    before = prompts(visit, "tell_customer")
    back = end(world, visit)
    assert before and prompts(visit) == []
    act(world, back, visit)
    assert [p["kind"] for p in prompts(visit)] == ["tell_customer"]
    world.messages()


@pytest.mark.parametrize("end", WAYS)
@pytest.mark.parametrize("how", ["told", "answered"])
def test_what_the_customer_was_told_is_not_asked_again(world, end, how):
    visit = arrive(world)
    world.advance("09:03")
    act(world, "say_cannot_in_time", visit, by="nina")
    if how == "told":
        act(world, "tell", visit, wait="PT30M")
    else:
        answer(world, prompts(visit)[0], "the customer")
    act(world, end(world, visit), visit)
    assert prompts(visit) == []
    world.messages()


@pytest.mark.clause("E1a")
@pytest.mark.parametrize("end", WAYS)
def test_e1a_that_nobody_of_the_team_is_there_is_asked_again_when_the_customer_waits_again(world, end):
    away_all(world, "finance")
    visit = arrive(world, team="finance")
    world.advance(SECOND)
    assert [p["kind"] for p in prompts(visit)] == ["tell_customer"]
    back = end(world, visit)
    assert prompts(visit) == []
    act(world, back, visit)
    world.advance(2 * SECOND)
    assert [p["kind"] for p in prompts(visit)] == ["tell_customer"]
    during = arrive(world, team="finance")
    world.advance(2 * SECOND)
    assert prompts(during) == [], "an absence is one question"
    world.messages()
