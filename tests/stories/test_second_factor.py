"""A second factor: an app's codes and codes on paper, who must have one, and what is kept of it."""

import hashlib
import hmac
import struct
from base64 import b32decode
from time import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from steadydesk.journal import queries as journal
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import ROLES, system
from steadydesk.kernel.errors import NotAllowed, NotFound, Refusal
from steadydesk.pages.cookies import DESK_COOKIE, PERSON_COOKIE
from steadydesk.people import actions as people
from steadydesk.people import factors, records, signing
from steadydesk.people.models import Person
from steadydesk.people.rules import needs_factor
from steadydesk.project.environment import Misconfigured, second_factor
from tests.alarming import press
from tests.world import World

PASSWORD, WRONG = "correct horse battery", "not the password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN, FACTOR, CONFIRM = "/accounts/login/", "/accounts/second-factor/", "/accounts/reauthenticate/"


def code_of(secret: str, *, later: int = 0) -> str:
    """What an app shows now, by RFC 6238; ``later`` periods of half a minute on."""
    moment = struct.pack(">Q", int(time()) // 30 + later)
    mac = hmac.new(b32decode(secret), moment, hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def someone(world: World, login: str) -> Person:
    """With a password of their own."""
    person = Person.objects.get(login=login)
    people.change_password(person.pk, PASSWORD, by=world.person(login), now=world.now)
    person.refresh_from_db()
    return person


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Passwords are not what is tried here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def amira(world: World) -> Person:
    cache.clear()
    return someone(world, "amira")


@pytest.fixture
def guarded(world: World, amira: Person) -> Person:
    """Amira, with an app."""
    factors.add_app(amira.pk, SECRET, by=world.person("amira"), now=world.now)
    return amira


def sign_in(login: str = "amira", password: str = PASSWORD) -> tuple[Client, str]:
    """A fresh browser, and where it is sent after the password."""
    browser = Client()
    reply = browser.post(LOGIN, {"login": login, "password": password})
    return browser, reply["Location"] if reply.status_code == 302 else ""


def confirmed(browser: Client, path: str) -> None:
    """Show once more that it is they, as the page asks."""
    reply = browser.get(path)
    assert reply["Location"].startswith(CONFIRM)
    assert browser.post(reply["Location"], {"password": PASSWORD})["Location"] == path


def happened(person: Person) -> list[str]:
    return [e.type for e in journal.of_subject(f"person:{person.pk}") if "set-up" not in e.type]


# An app for codes


def test_an_app_is_added_on_ones_own_page_and_codes_on_paper_come_with_it(amira: Person) -> None:
    browser, _where = sign_in()
    confirmed(browser, "/me/app")
    page = browser.get("/me/app").content.decode()
    secret = browser.session[SECRET_SESSION_KEY]
    assert secret[:4] in page and "data:image/svg+xml;base64," in page
    wrong = browser.post("/me/app", {"code": "12345"})
    assert wrong.status_code == 422 and "not the code that belongs to the picture" in wrong.content.decode()
    assert browser.session[SECRET_SESSION_KEY] == secret, "the app that was just scanned is still the right one"
    done = browser.post("/me/app", {"code": code_of(secret)})
    assert done["Location"] == "/me/codes"
    codes = factors.codes_left(amira.pk)
    page = browser.get("/me/codes").content.decode()
    assert len(codes) == 10 and all(code in page for code in codes)
    assert happened(amira)[-1] == "person:factor-added"
    assert Entry.objects.get(type="person:factor-added").facts == {"kind": "app"}
    assert "An app for codes was added" in browser.get("/me").content.decode()


def test_a_password_alone_is_not_enough_once_there_is_an_app(guarded: Person) -> None:
    browser, where = sign_in()
    assert where == FACTOR
    assert PERSON_COOKIE not in browser.cookies and browser.get("/me").status_code == 302, "not signed in yet"
    assert "Six digits" in browser.get(FACTOR).content.decode()
    assert browser.post(FACTOR, {"code": code_of(SECRET)}).status_code == 302
    assert PERSON_COOKIE in browser.cookies and browser.get("/me").status_code == 200
    assert happened(guarded)[-1] == "person:signed-in"


def test_a_code_is_good_once(guarded: Person) -> None:
    code = code_of(SECRET)
    first, second = sign_in()[0], sign_in()[0]
    assert first.post(FACTOR, {"code": code}).status_code == 302
    reply = second.post(FACTOR, {"code": code})
    assert reply.status_code == 200 and second.get("/me").status_code == 302
    cache.delete(f"allauth.mfa.totp.used?user={guarded.pk}&code={code}")  # as allauth does after half a minute
    assert "This code was used" in second.post(FACTOR, {"code": code}).content.decode()


def test_a_wrong_code_is_kept_as_a_refused_sign_in_and_guessing_ends(guarded: Person) -> None:
    browser, _where = sign_in()
    said = [browser.post(FACTOR, {"code": "000"}).content.decode() for _ in range(7)]
    assert "This was not accepted" in said[0] and "Too many failed" in said[-1]
    kept = [e.facts["waits"] for e in Entry.objects.filter(type="person:sign-in-refused").order_by("id")]
    assert kept == [False] * 5 + [True]
    assert "Too many failed" in browser.post(FACTOR, {"code": code_of(SECRET)}).content.decode()


def test_what_no_browser_made_is_refused_like_a_wrong_key(guarded: Person) -> None:
    browser, _where = sign_in()
    for made in ("{}", "[]", '"x"', "1", "not json", '{"id": "x", "response": {}}'):
        assert browser.post(FACTOR, {"credential": made}).status_code == 200, made
        assert browser.post("/accounts/passkey/", {"credential": made}).status_code == 302, made
        cache.clear()
    assert browser.get("/me").status_code == 302


# Codes on paper


def test_a_code_on_paper_stands_in_once_and_its_use_is_kept(guarded: Person) -> None:
    [code, *rest] = factors.codes_left(guarded.pk)
    browser, _where = sign_in()
    assert browser.post(FACTOR, {"code": code}).status_code == 302
    assert browser.get("/me").status_code == 200
    assert factors.codes_left(guarded.pk) == rest
    assert Entry.objects.get(type="person:recovery-code-used").facts == {"left": 9}
    again, _where = sign_in()
    assert again.post(FACTOR, {"code": code}).status_code == 200 and again.get("/me").status_code == 302


def test_codes_made_anew_end_those_of_before(guarded: Person) -> None:
    before = factors.codes_left(guarded.pk)
    browser, _where = sign_in()
    browser.post(FACTOR, {"code": code_of(SECRET)})
    confirmed(browser, "/me/codes")
    browser.post("/me/codes")
    assert not set(before) & set(factors.codes_left(guarded.pk))
    assert happened(guarded)[-1] == "person:recovery-codes-made"


# Taken away


def test_taking_the_last_one_away_takes_the_codes_too(guarded: Person) -> None:
    browser, _where = sign_in()
    browser.post(FACTOR, {"code": code_of(SECRET)})
    [app] = factors.of(guarded.pk)
    confirmed(browser, "/me/app")
    assert browser.post(f"/me/factors/{app.pk}/remove")["Location"] == "/me"
    assert not Authenticator.objects.filter(user=guarded).exists()
    assert happened(guarded)[-1] == "person:factor-removed"
    assert sign_in()[1] == "/"


def test_nobody_changes_a_factor_at_a_browser_left_open_or_for_somebody_else(world: World, guarded: Person) -> None:
    browser, _where = sign_in()
    browser.post(FACTOR, {"code": code_of(SECRET)})
    [app] = factors.of(guarded.pk)
    for path in (f"/me/factors/{app.pk}/remove", "/me/codes", "/me/app"):
        assert browser.post(path)["Location"].startswith(CONFIRM)
    for login in ("helen", "sasha"):
        by = world.person(login)
        for act in (
            lambda by: factors.add_app(guarded.pk, SECRET, by=by, now=world.now),
            lambda by: factors.add_passkey(guarded.pk, "mine", {}, by=by, now=world.now),
            lambda by: factors.make_codes(guarded.pk, by=by, now=world.now),
            lambda by: factors.remove_factor(guarded.pk, app.pk, by=by, now=world.now),
        ):
            with pytest.raises(NotAllowed):
                act(by)
    with pytest.raises(NotAllowed):
        factors.remove_factors(guarded.pk, by=world.person("helen"), now=world.now)


def test_a_code_shows_again_that_it_is_they_and_one_on_paper_is_used_up(guarded: Person) -> None:
    for code, left in ((code_of(SECRET, later=1), 10), (factors.codes_left(guarded.pk)[0], 9)):
        browser, _where = sign_in()
        browser.post(FACTOR, {"code": code_of(SECRET)})
        cache.clear()
        confirm = "/accounts/second-factor/confirm/?next=/me/app"
        assert browser.post(confirm, {"code": code})["Location"] == "/me/app"
        assert browser.get("/me/app").status_code == 200
        assert len(factors.codes_left(guarded.pk)) == left


def test_an_administrator_takes_lost_factors_away(world: World, guarded: Person) -> None:
    factors.remove_factors(guarded.pk, by=world.person("sasha"), now=world.now)
    assert sign_in()[1] == "/"
    browser, _where = sign_in()
    page = browser.get("/me").content.decode()
    assert "The app for codes was taken away" in page and "by an administrator" in page


def test_a_leaver_half_way_through_signing_in_does_not_get_in(world: World, guarded: Person) -> None:
    browser, _where = sign_in()
    guarded.is_active = False
    people.save_person(guarded, by=world.person("sasha"), now=world.now)
    browser.post(FACTOR, {"code": code_of(SECRET)})
    assert PERSON_COOKIE not in browser.cookies and browser.get("/me").status_code == 302


# Who must have one


def test_a_role_that_needs_one_signs_in_by_setting_one_up(world: World) -> None:
    sasha = someone(world, "sasha")
    browser, where = sign_in("sasha")
    assert where == "/accounts/second-factor/app/"
    assert PERSON_COOKIE not in browser.cookies and browser.get("/me").status_code == 302, "not signed in yet"
    assert "Your role needs a second factor" in browser.get(where).content.decode()
    assert browser.post(where, {"code": "1"}).status_code == 422
    done = browser.post(where, {"code": code_of(browser.session[SECRET_SESSION_KEY])})
    assert done["Location"] == "/me/codes"
    assert browser.get("/me/codes").status_code == 200, "without the password once more"
    assert sign_in("sasha")[1] == FACTOR
    [app] = factors.of(sasha.pk)
    with pytest.raises(Refusal) as refused:
        factors.remove_factor(sasha.pk, app.pk, by=world.person("sasha"), now=world.now)
    assert refused.value.code == "factor_needed"


def test_a_given_password_is_changed_before_a_factor_is_asked_for(world: World) -> None:
    morgan = someone(world, "morgan")
    people.save_person(morgan, password=WRONG, by=world.person("sasha"), now=world.now)
    browser, where = sign_in("morgan", WRONG)
    assert where == "/accounts/password/new/"
    assert browser.post(where, {"new": PASSWORD, "again": PASSWORD})["Location"] == "/accounts/second-factor/app/"


def test_an_open_session_answers_calls_whatever_the_rule_says(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR = frozenset()
    someone(world, "joan")
    browser, where = sign_in("joan")
    assert where == "/"
    settings.SECOND_FACTOR = frozenset({("duty_manager", None)})
    call = press(world, device="desk-1")
    world.messages()
    assert browser.get("/respond").status_code == 200
    assert browser.post(f"/alarms/{call['id']}/acknowledge").status_code in (200, 302)
    assert sign_in("joan")[1] == "/accounts/second-factor/app/", "the next sign-in is asked"


def test_the_rule_names_roles_everywhere_or_at_one_site() -> None:
    rule = {("administrator", None), ("manager", "library")}
    assert needs_factor([("administrator", None)], rule) and needs_factor([("administrator", "exchange")], rule)
    assert needs_factor([("manager", "library")], rule) and needs_factor([("manager", None)], rule)
    assert not needs_factor([("manager", "exchange"), ("reception", "library")], rule)
    assert not needs_factor([(role, None) for role in ROLES], frozenset())


def test_the_rule_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEADYDESK_SECOND_FACTOR", raising=False)
    assert second_factor(demo=False) == {(r, None) for r in ("administrator", "safety_lead", "data_protection")}
    assert second_factor(demo=True) == frozenset()
    monkeypatch.setenv("STEADYDESK_SECOND_FACTOR", "administrator, manager@main-library")
    assert second_factor(demo=True) == {("administrator", None), ("manager", "main-library")}
    monkeypatch.setenv("STEADYDESK_SECOND_FACTOR", "none")
    assert second_factor(demo=False) == frozenset()
    monkeypatch.setenv("STEADYDESK_SECOND_FACTOR", "administrater")
    with pytest.raises(Misconfigured, match="administrater"):
        second_factor(demo=False)


def at_desk(world: World, name: str) -> Client:
    """A browser at this desk."""
    browser = Client()
    browser.cookies[DESK_COOKIE] = world.token(device=name)
    return browser


def test_no_secret_is_shown_where_customers_read_along(world: World) -> None:
    someone(world, "sasha")
    counter = at_desk(world, "desk-1")
    stage = counter.post(LOGIN, {"login": "sasha", "password": PASSWORD})["Location"]
    for path in (stage, "/accounts/second-factor/passkey/"):
        refused = counter.get(path)
        assert refused.status_code == 403
        assert "on your phone or on a staff-only screen" in refused.text
    assert SECRET_SESSION_KEY not in counter.session, "none was made"
    back = at_desk(world, "back-office")
    stage = back.post(LOGIN, {"login": "sasha", "password": PASSWORD})["Location"]
    back.get(stage)
    done = back.post(stage, {"code": code_of(back.session[SECRET_SESSION_KEY])})
    assert done["Location"] == "/me/codes"
    for name, shown in (("back-office", 200), ("desk-1", 403)):
        back.cookies[DESK_COOKIE] = world.token(device=name)
        for path in ("/me/codes", "/me/app", "/me/passkeys"):
            assert back.get(path).status_code == shown, (name, path)


# What is kept


def test_what_is_known_of_a_factor_is_told_to_its_person_and_forgotten_with_them(world: World, guarded: Person) -> None:
    told = [r.facts for r in records.about(f"person:{guarded.pk}") if "factor" in r.facts]
    assert told == [{"factor": "app", "name": ""}]
    assert SECRET not in str(list(Entry.objects.values_list("facts", flat=True)))
    guarded.is_active = False
    people.save_person(guarded, by=world.person("sasha"), now=world.now)
    factors.forget(guarded)
    assert not Authenticator.objects.filter(user=guarded).exists()


def test_the_only_administrator_who_lost_everything_is_let_in_by_a_command(world: World) -> None:
    sasha = someone(world, "sasha")
    factors.add_app(sasha.pk, SECRET, by=world.person("sasha"), now=world.now)
    password = signing.reset_sign_in("sasha", by=system("resetsignin"), now=world.now)
    assert sign_in("sasha")[1] == "", "the old password is not good any more"
    browser, where = sign_in("sasha", password)
    assert where == "/accounts/password/new/"
    assert browser.post(where, {"new": PASSWORD, "again": PASSWORD})["Location"] == "/accounts/second-factor/app/"
    with pytest.raises(NotFound):
        signing.reset_sign_in("nobody", by=system("resetsignin"), now=world.now)
    with pytest.raises(NotAllowed):
        signing.reset_sign_in("sasha", by=world.person("helen"), now=world.now)
