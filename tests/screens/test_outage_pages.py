"""After an outage one list: all that fell due or happened meanwhile, each with the page on which it is dealt with."""

from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.encounters import actions as encounters
from steadydesk.engine import alive
from steadydesk.engine.loop import run_due
from steadydesk.journal import queries as journal
from steadydesk.kernel.clock import clock
from steadydesk.loneworking import actions as loneworking
from steadydesk.visits import queries as visits
from steadydesk.visits.actions import mark_problem
from tests.alarming import press
from tests.returning import HOUR, appoint
from tests.screens.test_site_pages import FORBIDDEN, desk, text
from tests.visiting import MINUTE, act, arrive, prompts, shown

LIST = "/site/here?site=exchange"


def was_off(world, minutes=41):
    alive.renew(world.now)
    clock.freeze(world.now + timedelta(minutes=minutes))
    alive.find_outage(world.now)
    alive.renew(world.now)
    run_due(world.now)


def test_one_list_names_customers_promises_questions_calls_and_returns_that_fell_due(world):
    late = arrive(world)
    act(world, "tell", late, wait="PT20M")
    agitated = arrive(world, mood="agitated")
    world.advance(5 * MINUTE + MINUTE)
    assert prompts(agitated, "call_manager"), "asked before, and not answered"
    press(world, device="desk-2")
    appoint(world, "team:housing", world.now + HOUR / 2)
    was_off(world)
    shown = text(world.client("joan").get(LIST))
    assert "The server was off from 09:06 to 09:47" in shown
    assert "Calls for help (1)" in shown and "Questions to answer (1)" in shown
    assert "Returns and expected arrivals (1)" in shown and "Housing" in shown
    assert "Who is still here? (2)" in shown and "was told 09:20" in shown
    world.messages()


def test_a_counter_reads_of_the_questions_in_neutral_words_and_of_no_call(world):
    agitated = arrive(world, mood="agitated")
    world.advance(5 * MINUTE + MINUTE)
    press(world, device="desk-2")
    was_off(world)
    page = text(desk(world).get(LIST))
    assert "Questions to answer (1)" in page and "Calls for help" not in page
    assert not [word for word in (*FORBIDDEN, "gitated", "alone") if word in page]
    assert prompts(agitated, "call_manager")
    world.messages()


def test_who_works_alone_is_on_the_list_until_they_were_heard_of(world):
    shift = loneworking.begin_lone_shift("branch", "desk", (), "", by=world.person("iris"), now=world.now)
    was_off(world)
    page = "/site/here?site=branch"
    assert "Working alone (1)" in text(world.client("owen").get(page))
    loneworking.check_in(shift.pk, "in_order", by=world.person("iris"), now=world.now + MINUTE)
    assert "Working alone" not in text(world.client("owen").get(page)).partition("The server was off")[2]
    world.messages()


def test_what_nobody_said_of_a_customer_becomes_a_question_on_the_same_list(world):
    arrive(world)
    was_off(world)
    world.advance(5 * MINUTE)
    page = text(world.client("amira").get(LIST))
    assert "Who is still here?" not in page.partition("The server was off")[2].partition("Questions")[0]
    assert "Questions to answer (1)" in page
    world.messages()


def test_the_list_stands_on_every_desk_and_the_open_list_until_somebody_has_looked_through_it(world):
    was_off(world)
    joan, said = world.client("joan"), "The server was off from 09:00 to 09:41"
    everywhere = (("/desk/board", desk(world)), ("/manage", joan), ("/site", joan))
    assert all(said in text(client.get(page)) for page, client in everywhere)
    assert "Nothing that fell due meanwhile is still open." in text(joan.get(LIST))
    assert joan.post("/site/here/looked-through", {"site": "exchange"}).status_code == 302
    assert not [page for page, client in everywhere if said in text(client.get(page))]
    again = joan.post("/site/here/looked-through", {"site": "exchange"}, follow=True)
    assert "Somebody has looked through this list." in text(again)
    kept = [(e.type, e.by) for e in journal.of_subject("site:exchange") if "outage" in e.type]
    assert kept == [("site:outage-ended", "system:engine"), ("site:outage-looked-through", world.person("joan").ref)]


def test_an_outage_over_midnight_is_told_with_its_days(world):
    was_off(world, minutes=24 * 60)
    assert "from Mon 2 Mar, 09:00 to Tue 3 Mar, 09:00" in text(world.client("joan").get(LIST))
    world.messages()


def test_a_second_outage_adds_to_the_list_that_nobody_has_looked_through(world):
    was_off(world)
    clock.freeze(world.now + MINUTE)
    was_off(world, minutes=5)
    assert "The server was off from 09:00 to 09:47" in text(world.client("joan").get(LIST))
    world.messages()


def test_only_who_sees_the_whole_list_puts_it_away(world):
    was_off(world)
    for client in (desk(world), world.client("amira"), world.client("ben")):
        assert "Looked through" not in text(client.get(LIST))
        client.post("/site/here/looked-through", {"site": "exchange"})
    assert "Looked through" in text(world.client("joan").get(LIST)), "it stands still"
    world.messages()


def test_what_is_kept_from_somebody_is_not_on_their_list(world):
    visit = arrive(world, mood="agitated")
    world.advance(5 * MINUTE + MINUTE)
    mark_problem(visit, by=world.device("desk-1"), now=world.now)
    call = press(world, login="ben", place="desk-1", about="helen")
    encounters.ask_help(f"visit:{visit}", "button", call["id"], by=world.device("desk-1"), now=world.now)
    was_off(world)
    helens, joans = (
        text(world.client(login).get(LIST)).partition("The server was off")[2] for login in ("helen", "joan")
    )
    assert "Questions to answer" in joans and "Who is still here? (1)" in joans
    assert "Questions to answer" not in helens and "Who is still here?" not in helens
    world.messages()


def said_next_morning(world, at, **more):
    """Somebody who came on an evening was attended to at this time, the server was off and it is 07:30 there."""
    visit = arrive(world)
    was_off(world, minutes=(9 * HOUR) // MINUTE)
    [row] = visits.headcounts("exchange", "outage")
    page = desk(world).post(f"/site/here/{row.pk}", {"answer": "attended", "at": at, **more}, follow=True)
    return visit, text(page)


def test_after_a_night_without_the_server_a_time_before_midnight_was_yesterdays(world):
    world.advance("22:30")
    visit, _page = said_next_morning(world, "23:10")
    assert shown(visit)["attended_at"] == "2026-03-02T23:10:00+00:00"
    world.messages()


@pytest.mark.parametrize(("which", "hour"), [("first", "00"), ("second", "01")])
def test_a_time_that_the_clocks_showed_twice_that_night_is_asked_for(world, which, hour):
    clock.freeze(datetime(2026, 10, 24, 21, 30, tzinfo=UTC))
    visit, page = said_next_morning(world, "01:20")
    assert "it was 01:20 twice. Say which." in page and "the second" in page
    [row] = visits.headcounts("exchange", "outage")
    desk(world).post(f"/site/here/{row.pk}", {"answer": "attended", "at": "01:20", "at_which": which})
    assert shown(visit)["attended_at"] == f"2026-10-25T{hour}:20:00+00:00"
    world.messages()


def off_for_two_nights(world):
    """Somebody came on Monday at 16:00; the server was off from then on, and it is Wednesday, 09:30."""
    world.advance("16:00")
    visit = arrive(world)
    was_off(world, minutes=int(41.5 * HOUR / MINUTE))
    [row] = visits.headcounts("exchange", "outage")
    return visit, f"/site/here/{row.pk}"


def test_after_two_nights_without_the_server_a_time_is_said_with_its_day(world):
    visit, answer = off_for_two_nights(world)
    page = desk(world).get(LIST).text
    assert 'min="2026-03-02" max="2026-03-04"' in page and "say the day with each time" in page
    desk(world).post(answer, {"answer": "attended", "at": "16:20", "at_day": "2026-03-02"})
    assert shown(visit)["attended_at"] == "2026-03-02T16:20:00+00:00"
    world.messages()


@pytest.mark.parametrize(
    ("at", "day", "said"),
    [
        ("15:00", "2026-03-02", "This is before the customer came."),
        ("10:00", "2026-03-04", "This time is in the future."),
        ("", "2026-03-03", "Write the time of that day too."),
        ("16:20", "nonsense", "Write the time as 10:15."),
    ],
)
def test_a_wrong_time_is_said_and_what_was_typed_stays(world, at, day, said):
    visit, answer = off_for_two_nights(world)
    reply = desk(world).post(answer, {"answer": "attended", "at": at, "at_day": day})
    assert reply.status_code == 422 and said in reply.text
    assert f'name="at" value="{at}"' in reply.text and f'value="{day}"' in reply.text
    assert shown(visit)["attended_at"] is None
    world.messages()


def test_after_one_night_no_day_is_asked_for(world):
    world.advance("22:30")
    said_next_morning(world, "")
    arrive(world)
    assert "at_day" not in desk(world).get(LIST).text
    world.messages()
