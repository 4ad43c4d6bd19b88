"""Ruling 16, and customers kept private, where what was typed and decided is read, taken back and given away."""

import pytest
from django.test import Client

from steadydesk.customers import actions as customers
from steadydesk.encounters import actions as encounters
from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.errors import NotFound
from steadydesk.people.models import Person
from steadydesk.privacy import actions
from steadydesk.visits import actions as visits
from tests.alarming import press
from tests.visiting import act, arrive
from tests.withdrawing import decision, withdraw

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
