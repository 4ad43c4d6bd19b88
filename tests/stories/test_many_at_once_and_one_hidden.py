"""Ruling 16 where one act is about many: what does not exist for whoever acts is left out, and the rest is done."""

from datetime import timedelta

import pytest

from steadydesk.desks import actions as desks
from steadydesk.documents import queries as documents
from steadydesk.encounters import actions as encounters
from steadydesk.encounters.queries import kept_from
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.sites import actions as sites
from steadydesk.visits import actions as visits
from steadydesk.visits import queries as in_visits
from steadydesk.visits.models import Prompt
from tests.alarming import press
from tests.visiting import arrive, prompts


@pytest.fixture
def room(world):
    """Two wait, and of one of them there is a call that is about Helen."""
    hidden, other = arrive(world), arrive(world)
    desk = world.device("desk-1")
    visits.mark_problem(hidden, by=desk, now=world.now)
    call = press(world, login="ben", place="desk-1", about="helen")
    encounters.ask_help(f"visit:{hidden}", "button", call["id"], by=desk, now=world.now)
    return hidden, other


def test_to_tell_the_room_leaves_out_whom_nobody_may_know_of_and_tells_the_others(world, room):
    hidden, other = room
    world.advance(timedelta(minutes=9))
    assert prompts(hidden) and prompts(other)
    told = visits.tell_room("exchange", wait="PT10M", by=world.person("helen"), now=world.now)
    assert [v.pk for v in told] == [other]
    assert prompts(hidden), "of them it is still asked"
    assert not [p for p in prompts(other) if p["kind"] in ("tell_room", "tell_customer")]
    world.messages()


def test_one_answer_for_a_whole_list_leaves_out_whom_nobody_may_know_of(world, room):
    hidden, _other = room
    for state in ("emptied", "open"):
        sites.change_state("exchange", state, by=world.person("grace"), now=world.now)
        world.advance(timedelta(seconds=1))
    assert visits.answer_all("exchange", "emptied", "back", by=world.person("helen"), now=world.now) == 1
    assert [row.visit_id for row in in_visits.headcounts("exchange")] == [hidden]
    assert visits.answer_all("exchange", "emptied", "back", by=world.person("grace"), now=world.now) == 1
    world.messages()


def test_no_visit_whose_call_is_about_them_is_put_into_the_hands_of_whoever_takes_the_desk_over(world, room):
    hidden, other = room
    for visit in room:
        visits.attend(visit, channel="face_to_face", by=world.device("desk-1"), now=world.now)
    desk, helen = world.device("desk-1"), world.person("helen")
    owner = in_visits.visit(hidden).owner
    desks.take_over(int(helen.id), by=desk, now=world.now)
    assert in_visits.visit(other).owner == helen.ref
    assert in_visits.visit(hidden).owner == owner
    world.messages()


def test_a_question_about_no_visit_is_there_for_whoever_something_is_kept_from(world, room):
    desk = world.device("desk-1")
    Prompt.objects.create(
        site="exchange", kind="at_kiosk", name="A199", asked_at=world.now, document="exchange",
        version=documents.in_force("exchange").version,
    )  # fmt: skip
    for by in (desk, world.person("helen")):
        hidden = kept_from(by)
        assert any(p["kind"] == "at_kiosk" for p in in_visits.board("exchange", hidden)["prompts"]), by
    assert kept_from(world.person("helen"))
    world.messages()


def test_nobody_says_of_a_visit_that_they_may_not_know_of_what_became_of_it(world, room):
    hidden, other = room
    helen = {"by": world.person("helen"), "now": world.now}
    for answer, person in (("staying", 1), ("left", None), ("dealt_with", None)):
        with pytest.raises(NotFound, match="There is no such visit"):
            visits.answer_at_closing(hidden, answer, person=person, **helen)
    for state in ("emptied", "open"):
        sites.change_state("exchange", state, by=world.person("grace"), now=world.now)
        world.advance(timedelta(seconds=1))
    rows = {row.visit_id: row.pk for row in in_visits.headcounts("exchange")}
    for answer in ("back", "left"):
        with pytest.raises(NotFound, match="There is no such visit"):
            visits.answer_headcount(rows[hidden], answer, by=world.person("helen"), now=world.now)
    visits.answer_headcount(rows[other], "back", by=world.person("helen"), now=world.now)
    assert [row.visit_id for row in in_visits.headcounts("exchange")] == [hidden]
    world.messages()


def test_nobody_says_after_an_outage_that_somebody_is_here_of_whom_they_may_not_know(world, room):
    hidden, other = room
    clock.freeze(world.now + timedelta(minutes=11))
    visits.count_after_outage(world.now - timedelta(minutes=11), by=system("test"), now=world.now)
    rows = {row.visit_id: row.pk for row in in_visits.headcounts("exchange")}
    with pytest.raises(NotFound, match="There is no such visit"):
        visits.answer_headcount(rows[hidden], "here", by=world.person("helen"), now=world.now)
    visits.answer_headcount(rows[other], "here", by=world.person("helen"), now=world.now)
    world.messages()


@pytest.fixture
def joined(world, room):
    """One question to the manager about both of them."""
    one = Prompt.objects.create(
        site="exchange", kind="call_manager", calls=True, role="duty_manager", name="Joan Price", asked_at=world.now,
        document="exchange", version=documents.in_force("exchange").version,
    )  # fmt: skip
    one.visits.set(room)
    return one


def questions(answer):
    """About whom each question in this answer is."""
    if isinstance(answer, list):
        return [found for one in answer for found in questions(one)]
    if not isinstance(answer, dict):
        return []
    own = [answer["visits"]] if answer.get("kind") == "call_manager" and "visits" in answer else []
    return own + [found for one in answer.values() for found in questions(one)]


def test_a_question_about_several_names_nowhere_whom_a_reader_may_not_know_of(world, room, joined):
    hidden, other = (in_visits.visit(id) for id in room)
    helen = world.person("helen")
    [seen] = [p for p in in_visits.open_prompts("exchange", kept_from(helen)) if p.pk == joined.pk]
    assert [v.pk for v in seen.visits.all()] == [other.pk]
    browser, everything = world.client("helen"), world.client("grace")
    for path in ("sites/exchange/board", f"visits/{other.pk}", "visits?site=exchange"):
        for client, named in ((browser, False), (everything, True)):
            asked_about = {id for question in questions(client.get(f"/api/v1/{path}").json()) for id in question}
            assert asked_about == ({str(hidden.pk), str(other.pk)} if named else {str(other.pk)}), path
    for path in ("/desk", "/desk/board", "/wall", "/manage", "/respond"):
        text = browser.get(path).text
        assert hidden.ref not in text and "2 customers" not in text, path
    assert "2 customers" in everything.get("/wall").text and hidden.ref in everything.get("/desk/board").text
    world.messages()


def test_a_question_about_nobody_they_may_know_of_is_not_theirs_to_answer(world, room):
    hidden, _other = room
    visits.change_mood(hidden, "agitated", by=world.device("desk-1"), now=world.now)
    world.advance(timedelta(minutes=6))
    [question] = [p for p in prompts(hidden) if p["kind"] == "call_manager"]
    with pytest.raises(NotFound):
        visits.answer_prompt(int(question["id"]), reached="Grace", by=world.person("helen"), now=world.now)
    reply = world.client("helen").post(
        f"/api/v1/prompts/{question['id']}/answer", {"reached": "Grace"}, content_type="application/json"
    )
    assert reply.status_code == 404
    visits.answer_prompt(int(question["id"]), reached="Grace", by=world.person("ben"), now=world.now)
    world.messages()
