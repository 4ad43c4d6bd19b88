"""Signing in: what is kept of it, passwords that somebody else set, and every browser of one's own."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from steadydesk.alarms import bookkeeping
from steadydesk.journal import queries as journal
from steadydesk.journal.models import Entry
from steadydesk.kernel.clock import Clock, clock
from steadydesk.kernel.errors import NotAllowed
from steadydesk.pages.cookies import PERSON_COOKIE
from steadydesk.people import actions as people
from steadydesk.people.models import Person, Token, Tries
from steadydesk.people.queries import actor_of_person, actor_of_token
from tests.world import World

PASSWORD, OTHER, WRONG = "correct horse battery", "staple on the ceiling", "not the password"
LOGIN = "/accounts/login/"
HOUR = timedelta(hours=1)


@pytest.fixture
def amira(world: World) -> Person:
    """With a password of her own."""
    cache.clear()
    person = Person.objects.get(login="amira")
    people.change_password(person.pk, PASSWORD, by=world.person("amira"), now=world.now)
    person.refresh_from_db()
    return person


def sign_in(password: str = PASSWORD, login: str = "amira") -> tuple[Client, str]:
    """A fresh browser, and where it is sent; the page's text when it is refused."""
    browser = Client()
    reply = browser.post(LOGIN, {"login": login, "password": password})
    return browser, reply["Location"] if reply.status_code == 302 else reply.content.decode()


def happened(person: Person) -> list[str]:
    return [e.type.removeprefix("person:") for e in journal.of_subject(f"person:{person.pk}") if "set-up" not in e.type]


# What is kept


def test_a_refused_sign_in_is_kept_for_its_person_and_holds_nothing_that_was_typed(amira: Person) -> None:
    sign_in(WRONG)
    [entry] = Entry.objects.filter(type="person:sign-in-refused")
    assert (entry.subject, entry.by, entry.facts) == (f"person:{amira.pk}", "system:sign-in", {"waits": False})
    sign_in(WRONG, login="correct horse battery")
    assert Entry.objects.filter(type="person:sign-in-refused").count() == 1, "a login that nobody has is not kept"


def test_having_to_wait_is_one_entry_however_often_it_is_tried(amira: Person) -> None:
    said = [sign_in(WRONG)[1] for _ in range(9)]
    assert "Too many failed" in said[-1]
    kept = [e.facts["waits"] for e in Entry.objects.filter(type="person:sign-in-refused").order_by("id")]
    assert kept == [False] * 5 + [True]


def test_ones_own_page_tells_of_sign_ins_and_changes_and_nobody_elses_does(world: World, amira: Person) -> None:
    sign_in(WRONG)
    browser, _where = sign_in()
    amira.email = "new@example.org"
    people.save_person(amira, by=world.person("sasha"), now=world.now)
    page = browser.get("/me").content.decode()
    for words in ("Signed in", "A sign-in was refused", "The e-mail address was changed", "by an administrator"):
        assert words in page
    assert "A sign-in was refused" not in world.client(login="ben").get("/me").content.decode()
    seen = world.client(login="ben").get("/api/v1/journal?after=0").json()["items"]
    assert not [e for e in seen if e["type"] in ("person:sign-in-refused", "person:email-changed")]
    assert all("example.org" not in str(e.facts) for e in Entry.objects.all())


# How long it lasts


def test_the_token_of_a_browser_ends_after_twelve_hours_however_fast_the_clock_of_the_desks_runs(
    world: World, amira: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _where = sign_in()
    hash = people.hash_token(here.cookies[PERSON_COOKIE].value)
    program = people.hash_token(world.token("ben"))
    outside = clock.outside()
    monkeypatch.setattr(clock, "outside", lambda: outside + 11 * HOUR)
    world.advance(30 * HOUR)
    assert actor_of_token(hash) and hash in bookkeeping.load(world.now).actors, "only the time outside counts"
    monkeypatch.setattr(clock, "outside", lambda: outside + 12 * HOUR)
    assert actor_of_token(hash) is None
    book = bookkeeping.load(world.now)
    assert hash not in book.actors and program in book.actors


def test_the_time_outside_is_not_sped_up() -> None:
    fast = Clock()
    fast.run_at(1_000_000)
    assert fast.outside() < fast.now()


def test_signing_out_ends_the_token_also_where_its_cookie_was_lost(amira: Person) -> None:
    for way_out in ("/accounts/logout/", "/set-up/logout/"):
        here, _where = sign_in()
        token = Token.objects.get(hash=people.hash_token(here.cookies.pop(PERSON_COOKIE).value))
        here.post(way_out)
        token.refresh_from_db()
        assert token.revoked_at, way_out


# Passwords


def test_changing_ones_password_keeps_this_browser_and_ends_the_others(amira: Person) -> None:
    here, there = sign_in()[0], sign_in()[0]
    press = {"HTTP_AUTHORIZATION": f"Bearer {there.cookies[PERSON_COOKIE].value}"}
    sent = {"now": PASSWORD, "new": OTHER, "again": OTHER}
    assert here.post("/accounts/password/change/", sent).status_code == 302
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302
    assert Client().get("/api/v1/sites", **press).status_code == 401, "its token ends with the session"
    assert "password-changed" in happened(amira)
    mine = Token.objects.get(hash=people.hash_token(here.cookies[PERSON_COOKIE].value))
    people.revoke_token(mine.pk, by=actor_of_person(amira), now=mine.created_at)
    assert here.get("/me").status_code == 302, "and this one can still be signed out from afar"


def test_every_fault_of_a_new_password_is_told_at_once(amira: Person) -> None:
    here, _where = sign_in()
    page = here.post("/accounts/password/change/", {"now": WRONG, "new": "short", "again": "other"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "This is not your password." in text and "too short" in text
    same = here.post("/accounts/password/change/", {"now": PASSWORD, "new": PASSWORD, "again": PASSWORD})
    assert "Choose another password" in same.content.decode()


def test_a_password_that_an_administrator_set_is_changed_at_the_first_sign_in(world: World, amira: Person) -> None:
    before, _where = sign_in()
    people.save_person(amira, password=OTHER, by=world.person("sasha"), now=world.now)
    assert before.get("/me").status_code == 302, "the old browsers sign in anew"
    browser, where = sign_in(OTHER)
    assert where == "/accounts/password/new/"
    assert PERSON_COOKIE not in browser.cookies and browser.get("/me").status_code == 302, "not signed in yet"
    assert browser.get(where).status_code == 200
    same = browser.post(where, {"new": OTHER, "again": OTHER})
    assert same.status_code == 422
    done = browser.post(where, {"new": PASSWORD, "again": PASSWORD})
    assert done.status_code == 302 and PERSON_COOKIE in browser.cookies
    assert browser.get("/me").status_code == 200
    assert sign_in()[1] == "/", "from then on it is like any other"


def test_only_oneself_or_an_administrator_changes_a_password(world: World, amira: Person) -> None:
    for act in (
        lambda by: people.change_password(amira.pk, OTHER, by=by, now=world.now),
        lambda by: people.sign_out_everywhere(amira.pk, by=by, now=world.now),
    ):
        with pytest.raises(NotAllowed):
            act(world.person("helen"))
        act(world.person("sasha"))


# Every browser


def test_signing_out_of_every_browser_ends_them_and_no_program(world: World, amira: Person) -> None:
    here, there, program = sign_in()[0], sign_in()[0], world.client(login="amira")
    page = here.get("/me").content.decode()
    assert page.count("this browser") == 1 and "a browser" in page
    assert here.post("/me/sign-out-everywhere").status_code == 302
    assert here.get("/me").status_code == there.get("/me").status_code == 302
    assert program.get("/api/v1/sites").status_code == 200
    assert happened(amira)[-1] == "signed-out-everywhere"


# Throttling


def test_tries_are_counted_in_the_records_under_keys_that_say_nothing(amira: Person) -> None:
    sign_in(WRONG)
    assert Tries.objects.exists()
    kept = str(list(Tries.objects.values_list("cache_key", flat=True)))
    assert "amira" not in kept and "127.0.0.1" not in kept and "login" not in kept


def test_another_name_of_the_server_gives_no_more_tries(amira: Person) -> None:
    for guess in range(5):
        Client().post(LOGIN, {"login": "amira", "password": WRONG}, headers={"Host": f"desk-{guess}.example"})
    assert "Too many failed" in sign_in()[1], "not even with the right password"


def test_nobody_signs_up(world: World) -> None:
    assert Client().get("/accounts/signup/").status_code == 404
