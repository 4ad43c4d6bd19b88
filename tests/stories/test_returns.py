"""A customer is asked to return, and only for a time at which the right person will be there."""

from datetime import timedelta

import pytest

from steadydesk.documents.queries import in_force
from steadydesk.journal import queries as journal
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.people import actions as people
from steadydesk.people.models import Absence, Shift
from steadydesk.project.setup.visits import send_visitors
from steadydesk.rota import actions as rota
from steadydesk.screens.returns.words import state_words
from steadydesk.sites import actions as sites
from steadydesk.sites.opening import Day, delete_special_day, save_hours, save_special_days
from steadydesk.visits import actions, expected, queries
from steadydesk.visits.actions import Wanted
from steadydesk.visits.models import ExpectedArrival, Prompt, Visit
from tests.returning import A_DAY, HOUR, again, appoint, book, only, pk_of, sick, works
from tests.visiting import MINUTE, act, arrive, clock, events, prompts, shown

HALF = timedelta(minutes=30)


def refused(code, do, *words, **said):
    with pytest.raises(Refusal) as refusal:
        do(*words, **said)
    assert refusal.value.code == code
    return refusal.value


@pytest.mark.clause("E3b-ret")
def test_e3b_ret_a_return_is_saved_only_for_a_time_at_which_the_person_is_there(world):
    start = only(world, "nina")
    visit = arrive(world, service="childrens")
    error = refused("not_available", book, world, visit, "nina", start - HALF)
    assert error.facts["times"][:2] == [start.isoformat(), (start + 15 * MINUTE).isoformat()]
    assert "Tue 3 Mar 09:00" in error.sentence
    assert shown(visit)["state"] == "waiting", "the customer keeps their place"
    refused("not_available", book, world, visit, "nina", start + 2 * HOUR - 15 * MINUTE)
    row = book(world, visit, "nina", start)
    assert (row.person, row.team, row.ends_at - row.starts_at) == (pk_of("nina"), "childrens", HALF)
    closed = shown(visit)
    assert (closed["state"], closed["outcome"], closed["attended_at"]) == ("closed", "referred", world.now.isoformat())
    assert clock(visit)["stopped_at"] == world.now.isoformat()
    (entry,) = events(visit, "visit:return-booked")
    assert (entry.facts["expected"], entry.facts["return_at"]) == (row.pk, start.isoformat())


@pytest.mark.clause("E3b-ret")
def test_e3b_ret_with_anyone_of_a_team_one_of_it_is_kept_free(world):
    start = only(world, "nina", "sam", hours=1)
    first, second, third = (arrive(world, service="childrens") for _ in range(3))
    assert book(world, first, "team:childrens", start).person is None
    book(world, second, "nina", start)
    error = refused("not_available", book, world, third, "sam", start)
    assert error.facts["times"] == [(start + HALF).isoformat()], "the other of the team is promised to the first"
    refused("not_available", book, world, third, "childrens", start)


def test_nobody_is_given_the_same_time_twice_and_what_is_called_off_is_free_again(world):
    start = only(world, "nina", hours=1)
    one, two = arrive(world, service="childrens"), arrive(world, service="childrens")
    row = book(world, one, "nina", start)
    refused("not_available", book, world, two, "nina", start + 15 * MINUTE)
    actions.call_off(row.pk, by=world.person("amira"), now=world.now)
    book(world, two, "nina", start)
    refused("not_available", actions.take_up, row.pk, by=world.person("amira"), now=world.now)


def test_no_time_is_offered_while_the_site_is_closed_or_at_another_site(world):
    start = only(world, "nina", hours=6)
    works(world, "sam", A_DAY, 6, site="branch")
    save_hours("exchange", {0: "08:00-18:00", 1: "10:00-11:00"}, 0, by=world.person("sasha"), now=world.now)
    visit = arrive(world, service="childrens")
    assert expected.times_for(queries.visit(visit), "nina", world.now) == [
        start + HOUR + n * 15 * MINUTE for n in range(3)
    ]
    assert expected.times_for(queries.visit(visit), "sam", world.now) == []
    refused("not_available", book, world, visit, "nina", start)
    error = refused("not_available", book, world, visit, "sam", start + HOUR)
    assert error.facts["times"] == []


def test_what_cannot_be_used_is_said_of_every_field_at_once(world):
    visit = arrive(world, service="childrens")
    with pytest.raises(Invalid) as invalid:
        book(world, visit, "", world.now - HOUR, who="x" * 300)
    assert {f.field for f in invalid.value.faults} == {"with", "at", "who"}
    with pytest.raises(Invalid) as invalid:
        book(world, visit, "amira", world.now + HOUR)
    assert [f.field for f in invalid.value.faults] == ["with"], "reception is no team that a customer is referred to"
    with pytest.raises(NotAllowed):
        actions.book_return(visit, Wanted("nina", world.now + HOUR), by=world.person("ruth"), now=world.now)


@pytest.mark.parametrize("before", ["waiting", "attending"])
def test_a_return_booked_by_mistake_is_undone_and_the_clock_runs_on(world, before):
    start = only(world, "nina")
    visit = arrive(world, service="childrens")
    if before == "attending":
        act(world, "attend", visit, channel="face_to_face")
    world.advance("09:04")
    row = book(world, visit, "nina", start)
    world.advance("09:08")
    actions.undo_return(row.pk, by=world.person("amira"), now=world.now)
    assert again(row).state == "called_off"
    assert (shown(visit)["state"], shown(visit)["outcome"]) == (before, None)
    assert (queries.visit(visit).first_contact_at is None) == (before == "waiting"), "a mistake is no contact"
    if before == "waiting":
        assert clock(visit)["stopped_at"] is None
        world.advance("09:10:01")
        assert clock(visit)["over_at"], "as if it had never stopped"
    world.messages()


def test_later_it_cannot_be_undone_but_called_off(world):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    world.advance(timedelta(minutes=10, seconds=1))
    refused("already_answered", actions.undo_return, row.pk, by=world.person("amira"), now=world.now)
    actions.call_off(row.pk, by=world.person("amira"), now=world.now)
    refused("already_answered", actions.call_off, row.pk, by=world.person("amira"), now=world.now)
    actions.take_up(row.pk, by=world.person("amira"), now=world.now)
    assert again(row).state == "open"


@pytest.mark.clause("E4c")
def test_e4c_the_same_rule_binds_a_time_that_a_team_gives(world):
    start = only(world, "tariq")
    error = refused("not_available", appoint, world, "tariq", start - HALF, service="housing")
    assert error.facts["times"][0] == start.isoformat()
    row = appoint(world, "tariq", start, service="housing", who="Mrs Lee")
    assert (row.visit, row.day.isoformat()) == (None, "2026-03-03")
    with pytest.raises(Invalid):
        appoint(world, "tariq", start + HOUR, service="no such")


@pytest.mark.clause("E4c")
def test_e4c_whoever_booked_is_asked_to_tell_the_customer_before_they_travel(world):
    start = only(world, "nina", "amira", hours=8)
    Shift.objects.create(person_id=pk_of("amira"), site_id="exchange", starts_at=world.now)
    Shift.objects.create(person_id=pk_of("grace"), site_id="exchange", starts_at=world.now)
    visit = arrive(world, service="childrens")
    row = book(world, visit, "nina", start)
    world.advance("17:00")
    sick(world, "nina")
    (prompt,) = prompts(visit, "return_uncertain")
    assert (prompt["call"]["name"], prompt["repeats"]) == ("Amira Khan", 0)
    assert world.told() == {"amira"}
    assert again(row).uncertain_since is not None
    world.advance("17:15:02")
    (prompt,) = prompts(visit, "return_uncertain")
    assert (prompt["call"]["role"], prompt["repeats"]) == ("manager", 1), "it climbs until somebody answers"
    assert world.told() == {"grace", "joan"}, "without Nina somebody is alone tomorrow, which is Joan's to know"
    with pytest.raises(Invalid):
        actions.say_told(int(prompt["id"]), "pigeon", by=world.person("amira"), now=world.now)
    actions.say_told(int(prompt["id"]), "phone", note="rang twice", by=world.person("amira"), now=world.now)
    assert prompts(visit, "return_uncertain") == []
    answered = Prompt.objects.get(pk=int(prompt["id"]))
    assert (queries.who_was_reached(answered), answered.reached_role) == ("phone", "customer")
    world.advance("18:00")
    assert world.told() == set()


@pytest.mark.clause("E4c")
def test_e4c_who_has_come_need_not_be_told_before_they_travel(world):
    start = only(world, "nina")
    first = arrive(world, service="childrens")
    row = book(world, first, "nina", start)
    world.advance(A_DAY - HOUR)
    sick(world, "nina")
    assert len(prompts(first, "return_uncertain")) == 1
    came = arrive(world)
    actions.expect(came, row.pk, row.reference, by=world.person("amira"), now=world.now)
    assert prompts(first, "return_uncertain") == []
    assert (again(row).uncertain_since, str(state_words(again(row)))) == (None, "came")
    actions.part(came, by=world.person("amira"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert len(prompts(first, "return_uncertain")) == 1, "it was somebody else: they still travel"
    actions.call_off(row.pk, by=world.person("amira"), now=world.now)
    assert str(state_words(again(row))) == "called off"
    world.messages()


def test_of_a_time_that_holds_after_all_it_is_asked_again_when_nobody_will_be_there(world):
    start = only(world, "nina")
    visit = arrive(world, service="childrens")
    row = book(world, visit, "nina", start)
    sick(world, "nina")
    actions.call_off(row.pk, by=world.person("amira"), now=world.now)
    rota.end_absence(Absence.objects.get(person__login="nina").pk, by=world.person("nina"), now=world.now)
    world.advance(timedelta(seconds=1))
    actions.take_up(row.pk, by=world.person("amira"), now=world.now)
    assert again(row).uncertain_since is None
    sick(world, "nina")
    assert len(prompts(visit, "return_uncertain")) == 1
    world.messages()


def test_a_time_of_a_past_day_does_not_hold_any_more(world):
    row = book(world, arrive(world, service="childrens"), "nina", only(world, "nina"))
    world.advance(2 * A_DAY)
    assert again(row).state == "not_come"
    assert not expected.can_take_up(again(row), world.now)
    refused("not_available", actions.take_up, row.pk, by=world.person("amira"), now=world.now)
    world.messages()


@pytest.mark.clause("E4c")
def test_e4c_new_times_are_offered_at_once_and_the_question_stays_until_the_customer_knows(world):
    start = only(world, "nina", "sam", hours=3)
    visit = arrive(world, service="childrens")
    row = book(world, visit, "nina", start)
    sick(world, "nina")
    assert expected.times_instead(again(row), world.now) == []
    times = expected.times_instead(again(row), world.now, "team:childrens")
    assert times[0] == start
    actions.move_expected(row.pk, times[1], whom="team:childrens", by=world.person("amira"), now=world.now)
    moved = again(row)
    assert (moved.starts_at, moved.person, moved.moves, moved.uncertain_since) == (times[1], None, 1, None)
    assert len(prompts(visit, "return_uncertain")) == 1
    world.messages()


@pytest.mark.parametrize("says", ["the manager", "they themselves"])
def test_nobody_need_be_told_when_somebody_is_there_after_all(world, says):
    start = only(world, "nina", "sam")
    one, two = arrive(world, service="childrens"), arrive(world, service="childrens")
    named, anyone = book(world, one, "nina", start), book(world, two, "team:childrens", start + HOUR)
    sick(world, "nina")
    assert again(anyone).uncertain_since is None, "another of the team will be there"
    assert again(named).uncertain_since is not None
    if says == "the manager":
        absence = Absence.objects.get(person__login="nina").pk
        rota.end_absence(absence, by=world.person("grace"), now=world.now)
    else:
        people.mark_present(pk_of("nina"), "exchange", by=world.person("nina"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert again(named).uncertain_since is None
    assert prompts(one, "return_uncertain") == []
    world.messages()


def test_whoever_leaves_is_withdrawn_as_well(world):
    start = only(world, "nina")
    visit = arrive(world, service="childrens")
    row = book(world, visit, "nina", start)
    people.deactivate(pk_of("nina"), by=world.person("sasha"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert again(row).uncertain_since is not None
    world.messages()


# The customer comes.


@pytest.mark.clause("E4c")
def test_e4c_who_was_given_a_time_is_expected_that_day_and_matched_by_a_second_fact_and_a_person(world):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start, who="Ada Long")
    assert [r.expected.pk for r in expected.on_day("exchange", start.date())] == [row.pk]
    world.advance(A_DAY - 5 * MINUTE)
    came = arrive(world, service="housing")
    assert shown(came)["appointment_at"] is None, "never by itself"
    with pytest.raises(Invalid) as invalid:
        actions.expect(came, row.pk, "Ada Short", by=world.person("amira"), now=world.now)
    assert invalid.value.faults[0].field == "fact"
    world.advance(4 * MINUTE)
    actions.expect(came, row.pk, "ada  LONG", by=world.person("amira"), now=world.now)
    assert (shown(came)["appointment_at"], shown(came)["service"]) == (start.isoformat(), "childrens")
    assert [c["kind"] for c in shown(came)["clocks"]] == ["appointment"], "its own clock and not the ten minutes"
    assert clock(came, "appointment")["due_at"] == (start + 5 * MINUTE).isoformat()
    assert again(row).state == "came"
    refused("already_answered", actions.expect, came, row.pk, row.reference, by=world.person("ben"), now=world.now)
    world.messages()


def test_the_letters_on_the_slip_will_do_and_a_wrong_match_is_parted(world):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    world.advance(A_DAY)
    came = arrive(world)
    actions.expect(came, row.pk, row.reference.lower(), by=world.person("amira"), now=world.now)
    actions.part(came, by=world.person("amira"), now=world.now)
    assert shown(came)["appointment_at"] is None
    assert [c["kind"] for c in shown(came)["clocks"]] == ["attend", "ask_service"]
    assert again(row).state == "open"
    other = arrive(world)
    actions.expect(other, row.pk, row.reference, by=world.person("amira"), now=world.now)
    assert shown(other)["appointment_at"] == start.isoformat()


def test_parted_each_is_as_before_the_visit_for_its_service_and_the_other_still_expected(world):
    start = only(world, "nina")
    first = arrive(world, service="childrens", private=True)
    row = book(world, first, "nina", start)
    world.advance(A_DAY)
    came = arrive(world, service="housing")
    names = ("service", "team", "private")
    before = Visit.objects.values(*names).get(pk=came)
    actions.expect(came, row.pk, row.reference, by=world.person("amira"), now=world.now)
    assert Visit.objects.values(*names).get(pk=came) == {"service": "childrens", "team": "childrens", "private": True}
    actions.part(came, by=world.person("amira"), now=world.now)
    assert Visit.objects.values(*names).get(pk=came) == before
    world.advance(A_DAY)
    assert again(row).state == "not_come", "their day is watched to its end"
    world.messages()


def test_what_was_said_of_the_visit_meanwhile_stays_when_it_is_parted(world):
    row = book(world, arrive(world, service="childrens"), "nina", only(world, "nina"))
    world.advance(A_DAY)
    came = arrive(world, service="housing")
    actions.expect(came, row.pk, row.reference, by=world.person("amira"), now=world.now)
    Visit.objects.filter(pk=came).update(service="benefits", private=True)
    actions.part(came, by=world.person("amira"), now=world.now)
    found = Visit.objects.get(pk=came)
    assert (found.service, found.team, found.private) == ("benefits", "housing", True)


def test_on_another_day_nobody_is_matched(world):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    early = arrive(world)
    with pytest.raises(Invalid):
        actions.expect(early, row.pk, row.reference, by=world.person("amira"), now=world.now)


def test_who_does_not_come_is_told_to_whoever_gave_the_time_when_the_site_closes(world):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start, by="ben")
    late = appoint(world, "nina", start + HOUR, by="ben")
    world.advance(A_DAY + HALF)
    sites.change_state("exchange", "closed", by=world.person("sasha"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert (again(row).state, again(late).state) == ("not_come", "open")
    assert world.told() == {"ben"}
    world.advance("00:00:01")
    assert again(late).state == "not_come"
    world.messages()


def test_somebody_may_say_that_they_did_not_come_and_take_it_back_when_they_do(world):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    refused("not_available", actions.say_not_come, row.pk, by=world.person("amira"), now=world.now)
    world.advance(A_DAY + HALF)
    actions.say_not_come(row.pk, by=world.person("amira"), now=world.now)
    came = arrive(world)
    actions.expect(came, row.pk, row.reference, by=world.person("amira"), now=world.now)
    assert again(row).state == "came"


def test_the_reference_is_not_in_the_journal_nor_in_what_programs_are_given(world):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start, who="Ada Long")
    said = str(expected.as_json(row)) + str([e.facts for e in journal.of_subject(f"visit:{row.visit_id}")])
    assert row.reference not in said
    assert "Ada" not in said
    assert ExpectedArrival.objects.get().who is not None
    assert in_force("exchange").protocol.referral.return_names_staff is False


def test_the_playground_has_two_who_are_expected_and_one_who_was_asked_to_return(world):
    send_visitors(world.now)
    rows = expected.on_day("exchange", world.now.date())
    assert sorted((r.service, r.expected.visit is not None) for r in rows) == [
        ("Finance and grants", False),
        ("Housing", True),
        ("Young people, finance and grants", False),
    ]


@pytest.mark.clause("E4c")
def test_e4c_a_holiday_or_shorter_hours_ask_whoever_gave_a_time_that_is_outside_now(world):
    start = only(world, "nina", hours=6)
    week = dict.fromkeys(range(7), "08:00-18:00")
    save_hours("exchange", week, 0, by=world.person("sasha"), now=world.now)
    early, late = arrive(world, service="childrens"), arrive(world, service="childrens")
    one, two = book(world, early, "nina", start), book(world, late, "nina", start + 4 * HOUR)
    save_hours("exchange", {**week, 1: "08:00-12:00"}, 0, by=world.person("sasha"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert (again(one).uncertain_since, len(prompts(early, "return_uncertain"))) == (None, 0)
    assert len(prompts(late, "return_uncertain")) == 1
    holiday = [Day(start.date(), "Training day")]
    save_special_days("exchange", holiday, by=world.person("sasha"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert again(one).uncertain_since is not None
    delete_special_day("exchange", start.date(), by=world.person("sasha"), now=world.now)
    save_hours("exchange", week, 0, by=world.person("sasha"), now=world.now)
    world.advance(timedelta(seconds=1))
    assert (again(one).uncertain_since, again(two).uncertain_since) == (None, None)
    assert prompts(early, "return_uncertain") == prompts(late, "return_uncertain") == []
    world.messages()


@pytest.mark.clause("E4c")
def test_e4c_a_site_that_is_opened_by_hand_is_closed_on_its_holidays_all_the_same(world):
    start, sasha = only(world, "nina", hours=6), world.person("sasha")
    save_hours("exchange", {}, by=sasha, now=world.now)
    visit = arrive(world, service="childrens")
    row = book(world, visit, "nina", start)
    save_special_days("exchange", [Day(start.date(), "Training day")], by=sasha, now=world.now)
    world.advance(timedelta(seconds=1))
    assert again(row).uncertain_since is not None
    assert expected.times_instead(again(row), world.now) == []
    save_special_days("exchange", [Day(start.date(), "Short day", "08:00-12:00")], by=sasha, now=world.now)
    world.advance(timedelta(seconds=1))
    assert again(row).uncertain_since is None
    world.messages()
