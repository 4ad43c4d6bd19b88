"""Somebody leaves, and from that moment nothing of theirs opens anything and nobody waits for them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from steadydesk.alarms import bookkeeping
from steadydesk.deadlines.models import Deadline
from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.desks.models import DayPass, Key
from steadydesk.journal.models import Entry
from steadydesk.kernel.errors import Refusal
from steadydesk.pages.cookies import PERSON_COOKIE
from steadydesk.people import actions as people
from steadydesk.people import queries
from steadydesk.people.models import Device, Duty, Person, Role, Screen, Shift, Token
from tests.alarming import MINUTE, SECOND, answer, due, events, press, shown
from tests.world import TESTER, World

PASSWORD = "correct horse battery"
PIN = "2580"


def person(login: str) -> Person:
    return Person.objects.get(login=login)


def signed_in(login: str) -> Client:
    """A browser in which they signed in with their password."""
    someone = person(login)
    someone.set_password(PASSWORD)
    someone.save()
    browser = Client()
    assert browser.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
    return browser


def leave(world: World, login: str) -> None:
    """As set-up does it: the tick of “active” is taken away."""
    someone = person(login)
    someone.is_active = False
    people.save_person(someone, by=world.person("sasha"), now=world.now)


def test_sessions_and_tokens_of_a_leaver_end_at_once_and_stay_ended(world: World) -> None:
    browser, program = signed_in("ben"), world.client(login="ben")
    assert browser.get("/me").status_code == program.get("/api/v1/sites").status_code == 200
    leave(world, "ben")
    assert browser.get("/me").status_code == 302
    assert program.get("/api/v1/sites").status_code == 401
    assert not Token.objects.filter(person=person("ben"), revoked_at__isnull=True).exists()
    assert not Session.objects.exists()
    back = person("ben")
    back.is_active = True
    people.save_person(back, by=world.person("sasha"), now=world.now)
    assert browser.get("/me").status_code == 302, "who comes back signs in anew"
    assert program.get("/api/v1/sites").status_code == 401


def test_a_leaver_is_tapped_out_and_neither_pin_nor_badge_opens_a_desk(world: World) -> None:
    amira, desk = world.person("amira"), in_desks.standing(world.device("desk-1"))
    desks.set_pin(amira.person, PIN, by=amira, now=world.now)
    desks.set_badge(amira.person, "0443", by=TESTER, now=world.now)
    desks.tap_in(PIN, person=amira.person, by=desk, now=world.now)
    leave(world, "amira")
    assert in_desks.tapped_in(int(desk.id)) == []
    assert not Key.objects.filter(pk=amira.person).exists()
    for key, who in ((PIN, amira.person), ("0443", None)):
        with pytest.raises(Refusal):
            desks.tap_in(key, person=who, by=desk, now=world.now)


def test_a_leaver_is_on_no_shift_no_rota_and_no_screen(world: World) -> None:
    someone = person("tariq")
    Duty.objects.create(team_id="housing", person=someone, starts_at=world.now + timedelta(days=3))
    Shift.objects.create(site_id="exchange", person=someone, starts_at=world.now + timedelta(days=1))
    people.use_screen("phone", someone.pk, None, unlocked=True, by=world.person("tariq"), now=world.now)
    leave(world, "tariq")
    assert someone.pk not in queries.available("exchange", world.now)
    assert not Screen.objects.filter(person=someone).exists()
    later = world.now + timedelta(days=4)
    assert someone.pk not in queries.available("exchange", later)
    on_duty = queries.on_duty("housing", later)
    assert on_duty is None or on_duty.person != someone.pk
    assert all(p.person != someone.pk for p in queries.roll_call("exchange", world.now))


def test_no_call_names_a_leaver_and_the_alarm_book_knows_none_of_their_credentials(world: World) -> None:
    token = world.token(login="tariq")
    id = person("tariq").pk
    press(world, device="desk-1")
    world.advance("09:10")
    assert "tariq" in world.told(), "before they left they were on the chain"
    leave(world, "tariq")
    book = bookkeeping.load(world.now)
    assert id not in book.people and people.hash_token(token) not in book.actors
    assert all(p.person != id for p in book.roster("exchange", world.now).present)
    assert id not in book.told_from("exchange", "desk-2", "", world.now)


def test_the_alarm_book_is_read_again_when_somebody_leaves(world: World) -> None:
    leave(world, "ben")
    [left] = Entry.objects.filter(type="person:left")
    assert (left.subject, left.facts) == (f"person:{person('ben').pk}", {})
    assert bookkeeping.touches(left.type, left.facts) == "book"


def test_a_leaver_who_was_coming_is_taken_off_the_call_and_the_chain_goes_on(world: World) -> None:
    call = press(world)
    answer(world, call, "acknowledge", "tariq")
    leave(world, "tariq")
    world.advance(SECOND)
    after = shown(world, call)
    assert (after["state"], after["coming"]) == ("open", [])
    assert after["step"] > call["step"] or due(call) is not None, "the next are told as if nobody had answered"
    assert events(call).count("alarm:declined") == 1
    world.advance(5 * MINUTE)
    assert events(call).count("alarm:declined") == 1
    assert "alarm:escalated" in events(call)
    assert not Deadline.objects.filter(kind="alarm-leaver").exists()
    world.messages()


def test_a_leaver_who_is_there_already_stays_there(world: World) -> None:
    call = press(world)
    answer(world, call, "attend", "tariq")
    leave(world, "tariq")
    world.advance(SECOND)
    assert shown(world, call)["state"] == "attended"
    world.messages()


def test_a_deleted_person_and_an_ended_day_pass_leave_in_the_same_way(world: World) -> None:
    people.delete_row(person("ben"), by=world.person("sasha"), now=world.now)
    desk = Device.objects.get(name="desk-1").pk
    desks.give_pass("Vera Day", desk, by=world.person("helen"), now=world.now)
    held = DayPass.objects.get(person__name="Vera Day")
    desks.revoke_pass(held.pk, by=world.person("helen"), now=world.now)
    for who in (person("ben"), held.person):
        who.refresh_from_db()
        assert not who.is_active and who.left_at == world.now
        assert not Key.objects.filter(pk=who.pk).exists()
    assert Entry.objects.filter(type="person:left").count() == 2
    assert Entry.objects.filter(type="pass:ended").count() == 1


def test_the_only_administrator_cannot_leave(world: World) -> None:
    Role.objects.filter(role="administrator").exclude(person__login="sasha").delete()
    for away in (leave, lambda world, login: people.delete_row(person(login), by=TESTER, now=world.now)):
        with pytest.raises(Refusal) as refused:
            away(world, "sasha")
        assert refused.value.code == "last_administrator"
    assert person("sasha").is_active


def test_signing_out_one_browser_ends_its_session_too(world: World) -> None:
    here, there = signed_in("amira"), signed_in("nina")
    token = Token.objects.get(person__login="amira")
    assert token.hash == people.hash_token(here.cookies[PERSON_COOKIE].value)
    people.revoke_token(token.pk, by=world.person("amira"), now=world.now)
    assert here.get("/me").status_code == 302
    assert there.get("/me").status_code == 200
