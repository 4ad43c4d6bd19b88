"""A full room: many become one, the room is told, promises are kept or told anew, and the team answers for itself."""

from datetime import timedelta

import pytest

from steadydesk.journal import queries as journal
from steadydesk.visits import actions, queries
from tests.visiting import MINUTE, SECOND, act, arrive, clock, events, prompts, shown


def tell_room(world, here=None, by="amira", **said):
    return actions.tell_room("exchange", here=here, **said, by=world.person(by), now=world.now)


def open_kinds(site="exchange"):
    return sorted(p.kind for p in queries.open_prompts(site))


@pytest.mark.clause("E1")
def test_e1_a_full_room_is_one_question_to_each_team_and_one_to_the_manager(world):
    visits = [arrive(world) for _ in range(40)]
    world.advance("09:07:01")
    assert open_kinds() == ["ask_service"], "forty are asked of their team at once"
    assert prompts(visits[39], "ask_service")[0]["visits"] == [str(v) for v in visits]
    pages = world.messages()
    assert len(pages) == len({m.person for m in pages}), "nobody is asked twice in one moment"
    world.advance("09:10:00.500000")
    assert open_kinds() == ["ask_service", "tell_room"]
    rooms = [m for m in world.messages() if m.subject == f"prompt:{queries.open_prompts('exchange')[1].pk}"]
    assert len({m.person for m in rooms}) == 1, "one prompt to the manager"


def test_a_team_is_asked_about_its_own_customers_alone(world):
    housing = [arrive(world) for _ in range(3)]
    other = arrive(world, team="finance")
    world.advance("09:07:01")
    assert prompts(housing[0], "ask_service")[0]["visits"] == [str(v) for v in housing]
    assert prompts(other, "ask_service")[0]["visits"] == [str(other)]
    world.messages()


@pytest.mark.clause("E1a")
def test_e1a_the_room_is_told_in_one_act_and_who_was_not_there_was_not_told(world):
    visits = [arrive(world) for _ in range(5)]
    outside = visits[4]
    world.advance("09:10:01")
    late = arrive(world)
    told = tell_room(world, here=visits[:4], wait="PT20M", why="many_here", through="loop", note="Read out twice")
    assert [v.pk for v in told] == visits[:4]
    for visit in visits[:4]:
        (entry,) = events(visit, "visit:told")
        assert entry.at == world.now
        assert (entry.facts["wait"], entry.facts["why"], entry.facts["room"]) == ("PT20M", "many_here", True)
        assert entry.facts["through_words"] and entry.facts["note_words"]
        assert not prompts(visit, "tell_room") and not prompts(visit, "tell_customer")
    assert prompts(outside, "tell_customer"), "of whoever was not in the room it is asked on"
    for visit in (outside, late):
        assert events(visit, "visit:told") == []
        assert all(c["kind"] != "promise" for c in shown(visit)["clocks"])
    world.messages()


def test_when_nobody_of_a_prompt_was_in_the_room_it_stays(world):
    visits = [arrive(world) for _ in range(3)]
    world.advance("09:10:01")
    tell_room(world, here=[])
    assert prompts(visits[0], "tell_room")[0]["visits"] == [str(v) for v in visits]
    world.messages()


def test_a_reason_that_the_protocol_does_not_list_is_refused(world):
    from steadydesk.kernel.errors import Invalid

    visit = arrive(world)
    for refused in (lambda: act(world, "tell", visit, why="laziness"), lambda: tell_room(world, why="laziness")):
        with pytest.raises(Invalid) as error:
            refused()
        assert [f.field for f in error.value.faults] == ["why"]
    assert events(visit, "visit:told") == []


def test_promises_to_a_room_run_out_as_one_question_and_telling_it_again_answers_it(world):
    visits = [arrive(world) for _ in range(6)]
    tell_room(world, wait="PT6M")
    world.advance("09:03:59")
    assert open_kinds() == []
    world.advance("09:04")
    assert open_kinds() == ["promise_due"]
    assert prompts(visits[5], "promise_due")[0]["visits"] == [str(v) for v in visits]
    act(world, "tell", visits[0], wait="PT30M")
    assert prompts(visits[0], "promise_due") == []
    assert len(prompts(visits[1], "promise_due")[0]["visits"]) == 5
    tell_room(world, wait="PT25M")
    assert open_kinds() == []
    assert clock(visits[1], "promise")["due_at"] == "2026-03-02T09:29:00+00:00"
    assert len(events(visits[1], "visit:told")) == 2


@pytest.mark.clause("E1a")
def test_e1a_the_team_answers_on_its_own_screen_and_reception_tells_the_customer_in_time(world):
    visit = arrive(world, team="childrens")
    world.advance("09:07:01")
    (asked,) = prompts(visit, "ask_service")
    nina, sam = world.person("nina"), world.person("sam")
    actions.answer_for_service(int(asked["id"]), can=False, reason="All in a meeting", by=nina, now=world.now)
    assert prompts(visit, "ask_service") == []
    (to_tell,) = prompts(visit, "tell_customer")
    assert to_tell["asked_at"] == world.now.isoformat()
    (entry,) = events(visit, "visit:cannot-in-time")
    assert entry.by == nina.ref
    with pytest.raises(Exception, match=r"attended to|answered"):
        actions.answer_for_service(int(asked["id"]), can=True, by=sam, now=world.now)
    world.advance(2 * MINUTE)
    assert prompts(visit, "tell_customer")[0]["repeats"] == 1
    world.messages()


def test_they_can_come_answers_for_everybody_of_the_question(world):
    visits = [arrive(world, team="childrens") for _ in range(3)]
    world.advance("09:07:01")
    (asked,) = prompts(visits[0], "ask_service")
    actions.answer_for_service(int(asked["id"]), can=True, by=world.person("nina"), now=world.now)
    assert open_kinds() == []
    (done,) = shown(visits[2])["prompts"]
    assert (done["reached"], done["answered_by"]) == (world.person("nina").name, world.person("nina").ref)
    world.messages()


def test_only_the_team_that_is_asked_answers(world):
    from steadydesk.kernel.errors import NotAllowed

    visit = arrive(world, team="childrens")
    world.advance("09:07:01")
    (asked,) = prompts(visit, "ask_service")
    for login in ("helen", "viktor"):
        with pytest.raises(NotAllowed):
            actions.answer_for_service(int(asked["id"]), can=True, by=world.person(login), now=world.now)
    assert prompts(visit, "ask_service")
    assert journal.of_subject(f"prompt:{asked['id']}")[-1].type == "prompt:asked"
    world.messages()


def test_a_visit_that_one_of_many_told_leaves_the_question_of_the_others(world):
    visits = [arrive(world) for _ in range(3)]
    world.advance("09:10:01")
    act(world, "say_cannot_in_time", visits[0])
    assert len(prompts(visits[1], "ask_service")[0]["visits"]) == 2
    assert len(prompts(visits[1], "tell_room")[0]["visits"]) == 3
    act(world, "tell", visits[0])
    assert len(prompts(visits[1], "tell_room")[0]["visits"]) == 2
    world.advance(timedelta(seconds=1) + SECOND)
    world.messages()
