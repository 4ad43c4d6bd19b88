"""The desk's pages, asked for without a browser."""

import json
import re
from collections.abc import Iterator
from unicodedata import normalize

import pytest
from django.test import Client

from steadydesk.journal.queries import last_id
from steadydesk.people.models import Person, Screen, Token
from steadydesk.sites.actions import change_state
from steadydesk.visits import actions, queries
from steadydesk.visits.models import Prompt, Visit
from tests.visiting import away
from tests.world import World

RISK = ("agitated", "aggressive", "distressed", "◆", "HIGH")


def enrolled(world: World, name: str) -> Client:
    """A browser that was made a desk."""
    client = Client()
    reply = client.post("/desk/enrol", {"token": world.token(device=name)})
    assert reply.status_code == 302
    return client


@pytest.fixture
def desk(world: World) -> Client:
    return enrolled(world, "desk-1")


@pytest.fixture
def office(world: World) -> Client:
    return enrolled(world, "back-office")


def arrive(world: World, **facts: object) -> Visit:
    arrival = actions.Arrival(**{"site": "exchange", "description": "red coat", **facts})  # type: ignore[arg-type]
    return actions.arrive(arrival, by=world.device("desk-1"), now=world.now)


def test_a_browser_is_made_a_desk_once_and_asks_where_it_stands(world: World) -> None:
    client = Client()
    assert client.post("/desk/enrol", {"token": "nonsense"}).status_code == 422
    reply = client.post("/desk/enrol", {"token": world.token(device="desk-2")}, follow=True)
    assert "You are at <bdi>Desk 2</bdi>?" in reply.text
    cookie = client.cookies["steadydesk-desk"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["max-age"] == 365 * 24 * 3600
    assert "You are at" in client.get("/desk").text
    assert client.post("/desk/start").status_code == 302
    assert "You are at" not in client.get("/desk").text


def test_a_persons_token_makes_no_desk(world: World) -> None:
    assert Client().post("/desk/enrol", {"token": world.token("amira")}).status_code == 422


def test_signing_in_gives_the_browser_a_token_and_signing_out_ends_it(world: World) -> None:
    person = Person.objects.get(login="amira")
    person.set_password("a long enough password")
    person.save()
    client = Client()
    reply = client.post("/accounts/login/", {"login": "amira", "password": "a long enough password"})
    assert reply.status_code == 302 and reply["Location"] == "/"
    cookie = client.cookies["steadydesk-person"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict"
    bearer = {"Authorization": f"Bearer {cookie.value}"}
    assert Client(headers=bearer).get("/api/v1/people/me").status_code in (200, 404, 405)
    assert "Amira" in client.get("/").text
    client.post("/accounts/logout/")
    assert not Token.objects.filter(person=person, label="browser", revoked_at__isnull=True).exists()
    assert "Amira" not in client.get("/").text


@pytest.mark.parametrize(
    ("login", "ways"),
    [
        ("tariq", {"/respond", "/documents", "/me"}),
        ("helen", {"/respond", "/manage", "/manage/people", "/documents", "/reports/", "/me"}),
        ("sasha", {"/respond", "/manage", "/manage/people", "/documents", "/reports/", "/me", "/set-up/"}),
    ],
)
def test_whoever_signs_in_finds_the_way_to_every_page_of_theirs(world: World, login: str, ways: set[str]) -> None:
    page = world.client(login).get("/").content.decode()
    links = set(re.findall(r'href="(/[^"?]*)"', page))
    assert ways <= links
    assert not ({"/respond", "/manage", "/reports/", "/set-up/"} - ways) & links


def test_a_counter_screen_offers_no_page_that_may_not_open_there(desk: Client, world: World) -> None:
    person = Person.objects.get(login="amira")
    person.set_password("a long enough password")
    person.save()
    desk.post("/accounts/login/", {"login": "amira", "password": "a long enough password"})
    page = desk.get("/").content.decode()
    assert "Amira" in page and 'href="/respond"' not in page


def test_sign_in_is_throttled(world: World) -> None:
    client = Client()
    replies = [client.post("/accounts/login/", {"login": "amira", "password": f"wrong {n}"}) for n in range(8)]
    assert "too many" in replies[-1].text.lower()


def test_the_board_works_with_nobody_signed_in(desk: Client, world: World) -> None:
    assert "Nobody waits." in desk.get("/desk").text
    visit = arrive(world)
    page = desk.get("/desk").text
    assert visit.ref in page and "red coat" in page


def test_a_browser_that_is_no_desk_is_asked_to_sign_in(world: World) -> None:
    reply = Client().get("/desk")
    assert reply.status_code == 302 and "/accounts/login/" in reply["Location"]


def test_an_arrival_at_a_closed_site_is_taken_and_said_so(desk: Client, world: World) -> None:
    change_state("exchange", "closed", by=world.person("joan"), now=world.now)
    reply = desk.post("/desk/arrivals", {"description": "at the door"}, headers={"HX-Request": "true"})
    assert reply.status_code == 200
    assert "This site is closed or emptied, so no clock runs" in reply.content.decode()
    assert "Back in: " in desk.get("/desk/gone").content.decode()


def test_an_arrival_needs_nothing_but_words(desk: Client, world: World) -> None:
    reply = desk.post("/desk/arrivals", {"description": "blue scarf"}, headers={"HX-Request": "true"})
    visit = Visit.objects.get()
    assert reply.status_code == 200 and visit.ref in reply.text and reply["HX-Trigger"] == "live-board"
    assert queries.descriptions([visit]) == {visit.description: "blue scarf"}
    assert desk.post("/desk/arrivals", {"description": "without a script"}).status_code == 302


def test_an_arrival_that_is_sent_twice_is_one_customer(desk: Client, world: World) -> None:
    [key] = re.findall(r'name="key" value="([0-9a-f-]{36})" id="arrival_key"', desk.get("/desk").text)
    typed, inline = {"description": "blue scarf", "key": key}, {"HX-Request": "true"}
    first, again = (desk.post("/desk/arrivals", typed, headers=inline) for _ in range(2))
    [visit] = Visit.objects.all()
    assert visit.ref in first.text and visit.ref in again.text
    assert key not in first.text, "the next one has a key of its own"
    desk.post("/desk/arrivals", {**typed, "description": "red coat"}, headers=inline)
    assert Visit.objects.count() == 2, "other words on the page that was gone back to are another customer"
    for _ in range(2):
        desk.post("/desk/arrivals", {"description": "by a program"}, headers=inline)
    assert Visit.objects.count() == 4


def test_what_was_typed_stays_and_every_fault_is_told(desk: Client, world: World) -> None:
    typed = {"description": "x" * 20_000, "companions": "-3", "arrived": "23:00", "appointment": "noon"}
    reply = desk.post("/desk/arrivals", typed, headers={"HX-Request": "true"})
    assert reply.status_code == 422 and "govuk-error-summary" in reply.text
    assert "noon" in reply.text and "-3" in reply.text
    assert not Visit.objects.exists()
    reply = desk.post("/desk/arrivals", {"description": "late", "arrived": "23:00"}, headers={"HX-Request": "true"})
    assert reply.status_code == 422 and "in the future" in reply.text and 'value="23:00"' in reply.text
    assert "entered on “From paper”" in reply.text and 'value="late"' in reply.text


def test_an_appointment_is_today_in_the_sites_own_time(desk: Client, world: World) -> None:
    desk.post("/desk/arrivals", {"description": "a", "appointment": "10:30"})
    appointment = Visit.objects.get().appointment_at
    assert appointment is not None and appointment.isoformat() == "2026-03-02T10:30:00+00:00"


def test_a_counter_screen_shows_marks_and_no_word_of_a_mood(desk: Client, office: Client, world: World) -> None:
    visit = arrive(world, mood="agitated")
    world.advance("09:06")
    assert world.messages()
    for address in ("/desk", "/desk/board", f"/visits/{visit.pk}", f"/visits/{visit.pk}/card"):
        shown = desk.get(address).text.lower()
        assert not [w for w in RISK if w.lower() in shown.replace('value="', "") and f">{w.lower()}" in shown], address
        assert "speak to first" not in shown, address
    assert "○" in desk.get("/desk/board").text
    full = office.get("/desk/board").text
    assert "Speak to first" in full and "agitated" in full and "Grace Adeyemi" not in full


def test_the_question_names_who_to_ring_and_one_press_answers_it(desk: Client, world: World) -> None:
    arrive(world, mood="agitated")
    world.advance("09:06")
    prompt = Prompt.objects.get(kind="call_manager", answered_at__isnull=True)
    page = desk.get("/desk/board").text
    assert prompt.name in page and prompt.phone in page and "Spoke to" in page
    desk.post(f"/desk/prompts/{prompt.pk}", {"reached": "", "role": prompt.role})
    prompt.refresh_from_db()
    assert prompt.answered_at is None and prompt.role == "deputy"
    desk.post(f"/desk/prompts/{prompt.pk}", {"reached": prompt.name, "role": prompt.role})
    prompt.refresh_from_db()
    assert prompt.answered_at is not None and queries.who_was_reached(prompt) == prompt.name
    twice = desk.post(f"/desk/prompts/{prompt.pk}", {"reached": "x"}, headers={"HX-Request": "true"})
    assert "answered before" in twice.text
    world.messages()


def test_no_answer_pressed_twice_leaves_the_deputy_named(desk: Client, world: World) -> None:
    arrive(world, mood="agitated")
    world.advance("09:06")
    prompt = Prompt.objects.get(kind="call_manager")
    shown = desk.get("/desk/board").text
    assert f'name="called" value="{prompt.called}"' in shown
    for _press in range(2):
        desk.post(f"/desk/prompts/{prompt.pk}", {"reached": "", "role": prompt.role, "called": prompt.called})
    assert "David Osei" in desk.get("/desk/board").text
    world.messages()


@pytest.mark.clause("E2a-dep")
def test_e2a_dep_staff_read_that_manager_and_deputy_are_away_and_a_counter_does_not(
    desk: Client, office: Client, world: World
) -> None:
    away(world, "helen", "david")
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    manager, said = world.client("joan"), "Away: manager, deputy."
    for client, address in ((office, "/desk/board"), (office, f"/visits/{visit.pk}"), (manager, "/manage")):
        assert said in client.get(address).text, address
    for address in ("/desk/board", f"/visits/{visit.pk}"):
        assert "Away:" not in desk.get(address).text, address
    (prompt,) = queries.as_json(queries.visit(visit.pk))["prompts"]
    assert prompt["nobody_at"] == ["manager", "deputy"]
    world.messages()


def test_two_desks_the_second_is_told_who_was_first(desk: Client, world: World) -> None:
    visit = arrive(world)
    other = enrolled(world, "desk-2")
    amira, ben = (world.person(login).person for login in ("amira", "ben"))
    assert other.post(f"/visits/{visit.pk}/attend", {"channel": "face_to_face", "person": ben}).status_code == 302
    typed = {"channel": "phone", "person": amira}
    reply = desk.post(f"/visits/{visit.pk}/attend", typed, headers={"HX-Request": "true"})
    assert reply.status_code == 409 and f"{world.person('ben').name} has taken {visit.ref}." in reply.text
    assert reply["HX-Trigger"] == "live-board"


def test_cannot_meet_chooses_nothing_and_asks_for_all_three(desk: Client, world: World) -> None:
    visit = arrive(world)
    form = desk.get(f"/visits/{visit.pk}/card?to=cannot-meet").text.split('id="cannot-meet"')[1].split("</details>")[0]
    assert "checked" not in form and "selected" not in form.replace('<option value="" selected>', "")
    typed = {"other": "The folder is not here"}
    reply = desk.post(f"/visits/{visit.pk}/cannot-meet", typed, headers={"HX-Request": "true"})
    assert reply.status_code == 422 and "The folder is not here" in reply.text
    assert "Tell the customer first, and why." in reply.text and "Name an alternative" in reply.text
    assert "Say who of you it is." in reply.text
    whole = {**typed, "alternatives": ["letter"], "told": "on", "person": world.person("amira").person}
    assert desk.post(f"/visits/{visit.pk}/cannot-meet", whole).status_code == 302
    page = desk.get(f"/visits/{visit.pk}").text
    assert "An answer by letter" in page and "The folder is not here" in page


def test_every_action_works_without_a_script(desk: Client, world: World) -> None:
    visit = arrive(world)
    for action, typed in (
        ("call", {}),
        ("no-show", {}),
        ("reinstate", {}),
        ("tell", {"wait": "PT10M"}),
        ("note", {"text": "بطاقة 🙂"}),
        ("mood", {"mood": "distressed"}),
        ("refer", {"to": "team:childrens"}),
        ("correct", {"field": "companions", "value": "2", "reason": "miscounted"}),
        ("problem", {}),
        ("leave", {}),
        ("reinstate", {}),
        ("attend", {"channel": "face_to_face", "person": world.person("amira").person}),
    ):
        reply = desk.post(f"/visits/{visit.pk}/{action}", typed)
        assert reply.status_code == 302, (action, reply.text)
    page = desk.get(f"/visits/{visit.pk}").text
    assert "بطاقة 🙂" in page and "Attended: Face to face" in page and "Corrected: Others with them" in page
    world.messages()


def test_who_went_away_is_put_back_at_the_old_place(desk: Client, world: World) -> None:
    visit = arrive(world)
    desk.post(f"/visits/{visit.pk}/leave")
    assert visit.ref in desk.get("/desk/gone").text
    desk.post(f"/visits/{visit.pk}/reinstate")
    assert visit.ref in desk.get("/desk").text and visit.ref not in desk.get("/desk/gone").text


def test_the_order_is_the_time_left_and_holds_while_it_is_held(desk: Client, world: World) -> None:
    first, second = arrive(world), arrive(world, mood="agitated")
    late = actions.Arrival(site="exchange", arrived_at=world.now.replace(hour=8, minute=55))
    third = actions.arrive(late, by=world.device("desk-1"), now=world.now)
    page = desk.get("/desk/board").text
    places = [page.index(f'id="visit-{v.pk}"') for v in (third, first, second)]
    assert places == sorted(places)
    held = desk.get(f"/desk/board?order=visit-{second.pk},visit-{first.pk}").text
    rows = [held.index(f'id="visit-{v.pk}"') for v in (second, first, third)]
    assert rows == sorted(rows)
    world.messages()


def test_the_room_is_told_in_one_act(desk: Client, world: World) -> None:
    arrive(world), arrive(world)
    reply = desk.post("/desk/tell", {"wait": "PT20M"}, headers={"HX-Request": "true"})
    assert "2 were told" in reply.text
    assert all(v.promised_until for v in Visit.objects.all())


def test_the_news_are_what_came_after_and_only_what_may_be_seen(desk: Client, world: World) -> None:
    elsewhere = enrolled(world, "branch-desk")
    before = last_id()
    visit = arrive(world)
    news = json.loads(desk.get(f"/screens/news?after={before}").content)
    assert [e["type"] for e in news["events"]] == ["visit:arrived"] and news["events"][0][
        "subject"
    ] == f"visit:{visit.pk}"
    assert {"now", "protected", "can_answer", "after", "reset"} <= news.keys() and news["protected"] is False
    branch = json.loads(elsewhere.get(f"/screens/news?after={before}").content)
    assert branch["events"] == []
    assert json.loads(desk.get("/screens/news?after=999999999").content)["reset"] is True
    assert Client().get("/screens/news").status_code == 401


def test_using_a_screen_is_kept_once_a_minute(world: World) -> None:
    person = Person.objects.get(login="helen")
    person.set_password("a long enough password")
    person.save()
    client = enrolled(world, "back-office")
    client.post("/accounts/login/", {"login": "helen", "password": "a long enough password"})
    before = last_id()
    assert client.post("/screens/used").status_code == 204
    assert client.post("/screens/used").status_code == 204
    assert Screen.objects.get().person == person and last_id() == before + 1


def test_the_board_needs_few_questions_to_the_database(
    desk: Client, world: World, django_assert_max_num_queries: Iterator[None]
) -> None:
    for _ in range(12):
        arrive(world)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        desk.get("/desk/board")


def test_nobody_sees_a_visit_of_another_site(world: World) -> None:
    visit = arrive(world)
    branch = enrolled(world, "branch-desk")
    assert branch.get(f"/visits/{visit.pk}").status_code == 404
    assert branch.post(f"/visits/{visit.pk}/leave").status_code == 404
    assert branch.get("/visits/999999").status_code == 404


def test_a_record_is_in_words_and_what_went_on_unanswered_is_one_line(world: World, office: Client) -> None:
    visit = arrive(world, mood="agitated")
    world.advance("12:00")
    page = office.get(f"/visits/{visit.pk}").text
    record = page[page.index('class="record"') :]
    assert record.count("Asked again") < 5
    assert re.search(r"Asked again, \d+ times, the last at 09:\d\d:\d\d", record)
    assert not re.search(r">[a-z-]+:[a-z-]+<", record)
    assert world.messages()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_find_finds_a_name_however_the_machine_writes_its_letters(world: World, desk: Client, form: str) -> None:
    named = arrive(world, description=normalize(form, "José Pérez"))
    arrive(world, description="blue coat")
    for typed in (normalize("NFC", "josé"), normalize("NFD", "PÉREZ"), "jose"):
        rows = re.findall(r'<tr id="visit-(\d+)" data-row', desk.get("/desk", {"find": typed}).text)
        assert rows == [str(named.pk)], (form, typed)
