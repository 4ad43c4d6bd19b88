"""Several customers in one question: the record of each has who was called and reached while it concerned them."""

import pytest

from steadydesk.journal import queries as journal
from steadydesk.visits import actions, queries, records
from tests.visiting import act, answer, arrive, events, prompts


def told(visit):
    """What the record of the visit says of prompts, with whom they called."""
    moments = queries.timeline(queries.visit(visit))
    return [(m.type, m.facts.get("role")) for m in moments if "prompt" in m.type]


@pytest.mark.clause("E8a")
def test_e8a_the_record_of_each_says_that_the_manager_was_called_also_of_who_was_attended_to_first(world):
    first, second, third = (arrive(world, mood="agitated") for _ in range(3))
    world.advance("09:05:01")
    (one,) = prompts(first, "call_manager")
    assert one["visits"] == [str(v) for v in (first, second, third)]
    assert told(second) == [("prompt:joined", "manager")] == told(third), "asked of the first, and these joined"
    act(world, "attend", first, channel="face_to_face")
    assert told(first) == [("prompt:asked", "manager"), ("visit:left-prompt", None)]
    world.advance("09:06:02")
    answer(world, one, "David Osei", role="deputy")
    assert [type for type, _role in told(first)][-1] == "visit:left-prompt", "what came later was not about them"
    for visit in (second, third):
        assert told(visit)[-3:] == [
            ("prompt:repeated", "deputy"),
            ("prompt:climbed", "deputy"),
            ("prompt:answered", "deputy"),
        ]
    page = world.client("grace").get(f"/visits/{first}").text
    assert "Asked to ring: Helen Marsh" in page and "Not asked any more" in page
    world.messages()


def test_e8a_who_joins_later_has_nothing_in_their_record_of_what_was_before(world):
    visits = [arrive(world) for _ in range(6)]
    world.advance("09:10:01")
    (room,) = prompts(visits[0], "tell_room")
    late = arrive(world, arrived_at=world.now.replace(minute=0, second=0))
    assert prompts(late, "tell_room")[0]["id"] == room["id"]
    assert told(late)[0][0] == "prompt:joined"
    entries = journal.of_subject(f"prompt:{room['id']}")
    assert [e.facts["visits"] for e in entries if e.type == "prompt:joined"] == [[str(late)]]
    world.messages()


def test_who_is_told_alone_leaves_the_question_as_answered_and_is_not_asked_about_again(world):
    visits = [arrive(world) for _ in range(6)]
    world.advance("09:10:01")
    act(world, "tell", visits[0])
    (left,) = events(visits[0], "visit:left-prompt")
    assert left.facts["answered"] is True
    act(world, "attend", visits[0], channel="phone")
    act(world, "undo", visits[0])
    assert prompts(visits[0]) == []
    act(world, "attend", visits[1], channel="phone")
    act(world, "undo", visits[1])
    assert [p["kind"] for p in prompts(visits[1])] == ["tell_room"], "of them nobody had said anything"
    assert [t for t, _role in told(visits[1])][-2:] == ["visit:left-prompt", "prompt:joined"]
    world.messages()


def test_who_was_not_in_the_room_when_it_was_told_has_left_that_question(world):
    visits = [arrive(world) for _ in range(6)]
    world.advance("09:10:01")
    actions.tell_room("exchange", here=visits[1:], by=world.person("amira"), now=world.now)
    assert [e.facts["answered"] for e in events(visits[0], "visit:left-prompt")] == [False]
    assert "tell_customer" in {p["kind"] for p in prompts(visits[0])}
    world.messages()


def test_what_is_kept_of_a_visit_has_the_questions_that_it_has_left_too(world):
    first, _second = arrive(world, mood="agitated"), arrive(world, mood="agitated")
    world.advance("09:05:01")
    act(world, "attend", first, channel="phone")
    kept = [r.facts for r in records.about(f"visit:{first}")]
    assert [f["prompt"] for f in kept if "prompt" in f] == ["call_manager"]
    world.messages()
