"""A full room: many become one, the room is told, promises are kept or told anew, and the team answers for itself."""

from datetime import timedelta

import pytest

from steadydesk.journal import queries as journal
from steadydesk.sites.queries import site
from steadydesk.visits import actions, outlook, queries
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


def dealt_with(world, count, *, waited, took, team="finance"):
    """So many came, waited and were dealt with one after the other, a while ago."""
    for _ in range(count):
        visit = arrive(world, team=team)
        world.advance(waited)
        act(world, "attend", visit, channel="face_to_face")
        world.advance(took)
        act(world, "finish", visit)


def expected(world, team="finance"):
    return outlook.expected_waits(site("exchange"), world.now).get(team)


def test_the_expected_wait_is_what_happened_and_is_withdrawn_when_it_is_not_honest(world):
    dealt_with(world, 4, waited=2 * MINUTE, took=MINUTE)
    assert expected(world) == "too_few"
    dealt_with(world, 2, waited=4 * MINUTE, took=MINUTE)
    found = expected(world)
    assert (found.low, found.high, found.good_until) == (2 * MINUTE, 10 * MINUTE, world.now + 5 * MINUTE)
    visit = arrive(world, team="finance")
    act(world, "tell", visit, wait="PT1M")
    assert not isinstance(expected(world), str)
    world.advance(MINUTE + SECOND)
    assert expected(world) == "promise_broken"
    act(world, "tell", visit, wait="PT30M")
    world.advance(3 * MINUTE)
    assert expected(world).low == 5 * MINUTE, "never shorter than whoever came first has waited, in whole minutes"
    away_all(world, "finance")
    assert expected(world) == "nobody_here"
    world.messages()


def test_the_board_gives_the_expected_wait_or_why_it_is_not_said(world):
    dealt_with(world, 5, waited=2 * MINUTE, took=MINUTE)
    arrive(world)
    found = world.client("amira").get("/api/v1/sites/exchange/board").json()["expected_waits"]
    by_team = {w["team"]: w for w in found}
    assert by_team["housing"] == {
        "team": "housing",
        "low": None,
        "high": None,
        "good_until": None,
        "why_not": "too_few",
    }
    until = (world.now + 5 * MINUTE).isoformat()
    assert by_team["finance"] == {
        "team": "finance",
        "low": "PT2M",
        "high": "PT10M",
        "good_until": until,
        "why_not": None,
    }
    world.messages()


def away_all(world, team):
    from steadydesk.people import actions as people
    from steadydesk.people import queries as in_people

    joan = world.person("joan")
    for member in in_people.members(team):
        people.mark_absent(member.person, "exchange", by=joan, now=world.now)


def test_nothing_is_said_of_the_wait_when_the_site_is_not_open(world):
    from steadydesk.sites.actions import change_state

    dealt_with(world, 5, waited=2 * MINUTE, took=MINUTE)
    assert not isinstance(expected(world), str)
    change_state("exchange", "closing", by=world.person("joan"), now=world.now)
    assert expected(world) == "not_open"
    world.messages()


@pytest.mark.clause("E1a")
def test_e1a_the_queue_and_the_people_present_show_it_before_the_team_says_anything(world):
    dealt_with(world, 5, waited=SECOND, took=9 * MINUTE)
    many = len(queries_present(world))
    visits = [arrive(world, team="finance") for _ in range(2 * many + 1)]
    world.advance(SECOND)
    last = visits[-1]
    assert [p["kind"] for p in prompts(last)] == ["tell_customer"], "two rounds of nine minutes are before them"
    assert prompts(visits[0]) == [], "whose turn is next may still be met in time"
    assert "may wait" in question(world, last)
    act(world, "tell", last, wait="PT30M")
    arrive(world, team="finance")
    world.advance(SECOND)
    assert prompts(last) == [], "asked once"
    world.messages()


def queries_present(world):
    from steadydesk.people import queries as people

    return people.available("exchange", world.now) & {m.person for m in people.members("finance")}


def question(world, visit):
    from steadydesk.screens.desk.board import board

    found = board(site("exchange"), world.now, staff_only=False)["questions"]
    return next(q.text for q in found if visit in {v.pk for v in q.visits})


@pytest.mark.clause("E1a")
def test_e1a_when_nobody_of_the_team_is_there_reception_tells_the_customer_at_once(world):
    away_all(world, "finance")
    visit = arrive(world, team="finance")
    world.advance(SECOND)
    assert [p["kind"] for p in prompts(visit)] == ["tell_customer"]
    world.messages()


def test_that_nobody_of_the_team_is_there_is_asked_once_in_each_absence(world):
    away_all(world, "finance")
    first = arrive(world, team="finance")
    world.advance(SECOND)
    act(world, "tell", first, wait="PT30M")
    during = arrive(world, team="finance")
    world.advance(MINUTE)
    assert prompts(during) == [], "reception knows; the clocks of the visit run all the same"
    world.advance(6 * MINUTE + SECOND)
    assert [p["kind"] for p in prompts(during)] == ["ask_service"]
    back_all(world, "finance")
    world.advance(MINUTE)
    away_all(world, "finance")
    after = arrive(world, team="finance")
    world.advance(SECOND)
    assert [p["kind"] for p in prompts(after)] == ["tell_customer"], "they were back and went again"
    world.messages()


def back_all(world, team):
    from steadydesk.people import actions as people
    from steadydesk.people import queries as in_people

    for member in in_people.members(team):
        people.mark_present(member.person, "exchange", by=world.person("joan"), now=world.now)


def test_the_figures_say_how_the_waits_were_kept_what_was_promised_and_what_sets_people_off(world):
    from steadydesk.reports.table import kept as report
    from steadydesk.visits import kept
    from steadydesk.visits.triggers import triggers

    start = world.now
    told, late, agitated, home = arrive(world), arrive(world), arrive(world, mood="agitated"), arrive(world)
    world.advance("09:05:01")
    answered = prompts(agitated, "call_manager")[0]
    actions.answer_prompt(int(answered["id"]), reached="Helen Marsh", by=world.person("amira"), now=world.now)
    act(world, "tell", told, wait="PT10M")
    act(world, "say_cannot_in_time", late)
    world.advance("09:08")
    for visit in (told, agitated):
        act(world, "attend", visit, channel="phone")
    act(world, "tell", late, wait="PT1M")
    world.advance("09:11")
    act(world, "tell", late, wait="PT10M")
    act(world, "attend", late, channel="phone")
    act(world, "leave", home)
    found = kept.kept("exchange", start, world.now)
    assert (found.e1.kept, found.e1.not_kept) == (2, 2)
    assert (found.e1a.kept, found.e1a.not_kept, found.e1a.not_known) == (0, 1, 1)
    assert (found.e2a.kept, found.e2a.not_kept) == (1, 0)
    assert (found.promises.kept, found.promises.not_kept, found.retellings) == (2, 1, 1)
    assert triggers("exchange", start, world.now).customers["promise_broken"] == 1
    text = report("exchange", "2026-03-02", "2026-03-02").content.decode()
    assert "told in time that it takes longer (E1a),0,1,1,0" in text
    assert "Helen" not in text, "no figure is by a member of staff"
    world.messages()
