"""When people can be met, who is on duty, who is alone, and what happens when a time is withdrawn."""

from datetime import timedelta

import pytest

from steadydesk.journal.models import Entry
from steadydesk.people import actions as people
from steadydesk.people.models import Absence, Duty, Person, Shift
from steadydesk.people.queries import available
from steadydesk.rota import queries as rota
from steadydesk.rota.rules import Offer, Span
from tests.world import TESTER

HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


def id(login):
    return Person.objects.get(login=login).pk


def on_shift(world, login, begins, hours, site="exchange"):
    start = world.now + begins
    Shift.objects.create(person_id=id(login), site_id=site, starts_at=start, ends_at=start + timedelta(hours=hours))
    return Span(start, start + timedelta(hours=hours))


def withdrawn(login):
    rows = Entry.objects.filter(type="rota:availability-withdrawn", subject=f"person:{id(login)}").order_by("id")
    return [(e.facts["start"], e.facts["end"]) for e in rows]


def test_e3b_ret_somebody_can_be_met_while_on_shift_and_not_away(world):
    Shift.objects.filter(person=id("nina")).delete()
    turn = on_shift(world, "nina", A_DAY, 8)
    assert rota.available(id("nina"), world.now, world.now + 3 * A_DAY) == [turn]
    lunch = Span(turn.start + 3 * HOUR, turn.start + 4 * HOUR)
    Absence.objects.create(person_id=id("nina"), starts_at=lunch.start, ends_at=lunch.end)
    assert rota.available(id("nina"), world.now, world.now + 3 * A_DAY) == [
        Span(turn.start, lunch.start),
        Span(lunch.end, turn.end),
    ]
    offered = rota.next_times([id("nina")], world.now, HOUR, 4)
    assert offered == [Offer(id("nina"), turn.start + h * HOUR) for h in (0, 1, 2, 4)]


def test_a_shift_that_nobody_ended_is_no_promise_for_tomorrow(world):
    free = rota.available(id("nina"), world.now, world.now + 7 * A_DAY)
    assert len(free) == 1
    assert free[0].start == world.now
    assert free[0].end.date() == world.now.date() or free[0].end == world.now.replace(hour=0) + A_DAY


def test_who_may_be_met_of_a_team_is_found_weeks_ahead_and_not_for_ever(world):
    Shift.objects.all().delete()
    turn = on_shift(world, "sam", 20 * A_DAY, 2)
    on_shift(world, "nina", 90 * A_DAY, 2)
    assert rota.next_times([id("nina"), id("sam")], world.now, HOUR, 5) == [
        Offer(id("sam"), turn.start),
        Offer(id("sam"), turn.start + HOUR),
    ]


def test_l2d_i_one_person_left_at_the_open_site_is_alone_and_evening_is_said(world):
    Shift.objects.filter(site="branch").delete()
    long, short = on_shift(world, "iris", timedelta(0), 11, "branch"), on_shift(world, "paul", HOUR, 7, "branch")
    first, second = rota.lone_periods("branch", world.now, world.now + A_DAY)
    assert (first.person, first.start, first.end, first.evening) == (id("iris"), long.start, short.start, False)
    assert (second.person, second.start, second.end, second.evening) == (id("iris"), short.end, long.end, True)


def test_the_duty_officer_at_a_moment_is_known_and_a_gap_is_nobody(world):
    assert rota.on_duty("housing", world.now) == id("tariq")
    Duty.objects.filter(team="housing").update(ends_at=world.now + HOUR)
    assert rota.on_duty("housing", world.now + HOUR) is None


@pytest.mark.parametrize("again", [False, True])
def test_who_is_away_from_now_withdraws_what_was_promised_once(world, again):
    Shift.objects.filter(person=id("nina")).delete()
    turn = on_shift(world, "nina", A_DAY, 8)
    people.mark_absent(id("nina"), "exchange", by=world.person("grace"), now=world.now)
    if again:
        world.advance(HOUR)
        people.mark_absent(id("nina"), "exchange", by=world.person("grace"), now=world.now)
    assert withdrawn("nina") == [(turn.start.isoformat(), turn.end.isoformat())]


def test_who_is_back_sooner_than_was_planned_is_there_and_what_is_planned_for_later_stays(world):
    ill = Absence.objects.create(person_id=id("nina"), starts_at=world.now - HOUR, ends_at=world.now + A_DAY)
    Absence.objects.create(person_id=id("nina"), starts_at=world.now + 7 * A_DAY)
    people.mark_absent(id("nina"), "exchange", by=world.person("nina"), now=world.now)
    assert Absence.objects.count() == 2, "they are away already"
    people.mark_present(id("nina"), "exchange", by=world.person("nina"), now=world.now)
    assert id("nina") in available("exchange", world.now)
    ill.refresh_from_db()
    assert ill.ends_at == world.now
    assert Absence.objects.filter(ends_at=None, starts_at=world.now + 7 * A_DAY).exists()
    people.mark_absent(id("nina"), "exchange", by=world.person("nina"), now=world.now)
    assert id("nina") not in available("exchange", world.now)


def test_who_goes_home_before_the_time_withdraws_the_rest_of_the_shift(world):
    Shift.objects.filter(person=id("nina")).delete()
    turn = on_shift(world, "nina", timedelta(0), 8)
    world.advance(HOUR)
    people.end_shift(id("nina"), "exchange", by=TESTER, now=world.now)
    assert withdrawn("nina") == [(world.now.isoformat(), turn.end.isoformat())]
    assert rota.available(id("nina"), world.now, world.now + A_DAY) == []
