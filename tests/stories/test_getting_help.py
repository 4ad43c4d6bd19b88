"""Help is wanted: from a visit or from nothing, asked for, asked once more, and only by ways that work."""

from dataclasses import replace
from datetime import timedelta

import pytest

from steadydesk.buttons import actions as buttons
from steadydesk.buttons.models import Button
from steadydesk.buttons.rules import Said
from steadydesk.contacts.models import Contact
from steadydesk.encounters import actions as encounters
from steadydesk.encounters import queries
from steadydesk.encounters.rules import Repair, Support
from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people.models import Shift
from steadydesk.sites.models import Telephone
from steadydesk.visits import actions
from tests.alarming import answer, press, shown
from tests.visiting import SECOND, act, arrive, events
from tests.world import TESTER


def help_wanted(world, by="amira", **fields):
    visit = arrive(world, by=by, **fields)
    act(world, "mark_problem", visit, by=by)
    return visit


def subject(visit):
    return f"visit:{visit}"


def at_desk(world, visit, name="desk-1", **fields):
    """The switch made at a desk, where the place is known."""
    return actions.mark_problem(visit, by=world.device(name), now=world.now)


@pytest.mark.clause("L1")
def test_l1_the_switch_stamps_time_and_person_and_is_made_once(world):
    visit = arrive(world)
    world.advance(30 * SECOND)
    switched = world.now
    at_desk(world, visit)
    world.advance(5 * SECOND)
    at_desk(world, visit, "desk-2")
    found = queries.encounter(subject(visit))
    assert (found.started_at, found.by, found.place) == (switched, world.device("desk-1").ref, "desk-1")
    assert len(events(visit, "visit:problem")) == 1


@pytest.mark.clause("L2")
def test_l2_help_that_nobody_asked_for_is_offered_once_more_and_the_record_holds_times_alone(world):
    visit = arrive(world)
    at_desk(world, visit)
    world.advance(19 * SECOND)
    assert queries.prompted("exchange") == []
    world.advance(2 * SECOND)
    assert queries.prompted("exchange") == [subject(visit)]
    world.advance(timedelta(minutes=5))
    [once] = events(visit, "encounter:help-prompted")
    assert once.facts == {}
    encounters.ask_help(subject(visit), "phrase", by=world.device("desk-1"), now=world.now)
    assert queries.prompted("exchange") == []


@pytest.mark.clause("L2")
def test_l2_a_call_by_the_silent_key_counts_as_asked(world):
    visit = arrive(world)
    at_desk(world, visit)
    world.advance(3 * SECOND)
    alarm = press(world, source="hot_key")
    world.messages()
    world.advance(20 * SECOND)
    found = queries.encounter(subject(visit))
    assert (found.way, str(found.alarm), found.prompted_at) == ("hot_key", alarm["id"], None)
    assert (found.asked_at - found.started_at) == 3 * SECOND
    world.messages()


def test_nothing_is_offered_again_when_no_help_is_needed_or_the_visit_is_over(world):
    waved_off, gone = arrive(world), arrive(world)
    at_desk(world, waved_off)
    at_desk(world, gone)
    encounters.pass_help(subject(waved_off), by=world.person("amira"), now=world.now)
    act(world, "leave", gone)
    world.advance(timedelta(minutes=1))
    assert queries.prompted("exchange") == []


def offered(world, place, site="exchange", by=None):
    return queries.offer(site, place, by=by, now=world.now)


def only_at_work(*logins):
    Shift.objects.exclude(person__login__in=logins).delete()


@pytest.mark.clause("L2-sit")
def test_l2_sit_the_list_follows_place_and_shift_and_leaves_out_what_does_not_work(world):
    assert offered(world, "desk-1").situation == "desk_phone"
    assert offered(world, "desk-1").ways == ["silent_alarm", "call_colleague", "extension", "phrase"]
    assert offered(world, "stacks", "branch").ways == ["walk_to_staff", "phrase"]

    numbers = Telephone.objects.filter(site="exchange")
    numbers.filter(use="help_extension").update(tested_at=world.now - timedelta(days=8))
    assert "extension" not in offered(world, "desk-1").ways
    only_at_work("amira", "tom")
    assert offered(world, "desk-1").ways == ["silent_alarm", "call_colleague"]
    only_at_work("amira")
    alone = offered(world, "desk-1", by=world.person("amira"))
    assert (alone.situation, alone.ways) == ("alone", [])
    assert [n.use for n in alone.numbers] == ["duty_manager", "emergency"]
    numbers.update(tested_at=world.now)
    assert offered(world, "desk-1", by=world.person("amira")).ways == ["extension"]


@pytest.mark.clause("L2-sit")
def test_l2_sit_the_preset_code_is_offered_while_its_last_try_is_in_date(world):
    assert "preset_code" not in offered(world, "desk-1").ways
    code = Telephone(site_id="exchange", use="preset_code", number="#00", tested_at=world.now)
    code.save()
    assert "preset_code" in offered(world, "desk-1").ways
    Telephone.objects.filter(pk=code.pk).update(tested_at=world.now - timedelta(days=8))
    assert "preset_code" not in offered(world, "desk-1").ways


@pytest.mark.clause("L2-sit")
def test_l2_sit_a_worn_button_is_a_way_for_whoever_wears_it_while_it_is_charged_and_was_tested(world):
    row = Button(name="badge-7", kind="worn", site_id="exchange")
    buttons.save_row(row, by=TESTER, now=world.now)
    nina = world.person("nina")
    buttons.assign(row.pk, int(nina.id), by=TESTER, now=world.now)
    said = Said("heard", "k", world.now, 80)

    def listed(login="nina"):
        return "worn_device" in offered(world, "desk-1", by=world.person(login)).ways

    buttons.note_said(row.pk, said, by=TESTER, now=world.now)
    assert not listed(), "it was never tested"
    buttons.begin_trial(row.pk, by=nina, now=world.now)
    buttons.note_tested(row.pk, said, by=TESTER, now=world.now)
    assert listed()
    assert "call_colleague" in offered(world, "desk-1", by=nina).ways, "beside the ways of the place"
    assert not listed("amira")
    buttons.note_said(row.pk, replace(said, battery=9), by=TESTER, now=world.now)
    assert not listed(), "its battery is low"
    world.messages()


@pytest.mark.clause("L2-sit")
def test_l2_sit_the_check_of_the_set_up_names_every_place_that_has_no_way(world):
    assert queries.places_without_help("exchange", world.now) == []
    Telephone.objects.filter(site="exchange").delete()
    gaps = queries.places_without_help("exchange", world.now)
    assert ("Desk 1", "alone") in gaps
    assert ("Desk 1", "desk_phone") not in gaps


@pytest.mark.clause("L3b-ii")
def test_l3b_ii_the_first_way_is_kept_with_the_time_until_a_person_answered(world):
    visit = arrive(world)
    at_desk(world, visit)
    desk = world.device("desk-1")
    alarm = press(world)
    encounters.ask_help(subject(visit), "button", alarm["id"], by=desk, now=world.now)
    world.advance(9 * SECOND)
    encounters.ask_help(subject(visit), "phrase", by=desk, now=world.now)
    answer(world, alarm, "acknowledge", "viktor")
    found = queries.encounter(subject(visit))
    assert (found.way, queries.answered_after(found)) == ("button", 9 * SECOND)
    assert [e.facts["way"] for e in events(visit, "encounter:help-asked")] == ["button", "phrase"]
    world.messages()


@pytest.mark.clause("L3-out")
def test_l3_out_a_later_answer_stands_beside_the_earlier_one_with_time_and_person(world):
    visit = help_wanted(world)
    for login, appears in (("amira", "cannot_tell"), ("ben", "does_not_appear")):
        encounters.judge_risk(subject(visit), "exchange", appears, by=world.person(login), now=world.now)
        world.advance(SECOND)
    history = queries.judgements(subject(visit))
    refs = [world.person(login).ref for login in ("amira", "ben")]
    assert [(j.appears, j.by) for j in history] == [("cannot_tell", refs[0]), ("does_not_appear", refs[1])]
    assert history[1].at - history[0].at == SECOND
    assert queries.appears(subject(visit)) == "does_not_appear"
    with pytest.raises(Invalid):
        encounters.judge_risk(subject(visit), "exchange", "high", by=world.person("amira"), now=world.now)


@pytest.mark.clause("L3")
def test_l3_no_answer_changes_delays_or_cancels_a_call(world):
    visit = arrive(world)
    at_desk(world, visit)
    alarm = press(world)
    world.messages()
    before = shown(world, alarm)
    for appears in ("does_not_appear", "cannot_tell", "appears"):
        encounters.judge_risk(subject(visit), "exchange", appears, by=world.device("desk-1"), now=world.now)
        assert shown(world, alarm) == before


def tick(world, visit, *step, by="amira"):
    encounters.tick_step(subject(visit), "exchange", step, by=world.person(by), now=world.now)


@pytest.mark.clause("L3a-i")
def test_l3a_i_the_record_shows_how_long_the_talk_took_until_a_responder_was_there(world):
    visit = arrive(world)
    at_desk(world, visit)
    alarm = press(world)
    encounters.ask_help(subject(visit), "button", alarm["id"], by=world.device("desk-1"), now=world.now)
    tick(world, visit, "L3a", "L3a-i", "done")
    found = queries.encounter(subject(visit))
    assert queries.talked_for(found, subject(visit)) is None
    world.messages()
    world.advance(90 * SECOND)
    answer(world, alarm, "attend", "viktor")
    assert queries.talked_for(found, subject(visit)) == 90 * SECOND
    world.messages()


@pytest.mark.clause("L3a-ii")
def test_l3a_ii_to_put_it_right_needs_a_fix_and_a_time_and_an_apology_alone_leaves_it_open(world):
    visit = help_wanted(world)
    by = world.person("amira")

    def say(which, outcome, **more):
        said = Repair(which, outcome, **more)
        encounters.record_repair(subject(visit), "exchange", said, by=by, now=world.now)

    say("recognition", "done")
    assert ("three_rs", "recovery") not in queries.ticks(subject(visit))
    with pytest.raises(Invalid) as refused:
        say("recovery", "done")
    assert {f.field for f in refused.value.faults} == {"fix", "until"}
    until = world.now + timedelta(hours=2)
    say("recovery", "done", fix="a new card, at this desk", until=until)
    say("restitution", "not_applicable")
    found = queries.ticks(subject(visit))
    assert [found["three_rs", r].outcome for r in ("recognition", "recovery", "restitution")] == [
        "done", "done", "not_applicable",
    ]  # fmt: skip
    assert found["three_rs", "recovery"].until == until
    with pytest.raises(Invalid):
        say("recovery", "done", fix="again", until=world.now - SECOND)


@pytest.mark.clause("L3a-iii")
def test_l3a_iii_outside_support_is_decided_with_name_and_time_before_the_visit_ends_as_resolved(world):
    visit = help_wanted(world)
    act(world, "attend", visit, channel="face_to_face")
    encounters.judge_risk(subject(visit), "exchange", "does_not_appear", by=world.person("amira"), now=world.now)
    with pytest.raises(Refusal):
        act(world, "finish", visit)
    tick(world, visit, "L3a", "L3a-iii", "not_yet")
    answered = queries.ticks(subject(visit))["L3a", "L3a-iii"]
    assert (answered.outcome, answered.at, answered.by) == ("not_yet", world.now, world.person("amira").ref)
    act(world, "finish", visit)
    with pytest.raises(Invalid):
        tick(world, visit, "L3a", "L3a-iii", "done")


@pytest.mark.clause("L3b-iii")
def test_l3b_iii_to_tell_security_gates_nothing_and_has_three_answers(world):
    visit = help_wanted(world)
    tick(world, visit, "L3b", "L3b-v", "done")
    for outcome in ("not_possible", "by_colleague", "done"):
        tick(world, visit, "L3b", "L3b-iii", outcome)
        assert queries.ticks(subject(visit))["L3b", "L3b-iii"].outcome == outcome
    with pytest.raises(Invalid):
        tick(world, visit, "L3b", "L3b-iii", "yes")


@pytest.mark.clause("E6a")
def test_e6a_what_was_tried_to_calm_things_down_and_what_came_of_it_is_recorded_on_any_visit(world):
    visit = arrive(world)
    tick(world, visit, "de_escalation", "choices", "calmer")
    tick(world, visit, "de_escalation", "limit", "worse", by="ben")
    found = queries.ticks(subject(visit))
    assert found["de_escalation", "choices"].outcome == "calmer"
    assert found["de_escalation", "limit"].by == world.person("ben").ref
    assert [e.facts["step"] for e in events(visit, "encounter:step-ticked")] == ["choices", "limit"]


@pytest.mark.clause("E6d")
def test_e6d_a_call_to_outside_is_logged_and_found_by_the_police_reference(world):
    visit = arrive(world)
    by = world.person("amira")
    with pytest.raises(Invalid):
        actions.call_outside(visit, Support("army"), by=by, now=world.now)
    call = actions.call_outside(visit, Support("police"), by=by, now=world.now)
    world.advance(SECOND)
    said = {"reference": "CAD 4711/2 March", "outcome": "coming"}
    encounters.answer_support(call, subject(visit), **said, by=by, now=world.now)
    world.advance(timedelta(minutes=8))
    encounters.answer_support(call, subject(visit), arrived=True, by=by, now=world.now)
    [row] = queries.with_reference("4711/2", ["exchange"])
    assert (row.service, row.outcome, row.subject) == ("police", "coming", subject(visit))
    assert row.arrived_at - row.called_at == timedelta(minutes=8, seconds=1)
    assert queries.with_reference("4711/2", ["branch"]) == []
    assert all("4711" not in str(e.facts) for e in events(visit))
    world.messages()


@pytest.mark.clause("L3a-iii(1)")
def test_l3a_iii_1_each_call_and_each_failure_is_logged_with_its_contact(world):
    visit = arrive(world)
    by = world.person("amira")
    first, second = Contact.objects.filter(site="exchange", kind="social_worker")
    actions.call_outside(visit, Support("social_worker", first.pk, "not_reached"), by=by, now=world.now)
    world.advance(SECOND)
    actions.call_outside(visit, Support("social_worker", second.pk, "coming"), by=by, now=world.now)
    logged = [(e.facts["contact"], e.facts["outcome"], e.by) for e in events(visit, "encounter:support-called")]
    assert logged == [(first.pk, "not_reached", by.ref), (second.pk, "coming", by.ref)]
    for wrong in (Support("police", first.pk), Support("police", Contact.objects.get(site="branch", kind="police").pk)):
        with pytest.raises(Invalid) as refused:
            actions.call_outside(visit, wrong, by=by, now=world.now)
        assert [f.field for f in refused.value.faults] == ["contact"]


@pytest.mark.clause("L3a-iii(2)")
def test_l3a_iii_2_family_is_called_when_the_customer_names_them_or_for_danger_to_life_and_never_when_private(world):
    visit, private = arrive(world), arrive(world, private=True)
    by = world.person("amira")

    def call(about, **said):
        actions.call_outside(about, Support("family_member", **said), by=by, now=world.now)

    with pytest.raises(Invalid) as refused:
        call(visit)
    assert {f.field for f in refused.value.faults} == {"basis", "whom", "said"}
    with pytest.raises(Invalid) as refused:
        call(visit, basis="danger_to_life", whom="his son, 01632 960901", said="Comes at once")
    assert [f.field for f in refused.value.faults] == ["why"]
    call(visit, basis="danger_to_life", whom="his son, 01632 960901", why="Took all his tablets", said="Comes at once")
    call(visit, basis="named_now", whom="his son, 01632 960901", outcome="not_reached")
    with pytest.raises(Refusal):
        call(private, basis="named_now", whom="her sister", said="Comes at four")
    assert events(private, "encounter:support-called") == []
    logged = events(visit, "encounter:support-called")
    assert [e.facts["basis"] for e in logged] == ["danger_to_life", "named_now"]
    texts = {w.text: w.retention for w in Words.objects.filter(subject=subject(visit))}
    assert texts["Comes at once"] == "incident" and texts["his son, 01632 960901"] == "contact"
    assert "tablets" not in str([e.facts for e in logged])


def test_a_form_is_saved_as_it_is_typed_and_only_its_beginning_is_an_entry(world):
    alarm = press(world, kind="building")
    world.messages()
    about, by = f"alarm:{alarm['id']}", world.device("desk-1")
    for text in ("there is", "there is a bag", "there is a bag in the hall"):
        encounters.save_form(about, "exchange", {"words": text, "voice": ""}, by=by, now=world.now)
        world.advance(SECOND)
    world.messages()
    assert queries.form(about) == {"words": "there is a bag in the hall"}
    assert Entry.objects.filter(type="encounter:form-begun").count() == 1
    [kept] = Words.objects.filter(subject=about)
    assert (kept.retention, kept.text) == ("alarm_note", "there is a bag in the hall")
