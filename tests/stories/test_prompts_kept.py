"""Ruling 16 where somebody is to be rung: nobody is named, paged or answers from whom the visit is kept."""

import pytest

from steadydesk.encounters import actions as encounters
from steadydesk.journal import queries as journal
from steadydesk.people import actions as people
from steadydesk.visits.actions import mark_problem
from tests.alarming import press
from tests.visiting import SECOND, answer, arrive, away, prompts

LINE = {"helen", "david"}
"""Who manages housing; a call about Helen is kept from both."""


def keep_from_helen(world, visit, desk="desk-1"):
    """Help is asked for at this visit, and the call is about Helen."""
    mark_problem(visit, by=world.device(desk), now=world.now)
    call = press(world, login="ben", place=desk, about="helen")
    encounters.ask_help(f"visit:{visit}", "button", call["id"], by=world.device(desk), now=world.now)
    world.messages()


def paged(world):
    """Who was paged about a prompt since the last look."""
    ids = {m.person for m in world.messages() if m.subject.startswith("prompt:")}
    return {login for login in ("helen", "david", "joan", "morgan") if world.person(login).person in ids}


@pytest.mark.clause("E2a")
def test_e2a_whom_the_visit_is_kept_from_is_neither_named_nor_paged_and_the_next_is_at_once(world):
    visit = arrive(world, mood="agitated")
    keep_from_helen(world, visit)
    world.advance("09:05:01")
    (asked,) = prompts(visit, "call_manager")
    assert asked["call"]["role"] == "duty_manager"
    assert paged(world) == {"joan"}
    for minute in ("09:06:02", "09:07:03", "09:08:04", "09:09:05"):
        world.advance(minute)
        assert not paged(world) & LINE, "neither when it is asked again nor when it climbs or begins anew"
        assert prompts(visit, "call_manager")[0]["call"]["name"] not in ("Helen Marsh", "David Osei")
    answer(world, asked, None)
    assert prompts(visit, "call_manager")[0]["call"]["name"] not in ("Helen Marsh", "David Osei")
    world.messages()


@pytest.mark.clause("E2a")
def test_e2a_the_line_of_a_team_is_not_given_where_whoever_is_left_out_may_answer_it(world, settings):
    settings.RINGS_OUT = True
    people.mark_absent(world.person("joan").person, "exchange", by=world.person("joan"), now=world.now)
    visit = arrive(world, mood="agitated")
    keep_from_helen(world, visit)
    world.advance("09:05:01")
    (asked,) = prompts(visit, "call_manager")
    assert asked["call"]["role"] == "safety_lead" and asked["call"]["phone"] != "01632 960110"
    assert paged(world) == {"morgan"}


def test_a_visit_that_is_kept_from_somebody_does_not_join_the_question_that_rings_them(world):
    seen, kept = arrive(world, mood="agitated"), arrive(world, mood="agitated")
    keep_from_helen(world, kept)
    world.advance("09:05:01")
    (one,), (other,) = prompts(seen, "call_manager"), prompts(kept, "call_manager")
    assert (one["call"]["role"], one["visits"]) == ("manager", [str(seen)])
    assert (other["call"]["role"], other["visits"]) == ("duty_manager", [str(kept)])
    assert paged(world) == {"helen", "joan"}


def test_a_question_that_climbs_passes_over_whom_one_of_its_visits_is_kept_from(world):
    away(world, "helen")
    seen, kept = arrive(world, mood="agitated"), arrive(world, mood="agitated")
    world.advance("09:05:01")
    (asked,) = prompts(seen, "call_manager")
    assert asked["visits"] == [str(seen), str(kept)] and paged(world) == {"david"}
    keep_from_helen(world, kept)
    world.advance(SECOND)
    (climbed,) = prompts(seen, "call_manager")
    assert climbed["call"]["role"] == "duty_manager", "at once: nobody waits for an answer that must not come"
    world.messages()


def test_many_are_asked_about_together_of_whoever_may_know_of_one_of_them(world):
    visits = [arrive(world) for _ in range(6)]
    keep_from_helen(world, visits[0])
    world.advance("09:10:01")
    (room,) = prompts(visits[0], "tell_room")
    assert room["call"]["role"] == "manager" and len(room["visits"]) == 6
    world.messages()


def test_the_record_of_a_question_is_kept_from_whom_its_visits_are_kept_from(world):
    visit, other = arrive(world, mood="agitated"), arrive(world, mood="agitated")
    world.advance("09:05:01")
    (asked,) = prompts(visit, "call_manager")
    address = f"/api/v1/journal?subject=prompt:{asked['id']}"
    helen, grace = world.client("helen"), world.client("grace")
    before = journal.last_id()
    keep_from_helen(world, visit)
    for items in (helen.get(address).json()["items"], helen.get("/screens/news?after=1").json()["events"]):
        named = [e["facts"]["visits"] for e in items if e["type"] in ("prompt:asked", "prompt:joined")]
        assert named == [[], [str(other)]], "of the two only the one that they may know of"
    keep_from_helen(world, other, "desk-2")
    assert helen.get(address).status_code == 404
    assert grace.get(address).status_code == 200
    world.advance("09:06:02")
    subject = f"prompt:{asked['id']}"
    assert subject in grace.get(f"/screens/news?after={before}").text
    for path in (f"/screens/news?after={before}", f"/api/v1/journal?after={before}"):
        assert subject not in helen.get(path).text, path
    world.messages()
