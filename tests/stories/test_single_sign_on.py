"""Signing in by the organisation's own accounts, against a real one on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from time import time
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from steadydesk.journal.models import Entry
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.pages.cookies import PERSON_COOKIE
from steadydesk.people import actions as people
from steadydesk.people import factors
from steadydesk.people.models import Person
from steadydesk.project.asgi import SLOW
from steadydesk.project.environment import Misconfigured, SingleSignOn, single_sign_on
from tests.alarming import press
from tests.oidc import CLIENT, SECRET, Organisation, organisation
from tests.world import World

BEGIN, PASSWORD = "/accounts/single-sign-on/", "correct horse battery"
AMIRA = {"sub": "248289761001", "email": "Amira@council.example", "email_verified": True}


@pytest.fixture(scope="module")
def kept_running() -> Iterator[Organisation]:
    with organisation() as found:
        yield found


@pytest.fixture
def council(world: World, kept_running: Organisation, settings: Any) -> Organisation:
    """The council's accounts; Amira's e-mail address is known here."""
    cache.clear()
    settings.SINGLE_SIGN_ON = SingleSignOn(kept_running.url, CLIENT, SECRET, "the council", asks_factor=False)
    settings.SOCIALACCOUNT_PROVIDERS = settings.SINGLE_SIGN_ON.providers
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Person.objects.filter(login="amira").update(email="amira@council.example")
    kept_running.who, kept_running.signs_with = dict(AMIRA), kept_running.key
    return kept_running


def come_back(browser: Client, path: str = BEGIN) -> Any:
    """There and back again; the answer to coming back."""
    there = browser.get(path)
    assert there.status_code == 302
    back = httpx.get(there["Location"]).headers["location"]
    return browser.get(back.removeprefix("http://testserver"))


def is_in(browser: Client) -> bool:
    return PERSON_COOKIE in browser.cookies and browser.get("/me").status_code == 200


def test_somebody_is_found_by_their_verified_address_once_and_then_by_their_account(council: Organisation) -> None:
    before = Person.objects.count()
    browser = Client()
    page = browser.get("/accounts/login/").content.decode()
    assert "Sign in with the council" in page and 'type="password"' in page
    assert come_back(browser, f"{BEGIN}?next=/me")["Location"] == "/me"
    assert is_in(browser)
    amira = Person.objects.get(login="amira")
    assert amira.subject == f"{council.url}|{AMIRA['sub']}" and Person.objects.count() == before
    [entry] = Entry.objects.filter(type="person:factor-added")
    assert (entry.subject, entry.by, entry.facts) == (
        f"person:{amira.pk}", "system:single-sign-on", {"kind": "single_sign_on"},
    )  # fmt: skip
    assert "sign-in was connected" in browser.get("/me").content.decode()
    council.who = {"sub": AMIRA["sub"], "email": "married@council.example", "email_verified": True}
    again = Client()
    come_back(again)
    assert is_in(again) and Entry.objects.filter(type="person:factor-added").count() == 1


@pytest.mark.parametrize(
    "told",
    [
        {"email_verified": False},
        {"email_verified": "false"},
        {"email": "stranger@council.example"},
        {"email": ""},
    ],
)
def test_nobody_is_let_in_by_an_address_that_is_not_verified_or_not_known(
    council: Organisation, told: dict[str, Any]
) -> None:
    before = Person.objects.count()
    council.who |= told
    browser = Client()
    reply = come_back(browser)
    assert reply.status_code == 409 and "Ask an administrator to connect it" in reply.content.decode()
    assert not is_in(browser) and Person.objects.count() == before
    assert not Person.objects.exclude(subject="").exists()


def test_an_address_that_went_to_somebody_else_or_that_two_have_opens_nothing(council: Organisation) -> None:
    Person.objects.filter(login="amira").update(subject="another account")
    browser = Client()
    assert come_back(browser).status_code == 409, "whoever has the address now is not the one who had it"
    Person.objects.filter(login="amira").update(subject="")
    Person.objects.filter(login="nina").update(email="amira@council.example")
    assert come_back(browser).status_code == 409
    assert not is_in(browser)


def test_an_empty_subject_and_one_without_its_issuer_are_nobodys(world: World, council: Organisation) -> None:
    with pytest.raises(Refusal):
        people.person_behind(council.url, "", "amira@council.example", now=world.now)
    for kept in (AMIRA["sub"], f"https://elsewhere.example|{AMIRA['sub']}"):
        Person.objects.filter(login="nina").update(subject=kept)
        council.who = {"sub": AMIRA["sub"]}
        browser = Client()
        assert come_back(browser).status_code == 409 and not is_in(browser), kept


def test_a_leaver_is_not_let_in_by_an_account_that_is_still_good_there(world: World, council: Organisation) -> None:
    come_back(Client())
    amira = Person.objects.get(login="amira")
    amira.is_active = False
    people.save_person(amira, by=world.person("sasha"), now=world.now)
    browser = Client()
    assert come_back(browser)["Location"] == "/accounts/inactive/"
    assert not is_in(browser)


def test_only_what_the_organisation_signed_for_us_just_now_is_believed(council: Organisation) -> None:
    stranger = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    for wrong in ({"aud": "another"}, {"iss": "http://127.0.0.1:1"}, {"exp": int(time()) - 10}):
        council.who = {**AMIRA, **wrong}
        browser = Client()
        assert come_back(browser).status_code == 503 and not is_in(browser), wrong
    council.who, council.signs_with = dict(AMIRA), stranger
    browser = Client()
    assert come_back(browser).status_code == 503 and not is_in(browser), "signed by somebody else"
    council.signs_with = council.key
    back = httpx.get(Client().get(BEGIN)["Location"]).headers["location"]
    stranger_there = Client()
    reply = stranger_there.get(back.removeprefix("http://testserver"))
    assert reply.status_code == 503 and not is_in(stranger_there), "a way back that began in another browser"


def test_nothing_but_signing_in_can_be_asked_for(council: Organisation) -> None:
    browser = Client()
    come_back(browser, f"{BEGIN}?process=connect&scope=admin&auth_params=prompt%3Dnone")
    assert is_in(browser)
    for path in ("/accounts/social/signup/", "/accounts/3rdparty/", "/accounts/oidc/login/", "/accounts/email/"):
        assert browser.get(path).status_code == 404


def test_while_it_is_away_a_page_says_so_and_everything_else_goes_on(
    world: World, council: Organisation, settings: Any
) -> None:
    away = replace(settings.SINGLE_SIGN_ON, url="http://127.0.0.1:9")
    settings.SINGLE_SIGN_ON, settings.SOCIALACCOUNT_PROVIDERS = away, away.providers
    people.change_password(Person.objects.get(login="amira").pk, PASSWORD, by=world.person("amira"), now=world.now)
    browser = Client()
    reply = browser.get(BEGIN)
    assert reply.status_code == 503 and "sign in with your password" in reply.content.decode()
    browser.post("/accounts/login/", {"login": "amira", "password": PASSWORD})
    assert is_in(browser)
    press(world, device="desk-1")
    world.messages()
    assert BEGIN.startswith(SLOW), "waiting for it holds up no desk"


def test_a_second_factor_is_asked_for_here_unless_it_is_asked_for_there(
    world: World, council: Organisation, settings: Any
) -> None:
    settings.SECOND_FACTOR = frozenset({("reception", None)})
    assert come_back(Client())["Location"] == "/accounts/second-factor/app/"
    amira = world.person("amira")
    factors.add_app(amira.person or 0, "JBSWY3DPEHPK3PXP", by=amira, now=world.now)
    assert come_back(Client())["Location"] == "/accounts/second-factor/"
    settings.SINGLE_SIGN_ON = replace(settings.SINGLE_SIGN_ON, asks_factor=True)
    browser = Client()
    come_back(browser)
    assert is_in(browser)


def test_without_one_there_is_neither_link_nor_page(world: World) -> None:
    assert "Sign in with" not in Client().get("/accounts/login/").content.decode()
    assert Client().get(BEGIN).status_code == 404


def test_an_administrator_connects_an_account_and_takes_it_away(world: World, council: Organisation) -> None:
    nina = Person.objects.get(login="nina")
    nina.subject = f"{council.url}|{AMIRA['sub']}"
    people.save_person(nina, by=world.person("sasha"), now=world.now)
    browser = Client()
    come_back(browser)
    assert browser.get("/me").context["actor"].name == nina.name, "the account goes before the address"
    nina.subject = ""
    people.save_person(nina, by=world.person("sasha"), now=world.now)
    kept = Entry.objects.filter(subject=f"person:{nina.pk}", type__startswith="person:factor-").order_by("id")
    assert [e.type for e in kept] == ["person:factor-added", "person:factor-removed"]


def test_its_settings_go_together_and_stand_on_https(monkeypatch: pytest.MonkeyPatch) -> None:
    assert single_sign_on() is None
    monkeypatch.setenv("STEADYDESK_OIDC_URL", "http://login.council.example")
    with pytest.raises(Misconfigured, match="go together"):
        single_sign_on()
    monkeypatch.setenv("STEADYDESK_OIDC_CLIENT", CLIENT)
    monkeypatch.setenv("STEADYDESK_OIDC_SECRET", SECRET)
    with pytest.raises(Misconfigured, match="https"):
        single_sign_on()
    monkeypatch.setenv("STEADYDESK_OIDC_URL", "https://login.council.example")
    found = single_sign_on()
    assert found is not None and not found.asks_factor


@pytest.mark.parametrize("typed", ["1234", "|1234", "https://accounts.example|", "accounts.example|1234"])
def test_an_account_that_nobody_could_have_is_refused_where_it_is_typed(world: World, typed: str) -> None:
    amira = Person.objects.get(login="amira")
    amira.subject = typed
    with pytest.raises(Invalid) as refused:
        people.save_person(amira, by=world.person("sasha"), now=world.now)
    assert [fault.field for fault in refused.value.faults] == ["subject"]


def test_accounts_from_before_issuers_were_kept_are_of_the_one_in_the_settings(world: World, settings: Any) -> None:
    name_issuers = import_module("steadydesk.people.migrations.0011_issuer").name_issuers
    Person.objects.filter(login="amira").update(subject="1234")
    name_issuers(apps, None)
    assert Person.objects.get(login="amira").subject == "1234", "there was no such sign-in"
    address = "https://accounts.example/tenant/.well-known/openid-configuration"
    settings.SINGLE_SIGN_ON = SimpleNamespace(url=address)
    name_issuers(apps, None)
    assert Person.objects.get(login="amira").subject == "https://accounts.example/tenant|1234"
    assert Person.objects.get(login="ben").subject == ""
