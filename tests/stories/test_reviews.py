"""Who wrote what is in force is reminded of its review."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps

from steadydesk.deadlines.models import Deadline
from steadydesk.documents import actions, queries, reminders
from steadydesk.documents.rules import Authorisation
from steadydesk.journal import queries as journal
from steadydesk.kernel.clock import clock
from tests.world import MONDAY, TESTER, World

A_DAY = timedelta(days=1)
DUE, MISSING = "protocol:review-due", "protocol:author-missing"


def in_force(world: World, review_on: date, post: str = "Safety lead", before: str = "[P7D, P2D]") -> str:
    """Put a text in force at the council building that is to be reviewed on this day; returns its number."""
    text = queries.row("exchange", "v2").text.replace("post: Exchange building manager", f"post: {post}")
    for old in ("    - P60D\n", "    - P30D\n", "    - P7D\n"):
        text = text.replace(old, "")
    text = text.replace("review_reminders_before:", f"review_reminders_before: {before}")
    draft = actions.save_amendment("exchange", text, by=world.person("morgan"), now=world.now)
    decision = Authorisation(date(2026, 3, 1), "Head of service", review_on)
    final = actions.authorise(draft, decision, by=world.person("sasha"), now=world.now)
    actions.publish(final, ["exchange"], by=world.person("sasha"), now=world.now)
    return final.label


def days() -> list[str]:
    """On which somebody was reminded."""
    return [entry.facts["day"] for entry in journal.of_subject("protocol:exchange") if entry.type == DUE]


def go(world: World, day: date, hour: int = 12) -> None:
    """Let time pass to noon of this day."""
    world.advance(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - world.now)


@pytest.mark.clause("D9")
def test_d9_the_author_is_reminded_before_the_review_and_daily_after_it_by_mail_and_on_their_page(
    world: World, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    label = in_force(world, date(2026, 3, 12))
    go(world, date(2026, 3, 16))
    assert days() == [f"2026-03-{day:02}" for day in (5, 10, 13, 14, 15, 16)]
    messages = world.messages()
    reviews = [row for row in messages if row.message["kind"] == "review_due"]
    assert {row.person for row in reviews} == {int(world.person("morgan").id)}
    assert [row.channel for row in reviews if row.channel != "screen"] == ["mail"] * 6
    page = world.client("morgan").get("/me").content.decode()
    assert f"/documents/exchange/{label}" in page and "12/03/2026" in page
    assert "Documents to be reviewed" not in world.client("helen").get("/me").content.decode()


@pytest.mark.clause("D9")
def test_d9_where_nobody_holds_the_authors_post_the_safety_lead_is_reminded_and_the_document_says_so(
    world: World,
) -> None:
    label = in_force(world, date(2026, 3, 9), post="Exchange building manager")
    go(world, date(2026, 3, 11))
    entries = [entry for entry in journal.of_subject("protocol:exchange") if entry.type in (DUE, MISSING)]
    assert [entry.type for entry in entries].count(MISSING) == 1
    lead = int(world.person("morgan").id)
    assert all(lead in entry.facts["people"] for entry in entries if entry.type == DUE)
    world.messages()
    page = world.client("robin").get(f"/documents/exchange/{label}").content.decode()
    assert "nobody holds the author&#x27;s post" in page and "reminded of the review" in page


@pytest.mark.clause("D9")
def test_d9_a_post_of_a_team_is_held_by_its_people(world: World) -> None:
    in_force(world, date(2026, 3, 9), post="Manager, Housing")
    go(world, date(2026, 3, 10), hour=10)
    assert world.told() == {"helen"}


@pytest.mark.clause("D9")
def test_d9_a_server_that_was_off_for_a_week_sends_one_reminder(world: World) -> None:
    in_force(world, date(2026, 3, 9), before="[P6D, P5D, P2D]")
    clock.freeze(datetime(2026, 3, 16, 15, tzinfo=UTC))
    world.advance(timedelta(minutes=1))
    assert days() == ["2026-03-16"]
    go(world, date(2026, 3, 17))
    assert days() == ["2026-03-16", "2026-03-17"]
    world.messages()


@pytest.mark.clause("D9")
def test_d9_a_clock_that_is_set_back_reminds_of_no_day_twice(world: World) -> None:
    in_force(world, date(2026, 3, 9), before="[]")
    go(world, date(2026, 3, 12))
    clock.freeze(datetime(2026, 3, 11, 8, tzinfo=UTC))
    reminders.remind("exchange", by=TESTER, now=clock.now())
    go(world, date(2026, 3, 13))
    assert days() == [f"2026-03-{day}" for day in (10, 11, 12, 13)]
    world.messages()


@pytest.mark.clause("D9")
def test_d9_reminders_come_at_nine_by_the_clocks_of_the_site_also_when_summer_begins(world: World) -> None:
    in_force(world, date(2026, 3, 27), before="[]")
    zone = ZoneInfo("Europe/London")
    go(world, date(2026, 3, 30))
    at = [entry.at.astimezone(zone) for entry in journal.of_subject("protocol:exchange") if entry.type == DUE]
    assert [(moment.day, moment.hour, moment.minute) for moment in at] == [(28, 9, 0), (29, 9, 0), (30, 9, 0)]
    world.messages()


@pytest.mark.clause("D9")
def test_d9_a_completed_review_ends_the_reminders_and_what_is_published_begins_its_own(world: World) -> None:
    label = in_force(world, date(2026, 3, 9), before="[P2D]")
    go(world, date(2026, 3, 10))
    decision = Authorisation(date(2026, 3, 10), "Head of service", date(2026, 3, 20))
    row = queries.row("exchange", label)
    reviewed = actions.complete_review(row, decision, by=world.person("sasha"), now=world.now)
    assert not Deadline.objects.filter(kind=reminders.REVIEW, subject="protocol:exchange").exists()
    go(world, date(2026, 3, 14))
    actions.publish(reviewed, ["exchange"], by=world.person("sasha"), now=world.now)
    go(world, date(2026, 3, 21))
    assert days() == ["2026-03-07", "2026-03-10", "2026-03-18", "2026-03-21"]
    world.messages()


def test_a_document_that_gives_way_to_another_is_not_reviewed_any_more(world: World) -> None:
    in_force(world, date(2026, 3, 9))
    actions.publish(queries.row("library", "v2"), ["exchange"], by=TESTER, now=world.now)
    go(world, date(2026, 3, 12))
    assert days() == []


def test_what_is_put_in_force_when_its_review_is_late_reminds_from_the_next_morning(world: World) -> None:
    in_force(world, date(2026, 3, 2))
    assert days() == []
    go(world, MONDAY.date() + A_DAY)
    assert days() == ["2026-03-03"]
    world.messages()


def test_a_site_without_its_author_and_without_a_safety_lead_has_its_duty_manager_told(world: World) -> None:
    from steadydesk.people.models import Role

    Role.objects.filter(role="safety_lead").delete()
    in_force_by = world.person("sasha")
    assert in_force_by.may("protocol:publish", "exchange")
    text = queries.row("exchange", "v2").text
    draft = actions.save_amendment("exchange", text, by=TESTER, now=world.now)
    decision = Authorisation(date(2026, 3, 1), "Head of service", date(2026, 3, 9))
    final = actions.authorise(draft, decision, by=in_force_by, now=world.now)
    actions.publish(final, ["exchange"], by=in_force_by, now=world.now)
    go(world, date(2026, 3, 10), hour=10)
    assert world.told() == {"joan"}


def test_what_was_in_force_before_the_upgrade_is_looked_at_once(world: World) -> None:
    in_force(world, date(2026, 3, 9))
    go(world, date(2026, 3, 4))
    world.messages()
    ours = Deadline.objects.filter(kind=reminders.REVIEW, subject="protocol:exchange")
    due = ours.get().due_at
    ours.delete()
    import_module("steadydesk.documents.migrations.0002_reminders").look_at_each(apps, None)
    world.advance(timedelta(minutes=1))
    assert (days(), ours.get().due_at) == ([], due)
