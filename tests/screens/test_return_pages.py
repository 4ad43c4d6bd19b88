"""The pages on which a customer is given a time, asked for without a browser."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from steadydesk.delivery.models import Delivery
from steadydesk.delivery.queries import outgoing
from steadydesk.delivery.words import subject_line, text
from steadydesk.journal.actions import erase_words
from steadydesk.journal.models import Entry, Words
from steadydesk.people.models import Person
from steadydesk.sites import actions as sites
from steadydesk.visits import actions, queries
from steadydesk.visits.models import ExpectedArrival, Prompt, Visit
from tests.returning import A_DAY, HOUR, again, appoint, book, only, sick
from tests.screens.test_desk_pages import enrolled
from tests.visiting import MINUTE, act, arrive, shown


def signed_in(login):
    client = Client()
    client.force_login(Person.objects.get(login=login))
    return client


@pytest.fixture
def desk(world):
    return enrolled(world, "desk-1")


def pressed(page):
    """The times that one press books."""
    return re.findall(r'name="at" value="([^"]+)">([^<]+)<', page)


@pytest.mark.clause("E3b-ret")
def test_e3b_ret_the_desk_shows_the_next_true_times_and_one_press_books(world, desk):
    start = only(world, "nina")
    visit = arrive(world, service="childrens")
    card = desk.get(f"/visits/{visit}/card").text
    assert f'href="/visits/{visit}/return"' in card
    page = desk.get(f"/visits/{visit}/return").text
    times = pressed(page)
    assert times[0] == (start.isoformat(), "Tue 3 Mar, 09:00")
    assert len(times) == 6
    reply = desk.post(f"/visits/{visit}/return", {"whom": "team:childrens", "at": times[0][0], "who": "Ada Long"})
    row = ExpectedArrival.objects.get()
    assert (reply.status_code, reply["Location"]) == (302, f"/expected/{row.pk}")
    assert shown(visit)["outcome"] == "referred"
    one = desk.get(f"/expected/{row.pk}").text
    assert "Undo" in one
    assert "Ada Long" not in one, "a counter shows no name"
    assert row.reference not in one
    assert "Ada Long" in enrolled(world, "back-office").get(f"/expected/{row.pk}").text
    assert "Given a time: 3 Mar 09:00, Children" in desk.get(f"/visits/{visit}").text
    assert desk.post(f"/expected/{row.pk}/undo")["Location"] == f"/visits/{visit}"
    assert shown(visit)["state"] == "waiting"


@pytest.mark.clause("E3b-ret")
def test_e3b_ret_another_time_is_refused_with_the_next_ones_and_nothing_typed_is_lost(world, desk):
    only(world, "nina")
    visit = arrive(world, service="childrens")
    typed = {"whom": "team:childrens", "day": "2026-03-03", "time": "08:30", "who": "Ada Long"}
    reply = desk.post(f"/visits/{visit}/return", typed)
    assert reply.status_code == 409
    assert "They cannot be met then. The next times: Tue 3 Mar 09:00" in reply.text
    assert 'value="Ada Long"' in reply.text and 'value="08:30"' in reply.text
    empty = desk.post(f"/visits/{visit}/return", {"whom": "team:childrens", "who": "Ada Long"})
    assert empty.status_code == 422 and 'value="Ada Long"' in empty.text
    assert desk.post(f"/visits/{visit}/return", {**typed, "time": "09:15"}).status_code == 302
    assert ExpectedArrival.objects.get().starts_at == datetime(2026, 3, 3, 9, 15, tzinfo=UTC)


def test_who_cannot_be_met_at_all_is_said_and_nobody_is_chosen_instead(world, desk):
    only(world, "sam")
    visit = arrive(world, service="childrens")
    nina = Person.objects.get(login="nina").pk
    page = desk.get(f"/visits/{visit}/return?whom=person:{nina}").text
    assert "Nobody is known to be there within the next weeks" in page
    assert pressed(page) == []
    assert pressed(desk.get(f"/visits/{visit}/return?whom=person:0").text) == []


def test_the_slip_says_what_is_true_and_nothing_of_the_visit(world, desk):
    start = only(world, "nina")
    visit = arrive(world, service="young_people_finance", mood="agitated", description="red coat")
    row = book(world, visit, "nina", start, who="Ada Long")
    assert desk.post(f"/expected/{row.pk}/confirm", {"way": "print"})["Location"] == f"/expected/{row.pk}/slip"
    slip = desk.get(f"/expected/{row.pk}/slip").text
    article = slip[slip.index("<article") : slip.index("</article>")]
    wording = "this time is kept for you"
    for said in ("Tuesday 3 March 2026, 09:00", row.reference, "Exchange", "Children", "one friend", wording):
        assert said in article, said
    for secret in ("Nina", "agitated", "red coat", "Ada", shown(visit)["ref"]):
        assert secret not in article, secret
    assert [e.facts["way"] for e in Entry.objects.filter(type="expected:confirmed")] == ["print"]
    world.messages()


def test_the_organisation_may_have_the_colleague_named(world, desk):
    world.publish("exchange", {"referral.return_names_staff": True})
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    assert "Nina Petrova" in desk.get(f"/expected/{row.pk}/slip").text


def test_a_calendar_takes_the_file_and_moves_the_time_with_it(world, desk):
    from icalendar import Calendar

    start = only(world, "nina")
    row = book(world, arrive(world, service="housing"), "nina", start)
    actions.move_expected(row.pk, start + HOUR, by=world.person("amira"), now=world.now)
    reply = desk.post(f"/expected/{row.pk}/confirm", {"way": "calendar"})
    assert reply["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(reply.content).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (start + HOUR, start + HOUR + 30 * MINUTE)
    assert event["sequence"] == 1
    assert "tenancy" in event["description"] and row.reference in event["description"]


def test_mail_goes_to_an_address_that_is_given_now_and_that_is_kept_nowhere_else(world, desk, settings):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    assert "E-mail is not set up here" in desk.get(f"/expected/{row.pk}").text
    refused = desk.post(f"/expected/{row.pk}/mail", {"address": "ada@mail.example"})
    assert refused.status_code == 409 and "No mail server is set up" in refused.text
    settings.EMAIL_HOST = "mail.example"
    wrong = desk.post(f"/expected/{row.pk}/mail", {"address": "ada at mail"})
    assert wrong.status_code == 422 and 'value="ada at mail"' in wrong.text
    assert desk.post(f"/expected/{row.pk}/mail", {"address": "ada@mail.example"}).status_code == 302
    (sent,) = world.messages("mail")
    assert "ada" not in f"{sent.address}{sent.message}"
    out = outgoing(sent, world.now)
    assert out.address == "ada@mail.example"
    assert row.reference in text(out) and "Open Steadydesk" not in text(out)
    assert subject_line(out).startswith("Your appointment: ")
    assert {w.retention for w in Words.objects.filter(text__contains="ada@mail")} == {"expected_arrival"}
    erase_words(Words.objects.filter(text__contains="ada@mail").values_list("pk", flat=True))
    erased = outgoing(Delivery.objects.get(pk=sent.pk), world.now)
    assert (erased.address, erased.text) == ("", ""), "what is erased before it left does not leave"


def test_of_somebody_kept_private_nothing_is_given_before_a_safe_way_is_confirmed(world, desk, settings):
    settings.EMAIL_HOST = "mail.example"
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens", private=True), "nina", start)
    assert desk.get(f"/expected/{row.pk}/slip").status_code == 409
    for way in ("print", "calendar"):
        assert desk.post(f"/expected/{row.pk}/confirm", {"way": way}).status_code == 409
    assert desk.post(f"/expected/{row.pk}/mail", {"address": "ada@mail.example"}).status_code == 409
    assert not Words.objects.filter(text__contains="ada@").exists()
    assert desk.post(f"/expected/{row.pk}/confirm", {"way": "print", "safe_way": "yes"}).status_code == 302
    assert desk.get(f"/expected/{row.pk}/slip").status_code == 200


@pytest.mark.clause("E4c")
def test_e4c_a_team_gives_a_time_from_its_own_page(world):
    start = only(world, "tariq")
    team = signed_in("tariq")
    page = team.get("/expected/new").text
    assert pressed(page)[0][0] == start.isoformat()
    typed = {
        "site": "exchange",
        "whom": "team:housing",
        "at": start.isoformat(),
        "service": "housing",
        "who": "Mrs Lee",
    }
    reply = team.post("/expected/new", typed)
    row = ExpectedArrival.objects.get()
    assert reply["Location"] == f"/expected/{row.pk}"
    assert "Mrs Lee" in team.get(f"/expected/{row.pk}").text
    assert team.post("/expected/new", typed).status_code == 409
    assert "Times that you gave" in team.get("/expected").text


@pytest.mark.clause("E4c")
def test_e4c_the_day_shows_at_the_desk_and_on_the_morning_pack_and_who_it_is_nowhere(world, desk):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start, who="Ada Long")
    other = appoint(world, "nina", start + HOUR, service="childrens")
    world.advance(A_DAY - HOUR)
    assert "Expected today (2)</a>" in desk.get("/desk").text
    day = desk.get("/expected").text
    assert "09:00" in day and "Nina Petrova" in day and "Ada" not in day and row.reference not in day
    pack = signed_in("joan").get("/paper/pack?site=exchange").text
    assert "Nina Petrova" in pack and row.reference not in pack
    assert desk.get("/expected?day=2026-03-02").text.count("Nina Petrova") == 0
    world.advance(HOUR)
    came = arrive(world)
    card = desk.get(f"/visits/{came}/card").text
    assert "Was expected" in card and row.reference not in card
    wrong = desk.post(f"/visits/{came}/expected", {"expected": row.pk, "fact": "ZZZZZ"})
    assert wrong.status_code == 422 and 'value="ZZZZZ"' in wrong.text
    assert desk.post(f"/visits/{came}/expected", {"expected": row.pk, "fact": row.reference}).status_code == 302
    assert shown(came)["appointment_at"] == start.isoformat()
    actions.say_not_come(other.pk, by=world.person("tariq"), now=world.now + 2 * HOUR)
    world.messages()


@pytest.mark.clause("E4c")
def test_e4c_the_question_stands_on_the_board_and_with_whoever_gave_the_time(world, desk):
    start = only(world, "nina", "ben")
    row = book(world, arrive(world, service="childrens"), "nina", start, by="ben")
    sick(world, "nina")
    board = desk.get("/desk").text
    assert "Nobody will be there at the time that a customer was given" in board
    assert f'href="/expected/{row.pk}"' in board
    assert f'href="/expected/{row.pk}"' in signed_in("ben").get("/respond").text
    assert f'href="/expected/{row.pk}"' not in signed_in("tariq").get("/respond").text
    one = desk.get(f"/expected/{row.pk}").text
    assert "Tell the customer before they travel" in one
    prompt = Prompt.objects.get(kind="return_uncertain")
    desk.post(f"/expected/told/{prompt.pk}", {"how": "", "back": row.pk})
    assert Prompt.objects.get(pk=prompt.pk).answered_at is None
    assert desk.post(f"/expected/told/{prompt.pk}", {"how": "phone", "back": row.pk}).status_code == 302
    assert queries.who_was_reached(Prompt.objects.get(pk=prompt.pk)) == "phone"
    assert "Nobody will be there" not in desk.get("/desk").text
    world.messages()


@pytest.mark.clause("E4c")
def test_e4c_the_closing_list_asks_about_who_did_not_come(world, desk):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    world.advance(A_DAY + HOUR)
    sites.change_state("exchange", "closing", by=world.person("sasha"), now=world.now)
    page = desk.get("/site/here").text
    assert "Returns and expected arrivals" in page
    assert desk.post(f"/expected/{row.pk}/not-come").status_code == 302
    assert again(row).state == "not_come"
    assert "did not come" in desk.get("/site/here").text
    world.messages()


@pytest.mark.clause("E4c")
def test_e4c_a_team_that_is_asked_may_ask_the_customer_to_return_from_its_own_screen(world):
    start = only(world, "nina", "sam")
    visit, late = arrive(world, service="childrens"), arrive(world, service="childrens")
    act(world, "refer", visit, team="childrens")
    world.advance("09:07:01")
    nina = signed_in("nina")
    page = nina.get("/respond").text
    assert f'href="/visits/{visit}/return"' in page
    assert f'href="/visits/{late}/return"' in page
    nina.post(f"/visits/{visit}/return", {"whom": "team:childrens", "at": start.isoformat()})
    assert shown(visit)["outcome"] == "referred"
    assert f'href="/visits/{visit}/return"' not in nina.get("/respond").text, "nobody is asked about them any more"
    world.messages()


@pytest.mark.clause("E4c")
def test_e4c_who_was_just_added_is_matched_in_the_strip(world, desk):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens"), "nina", start)
    strip = {"headers": {"HX-Request": "true"}}
    typed = {"service": "childrens", "mood": "calm", "companions": "0"}
    assert "Was expected" not in desk.post("/desk/arrivals", typed, **strip).text, "nobody is expected today"
    world.advance(A_DAY)
    added = desk.post("/desk/arrivals", typed, **strip)
    assert added.status_code == 200
    assert "Was expected" in added.text and row.reference not in added.text
    came = Visit.objects.latest("pk").pk
    assert f'hx-post="/visits/{came}/expected"' in added.text
    said = {"expected": row.pk, "fact": row.reference, "card": "yes"}
    card = desk.post(f"/visits/{came}/expected", said, **strip)
    assert 'id="card"' in card.text
    assert shown(came)["appointment_at"] == start.isoformat()
