"""The pages about a site as a whole, by Django's test client: what is said where, and what a plain form does."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.engine import alive
from steadydesk.engine.loop import run_due
from steadydesk.kernel.clock import clock
from steadydesk.people import queries as people
from steadydesk.project.setup.hours import open_around
from steadydesk.sites import actions, queries
from steadydesk.visits import queries as visits
from tests.alarming import press
from tests.stories.test_site_state import GERMANY, NINE_TO_FIVE
from tests.visiting import SECOND, arrive, shown

FORBIDDEN = ("threat", "danger", "alarm", "mptied", "ocked down")


def hours(world):
    actions.save_hours("exchange", NINE_TO_FIVE, by=world.person("sasha"), now=world.now)


def state():
    return queries.site("exchange").state


def desk(world, name="desk-1"):
    return world.client(device=name)


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def open_again(client):
    """Press it as the page stands now."""
    return client.post("/site/change", {"state": "hours", **lifted(client.get("/site"))})


def lifted(page):
    return dict(re.findall(r'name="(lifts|since)" value="([^"]*)"', page.content.decode()))


def test_a_page_that_stood_open_lifts_no_danger_that_it_did_not_show(world):
    at_desk, joan = desk(world), world.client("joan")
    at_desk.post("/site/change", {"state": "emptied", "reason": "exercise"})
    old = lifted(at_desk.get("/site"))
    assert old["lifts"] == "emptied"
    actions.change_state("exchange", "locked_down", reason="threat", by=world.person("helen"), now=world.now)
    for client, becomes in ((at_desk, "hours"), (joan, "closed"), (joan, "open")):
        page = client.post("/site/change?site=exchange", {"state": becomes, "site": "exchange", **old})
        assert (page.status_code, state()) == (409, "locked_down")
        assert "Somebody said something else" in text(page)
        assert lifted(page)["lifts"] == "locked_down"
    assert at_desk.post("/site/change", {"state": "hours", "lifts": "locked_down", "since": "2026-99-99T00:00"})
    assert at_desk.post("/site/change", {"state": "hours"}).status_code == 409
    assert state() == "locked_down"
    open_again(at_desk)
    assert state() == "open"


def test_a_program_may_say_which_danger_it_lifts(world):
    joan = world.client("joan")
    actions.change_state("exchange", "locked_down", reason="threat", by=world.person("helen"), now=world.now)
    late = {"state": "open", "lifts": "emptied"}
    answer = joan.post("/api/v1/sites/exchange/state", late, "application/json")
    assert (answer.status_code, answer.json()["code"], state()) == (409, "already_answered", "locked_down")
    late["lifts"] = "locked_down"
    assert joan.post("/api/v1/sites/exchange/state", late, "application/json").status_code == 200


def test_one_press_at_the_desk_empties_the_site_and_another_ends_it(world):
    visit = arrive(world)
    at_desk = desk(world)
    assert "Fire alarm" in text(at_desk.get("/site"))
    assert at_desk.post("/site/change", {"state": "emptied", "reason": "fire_alarm"}).status_code == 302
    world.advance(SECOND)
    assert (state(), shown(visit)["outcome"]) == ("emptied", "site_closed")
    open_again(at_desk)
    assert state() == "open"
    assert "Who came back? (1)" in text(at_desk.get("/desk/board"))
    at_desk.post("/site/here/all", {"why": "emptied", "answer": "back"})
    assert shown(visit)["state"] == "waiting"


def test_an_emptying_waits_for_no_reason_and_only_a_manager_closes(world):
    at_desk = desk(world)
    at_desk.post("/site/change", {"state": "emptied"})
    assert (state(), queries.status(queries.site("exchange"), world.now).reason) == ("emptied", "other")
    open_again(at_desk)
    assert state() == "open"
    assert "Close the site" not in text(at_desk.get("/site"))
    assert at_desk.post("/site/change", {"state": "closed"}).status_code == 403
    assert "Close it now" in text(world.client("joan").get("/site"))


@pytest.mark.parametrize("becomes", ["closing", "closed", "emptied", "locked_down"])
def test_a_counter_says_the_state_in_words_that_any_customer_may_read(world, becomes):
    hours(world)
    reason = "threat" if becomes in ("emptied", "locked_down") else ""
    actions.change_state("exchange", becomes, reason=reason, by=world.person("joan"), now=world.now)
    said = text(desk(world).get("/desk/board"))
    wanted = {
        "closing": "Closing 17:00",
        "closed": "Closed until Tue 09:00",
        "emptied": "Everybody outside",
        "locked_down": "Doors closed",
    }
    assert wanted[becomes] in said
    assert not [word for word in FORBIDDEN if word in said]
    assert wanted[becomes] not in text(world.client("joan").get("/site")) or becomes == "closed"


def test_the_closing_list_asks_about_each_and_prints_who_is_at_which_desk(world):
    hours(world)
    world.advance("16:46")
    gone, stays = arrive(world, description="red coat, buggy"), arrive(world)
    at_desk, ben = desk(world), int(world.person("ben").id)
    assert "Who is still here? (2)" in text(at_desk.get("/desk/board"))
    assert "red coat, buggy" in text(at_desk.get("/site/here"))
    at_desk.post(f"/site/closing/{gone}", {"answer": "left"})
    assert "Say with whom." in text(at_desk.post(f"/site/closing/{stays}", {"answer": "staying"}, follow=True))
    at_desk.post(f"/site/closing/{stays}", {"answer": "staying", "person": ben})
    assert "Stays with Ben" in text(at_desk.get("/site/here"))
    assert "Who is still here? (" not in text(at_desk.get("/desk/board"))


def test_who_was_not_asked_at_closing_is_on_the_managers_page_next_morning_and_not_at_the_desk(world):
    hours(world)
    world.advance("16:40")
    arrive(world)
    world.advance("09:30")
    assert "Not asked at closing (1)" in text(world.client("joan").get("/manage?site=exchange"))
    assert "Not asked" not in text(desk(world).get("/desk/board"))
    world.messages()


def test_after_an_outage_the_desk_says_from_when_to_when_and_takes_the_true_time(world):
    one = arrive(world)
    alive.renew(world.now)
    clock.freeze(world.now + timedelta(minutes=41))
    alive.find_outage(world.now)
    run_due(world.now)
    at_desk = desk(world)
    assert "The server was off from 09:00 to 09:41: what fell due (1)" in text(at_desk.get("/desk/board"))
    [row] = visits.headcounts("exchange", "outage")
    wrong = at_desk.post(f"/site/here/{row.pk}", {"answer": "attended", "at": "23:59"}, follow=True)
    assert "This is before the customer came." in text(wrong), "a time that is still to come was yesterday's"
    at_desk.post(f"/site/here/{row.pk}", {"answer": "attended", "at": "09:07"})
    assert shown(one)["attended_at"] == datetime(2026, 3, 2, 9, 7, tzinfo=UTC).isoformat()


def test_the_week_is_saved_as_a_whole_and_nothing_typed_is_lost(world):
    sasha = world.client("sasha")
    week = {f"day_{d}": "09:00-17:00" for d in range(5)} | {"closing_minutes": "20", "site": "exchange"}
    wrong = sasha.post("/manage/hours/week", {**week, "day_2": "from nine"})
    assert wrong.status_code == 422
    assert "from nine" in wrong.content.decode() and "09:00-17:00" in wrong.content.decode()
    assert not queries.hours("exchange").known
    assert sasha.post("/manage/hours/week", week).status_code == 302
    found = queries.hours("exchange")
    assert (sorted(found.weekly), found.closing_before) == ([0, 1, 2, 3, 4], timedelta(minutes=20))


def test_special_days_are_added_by_hand_and_from_a_file_and_taken_away(world):
    sasha = world.client("sasha")
    sasha.post("/manage/hours/day", {"site": "exchange", "day": "2026-12-24", "name": "Eve", "spans": "10:00-13:00"})
    file = SimpleUploadedFile("holidays.ics", GERMANY, "text/calendar")
    page = sasha.post("/manage/hours/holidays", {"site": "exchange", "file": file}, follow=True)
    assert all(word in text(page) for word in ("Karfreitag", "Eve", "10:00-13:00", "Saved."))
    sasha.post("/manage/hours/days/2026-12-24/delete", {"site": "exchange"})
    assert date(2026, 12, 24) not in {d.day for d in queries.special_days("exchange", date(2026, 1, 1))}
    odd = SimpleUploadedFile("holidays.ics", b"no calendar", "text/calendar")
    assert sasha.post("/manage/hours/holidays", {"site": "exchange", "file": odd}).status_code == 422


def test_the_api_says_the_hours_and_the_next_change_and_takes_a_reason(world):
    hours(world)
    joan = world.client("joan")
    found = joan.get("/api/v1/sites/exchange").json()
    assert found["next_change"] == {"state": "closing", "at": "2026-03-02T16:45:00+00:00"}
    assert found["hours"]["weekly"]["monday"] == "09:00-17:00"
    asked = {"state": "emptied", "reason": "exercise"}
    answer = joan.post("/api/v1/sites/exchange/state", asked, "application/json")
    assert (answer.status_code, answer.json()["state_said"]["reason"]) == (200, "exercise")
    for becomes, reason in (("open", None), ("emptied", "other"), ("locked_down", "other"), ("open", None)):
        answer = joan.post("/api/v1/sites/exchange/state", {"state": becomes}, "application/json")
        assert (answer.status_code, answer.json()["state_said"]["reason"]) == (200, reason)
    for odd in ({"state": "on fire"}, {"state": "emptied", "reason": "?"}):
        assert joan.post("/api/v1/sites/exchange/state", odd, "application/json").status_code == 422


def test_the_closing_list_sends_colleagues_home_and_ends_day_passes(world):
    hours(world)
    here, amira = world.device("desk-1"), world.person("amira")
    desks.set_pin(amira.person, "2580", by=amira, now=world.now)
    desks.tap_in("2580", person=amira.person, by=here, now=world.now)
    desks.give_pass("Kit Long", int(here.id), by=world.person("joan"), now=world.now)
    world.advance("16:46")
    page = text(desk(world, "desk-2").get("/site/here"))
    assert "Amira Khan" in page and "Kit Long" in page
    assert "Goes home" not in page, "that is said at the desk itself, or by who looks after presence"
    assert "Goes home" in text(desk(world).get("/site/here"))
    joan = world.client("joan")
    joan.post(f"/site/closing/desks/{here.id}?site=exchange", {"person": amira.person})
    assert in_desks.tapped_in(int(here.id)) == []
    assert not people.works_at(amira.person, world.now)
    [held] = in_desks.passes("exchange")
    joan.post(f"/site/closing/passes/{held.id}?site=exchange")
    assert in_desks.passes("exchange") == []
    assert "Nobody is asked about." in text(joan.get("/site/here?site=exchange"))


def test_an_open_call_stands_on_the_closing_list_of_a_staff_only_screen_alone(world):
    hours(world)
    press(world)
    world.advance("16:46")
    assert "Desk 1" in text(world.client("joan").get("/site/here?site=exchange"))
    assert "Help now" not in text(desk(world, "desk-2").get("/site/here"))
    world.messages()


@pytest.mark.parametrize("hour", [0, 3, 9, 15, 23])
def test_the_demonstration_is_open_whenever_it_is_started(world, hour):
    now = world.now.replace(hour=hour, minute=40)
    clock.freeze(now)
    open_around(now)
    found = queries.status(queries.site("exchange"), now)
    assert (found.state, found.next_state) == ("open", "closing")
    open_around(now + timedelta(hours=14))
    assert queries.status(queries.site("branch"), now + timedelta(hours=14)).next_state == "closing", "moved"
    actions.save_hours("branch", {0: "01:00-01:30"}, by=world.person("sasha"), now=now)
    open_around(now)
    assert list(queries.hours("branch").weekly) == [0], "somebody's own hours stay"
