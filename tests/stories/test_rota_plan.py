"""A rota is planned, published and corrected; what is published is who is at work, and nothing else is."""

from datetime import date, time, timedelta

import pytest

from steadydesk.alarms import bookkeeping
from steadydesk.journal.models import Words
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from steadydesk.loneworking.queries import running
from steadydesk.people.models import Duty, Shift
from steadydesk.people.queries import on_duty
from steadydesk.rota import actions
from steadydesk.rota import queries as rota
from steadydesk.rota.models import Pattern, Planned
from tests.rota import MONDAY, NEXT_MONDAY, NEXT_SUNDAY, at, clear, entries, pk, plan, publish, shifts, wish, withdrawn

A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _nobody_at_work(world):
    clear()


def test_a_draft_is_not_yet_true_and_publishing_makes_it_so_in_the_alarm_book_too(world):
    plan(world, "nina", days={0, 1})
    assert shifts("nina") == []
    publish(world)
    assert shifts("nina") == ["Mon 9 09:00-17:00", "Tue 10 09:00-17:00"]
    world.advance(7 * A_DAY)
    assert [c.person for c in bookkeeping.load(world.now).shifts] == [pk("nina")] * 2
    [first, _second] = rota.available(pk("nina"), world.now, at(11, "00:00"))
    assert (first.start, first.end) == (world.now, at(9, "17:00"))
    assert world.told() == {"nina"}, "nobody else is there, so she works alone"


def test_publishing_twice_changes_nothing(world):
    plan(world, "nina")
    assert len(publish(world).added) == 5
    before = list(Shift.objects.values_list("pk", flat=True))
    assert publish(world).empty
    assert list(Shift.objects.values_list("pk", flat=True)) == before


def test_everybody_of_a_team_works_its_pattern_but_whoever_has_one_of_their_own(world):
    plan(world, team="childrens", days={0})
    plan(world, "nina", "12:00-20:00", days={0})
    publish(world)
    assert shifts("nina") == ["Mon 9 12:00-20:00"]
    assert shifts("sam") == shifts("grace") == ["Mon 9 09:00-17:00"]


def test_a_changed_pattern_moves_what_was_published_and_withdraws_what_is_gone(world):
    pattern = plan(world, "nina", days={0, 1})
    publish(world)
    by = world.person("grace")
    actions.change_pattern(pattern, wish("nina", "10:00-17:00", days={0}), by=by, now=world.now)
    assert shifts("nina") == ["Mon 9 09:00-17:00", "Tue 10 09:00-17:00"], "a draft is not yet true"
    publish(world)
    assert shifts("nina") == ["Mon 9 10:00-17:00"]
    assert withdrawn("nina") == [("03-09T09:00", "03-09T10:00"), ("03-10T09:00", "03-10T17:00")]


def test_an_ended_pattern_goes_with_the_next_publication_and_what_was_worked_stays(world):
    pattern = plan(world, "nina", days={0, 1})
    publish(world)
    world.advance(7 * A_DAY)  # Monday the ninth, nine o'clock
    actions.end_pattern(pattern, NEXT_MONDAY, by=world.person("grace"), now=world.now)
    publish(world)
    assert shifts("nina") == ["Mon 9 09:00-17:00"]
    world.messages()


def test_one_that_was_never_published_and_has_ended_is_gone(world):
    pattern = plan(world, "nina")
    actions.end_pattern(pattern, NEXT_MONDAY - A_DAY, by=world.person("grace"), now=world.now)
    assert not Pattern.objects.exists()


def test_what_was_corrected_by_hand_stays_when_the_same_days_are_published_again(world):
    plan(world, "nina", days={0, 1, 2})
    publish(world)
    by, rows = world.person("grace"), list(Shift.objects.order_by("starts_at"))
    actions.change_times(rows[0].pk, at(9, "08:00"), at(9, "12:00"), by=by, now=world.now)
    actions.cover(rows[1].pk, pk("sam"), by=by, now=world.now)
    actions.remove_turn(rows[2].pk, by=by, now=world.now)
    publish(world)
    assert shifts("nina") == ["Mon 9 08:00-12:00"]
    assert shifts("sam") == ["Tue 10 09:00-17:00"]
    assert withdrawn("nina") == [
        ("03-09T12:00", "03-09T17:00"),
        ("03-10T09:00", "03-10T17:00"),
        ("03-11T09:00", "03-11T17:00"),
    ]
    assert world.told() == {"joan"}, "by the new times other people are alone, and nobody gave a reason"


def test_a_changed_pattern_takes_a_shift_back_from_whoever_covered_it_and_they_are_told(world):
    pattern = plan(world, "nina", days={0})
    plan(world, "grace", days={0})
    publish(world)
    by, row = world.person("grace"), Shift.objects.get(person__login="nina")
    actions.cover(row.pk, pk("sam"), by=by, now=world.now)
    actions.change_pattern(pattern, wish("nina", "10:00-17:00", days={0}), by=by, now=world.now)
    alone = publish(world).lone
    assert (shifts("nina"), shifts("sam")) == (["Mon 9 10:00-17:00"], [])
    assert withdrawn("sam") == [("03-09T09:00", "03-09T17:00")]
    assert [(p.person, p.start, p.end) for p in alone] == [(pk("grace"), at(9, "09:00"), at(9, "10:00"))]


def test_what_was_taken_out_by_mistake_is_put_back(world):
    plan(world, "nina", days={0})
    publish(world)
    by = world.person("grace")
    actions.remove_turn(Shift.objects.get().pk, by=by, now=world.now)
    for _twice in range(2):
        actions.restore_turn(Planned.objects.get().pk, by=by, now=world.now)
    assert shifts("nina") == ["Mon 9 09:00-17:00"]


def test_nobody_is_at_work_twice_at_once(world):
    plan(world, "nina", days={0})
    plan(world, "nina", "16:00-20:00", days={0})
    with pytest.raises(Invalid) as refused:
        publish(world)
    assert "Nina Petrova" in refused.value.sentence
    assert shifts("nina") == []
    plan(world, "sam", days={1})
    with pytest.raises(Invalid):
        publish(world)


@pytest.mark.clause("L2d-i")
def test_l2d_i_a_rota_that_leaves_somebody_alone_is_published_with_a_reason_or_not_at_all(world):
    plan(world, "iris", "09:00-19:00", days={0}, site="branch", by="ruth")
    with pytest.raises(Invalid) as refused:
        publish(world, site="branch", reason=" ", by="ruth")
    assert [f.field for f in refused.value.faults] == ["reason"]
    assert shifts("iris") == []
    done = publish(world, site="branch", reason="Only one of us has a key", by="ruth")
    assert [(p.person, p.evening) for p in done.lone] == [(pk("iris"), True)]
    [facts] = entries("rota:published")
    assert (facts["lone"], facts["lone_evening"]) == (1, 1)
    assert Words.objects.get(pk=facts["words"]).text == "Only one of us has a key"
    assert publish(world, site="branch", reason="", by="ruth").empty, "what is true already is not asked again"


def test_whoever_a_rota_leaves_alone_tomorrow_is_protected_from_the_first_minute_of_the_shift(world):
    world.advance(timedelta(minutes=2))
    tomorrow = MONDAY + A_DAY
    plan(world, "iris", days={1}, site="branch", by="ruth", from_day=tomorrow)
    publish(world, tomorrow, tomorrow, site="branch", by="ruth")
    world.advance(A_DAY)
    row = running(pk("iris"))
    assert (row.found, row.began_at, row.until) == (True, at(3, "09:00"), at(3, "17:00"))
    world.messages()


def test_a_duty_rota_is_planned_and_published_the_same_way(world):
    plan(world, "tariq", "09:00-13:00", kind="duty", team="housing", by="helen")
    plan(world, "lucy", "13:00-17:00", kind="duty", team="housing", by="helen")
    publish(world, by="helen")
    assert Duty.objects.count() == 10
    assert [on_duty("housing", at(9, hour)).person for hour in ("12:59", "13:00")] == [pk("tariq"), pk("lucy")]
    assert rota.on_duty("housing", at(9, "17:00")) is None
    row = Duty.objects.order_by("starts_at").first()
    actions.cover(row.pk, pk("lucy"), duty=True, by=world.person("helen"), now=world.now)
    assert rota.on_duty("housing", at(9, "10:00")) == pk("lucy")


def test_everything_that_is_wrong_with_a_pattern_is_said_at_once(world):
    bad = wish(None, "09:00-09:00", days=(), until_day=date(2026, 1, 1), every_weeks=0, place="nowhere")
    with pytest.raises(Invalid) as refused:
        actions.add_pattern(bad, by=world.person("grace"), now=world.now)
    fields = {f.field for f in refused.value.faults}
    assert fields == {"ends", "days", "until_day", "every_weeks", "person", "place"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "duty", "team": "finance"}, "team"),
        ({"kind": "duty", "team": "branch"}, "team"),
        ({"kind": "sleep"}, "kind"),
    ],
)
def test_a_duty_rota_is_one_of_a_team_that_runs_one(world, more, field):
    with pytest.raises(Invalid) as refused:
        plan(world, "nina", **more)
    assert field in {f.field for f in refused.value.faults}


def test_nobody_is_planned_where_they_do_not_work_and_a_rota_is_the_managers(world):
    with pytest.raises(Invalid):
        plan(world, "iris")
    with pytest.raises(NotAllowed):
        plan(world, "nina", by="nina")
    with pytest.raises(NotAllowed):
        publish(world, by="nina")
    pattern = plan(world, "nina")
    with pytest.raises(NotFound):
        actions.end_pattern(pattern, NEXT_SUNDAY, by=world.person("ruth"), now=world.now)


def test_one_that_has_begun_is_not_taken_out_and_a_place_may_be_named(world):
    plan(world, "nina", days={0}, place="desk-1")
    publish(world)
    assert Shift.objects.get().place.slug == "desk-1"
    world.advance(7 * A_DAY)
    with pytest.raises(Refusal):
        actions.remove_turn(Shift.objects.get().pk, by=world.person("grace"), now=world.now)
    world.messages()


def test_who_left_is_in_no_rota(world):
    from steadydesk.people import actions as people
    from steadydesk.people.models import Person

    plan(world, "nina", days={0})
    publish(world)
    people.delete_row(Person.objects.get(login="nina"), by=world.person("sasha"), now=world.now)
    assert withdrawn("nina") == [("03-02T09:00", "03-09T17:00")]
    publish(world, NEXT_MONDAY + 7 * A_DAY, NEXT_SUNDAY + 7 * A_DAY)
    assert shifts("nina") == []


def test_the_time_a_shift_begins_is_by_the_clocks_of_the_site_all_year(world):
    plan(world, "nina", days={6}, hours="09:00-12:00", from_day=date(2026, 3, 22))
    publish(world, date(2026, 3, 22), date(2026, 3, 29))
    assert shifts("nina") == ["Sun 22 09:00-12:00", "Sun 29 08:00-11:00"]
    assert Pattern.objects.get().starts == time(9)
