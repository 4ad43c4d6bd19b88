"""The response pages by Django's test client: who may open which, and what a plain form does."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from steadydesk.alarms import actions, queries
from steadydesk.delivery.sender import Sender
from steadydesk.kernel.clock import clock
from steadydesk.visits import actions as visits
from steadydesk.visits.arriving import Arrival
from tests.world import World

PAGES = ("/respond", "/manage", "/manage/people", "/documents", "/reports/", "/me")
EVERY = {"respond", "manage", "people", "documents", "reports", "me"}
MAY_OPEN = {
    "tariq": {"respond", "documents", "me"},
    "amira": {"respond", "documents", "me"},
    "viktor": {"respond", "documents", "me"},
    "helen": EVERY,
    "joan": EVERY,
    "morgan": EVERY,
    "sasha": EVERY,
    "dana": {"documents", "reports", "me"},
    "robin": {"documents", "reports", "me"},
    "vera": {"documents", "me"},
}
REPORTS_AWAY = 503


def press(world: World, **body: object) -> str:
    return actions.raise_alarm([world.device("desk-1")], str(uuid4()), dict(body)).alarm.id


def name(page: str) -> str:
    return page.strip("/").rpartition("/")[2]


@pytest.mark.parametrize("login", MAY_OPEN)
def test_a_page_opens_for_the_roles_that_need_it_and_for_nobody_else(world: World, login: str) -> None:
    client = world.client(login)
    opened = {name(page) for page in PAGES if client.get(page).status_code in (200, REPORTS_AWAY)}
    assert opened == MAY_OPEN[login]


def test_a_desk_alone_and_a_stranger_are_sent_to_sign_in(world: World) -> None:
    for client in (world.client(), world.client(device="back-office")):
        assert {client.get(page).status_code for page in PAGES} == {302}


def test_an_alarm_page_shows_what_happened_who_was_told_and_the_way_in(world: World) -> None:
    id = press(world, note="He throws things")
    world.messages()
    page = world.client("tariq").get(f"/alarms/{id}").content.decode()
    for word in ("REAL", "Help now", "Desk 1", "From the back office", "He throws things", "0 of 2", "screen"):
        assert word in page, word


def test_an_alarm_page_says_as_long_as_it_is_so_that_nobody_else_is_reachable(world: World) -> None:
    id, tariq, helen = press(world), world.client("tariq"), world.client("helen")
    tariq.post(f"/alarms/{id}/acknowledge")
    assert "<strong>Nobody else reachable" not in helen.get(f"/alarms/{id}").text
    world.advance(timedelta(minutes=1))
    page = helen.get(f"/alarms/{id}").text
    assert "1 of 2: Tariq Aziz. <strong>Nobody else reachable</strong>" in page
    helen.post(f"/alarms/{id}/acknowledge")
    assert "<strong>Nobody else reachable" not in helen.get(f"/alarms/{id}").text
    world.messages()


def test_an_alarm_page_shows_every_attempt_that_failed_and_why(world: World) -> None:
    id = press(world)
    world.messages()
    nobody_watches = Sender(lambda site: set())
    for _second in range(3):
        nobody_watches.run_once(clock.now())
        clock.advance(timedelta(seconds=1))
    page = world.client("tariq").get(f"/alarms/{id}").content.decode()
    assert "No screen of theirs was open. 3 times, 09:00:00 to 09:00:02" in page


def test_the_repeats_of_a_call_that_nobody_answers_are_one_line_and_each_person_one_row(world: World) -> None:
    id = press(world)
    world.advance(timedelta(minutes=10))
    told = {m.person for m in world.messages()}
    page = world.client("tariq").get(f"/alarms/{id}").text
    assert page.count("repeated to everybody") == 1
    happened = re.search(r"repeated to everybody</strong>, (\d+) times, the last at 09:(\d\d):", page)
    assert happened and int(happened[1]) > 10 and happened[2] in ("09", "10")
    rows = page.split('id="told"')[1].count('scope="row"')
    assert rows == len(told)


@pytest.mark.parametrize("mode", ["drill", "test"])
def test_an_exercise_cannot_be_mistaken_for_a_real_call(world: World, mode: str) -> None:
    id = press(world, mode=mode)
    world.messages()
    page = world.client("tariq").get(f"/alarms/{id}").content.decode()
    assert mode.upper() in page
    assert "REAL" not in page.partition("<main")[2]


def test_a_call_is_answered_and_closed_by_plain_forms(world: World) -> None:
    id = press(world)
    world.messages()
    tariq = world.client("tariq")
    for verb in ("acknowledge", "attend"):
        assert tariq.post(f"/alarms/{id}/{verb}").status_code == 302
    refused = tariq.post(f"/alarms/{id}/close", {"note": "All calm now"})
    assert refused.status_code == 422
    assert "All calm now" in refused.content.decode()
    assert tariq.post(f"/alarms/{id}/close", {"disposition": "handled", "note": "All calm now"}).status_code == 302
    assert queries.alarm(id).disposition == "handled"
    assert "All calm now" in tariq.get(f"/alarms/{id}").content.decode()


def test_to_stand_down_asks_for_a_reason_and_keeps_the_call_open(world: World) -> None:
    id = press(world)
    world.messages()
    client = world.client("tariq")
    assert client.post(f"/alarms/{id}/stand-down", {"reason": ""}).status_code == 422
    assert client.post(f"/alarms/{id}/stand-down", {"reason": "Pressed by mistake"}).status_code == 302
    assert queries.alarm(id).open
    page = client.get(f"/alarms/{id}").content.decode()
    assert "Stood down. Please check" in page
    assert "Pressed by mistake" in page


def test_a_safe_room_is_shown_until_the_all_clear(world: World) -> None:
    id = press(world)
    world.messages()
    client = world.client("tariq")
    client.post(f"/alarms/{id}/retreat", {"place": "back-office"})
    assert queries.alarm(id).safe_room == "Back office"
    client.post(f"/alarms/{id}/all-clear")
    assert queries.alarm(id).safe_room == ""


def test_forms_are_refused_without_the_token_of_the_page(world: World) -> None:
    from django.test import Client

    from steadydesk.people.models import Person

    id = press(world)
    world.messages()
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(login="tariq"), "django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/alarms/{id}/acknowledge")
    assert answer.status_code == 403
    assert "This page had expired" in answer.content.decode()
    page = client.get(f"/alarms/{id}").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    answer = client.post(f"/alarms/{id}/acknowledge", {"csrfmiddlewaretoken": token[1]})
    assert answer.status_code == 302
    assert queries.alarm(id).coming


def test_people_of_another_site_do_not_learn_of_a_call(world: World) -> None:
    id = press(world)
    world.messages()
    assert world.client("paul").get(f"/alarms/{id}").status_code == 404


def test_the_open_list_says_what_waits_for_somebody_and_what_could_not_be_done(world: World) -> None:
    reception = world.person("amira")
    visits.arrive(Arrival(site="exchange", service="housing", description="red coat"), by=reception, now=world.now)
    for login in ("grace", "peter"):
        world.client("joan").post(f"/manage/people/{world.person(login).id}", {"site": "exchange", "do": "absent"})
    press(world)
    world.advance("09:11")
    world.messages()
    page = world.client("joan").get("/manage").content.decode()
    for word in ("Desk 1", "to be attended", "Children&#x27;s services", "neither manager nor deputy", "red coat"):
        assert (word in page) is (word != "red coat"), word


def test_a_drill_is_refused_with_a_sentence_while_a_real_call_is_open(world: World) -> None:
    client = world.client("joan")
    press(world)
    answer = client.post("/manage/drill", {"site": "exchange", "mode": "drill", "place": "desk-1"}, follow=True)
    assert "real call" in answer.content.decode()
    world.messages()


def test_a_drill_starts_from_the_open_list(world: World) -> None:
    answer = world.client("joan").post("/manage/drill", {"site": "exchange", "mode": "drill", "place": "room-1"})
    assert answer.status_code == 302
    world.messages()
    assert queries.alarm(answer.url.rpartition("/")[2]).mode == "drill"


def test_a_manager_says_who_is_here_at_their_own_site_only(world: World) -> None:
    tariq = world.person("tariq").id
    assert world.client("helen").post(f"/manage/people/{tariq}", {"site": "exchange", "do": "end"}).status_code == 302
    assert "not on shift" in world.client("helen").get("/manage/people").content.decode()
    assert world.client("ruth").post(f"/manage/people/{tariq}", {"site": "exchange", "do": "end"}).status_code == 403
    assert world.client("ruth").post(f"/manage/people/{tariq}", {"site": "branch", "do": "end"}).status_code == 409


def test_one_says_oneself_that_one_is_there(world: World) -> None:
    client = world.client("tariq")
    for do in ("end", "start", "absent", "present", "phone"):
        assert client.post("/me/duty", {"do": do, "back": "respond"}).status_code == 302, do
    assert "counts as answered until" in client.get("/me").content.decode()
    assert client.post("/me/duty", {"do": "fly"}).status_code == 422


def test_one_ends_ones_own_credentials_and_nobody_elses(world: World) -> None:
    from steadydesk.people.queries import tokens_of

    world.token("amira")
    hers = tokens_of(int(world.person("amira").id))[0].pk
    client = world.client("tariq")
    own = tokens_of(int(world.person("tariq").id))[0].pk
    assert client.post(f"/me/tokens/{hers}/revoke").status_code == 404
    assert client.post(f"/me/tokens/{own}/revoke").status_code == 302
    assert client.get("/me").status_code == 302


def test_a_version_shows_its_whole_control_form_with_the_blanks(world: World) -> None:
    page = world.client("robin").get("/documents").content.decode()
    link = re.search(r'href="(/documents/exchange/v2)"', page)
    assert link is not None
    page = world.client("robin").get(link[1]).content.decode()
    heads = re.findall(r'scope="row">([^<]+)</th>', page)
    assert len(heads) == 12
    assert heads[0] == "Title"
    assert "(blank)" in page


def test_an_overdue_document_says_so_wherever_it_is_shown(world: World) -> None:
    world.advance(world.now.replace(year=world.now.year + 2) - world.now)
    world.messages()
    client = world.client("robin")
    for page in ("/documents", "/documents/exchange/v2"):
        assert "Overdue for review" in client.get(page).content.decode()


def test_every_earlier_version_stays_readable(world: World) -> None:
    world.publish("exchange", {"waiting.attend_within": "PT3S"})
    assert world.client("robin").get("/documents/exchange/v1.1").status_code == 200
    assert world.client("robin").get("/documents/exchange/v77").status_code == 404


def test_pages_that_do_not_exist_say_what_to_do(world: World) -> None:
    answer = world.client("tariq").get("/nothing/here")
    assert answer.status_code == 404
    assert "Back to the start" in answer.content.decode()
