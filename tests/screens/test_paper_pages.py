"""Paper in and paper out as pages, without a browser."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from steadydesk.kernel.clock import clock
from steadydesk.screens.paper.times import NotATime, moment
from steadydesk.visits.models import Visit
from tests.screens.test_desk_pages import enrolled

LONDON = ZoneInfo("Europe/London")


def sheet(*lines, day="2026-03-02", **more):
    """What the form sends."""
    found = {"day": day, "site": "exchange", "line-TOTAL_FORMS": len(lines), "line-INITIAL_FORMS": 0, **more}
    for number, line in enumerate(lines):
        found |= {f"line-{number}-{name}": value for name, value in line.items()}
    return found


@pytest.fixture
def afternoon(world):
    world.advance("15:45")
    return world


@pytest.fixture
def amira(afternoon):
    return signed_in(afternoon, "amira")


def signed_in(world, login):
    client = Client()
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {world.token(login)}"
    return client


GONE = {"arrived": "15:02", "attended": "15:09", "ended": "15:20", "outcome": "direct", "channel": "phone"}


def test_a_sheet_is_entered_at_a_desk_with_nobody_signed_in(afternoon):
    desk = enrolled(afternoon, "desk-1")
    assert desk.get("/paper").status_code == 200
    reply = desk.post("/paper", sheet(GONE, {}, {"arrived": "15:40", "who": "red coat"}), follow=True)
    gone, here = Visit.objects.order_by("pk")
    assert f"Entered from paper: {gone.ref} (15:02), {here.ref} (15:40)" in reply.text
    assert gone.on_paper and gone.description is None and here.description is not None


def test_every_fault_stands_beside_its_field_and_nothing_typed_is_lost(amira):
    lines = [
        {**GONE, "channel": "", "note": "wanted a key"},
        {"arrived": "25:99", "outcome": "left"},
        {},
        {"arrived": "15:30", "attended": "15:10", "mood": "cross"},
    ]
    reply = amira.post("/paper", sheet(*lines))
    assert reply.status_code == 422 and not Visit.objects.exists()
    for said in ("line-0-channel", "line-1-arrived", "line-3-attended", "line-3-mood"):
        assert f'href="#id_{said}"' in reply.text
    assert 'value="wanted a key"' in reply.text and 'value="25:99"' in reply.text


def test_the_same_line_twice_is_asked_about_and_then_entered(amira):
    amira.post("/paper", sheet(GONE))
    reply = amira.post("/paper", sheet(GONE))
    assert reply.status_code == 422 and "is there already" in reply.text
    assert amira.post("/paper", sheet({**GONE, "another": "on"})).status_code == 302
    assert Visit.objects.count() == 2


def test_a_blank_sheet_enters_nothing(amira):
    reply = amira.post("/paper", sheet({}, {}))
    assert reply.status_code == 422 and "Write from one line" in reply.text


def test_an_hour_that_came_twice_is_asked_about_and_one_that_never_was_is_refused(amira, world):
    clock.freeze(datetime(2026, 10, 25, 10, tzinfo=LONDON))
    twice = {"arrived": "01:30", "ended": "02:30", "outcome": "left"}
    reply = amira.post("/paper", sheet(twice, day="2026-10-25"))
    assert reply.status_code == 422 and "it was 01:30 twice" in reply.text
    reply = amira.post("/paper", sheet({**twice, "arrived_which": "second"}, day="2026-10-25"))
    assert reply.status_code == 302
    assert Visit.objects.get().arrived_at == datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("UTC"))
    reply = amira.post("/paper", sheet({**twice, "arrived": "01:10"}, day="2026-03-29"))
    assert "there was no 01:10" in reply.text


def test_a_time_on_paper_is_the_walls():
    day = date(2026, 7, 1)
    assert moment(day, time(10, 2), LONDON).hour == 9
    with pytest.raises(NotATime):
        moment(date(2026, 3, 29), time(1, 30), LONDON)


def test_a_counter_shows_no_mood_and_no_call_on_the_sheet(afternoon):
    counter = enrolled(afternoon, "desk-1").get("/paper").text
    office = enrolled(afternoon, "back-office").get("/paper").text
    assert "Agitated" not in counter and "call for help" not in counter
    assert re.search("agitated", office, re.IGNORECASE) and "A call for help on paper" in office


def test_the_record_of_a_visit_says_that_it_came_off_paper(amira):
    amira.post("/paper", sheet(GONE))
    page = amira.get(f"/visits/{Visit.objects.get().pk}").text
    assert "Entered from paper" in page and "(2 Mar 15:09, from paper)" in page and "(2 Mar 15:20, from paper)" in page


def test_a_call_on_paper_is_listed_as_such(afternoon):
    joan = signed_in(afternoon, "joan")
    viktor = afternoon.person("viktor").id
    said = {"day": "2026-03-02", "site": "exchange", "call-at": "15:12", "call-place": "desk-1", "call-kind": "person"}
    assert joan.post("/paper/call", {**said, "call-place": ""}).status_code == 422
    reply = joan.post("/paper/call", {**said, "call-came": viktor}, follow=True)
    assert "2 Mar 15:12" in reply.text and "came: Viktor" in reply.text
    assert afternoon.messages() == []


def test_the_morning_pack_has_numbers_cards_and_blank_lists_and_no_secret(afternoon):
    page = signed_in(afternoon, "amira").get("/paper/pack?site=exchange").text
    for said in ("Through the staff corridor to the yard", "Someone without a badge", "Who came", "A call for help"):
        assert said in page
    assert "Staff paper, not for customers" in page and "No safety risk" in page
    assert Client().get("/paper/pack").status_code == 302


def test_the_start_page_asks_for_the_pack_until_it_is_printed(afternoon, settings):
    amira = signed_in(afternoon, "amira")
    assert "morning pack" not in amira.get("/").text
    settings.REMIND_PACK = True
    assert "The morning pack of today is not printed yet." in amira.get("/").text
    amira.post("/paper/pack/printed", {"site": "exchange"})
    assert "The morning pack was printed at 15:45 (Amira" in amira.get("/").text
    counter = enrolled(afternoon, "desk-1").get("/").text
    assert "printed at 15:45." in counter and "Amira" not in counter
    clock.freeze(afternoon.now + timedelta(days=1))
    assert "not printed yet" in amira.get("/").text
