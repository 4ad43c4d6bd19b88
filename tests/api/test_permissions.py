"""Every way into Steadydesk, asked by every role, by desks, by people of another site and by nobody."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from steadydesk.alarms import actions as alarms
from steadydesk.alarms import bookkeeping
from steadydesk.api.v1.api import api
from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.documents.queries import in_force
from steadydesk.journal.actions import write
from steadydesk.journal.queries import last_id, words_about
from steadydesk.kernel.actor import HELD_BESIDE, ROLES
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.people.models import Device, Person, Role, Token
from steadydesk.privacy import actions as privacy
from steadydesk.visits import actions as visits
from steadydesk.visits import prompting
from steadydesk.visits.actions import Warned
from steadydesk.visits.models import Headcount
from tests import permitted
from tests.alarming import answer, press
from tests.permitted import API, ASKERS, DEVICES, EDITED, LOOKED_AT, PAGES, PEOPLE, SET_UP, SIGN_IN, Way
from tests.returning import HOUR, appoint, book, works
from tests.visiting import act, arrive, prompts
from tests.withdrawing import withdraw

DAY = timedelta(days=1)
FORM = "application/x-www-form-urlencoded"
ON_POSTGRES = {"administrator", "data_protection", "desk", "elsewhere", "manager", "reception"}
"""Between them they get in everywhere. A statement may end otherwise there; who may make it is not its doing."""


@pytest.fixture
def stage(world, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the addresses of the table name."""
    lena = Person.objects.create(login=PEOPLE["lone_worker"], name="Lena Hart", password="!")
    Role.objects.create(person=lena, role="lone_worker", site_id="exchange")
    tom = Person.objects.get(login="tom").pk
    names: dict[str, Any] = {name: arrive(world) for name in ("waiting", "attending", "referred", "left", "helped")}
    act(world, "attend", names["attending"], channel="phone")
    act(world, "refer", names["referred"], team="childrens")
    act(world, "ask_help", names["helped"])
    act(world, "leave", names["left"])
    bound = arrive(world, mood="agitated")
    world.advance("09:05:01")
    names |= {"prompt": prompts(bound, "call_manager")[0]["id"], "tom": tom}
    alarm, safe = press(world), press(world, device="room-1")
    answer(world, safe, "retreat", "viktor", place="back-office")
    drill = press(world, device="back-office", mode="drill")
    force = in_force("exchange")
    world.token(login="amira")
    desk = Device.objects.get(name="desk-1").pk
    desks.give_pass("Kit Long", desk, by=world.person("helen"), now=world.now)
    names["headcount"] = Headcount.objects.create(
        visit_id=names["left"], site="exchange", why="closing", asked_at=world.now
    ).pk
    names |= {"desk": desk, "pass": in_desks.passes("exchange")[0].id}
    act(world, "note", names["waiting"], "Wants the archive")
    dana, about = world.person(PEOPLE["data_protection"]), f"visit:{names['left']}"
    names["words"] = words_about([f"visit:{names['waiting']}"])[-1].pk
    names["hold"] = privacy.place_hold(about, "a claim", world.now + DAY, by=dana, now=world.now).pk
    names["export"] = privacy.make_export([about], [], staff_named=False, by=dana, now=world.now).pk
    names |= _times_given(world)
    names["ended"] = arrive(world, problem=True)
    act(world, "leave", names["ended"])
    names["withdrawal"] = withdraw(world, by="morgan")[1]
    names |= {"alarm": alarm["id"], "safe": safe["id"], "drill": drill["id"]}
    names |= {"document": f"{force.document}/{force.version}", "token": Token.objects.get(person__login="amira").pk}
    world.messages()
    # As in the server: one book in memory. What is asked is undone, so the book stays right.
    book = bookkeeping.load(world.now)
    monkeypatch.setattr(alarms, "book", lambda: book)
    return names


def _times_given(world) -> dict[str, Any]:
    """Customers who were given a time for tomorrow, and a warning for today."""
    start = works(world, "nina", DAY, 8)
    names: dict[str, Any] = {"returned": arrive(world, service="childrens")}
    names["expected"] = book(world, names["returned"], "nina", start).pk
    names["called_off"] = appoint(world, "nina", start + HOUR).pk
    visits.call_off(names["called_off"], by=world.person("amira"), now=world.now)
    doubtful = appoint(world, "nina", start + 2 * HOUR)
    force = in_force("exchange")
    with write(world.now):
        prompting.ask_about_time(doubtful, "", force, by=world.person("amira"), now=world.now)
    names["uncertain"] = doubtful.prompts.get().pk
    warned = Warned(world.now.date(), "Was upset on Friday")
    names["warning"] = visits.forewarn("exchange", warned, by=world.person("amira"), now=world.now).pk
    return names


def ask(client: Client, way: Way, stage: dict[str, Any]) -> HttpResponse:
    """Make the request and undo what it did."""
    body = json.dumps(way.body) if way.is_api else "&".join(f"{k}={v}" for k, v in (way.body or {}).items())
    body = body.replace("{waiting}", str(stage["waiting"]))
    kind = "application/json" if way.is_api else FORM
    with transaction.atomic():
        reply = client.generic(way.method, way.address.format(**stage), body, kind)
        reply.wrote = last_id()
        transaction.set_rollback(True)
    return reply


def clients(world, asker: str) -> tuple[Client, Client]:
    """One for the API, with a token, and one for pages, with a browser's cookies."""
    browser = Client(raise_request_exception=False)
    if asker in DEVICES:
        browser.cookies[DESK_COOKIE] = world.token(device=DEVICES[asker])
        return world.client(device=DEVICES[asker]), browser
    if asker == "nobody":
        return world.client(), browser
    browser.force_login(Person.objects.get(login=PEOPLE[asker]))
    return world.client(login=PEOPLE[asker]), browser


@pytest.mark.parametrize("asker", sorted(ASKERS if connection.vendor == "sqlite" else ON_POSTGRES))
def test_each_who_asks_is_answered_as_the_table_says(world, stage, asker):
    program, browser = clients(world, asker)
    before, faults = last_id(), []
    for way in [*API, *PAGES, *SIGN_IN, *SET_UP]:
        reply = ask(program if way.is_api else browser, way, stage)
        if reply.status_code != way.expected(asker):
            faults.append(f"{way.ask}: {reply.status_code}, not {way.expected(asker)}")
        if asker not in way.who and not way.kept and reply.wrote != before:
            faults.append(f"{way.ask} was refused and left something on record")
    assert not faults, "\n".join(faults)


def test_on_postgresql_somebody_gets_in_everywhere():
    ways = [*API, *PAGES, *SIGN_IN, *SET_UP]
    assert [way.ask for way in ways if way.who and not way.who & ON_POSTGRES] == []


def test_the_table_asks_in_every_role_of_the_contract():
    assert set(ROLES) - HELD_BESIDE == set(PEOPLE) - {"elsewhere"}


def test_set_up_opens_to_administrators_alone(world, stage):
    offered = {(app, model): True for app, models in EDITED.items() for model in models}
    offered |= {(app, model): False for app, models in LOOKED_AT.items() for model in models}
    faults = []
    for asker, login in PEOPLE.items():
        browser = Client(raise_request_exception=False)
        browser.force_login(Person.objects.get(login=login))
        for (app, model), editable in offered.items():
            shown, added = (browser.get(f"/set-up/{app}/{model}/{rest}").status_code for rest in ("", "add/"))
            right = (200, 200 if editable else 403) if asker == "administrator" else (403, 403)
            if asker != "administrator":
                shown, added = (403 if s == 302 else s for s in (shown, added))
            if (shown, added) != right:
                faults.append(f"{asker} at {app}/{model}: {shown}, {added}")
    assert not faults, "\n".join(faults)


# Nobody adds a way in without deciding who may use it.


def _routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here.replace("^", "")


def _decided(ways: list[Way]) -> set[tuple[str, str]]:
    named = dict.fromkeys(
        ("waiting", "attending", "referred", "left", "helped", "prompt", "tom", "token", "desk", "pass"), 1
    )
    named |= dict.fromkeys(("words", "hold", "export", "headcount", "withdrawal", "ended"), 1)
    named |= dict.fromkeys(("returned", "expected", "called_off", "uncertain", "warning"), 1)
    named |= dict.fromkeys(("alarm", "safe", "drill"), "00000000-0000-4000-8000-000000000000") | {"document": "a/b"}
    return {(w.method, resolve(w.address.format(**named).partition("?")[0]).route.replace("^", "")) for w in ways}


def test_every_operation_of_the_api_is_in_the_table():
    schema = api.get_openapi_schema(path_prefix="")["paths"]
    offered = {(verb.upper(), "api/v1" + path) for path, verbs in schema.items() for verb in verbs}
    decided = {(method, route.replace("<", "{").replace(">", "}")) for method, route in _decided(API)}
    assert offered - decided == set()


def test_every_address_is_in_the_table():
    decided = {route for _, route in _decided([*API, *PAGES, *SIGN_IN, *SET_UP])}
    models = {(app, m) for part in (EDITED, LOOKED_AT) for app, names in part.items() for m in names}
    rest = ("", "add/", *(f"<path:object_id>/{x}" for x in ("history/", "delete/", "change/", "")))
    decided |= {f"set-up/{app}/{model}/{end}" for app, model in models for end in rest}
    decided.add("api/v1/stream")  # read before Django, with tests of its own; here every other method is refused
    assert set(_routes(get_resolver().url_patterns)) - decided == set()


def test_a_screen_takes_no_other_method_than_the_table_says(world, stage):
    decided = {(w.method, w.address) for w in [*API, *PAGES]}
    decided |= {(method, address.partition("?")[0]) for method, address in decided}
    _, browser = clients(world, "administrator")
    faults = []
    for way in PAGES:
        other = Way(f"{'GET' if way.method == 'POST' else 'POST'} {way.address}", permitted.KNOWN)
        twins = {(other.method, a) for a in (way.address, way.address.partition("?")[0])}
        if decided & twins or way.address.startswith(("/reports", "/documents")):
            continue
        status = ask(browser, other, stage).status_code
        if status != 405:
            faults.append(f"{other.ask}: {status}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("asker", ["elsewhere", "desk_elsewhere"])
def test_no_visit_and_no_call_of_another_site_is_in_any_answer(world, stage, asker):
    program, browser = clients(world, asker)
    for way in [*API, *PAGES]:
        if way.method == "GET":
            text = ask(program if way.is_api else browser, way, stage).content.decode()
            assert stage["alarm"] not in text.replace(f"/alarms/{stage['alarm']}", ""), way.ask
            assert not re.search(r"A10\d|visit:\d", text), way.ask
