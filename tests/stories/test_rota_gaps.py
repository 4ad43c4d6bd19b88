"""Gaps of a published rota: seen by managers before they happen, and written down when they come about."""

from datetime import timedelta

import pytest

from steadydesk.loneworking import periods
from steadydesk.people.models import Person, Shift
from steadydesk.readiness.queries import gaps as readiness
from steadydesk.rota import actions
from steadydesk.rota import gaps as rota
from steadydesk.sites import actions as sites
from steadydesk.sites import queries as in_sites
from tests.rota import at, clear, entries, pk, plan, publish
from tests.world import TESTER

A_DAY = timedelta(days=1)
SOON = timedelta(seconds=1)


@pytest.fixture
def covered(world):
    """The library opens on two days of next week, and somebody is there."""
    clear()
    sites.save_hours("branch", {0: "09:00-17:00", 1: "09:00-17:00"}, by=TESTER, now=world.now)
    for login in ("ruth", "paul", "iris"):
        plan(world, login, days={0, 1}, site="branch", by="ruth", place="staff-room" if login == "ruth" else "desk")
    publish(world, site="branch", by="ruth")
    world.advance(SOON)


def found(world):
    return [
        (g.kind, g.team, f"{g.span.start:%d %H:%M}-{g.span.end:%H:%M}")
        for g in rota.gaps("branch", world.now, world.now + 14 * A_DAY)
    ]


def said(world):
    return [g.sentence for g in readiness(in_sites.site("branch"), world.now) if g.about == "rota"]


def test_a_rota_without_a_gap_has_none_and_says_nothing_of_days_that_are_not_published(world, covered):
    assert found(world) == []
    assert entries("rota:gap") == []
    assert not any("Nobody" in sentence for sentence in said(world))


def test_a_desk_that_nobody_is_at_any_more_is_a_gap_and_said_once(world, covered):
    for login in ("paul", "iris"):
        by = world.person("ruth")
        actions.plan_absence(pk(login), at(10, "09:00"), at(10, "12:00"), "leave", by=by, now=world.now)
    world.advance(SOON)
    assert found(world) == [("desk", "", "10 09:00-12:00")], "somebody in the staff room serves nobody"
    assert [(f["kind"], f["start"][8:16]) for f in entries("rota:gap")] == [("desk", "10T09:00")]
    world.advance(2 * A_DAY)
    assert len(entries("rota:gap")) == 1
    assert any("Nobody at a desk: Tue 10 Mar, 09:00 to 12:00" in sentence for sentence in said(world))
    assert world.told() == {"owen", "ruth"}, "Ruth will be alone there, and manages the library"


@pytest.mark.clause("E2a-dep")
def test_e2a_dep_a_time_without_manager_and_deputy_is_on_the_teams_readiness_beforehand(world, covered):
    [shift] = Shift.objects.filter(person=pk("ruth"), starts_at=at(10, "09:00"))
    actions.remove_turn(shift.pk, by=world.person("ruth"), now=world.now)
    assert found(world) == [("lead", "branch", "10 09:00-17:00")]
    assert any("Library has neither manager nor deputy: Tue 10 Mar, 09:00 to 17:00" in s for s in said(world))


def gap_messages(world):
    found = [row for row in world.messages("screen") if row.message["kind"] == "rota_gap"]
    return sorted((Person.objects.get(pk=row.person).login, row.message["place"]) for row in found)


@pytest.mark.clause("E2a-dep")
def test_e2a_dep_those_who_lead_the_team_hear_of_the_time_while_somebody_can_still_be_found(world, covered):
    [shift] = Shift.objects.filter(person=pk("ruth"), starts_at=at(10, "09:00"))
    actions.remove_turn(shift.pk, by=world.person("ruth"), now=world.now)
    world.advance(SOON)
    assert gap_messages(world) == [("owen", "Mill Street Library, Library"), ("ruth", "Mill Street Library, Library")]
    world.advance(3 * A_DAY)
    assert gap_messages(world) == [], "once"


def test_one_message_tells_of_all_desks_times_that_came_about_together(world, covered):
    for login in ("paul", "iris"):
        by = world.person("ruth")
        actions.plan_absence(pk(login), at(9, "00:00"), at(11, "00:00"), "leave", by=by, now=world.now)
    world.advance(SOON)
    assert len(entries("rota:gap")) == 2
    assert gap_messages(world) == [("ruth", "Mill Street Library")]


def test_a_duty_rota_with_nobody_on_it_is_a_gap_while_the_site_is_open(world):
    clear()
    sites.save_hours("exchange", {0: "09:00-17:00"}, by=TESTER, now=world.now)
    for login in ("amira", "helen", "grace", "farid"):
        plan(world, login, days={0})
    plan(world, "tariq", "09:00-12:00", days={0}, kind="duty", team="housing")
    publish(world)
    found = rota.gaps("exchange", world.now, world.now + 14 * A_DAY)
    assert [(g.kind, g.team, f"{g.span.start:%H:%M}") for g in found] == [("duty", "housing", "12:00")]
    sentences = [g.sentence for g in readiness(in_sites.site("exchange"), world.now)]
    assert "Nobody is on the duty rota of Housing: Mon 9 Mar, 12:00 to 17:00." in sentences


def test_l2d_i_who_will_be_alone_is_on_the_readiness_page_and_evenings_are_named(world, covered):
    sites.save_hours("branch", {0: "09:00-19:00", 1: "09:00-17:00"}, by=TESTER, now=world.now)
    plan(world, "owen", "17:00-19:00", days={0}, site="branch", by="ruth")
    publish(world, site="branch", by="ruth")
    assert "Somebody works alone, in the evening: Mon 9 Mar, 17:00 to 19:00." in said(world)
    [period] = [p for p in periods.to_come("branch", world.now) if p.evening]
    periods.let_go(period.pk, by=world.person("ruth"), now=world.now)
    every = [g.sentence for g in readiness(in_sites.site("branch"), world.now)]
    named = [sentence for sentence in every if "Mon 9 Mar, 17:00" in sentence]
    assert named == ["Alone in the evening by the rota, without a manager's reason: Mon 9 Mar, 17:00 to 19:00."], "once"
