"""Absence in two presses, shifts that change hands, and who may do that."""

from datetime import timedelta

import pytest

from steadydesk.delivery.models import Delivery
from steadydesk.journal.models import Entry
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import actions as people
from steadydesk.people.models import Absence, Person, Shift
from steadydesk.people.queries import available
from steadydesk.rota import actions
from steadydesk.rota import queries as rota
from steadydesk.rota.models import Swap
from tests.rota import at, clear, entries, pk, plan, publish, shifts, withdrawn

A_DAY = timedelta(days=1)


@pytest.fixture
def planned(world):
    """Nina works three days of next week."""
    clear()
    plan(world, "nina", days={0, 1, 2})
    publish(world)
    return list(Shift.objects.order_by("starts_at"))


def test_who_is_ill_today_is_away_until_midnight_and_not_tomorrow(world, planned):
    world.advance(7 * A_DAY)
    actions.report_ill(pk("nina"), "exchange", by=world.person("nina"), now=world.now)
    assert pk("nina") not in available("exchange", world.now)
    assert withdrawn("nina") == [("03-09T09:00", "03-09T17:00")]
    assert rota.available(pk("nina"), world.now, at(11, "00:00"))[0].start == at(10, "09:00")
    [facts] = entries("rota:absence-planned")
    assert set(facts) == {"absence", "start", "end"}, "the journal does not say why"
    assert Absence.objects.get().kind == "ill"
    world.messages()


def test_who_falls_ill_in_the_middle_of_a_night_is_away_until_it_ends(world):
    clear()
    plan(world, "nina", "22:00-06:00", days={0})
    publish(world)
    world.advance(7 * A_DAY + timedelta(hours=14))  # eleven at night
    actions.report_ill(pk("nina"), "exchange", by=world.person("nina"), now=world.now)
    assert Absence.objects.get().ends_at == at(10, "06:00")
    assert rota.available(pk("nina"), world.now, at(14, "00:00")) == []
    world.messages()


def test_leave_that_is_planned_withdraws_those_days_and_coming_back_sooner_gives_them_back(world, planned):
    by = world.person("grace")
    leave = actions.plan_absence(pk("nina"), at(10, "00:00"), at(12, "00:00"), "leave", by=by, now=world.now)
    assert withdrawn("nina") == [("03-10T09:00", "03-10T17:00"), ("03-11T09:00", "03-11T17:00")]
    actions.end_absence(leave, by=world.person("nina"), now=world.now)
    assert not Absence.objects.exists()
    assert len(rota.available(pk("nina"), world.now, at(14, "00:00"))) == 3


def test_nobody_says_that_a_colleague_is_away(world, planned):
    for login in ("sam", "ruth"):
        with pytest.raises(NotFound):
            actions.report_ill(pk("nina"), "exchange", by=world.person(login), now=world.now)
    with pytest.raises(Invalid) as refused:
        actions.plan_absence(
            pk("nina"), at(4, "09:00"), at(3, "09:00"), "bored", by=world.person("nina"), now=world.now
        )
    assert {f.field for f in refused.value.faults} == {"kind", "until"}


def test_a_shift_changes_hands_when_a_named_colleague_takes_it(world, planned):
    offer = actions.offer_swap(planned[0].pk, by=world.person("nina"), now=world.now)
    assert shifts("sam") == [], "until somebody takes it, it is one's own"
    actions.take_swap(offer, by=world.person("sam"), now=world.now)
    assert shifts("sam") == ["Mon 9 09:00-17:00"]
    assert withdrawn("nina") == [("03-09T09:00", "03-09T17:00")]
    row = Swap.objects.get()
    assert (row.giver_id, row.taker_id, row.state) == (pk("nina"), pk("sam"), "taken")
    with pytest.raises(Refusal):
        actions.take_swap(offer, by=world.person("tom"), now=world.now)
    publish(world)
    assert shifts("sam") == ["Mon 9 09:00-17:00"], "publishing again does not undo it"
    assert world.told() == {"joan", "nina"}, "Nina knows, and it is another who is alone now, and nobody gave a reason"


def swap_messages(world):
    rows = [row for row in world.messages("screen") if row.message["kind"].startswith("swap")]
    return {(row.message["kind"], Person.objects.get(pk=row.person).login) for row in rows}


def test_whoever_is_asked_for_a_swap_hears_of_it_and_whoever_offered_it_who_took_it(world, planned):
    offer = actions.offer_swap(planned[0].pk, pk("sam"), by=world.person("nina"), now=world.now)
    assert swap_messages(world) == {("swap", "sam")}
    actions.take_swap(offer, by=world.person("sam"), now=world.now)
    assert swap_messages(world) == {("swap_taken", "nina")}
    world.messages()


def test_an_offer_to_everybody_reaches_those_who_could_and_nobody_once_it_is_taken_back(world, planned):
    plan(world, "tom", days={0})
    publish(world)
    world.messages()
    offer = actions.offer_swap(planned[0].pk, by=world.person("nina"), now=world.now)
    asked = {login for _kind, login in swap_messages(world)}
    assert "sam" in asked and not asked & {"nina", "tom", "iris"}, "not who works then, nor elsewhere"
    actions.withdraw_swap(offer, by=world.person("nina"), now=world.now)
    assert not Delivery.objects.filter(subject=f"swap:{offer}", state="waiting").exists()


def test_a_shift_that_is_shortened_given_away_or_deleted_in_set_up_is_withdrawn_as_by_the_action(world, planned):
    sasha, (one, two, three) = world.person("sasha"), planned
    one.ends_at = at(9, "12:00")
    people.save_row(one, by=sasha, now=world.now)
    two.person_id = pk("sam")
    people.save_row(two, by=sasha, now=world.now)
    people.delete_row(three, by=sasha, now=world.now)
    assert withdrawn("nina") == [
        ("03-09T12:00", "03-09T17:00"),
        ("03-10T09:00", "03-10T17:00"),
        ("03-11T09:00", "03-11T17:00"),
    ]
    people.save_row(one, by=sasha, now=world.now)
    assert len(withdrawn("nina")) == 3, "saved as it stands it takes nothing away"
    world.messages()


def test_who_was_asked_by_name_alone_may_take_it_or_say_no(world, planned):
    offer = actions.offer_swap(planned[0].pk, pk("sam"), by=world.person("nina"), now=world.now)
    with pytest.raises(NotFound):
        actions.take_swap(offer, by=world.person("tom"), now=world.now)
    with pytest.raises(NotFound):
        actions.withdraw_swap(offer, by=world.person("tom"), now=world.now)
    with pytest.raises(Refusal):
        actions.offer_swap(planned[0].pk, by=world.person("nina"), now=world.now)
    actions.withdraw_swap(offer, by=world.person("sam"), now=world.now)
    with pytest.raises(Refusal):
        actions.take_swap(offer, by=world.person("sam"), now=world.now)
    assert shifts("nina")[0] == "Mon 9 09:00-17:00"


def test_nobody_takes_a_shift_while_they_are_at_work_or_where_they_do_not_work(world, planned):
    plan(world, "sam", days={0})
    publish(world)
    with pytest.raises(Invalid):
        actions.offer_swap(planned[0].pk, pk("sam"), by=world.person("nina"), now=world.now)
    with pytest.raises(Invalid):
        actions.offer_swap(planned[0].pk, pk("iris"), by=world.person("nina"), now=world.now)
    with pytest.raises(NotFound):
        actions.offer_swap(planned[0].pk, by=world.person("sam"), now=world.now)


def test_a_swap_whose_shift_was_given_away_meanwhile_is_not_taken(world, planned):
    offer = actions.offer_swap(planned[0].pk, by=world.person("nina"), now=world.now)
    assert "sam" in {login for _kind, login in swap_messages(world)}
    actions.cover(planned[0].pk, pk("tom"), by=world.person("grace"), now=world.now)
    assert swap_messages(world) == {("swap_taken", "nina")}, "who offered it hears, and nobody is asked any more"
    assert not Delivery.objects.filter(message__kind="swap", state="waiting").exists()
    assert Entry.objects.filter(type="rota:swap-withdrawn", subject=f"swap:{offer}").exists()
    with pytest.raises(Refusal):
        actions.take_swap(offer, by=world.person("sam"), now=world.now)
    assert shifts("tom") == ["Mon 9 09:00-17:00"]
    tom = world.person("tom")
    assert actions.offer_swap(planned[0].pk, by=tom, now=world.now) != offer, "it is Tom's to offer now"
    world.messages()


def test_what_the_rota_knows_of_somebody_is_shown_to_them_and_forgotten_in_time(world, planned):
    from steadydesk.kernel.records import Overdue
    from steadydesk.rota import records
    from steadydesk.rota.models import Planned

    offer = actions.offer_swap(planned[0].pk, pk("sam"), by=world.person("nina"), now=world.now)
    subject = f"person:{pk('nina')}"
    shown = [r.facts for r in records.about(subject)]
    assert [next(iter(facts)) for facts in shown] == ["planned", "swap"]
    clock.freeze(world.now + 20 * A_DAY)
    overdue = Overdue("presence", world.now - 5 * A_DAY, world.now, person=subject)
    assert records.forget(overdue) == 4
    assert not Swap.objects.filter(pk=offer).exists()
    assert not Planned.objects.exists()
    assert records.forget(overdue) == 0
    world.messages()
