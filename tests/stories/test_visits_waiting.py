"""A customer waits: the ten minutes, the five minutes, and what staff are asked meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.journal import queries as journal
from steadydesk.kernel.errors import Refusal
from steadydesk.sites.actions import change_state
from steadydesk.visits import actions, here, queries
from steadydesk.visits.called import public_board
from tests.visiting import MINUTE, SECOND, act, answer, arrive, away, clock, events, met, prompts, shown


@pytest.mark.clause("E0")
def test_e0_every_visit_names_its_site_and_keeps_the_version_it_began_under(world):
    before = arrive(world)
    old = shown(before)["protocol"]
    world.publish("exchange", {"waiting.attend_within": "PT3S", "waiting.agitated_call_manager_after": "PT1S"})
    after = arrive(world, mood="agitated")
    assert shown(before)["site"] == "exchange"
    assert shown(after)["protocol"]["version"] != old["version"]

    world.advance(4 * SECOND)
    assert clock(after)["over_at"]
    assert clock(after, "agitated")["over_at"]
    assert prompts(after, "call_manager")
    assert world.told() == {"helen"}
    assert shown(before)["protocol"] == old
    assert clock(before)["over_at"] is None


@pytest.mark.clause("E1")
def test_e1_a_customer_left_ten_minutes_is_over_time_and_prompted_for_exactly_once(world):
    visit = arrive(world, team="childrens")
    assert clock(visit)["due_at"] == "2026-03-02T09:10:00+00:00"
    world.advance("09:10")
    assert clock(visit)["over_at"] is None
    world.advance(SECOND)
    assert clock(visit)["over_at"] == "2026-03-02T09:10:00+00:00"
    assert [p["visits"] for p in prompts(visit, "tell_customer")] == [[str(visit)]]
    assert len(events(visit, "visit:over-time")) == 1
    world.advance("09:20")
    assert len(prompts(visit, "tell_customer")) == 1
    assert len(events(visit, "visit:over-time")) == 1
    world.messages()


@pytest.mark.clause("E1")
def test_e1_many_over_time_at_once_become_one_prompt_to_tell_the_room(world):
    visits = [arrive(world) for _ in range(40)]
    assert len({shown(v)["ref"] for v in visits}) == 40
    world.advance("09:06")
    assert world.told() == set()
    world.advance("09:09")
    world.messages()
    world.advance("09:10:00.500000")
    room = [p for p in queries.open_prompts("exchange") if p.kind == "tell_room"]
    assert len(room) == 1
    assert room[0].visits.count() == 40
    assert room[0].role == "manager"
    assert not prompts(visits[0], "tell_customer")
    assert [m.subject for m in world.messages() if m.subject == f"prompt:{room[0].pk}"] == [f"prompt:{room[0].pk}"]

    actions.tell_room("exchange", wait="PT20M", through="loudspeaker", by=world.person("amira"), now=world.now)
    assert queries.prompt(room[0].pk).answered_at == world.now
    assert all(len(events(v, "visit:told")) == 1 for v in visits)
    assert clock(visits[7], "promise")["due_at"] == "2026-03-02T09:30:00.500000+00:00"


def test_the_figures_say_kept_not_kept_and_not_known(world):
    kept, late, gone, _paper = (arrive(world) for _ in range(3)), None, None, arrive(world, source="paper")
    kept, late, gone = kept
    arrive(world, appointment_at=world.now + timedelta(hours=2))
    act(world, "attend", kept, channel="phone")
    act(world, "leave", gone)
    world.advance("09:11")
    met(world, late)
    figures = queries.figures("exchange", world.now - timedelta(hours=1), world.now)
    assert (figures.arrivals, figures.with_appointment) == (5, 1)
    assert (figures.kept, figures.not_kept, figures.not_known) == (1, 1, 2)
    world.messages()


@pytest.mark.clause("E1-att")
def test_e1_att_nothing_but_an_outcome_leaving_or_the_sites_state_stops_the_clock(world):
    visit = arrive(world)
    idle = [
        ("call", (), {}),
        ("change_mood", ("distressed",), {}),
        ("tell", (), {"wait": "PT5M"}),
        ("note", ("Has a buggy",), {}),
        ("correct", (), {"field": "companions", "value": "2", "reason": "miscounted"}),
        ("mark_problem", (), {}),
        ("say_cannot_in_time", (), {}),
        ("refer", (), {"team": "childrens"}),
    ]
    for name, words, said in idle:
        act(world, name, visit, *words, **said)
        assert clock(visit)["stopped_at"] is None, name
    act(world, "decline", visit, reason="Not ours", by="grace")
    assert clock(visit)["stopped_at"] is None

    ends = [("attend", {"channel": "letter"}), ("leave", {}), ("no_show", {})]
    for name, said in ends:
        visit = arrive(world)
        act(world, name, visit, **said)
        assert clock(visit)["stopped_at"] == world.now.isoformat(), name
    visit = arrive(world)
    met(world, visit)
    assert clock(visit)["stopped_at"] == world.now.isoformat()
    visit = arrive(world)
    change_state("exchange", "emptied", by=world.person("joan"), now=world.now)
    world.advance(SECOND)
    assert shown(visit)["outcome"] == "site_closed"
    assert clock(visit)["stopped_at"]
    world.messages()


def test_a_full_room_is_sent_home_when_the_site_closes(world):
    visits = [arrive(world) for _ in range(25)]
    busy = arrive(world)
    act(world, "attend", busy, channel="phone")
    change_state("exchange", "closed", by=world.person("joan"), now=world.now)
    world.advance(SECOND)
    assert {shown(v)["outcome"] for v in visits} == {"site_closed"}
    assert shown(busy)["state"] == "attending"
    world.advance("12:00")


def test_a_stop_at_the_limit_wins_over_a_late_engine(world):
    visit = arrive(world)
    limit = world.now + 10 * MINUTE
    world.advance("09:10")
    world.advance(3 * SECOND)
    assert clock(visit)["over_at"]
    assert prompts(visit, "tell_customer")
    actions.attend(visit, channel="phone", by=world.person("amira"), now=limit)
    assert clock(visit)["over_at"] is None
    assert prompts(visit) == []
    world.messages()


@pytest.mark.clause("E1a")
def test_e1a_the_service_says_it_cannot_and_reception_tells_the_customer(world):
    visit = arrive(world, team="childrens")
    world.advance("09:07:01")
    (asked,) = prompts(visit, "ask_service")
    assert asked["call"] == {"role": "team", "name": "Children's services", "phone": "01632 960120"}
    assert world.told() == {"grace", "peter", "nina", "sam"}
    act(world, "say_cannot_in_time", visit, reason="All in a meeting", by="nina")
    assert prompts(visit, "ask_service") == []
    (to_tell,) = prompts(visit, "tell_customer")
    world.advance(MINUTE)
    assert prompts(visit, "tell_customer")[0]["repeats"] == 0
    world.advance(MINUTE)
    assert prompts(visit, "tell_customer")[0]["repeats"] == 1, "not told within tell_customer_within"
    act(world, "tell", visit, wait="PT15M", through="interpreter")
    assert prompts(visit, "tell_customer") == []
    (told,) = [m for m in queries.timeline(queries.visit(visit)) if m.type == "visit:told"]
    assert (told.at, told.words["through"][0].text, told.name) == (world.now, "interpreter", "Amira Khan")
    assert to_tell["visits"] == [str(visit)]


def test_a_promise_is_a_clock_and_warns_before_it_breaks(world):
    visit = arrive(world)
    act(world, "tell", visit, wait="PT6M")
    assert clock(visit, "promise")["due_at"] == "2026-03-02T09:06:00+00:00"
    world.advance("09:03")
    assert not prompts(visit)
    world.advance("09:04")
    assert prompts(visit, "promise_due")
    act(world, "tell", visit, wait="PT30M")
    assert prompts(visit, "promise_due") == []
    assert clock(visit, "promise")["due_at"] == "2026-03-02T09:34:00+00:00"
    act(world, "attend", visit, channel="phone")
    assert clock(visit, "promise")["stopped_at"]


@pytest.mark.clause("E2")
def test_e2_an_agitated_arrival_is_spoken_to_first_and_keeps_its_place(world):
    calm = arrive(world)
    agitated = arrive(world, mood="agitated")
    rows = here.rows("exchange")
    assert [(r.visit.pk, r.speak_first) for r in rows] == [(calm, False), (agitated, True)]
    assert public_board("exchange") == [], "who is next would tell who goes first"
    world.advance(2 * MINUTE)
    act(world, "tell", agitated)
    assert queries.visit(agitated).first_contact_at == world.now
    assert not any(r.speak_first for r in here.rows("exchange"))


@pytest.mark.clause("E0-aim")
def test_e0_aim_the_mood_is_one_action_with_its_history(world):
    visit = arrive(world)
    for mood in ("distressed", "agitated", "aggressive", "calm"):
        world.advance(SECOND)
        act(world, "change_mood", visit, mood)
    assert shown(visit)["mood"] == "calm"
    said = [(e.facts["before"], e.facts["mood"], e.by) for e in events(visit, "visit:mood-changed")]
    amira = world.person("amira").ref
    assert said == [
        ("calm", "distressed", amira),
        ("distressed", "agitated", amira),
        ("agitated", "aggressive", amira),
        ("aggressive", "calm", amira),
    ]


@pytest.mark.clause("E2a")
def test_e2a_five_minutes_agitated_pages_the_manager_until_somebody_was_reached(world):
    visit = arrive(world, mood="aggressive")
    world.advance("09:05")
    assert not prompts(visit)
    world.advance("09:05:01")
    (asked,) = prompts(visit)
    assert asked["kind"] == "call_manager"
    assert asked["call"] == {"role": "manager", "name": "Helen Marsh", "phone": "07700 900121"}
    assert world.told() == {"helen"}

    world.advance("09:06:01")
    (again,) = prompts(visit)
    assert (again["id"], again["repeats"], again["call"]["role"]) == (asked["id"], 1, "deputy")
    assert world.told() == {"david"}, "an unanswered ring is not reached"

    answer(world, asked, "David Osei", role="deputy", note="Coming down")
    assert prompts(visit) == []
    (done,) = shown(visit)["prompts"]
    assert (done["reached"], done["answered_at"]) == ("David Osei", world.now.isoformat())
    world.advance("09:06:55")
    assert world.told() == set()


@pytest.mark.clause("E2a")
def test_e2a_someone_marked_agitated_at_minute_seven_is_over_at_once(world):
    visit = arrive(world, team="finance")
    world.advance("09:06:30")
    act(world, "change_mood", visit, "agitated")
    assert clock(visit, "agitated")["over_at"] == world.now.isoformat()
    assert prompts(visit, "call_manager")[0]["call"]["name"] == "Farid Rahman"
    assert world.told() == {"farid"}


@pytest.mark.clause("E2a-dep")
def test_e2a_dep_without_manager_and_deputy_the_prompt_says_so_and_names_the_next_level(world):
    away(world, "helen", "david")
    assert queries.teams_without_lead("exchange", world.now) == ["housing"]
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    (asked,) = prompts(visit)
    assert asked["call"]["role"] == "duty_manager"
    assert world.told() == {"joan"}
    (entry,) = [e for e in journal.of_subject(f"prompt:{asked['id']}") if e.type == "prompt:asked"]
    assert entry.facts["nobody_at"] == ["manager", "deputy"]


def test_an_answer_of_nobody_climbs_and_the_end_of_the_chain_is_said(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    (asked,) = prompts(visit)
    roles = []
    for _ in range(3):
        answer(world, asked, None)
        roles.append(prompts(visit)[0]["call"]["role"])
    assert roles == ["deputy", "duty_manager", None]
    assert prompts(visit)[0]["call"] == {"role": None, "name": None, "phone": "01632 960110"}
    assert world.told() == {"helen", "david", "joan"}
    world.advance(MINUTE + SECOND)
    assert prompts(visit)[0]["call"]["role"] == "manager", "there is no silent end"
    assert world.told() == {"helen"}


@pytest.mark.clause("E2a")
def test_e2a_no_answer_pressed_twice_or_at_two_desks_counts_one_person_as_not_reached(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    (asked,) = prompts(visit)
    for by in ("amira", "amira", "helen"):
        answer(world, asked, None, by=by, called=asked["called"])
    (now,) = prompts(visit)
    assert now["call"]["role"] == "deputy"
    assert world.told() == {"helen", "david"}, "the deputy is still rung"
    answer(world, asked, None, role="manager")
    assert prompts(visit) == [now], "a program says whom it means by the role"


@pytest.mark.clause("E2a")
def test_e2a_no_answer_pressed_after_the_prompt_climbed_says_nothing_of_the_next(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    (asked,) = prompts(visit)
    world.advance("09:06:01")
    answer(world, asked, None, called=asked["called"])
    assert prompts(visit)[0]["call"]["role"] == "deputy"
    answer(world, asked, None, called=prompts(visit)[0]["called"])
    assert prompts(visit)[0]["call"]["role"] == "duty_manager"
    assert world.told() == {"helen", "david", "joan"}


@pytest.mark.clause("E1")
def test_e1_forty_agitated_at_once_are_one_prompt_that_names_each_and_one_ring(world):
    visits = [arrive(world, mood="agitated") for _each in range(39)]
    world.advance("09:00:30")
    visits.append(arrive(world, mood="agitated"))
    other = arrive(world, mood="agitated", team="finance")
    world.advance("09:05:31")
    asked = {p["id"]: p for v in visits for p in prompts(v, "call_manager")}
    (one,) = asked.values()
    assert {int(v) for v in one["visits"]} == set(visits)
    assert [p["call"]["name"] for p in prompts(other, "call_manager")] == ["Farid Rahman"], "each team its own"
    assert world.told() == {"helen", "farid"}
    act(world, "attend", visits[0], channel="face_to_face")
    assert len(prompts(visits[1], "call_manager")) == 1, "it stays for the others"
    answer(world, one, "Helen Marsh", role="manager")
    assert not [v for v in visits if prompts(v, "call_manager")], "the answer holds for all"


@pytest.mark.clause("E2a")
def test_e2a_a_prompt_that_has_gone_on_to_the_deputy_is_not_joined(world):
    first = arrive(world, mood="agitated")
    world.advance("09:01:30")
    second = arrive(world, mood="agitated")
    world.advance("09:06:31")
    assert prompts(first, "call_manager")[0]["call"]["role"] == "deputy"
    assert prompts(second, "call_manager")[0]["call"]["role"] == "manager"
    world.messages()


def test_a_person_without_a_number_is_rung_on_the_teams_line(world):
    from steadydesk.people.models import Person

    Person.objects.filter(login="helen").update(phone="")
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    assert prompts(visit)[0]["call"]["phone"] == "01632 960110"
    world.messages()


def test_attending_withdraws_the_prompt_and_its_pages(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    (asked,) = prompts(visit)
    act(world, "attend", visit, channel="face_to_face")
    assert prompts(visit) == []
    assert journal.of_subject(f"prompt:{asked['id']}")[-1].type == "prompt:withdrawn"
    world.advance("09:30")
    assert world.told() == set()


def test_a_visit_that_calms_down_in_time_calls_nobody(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:04")
    act(world, "change_mood", visit, "calm")
    assert clock(visit, "agitated")["stopped_at"] == world.now.isoformat()
    world.advance("09:06")
    assert not prompts(visit)
    act(world, "change_mood", visit, "agitated")
    assert prompts(visit, "call_manager")
    world.messages()


def test_an_appointment_has_a_clock_of_its_own(world):
    early = arrive(world, appointment_at=world.now + 30 * MINUTE)
    late = arrive(world, appointment_at=world.now - 20 * MINUTE)
    assert [c["kind"] for c in shown(early)["clocks"]] == ["appointment"]
    assert clock(early, "appointment")["due_at"] == "2026-03-02T09:35:00+00:00"
    assert clock(late, "appointment")["due_at"] == "2026-03-02T09:05:00+00:00"
    world.advance("09:35")
    assert clock(early, "appointment")["over_at"] is None
    world.advance(SECOND)
    assert clock(early, "appointment")["over_at"]
    world.messages()


def test_late_typing_keeps_the_true_clock(world):
    visit = arrive(world, arrived_at=world.now - 12 * MINUTE, mood="agitated")
    assert clock(visit)["over_at"] == "2026-03-02T08:58:00+00:00"
    assert {p["kind"] for p in prompts(visit)} == {"tell_customer", "call_manager"}
    assert world.told() == {"helen"}


def test_a_record_from_paper_fires_nothing(world):
    old = arrive(world, arrived_at=world.now - 31 * MINUTE)
    paper = arrive(world, arrived_at=world.now - 5 * MINUTE, mood="agitated", source="paper")
    edge = arrive(world, arrived_at=world.now - 30 * MINUTE)
    world.advance("11:00")
    assert [shown(v)["clocks"] for v in (old, paper)] == [[], []]
    assert [prompts(v) for v in (old, paper)] == [[], []]
    assert clock(edge)["over_at"]
    world.messages()


def test_back_in_at_the_old_place_the_clocks_run_on(world):
    first, second = arrive(world, mood="agitated"), arrive(world)
    world.advance("09:05:30")
    assert world.told() == {"helen"}
    act(world, "call", first)
    act(world, "no_show", first)
    assert prompts(first) == []
    world.advance("09:12")
    act(world, "reinstate", first)
    assert [v.pk for v in queries.open_visits("exchange")] == [first, second]
    assert shown(first)["state"] == "waiting"
    assert clock(first)["due_at"] == "2026-03-02T09:10:00+00:00"
    assert clock(first)["over_at"]
    assert {p["kind"] for p in prompts(first)} == {"call_manager", "tell_customer"}
    world.messages()


def test_back_in_is_for_the_local_day_on_which_they_went(world):
    from steadydesk.kernel.clock import clock as present

    present.freeze(datetime(2026, 6, 2, 22, 30, tzinfo=UTC))  # half past eleven in London
    early, late = arrive(world), arrive(world)
    act(world, "leave", early)
    act(world, "leave", late)
    present.freeze(datetime(2026, 6, 2, 22, 59, tzinfo=UTC))
    act(world, "reinstate", early)
    present.freeze(datetime(2026, 6, 2, 23, 1, tzinfo=UTC))
    with pytest.raises(Refusal, match="Enter them as a new arrival"):
        act(world, "reinstate", late)
    assert shown(late)["state"] == "closed"
    pages = world.client(device="desk-1")
    for address in (f"/visits/{late}", "/desk/gone"):
        assert f"/visits/{late}/reinstate" not in pages.get(address).text, address
    world.messages()


def test_the_clock_set_back_an_hour_leaves_the_remaining_time(world):
    from steadydesk.journal.actions import record, write
    from steadydesk.journal.events import Event
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock as present

    visit = arrive(world, mood="agitated")
    fixed = arrive(world, appointment_at=world.now + 30 * MINUTE)
    world.advance("09:04")
    present.freeze(world.now - timedelta(hours=1))
    with write(world.now):
        record(Event.CLOCK_STEPPED, "clock:system", by=system("engine"), by_s=-3600.0)
    world.advance("08:05")
    assert not prompts(visit)
    world.advance("08:05:01")
    assert prompts(visit, "call_manager")
    assert clock(visit)["due_at"] == "2026-03-02T08:10:00+00:00"
    assert shown(visit)["arrived_at"] == "2026-03-02T09:00:00+00:00"
    assert clock(fixed, "appointment")["due_at"] == "2026-03-02T09:35:00+00:00"
    world.messages()
