"""What keeps strangers out: forged requests, scripts in a page, guessed passwords, credentials that were ended."""

import asyncio
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from steadydesk.alarms import bookkeeping
from steadydesk.api import asgi
from steadydesk.api.alarm_door import AlarmDoor, on_record
from steadydesk.api.device_door import DeviceDoor
from steadydesk.api.phone_door import PhoneDoor
from steadydesk.api.stream import Stream
from steadydesk.buttons.actions import make_secret, save_row
from steadydesk.buttons.models import Button
from steadydesk.desks.actions import set_pin, tap_in
from steadydesk.desks.queries import standing
from steadydesk.journal.hub import Hub
from steadydesk.kernel.clock import clock
from steadydesk.kernel.signature import HEADER, sign
from steadydesk.pages.cookies import DESK_COOKIE, PERSON_COOKIE
from steadydesk.people import actions as people
from steadydesk.people.models import Person, Token
from steadydesk.sites.models import Place
from tests.alarming import PATH, answer, press
from tests.world import TESTER

JSON = "application/json"
PASSWORD = "correct horse battery"


@pytest.fixture
def browser(world) -> Client:
    """Amira's browser at desk 1, which checks the page's token as a real server does."""
    amira = Person.objects.get(login="amira")
    amira.set_password(PASSWORD)
    amira.save()
    cache.clear()
    client = Client(enforce_csrf_checks=True)
    client.cookies[DESK_COOKIE] = world.token(device="desk-1")
    sign_in(client)
    yield client
    world.messages()
    cache.clear()


def sign_in(client: Client, password: str = PASSWORD, **more: Any) -> Any:
    """By the page, with its token."""
    page = client.get("/accounts/login/")
    sent = {"login": "amira", "password": password, "csrfmiddlewaretoken": page.cookies["csrftoken"].value}
    return client.post("/accounts/login/", sent, **more)


# Forged requests


def test_a_cookie_alone_changes_nothing(browser):
    for path, body in (("visits", {}), ("sites/exchange/tell", {}), ("people/amira/presence", {"site": "exchange"})):
        refused = browser.post(f"/api/v1/{path}", body, content_type=JSON)
        assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
        assert refused.json()["code"] == "not_allowed"
        assert refused.json()["detail"] == "Reload the page and try again: it had expired."
    assert browser.get("/api/v1/visits").json()["items"] == []


def test_a_cookie_with_the_token_of_the_page_is_believed(browser):
    head = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert browser.post("/api/v1/visits", {}, content_type=JSON, headers=head).status_code == 201


def test_a_form_without_the_token_of_the_page_is_refused_with_a_sentence(browser):
    refused = browser.post("/desk/arrivals", {"mood": "calm"})
    assert refused.status_code == 403
    assert "reload the page" in refused.content.decode()


def test_a_bearer_token_needs_no_other(world):
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {world.token(device='desk-1')}"})
    assert program.post("/api/v1/visits", {}, content_type=JSON).status_code == 201


def test_a_wrong_bearer_token_is_not_helped_by_a_cookie(browser):
    wrong = {"Authorization": "Bearer wrong", "X-CSRFToken": browser.cookies["csrftoken"].value}
    assert browser.post("/api/v1/visits", {}, content_type=JSON, headers=wrong).status_code == 401


@pytest.mark.parametrize("verb", ["", "/{id}/acknowledge"])
def test_a_press_by_cookie_must_come_from_a_page_of_ours(world, verb):
    open = press(world)
    cookie = (b"cookie", f"{DESK_COOKIE}={world.token(device='desk-2')}".encode())
    book = bookkeeping.load(world.now)
    door = AlarmDoor(Nowhere(open["id"]), lambda: book, on_record, nothing_new)
    for head, reached in (([cookie], False), ([cookie, (asgi.PRESS_HEADER, b"1")], verb == "")):
        status, body = knock(door, PATH + verb.format(id=open["id"]), head)
        assert status == 403
        assert (body["detail"] == Nowhere.SENTENCE) is reached
    world.messages()


ODD = [
    "flag", 'panel={"open": [1, 2]}', "app[user]=1", "who=Jos\xe9", "a b=1", "x:y@z=1", 'q="a;b\\"', "=", "; ;",
]  # fmt: skip


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("odd", ODD)
def test_a_press_is_known_by_its_cookie_whatever_other_programs_have_set_beside_it(world, odd, first):
    desk = f"{DESK_COOKIE}={world.token(device='desk-2')}"
    both = "; ".join((odd, desk) if first else (desk, odd)).encode("latin-1")
    book = bookkeeping.load(world.now)
    door = AlarmDoor(Nowhere(""), lambda: book, on_record, nothing_new)
    _status, body = knock(door, PATH, [(b"cookie", both), (asgi.PRESS_HEADER, b"1")])
    assert body["detail"] == Nowhere.SENTENCE


def test_an_answer_right_after_tapping_in_waits_until_it_is_known_who_sits_there(world):
    open = press(world)
    head = [(b"authorization", f"Bearer {world.token(device='back-office')}".encode())]
    book = [bookkeeping.load(world.now)]
    helen = world.person("helen")
    set_pin(helen.person, "8431", by=helen, now=world.now)
    tap_in("8431", person=helen.person, by=standing(world.device("back-office")), now=world.now)

    fresh = bookkeeping.load(world.now)

    async def reread() -> None:
        book.append(fresh)

    door = AlarmDoor(Nowhere(open["id"]), lambda: book[-1], on_record, reread)
    for _answer in range(2):
        status, body = knock(door, f"{PATH}/{open['id']}/acknowledge", head)
        assert (status, body["detail"]) == (403, Nowhere.SENTENCE)
    assert len(book) == 2, "read once: then it is known"
    world.messages()


@pytest.mark.parametrize(("login", "reached"), [("ben", True), ("morgan", True), ("viktor", False)])
def test_whoever_called_lets_in_whom_they_named_by_mistake_when_the_call_is_closed_too(world, login, reached):
    call = press(world, login="ben", about="helen")
    head = [(b"authorization", f"Bearer {world.token(login)}".encode())]
    book, closed = bookkeeping.load(world.now), on_record(call["id"])
    door = AlarmDoor(Nowhere("another"), lambda: book, lambda _id: closed, nothing_new)
    status, body = knock(door, f"{PATH}/{call['id']}/let-in", head, b'{"about": "helen"}')
    assert status == 403 and (body["detail"] == Nowhere.SENTENCE) is reached
    world.messages()


async def nothing_new() -> None:
    """The book is up to date as it is."""


class Nowhere:
    """The alarm desk, which says that it was reached."""

    SENTENCE = "reached"

    def __init__(self, alarm: str) -> None:
        self.open = {alarm: SimpleNamespace(site="exchange", pressers=())}

    async def perform(self, act: Any, started: float) -> Any:
        from steadydesk.kernel.errors import NotAllowed

        raise NotAllowed(self.SENTENCE)


def knock(
    app: Any, path: str, headers: list[tuple[bytes, bytes]], body: bytes = b"{}", arrived: list[float] | None = None
) -> tuple[int, dict[str, Any]]:
    """One request to a bare ASGI endpoint: its status and its body; ``arrived`` learns when its own was there."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if arrived is not None:
            arrived.append(clock.monotonic())
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


class Timed(Nowhere):
    """Says besides how long ago the time for storage began to count."""

    def __init__(self) -> None:
        super().__init__("")
        self.started = 0.0

    async def perform(self, act: Any, started: float) -> Any:
        self.started = started
        return await super().perform(act, started)


@pytest.mark.parametrize("kind", ["screen", "telephone", "button"])
def test_a_body_that_comes_slowly_takes_nothing_from_the_time_that_storage_has(world, kind):
    save_row(Button(name="b", kind="wall", site_id="exchange", place=desk_2()), by=TESTER, now=world.now)
    secret = make_secret(Button.objects.get(name="b").pk, by=TESTER, now=world.now)
    body = json.dumps({"to": "999", "from": "202", "device": "b", "kind": "press"}).encode()
    head = [
        (b"authorization", f"Bearer {world.token(device='desk-2')}".encode()),
        (HEADER.lower().encode(), sign(secret, int(world.now.timestamp()), body).encode()),
    ]
    book, desk = bookkeeping.load(world.now), Timed()
    door, path = {
        "screen": (AlarmDoor(desk, lambda: book, on_record, nothing_new), PATH),
        "telephone": (PhoneDoor(desk, lambda: book, settings.SECRET_KEY, lambda *_: ""), "/api/v1/phone-events"),
        "button": (DeviceDoor(desk, lambda: book, settings.SECRET_KEY, lambda _: None), "/api/v1/device-events"),
    }[kind]
    arrived: list[float] = []
    _status, answered = knock(door, path, head, body, arrived)
    assert answered["detail"] == Nowhere.SENTENCE
    assert desk.started >= arrived[0]


def desk_2() -> Place:
    return Place.objects.get(site="exchange", slug="desk-2")


# Scripts in a page

PAGES = [
    "/", "/desk", "/desk/enrol", "/desk/start", "/desk/arrivals", "/desk/gone", "/visits/{visit}", "/respond",
    "/alarms/{alarm}", "/manage", "/manage/people", "/documents", "/reports/?first=x", "/me", "/accounts/login/",
    "/accounts/logout/", "/accounts/inactive/", "/accounts/password/change/", "/accounts/password/new/", "/nowhere",
    "/set-up/", "/set-up/people/person/", "/set-up/people/person/add/", "/set-up/sites/site/exchange/change/",
    "/set-up/documents/version/", "/set-up/people/device/", "/set-up/people/shift/add/",
]  # fmt: skip
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style\b|<[^>]*\s(?:style|on[a-z]+)=[\"']|href=[\"']javascript:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_no_script_but_its_own_files(world, path):
    visit = world.client(device="desk-1").post("/api/v1/visits", {}, content_type=JSON).json()["id"]
    alarm = press(world)["id"]
    client = Client()
    client.force_login(Person.objects.get(login="sasha"))
    if path == "/accounts/login/":
        client.logout()
    page = client.get(path.format(visit=visit, alarm=alarm), follow=True)
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'self'"):
        assert part in policy
    assert "frame-ancestors 'none'" in policy and page["X-Frame-Options"] == "DENY"
    assert (page["X-Content-Type-Options"], page["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert INLINE.findall(page.content.decode()) == []
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.content.decode()), "nothing comes from elsewhere"
    world.messages()


def test_cookies_are_kept_from_scripts_and_other_sites(browser):
    for name, same_site in (("sessionid", "Lax"), (PERSON_COOKIE, "Strict")):
        morsel = browser.cookies[name]
        assert morsel["httponly"] and morsel["samesite"] == same_site
    assert browser.cookies["csrftoken"]["samesite"] == "Lax"


def test_behind_https_every_cookie_is_secure(world, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    enrolled = client.post("/desk/enrol", {"token": world.token(device="desk-1")}, secure=True)
    cookie = enrolled.cookies[DESK_COOKIE]
    assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Strict"


# Guessed passwords


def test_guessing_is_slowed_down_and_touches_neither_a_press_nor_an_answer(world, browser):
    stranger = Client(enforce_csrf_checks=True)
    statuses = [sign_in(stranger, "wrong guess").status_code for _ in range(7)]
    assert statuses[:5] == [200] * 5 and 302 not in statuses
    refused = sign_in(stranger)
    assert refused.status_code != 302, "not even with the right password"
    assert PERSON_COOKIE not in refused.cookies
    assert browser.get("/me").status_code == 200, "who is signed in stays so"
    alarm = press(world, device="desk-1")
    assert answer(world, alarm, "acknowledge", "ben")["state"] == "acknowledged"
    assert press(world, login="amira", status=200)["joined"]


# Credentials


def test_a_token_is_kept_only_as_its_hash(world):
    made = people.create_token(person=Person.objects.get(login="ben"), label="x", by=TESTER, now=world.now)
    row = Token.objects.get(hash=people.hash_token(made))
    assert made not in str({f.name: getattr(row, f.name) for f in row._meta.concrete_fields})
    assert len(made) >= 40
    from steadydesk.journal.models import Entry

    assert not any(made in json.dumps(e.facts) for e in Entry.objects.all())


def test_a_revoked_token_is_refused_at_once(world):
    ben = world.client(login="ben")
    assert ben.get("/api/v1/sites").status_code == 200
    people.revoke_token(Token.objects.get(person__login="ben").pk, by=world.person("ben"), now=world.now)
    refused = ben.get("/api/v1/sites")
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
    assert ben.post(PATH, {}, content_type=JSON).status_code == 401


def test_whoever_is_made_inactive_is_refused_at_once(world, browser):
    amira = Person.objects.get(login="amira")
    people.delete_row(amira, by=world.person("sasha"), now=world.now)
    assert browser.get("/me").status_code == 302
    assert world.client(login="ben").get("/api/v1/sites").status_code == 200


def test_signing_out_ends_the_token_of_the_browser(browser):
    token = browser.cookies[PERSON_COOKIE].value
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value})
    assert Token.objects.get(hash=people.hash_token(token)).revoked_at


def test_an_open_stream_ends_with_its_token_and_only_that(world):
    books = [bookkeeping.load(world.now)]
    hub = Hub(lambda row: {}, lambda rows: None)
    stream = Stream(hub, None, lambda: books[-1], lambda: {"protected": True}, lambda: True)
    tokens = {login: world.token(login=login) for login in ("ben", "helen")}
    books.append(bookkeeping.load(world.now))
    revoked = Token.objects.get(hash=people.hash_token(tokens["ben"]))
    people.revoke_token(revoked.pk, by=world.person("sasha"), now=world.now)
    after = bookkeeping.load(world.now)

    async def play() -> dict[str, bool]:
        left = {login: asyncio.create_task(listen(stream, token)) for login, token in tokens.items()}
        await asyncio.sleep(0)
        assert len(hub.subscribers) == 2
        books.append(after)
        stream.end_changed()
        await asyncio.wait_for(left["ben"], 5)
        ended = {login: task.done() for login, task in left.items()}
        stream.end_all()
        await asyncio.wait_for(left["helen"], 5)
        return ended

    assert asyncio.run(play()) == {"ben": True, "helen": False}


async def listen(stream: Stream, token: str) -> None:
    """A screen that listens until its stream is ended."""

    async def receive() -> dict[str, Any]:
        return await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        pass

    head = [(b"authorization", f"Bearer {token}".encode())]
    await stream({"type": "http", "method": "GET", "path": "", "headers": head, "query_string": b""}, receive, send)
