"""Ruling 16, and customers kept private, where what was typed and decided is read, taken back and given away."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from steadydesk.customers import actions as customers
from steadydesk.encounters import actions as encounters
from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound, Refusal
from steadydesk.people.models import Person, Role
from steadydesk.privacy import actions, giving
from steadydesk.visits import actions as visits
from tests.alarming import press
from tests.returning import book, works
from tests.visiting import act, answer, arrive, prompts
from tests.withdrawing import decision, withdraw

DAY = timedelta(days=1)
ABOUT_HER = "Helen hit him"


def browser(login: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(login=login))
    return client


def call_about(world, visit: int, login: str) -> None:
    """A call from this visit's place is about a colleague."""
    desk = world.device("desk-1")
    visits.mark_problem(visit, by=desk, now=world.now)
    call = press(world, login="ben", place="desk-1", about=login)
    encounters.ask_help(f"visit:{visit}", "button", call["id"], by=desk, now=world.now)
    world.messages()


def noted(world, text: str = ABOUT_HER, **fields) -> tuple[int, int]:
    visit = arrive(world, **fields)
    act(world, "note", visit, text)
    return visit, Words.objects.filter(subject=f"visit:{visit}").latest("pk").pk


@pytest.mark.clause("E8a")
def test_e8a_whoever_the_call_is_about_neither_reads_nor_takes_back_what_was_typed_of_it(world):
    visit, words = noted(world)
    call_about(world, visit, "helen")
    client, page = browser("helen"), f"/privacy/words/{words}"
    assert client.get(page).status_code == client.get(f"/visits/{visit}").status_code == 404
    assert client.post(page, {"do": "withdraw", "reason": "not_true"}).status_code == 404
    with pytest.raises(NotFound):
        actions.take_words_back(words, "not_true", by=world.person("helen"), now=world.now)
    assert Words.objects.get(pk=words).withdrawn_at is None
    assert ABOUT_HER in browser("grace").get(page).text


def test_whoever_it_is_about_does_not_read_what_they_typed_of_it_before(world):
    visit = arrive(world)
    act(world, "note", visit, "He began it", by="helen")
    words = Words.objects.get(subject=f"visit:{visit}").pk
    assert browser("helen").get(f"/privacy/words/{words}").status_code == 200
    call_about(world, visit, "helen")
    assert browser("helen").get(f"/privacy/words/{words}").status_code == 404


def test_who_is_kept_private_is_read_by_no_manager_who_is_not_named(world):
    visit, _words = noted(world, "Is afraid", description="Maria, green coat", private=True)
    act(world, "keep_private", visit, [int(world.person("tariq").id)])
    for words in Words.objects.filter(subject=f"visit:{visit}"):
        page = f"/privacy/words/{words.pk}"
        assert browser("grace").get(page).status_code == 404
        with pytest.raises(NotFound):
            actions.take_words_back(words.pk, "not_true", by=world.person("grace"), now=world.now)
        assert words.text in browser("dana").get(page).text, "whoever finds everything about a person, and is seen to"
    act(world, "keep_private", visit, [int(world.person("grace").id)], by="grace")
    assert browser("grace").get(page).status_code == 200


@pytest.mark.clause("E6c")
def test_e6c_whoever_the_call_is_about_decides_nothing_about_that_customer(world):
    visit = arrive(world)
    call_about(world, visit, "morgan")
    client, page, before = browser("morgan"), f"/manage/withdrawals/new?visit={visit}", Entry.objects.count()
    assert client.get(page).status_code == client.post(page, {"reason": "x"}).status_code == 404
    said = decision(world)
    with pytest.raises(NotFound):
        customers.withdraw_service(f"visit:{visit}", "exchange", said, by=world.person("morgan"), now=world.now)
    assert Entry.objects.count() == before


@pytest.mark.clause("E6c")
def test_e6c_what_was_decided_before_is_not_there_for_whoever_the_call_is_about(world):
    visit, row = withdraw(world, by="grace")
    client = browser("morgan")
    assert f"/manage/withdrawals/{row}" in client.get("/manage/withdrawals?site=exchange").text
    call_about(world, visit, "morgan")
    assert f"/manage/withdrawals/{row}" not in client.get("/manage/withdrawals?site=exchange").text
    assert client.get(f"/manage/withdrawals/{row}").status_code == 404
    assert client.post(f"/manage/withdrawals/{row}/letter").status_code == 404
    with pytest.raises(NotFound):
        customers.end_withdrawal(row, by=world.person("morgan"), now=world.now)
    customers.end_withdrawal(row, by=world.person("grace"), now=world.now)


def test_data_protection_finds_reads_holds_and_gives_away_nothing_of_a_visit_that_is_about_them(world):
    visit, _words = noted(world, "Dana hit him")
    hold = actions.place_hold(f"visit:{visit}", "A claim", world.now + DAY, by=world.person("dana"), now=world.now)
    browser("grace").get(f"/visits/{visit}")
    call_about(world, visit, "dana")
    dana, client = world.person("dana"), browser("dana")
    assert f"visit:{visit}" not in client.post("/privacy", {"text": "Dana hit"}).text
    assert "A claim" not in client.get("/privacy").text
    assert f"Visit {visit}" not in client.get("/privacy/views").text
    assert client.get(f"/privacy/records/visit:{visit}").status_code == 404
    for about in (dana.ref, world.person("amira").ref):
        assert "Dana hit him" not in client.get(f"/privacy/records/{about}").text
    assert "Dana hit him" not in client.get("/me/data").text
    for refused in (
        lambda: actions.place_hold(f"visit:{visit}", "A claim", world.now + DAY, by=dana, now=world.now),
        lambda: actions.lift_hold(hold.pk, by=dana, now=world.now),
        lambda: actions.make_export([f"visit:{visit}"], [], staff_named=False, by=dana, now=world.now),
    ):
        with pytest.raises(NotFound):
            refused()
    amira = world.person("amira").ref
    made = actions.make_export([amira], [], staff_named=True, by=dana, now=world.now)
    file = zipfile.ZipFile(io.BytesIO(giving.make(made.pk)[2])).read("record.json").decode()
    assert "Dana hit him" not in file and f"visit:{visit}" not in file


def test_a_time_that_was_given_at_a_hidden_visit_is_there_for_nobody_it_is_hidden_from(world):
    start = works(world, "nina", DAY, 8)
    visit = arrive(world, service="childrens")
    call_about(world, visit, "helen")
    row = book(world, visit, "nina", start)
    client, helen = browser("helen"), world.person("helen")
    for path in (f"/expected/{row.pk}", f"/expected/{row.pk}/slip", f"/visits/{visit}/return"):
        assert client.get(path).status_code == 404, path
    for act_of in (visits.call_off, visits.undo_return):
        with pytest.raises(NotFound):
            act_of(row.pk, by=helen, now=world.now)
    day = start.date().isoformat()
    assert f"/expected/{row.pk}" not in client.get(f"/expected?site=exchange&day={day}").text
    assert f"/expected/{row.pk}" in browser("grace").get(f"/expected?site=exchange&day={day}").text


def test_data_protection_at_one_site_reads_no_reason_and_no_look_of_another(world):
    Role.objects.create(person=Person.objects.get(login="ruth"), role="data_protection", site_id="branch")
    visit, _words = noted(world)
    actions.place_hold(f"visit:{visit}", "A claim of hers", world.now + DAY, by=world.person("dana"), now=world.now)
    browser("grace").get(f"/visits/{visit}")
    browser("dana").post("/privacy", {"text": "Oduya"})
    browser("ruth").post("/privacy", {"text": "Marlowe"})
    held, looks = (browser("ruth").get(page).text for page in ("/privacy", "/privacy/views"))
    assert "A claim of hers" not in held and f"Visit {visit}" not in held
    assert f"Visit {visit}" not in looks and "Oduya" not in looks and "Marlowe" in looks
    held, looks = (browser("dana").get(page).text for page in ("/privacy", "/privacy/views"))
    assert "A claim of hers" in held and f"Visit {visit}" in looks and "Marlowe" in looks


def test_no_number_is_too_long_for_a_record(world):
    for subject in ("person", "visit", "expected"):
        assert browser("dana").get(f"/privacy/records/{subject}:{'9' * 20}").status_code == 404


@pytest.mark.clause("E8a")
def test_e8a_what_is_held_outlasts_the_end_of_the_visit_and_the_answers_of_its_prompts(world):
    visit = arrive(world, description="Red coat", mood="agitated")
    words = Words.objects.get(subject=f"visit:{visit}").pk
    world.advance("09:05:01")
    answer(world, prompts(visit, "call_manager")[0], "Grace Okoro", role="manager")
    typed = list(Words.objects.filter(subject__startswith="prompt:").values_list("pk", flat=True))
    hold = actions.place_hold(f"visit:{visit}", "A claim", world.now + DAY, by=world.person("dana"), now=world.now)
    act(world, "leave", visit)
    world.advance(timedelta(hours=2))
    assert Words.objects.filter(pk=words).exists()
    assert typed
    for one in (words, *typed):
        with pytest.raises(Refusal):
            actions.erase_words(one, "asked", by=world.person("dana"), now=world.now)
    actions.lift_hold(hold.pk, by=world.person("dana"), now=world.now)
    clock.freeze(world.now + 30 * DAY)
    actions.purge_before_serving(world.now)
    assert not Words.objects.filter(pk=words).exists()
    world.messages()
