"""Requests that break off half-way: they hold no thread, and no part of a form is taken for all of it."""

import asyncio
import json
import socket
from contextlib import ExitStack

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.alarms.press import LONGEST_NOTE, is_plain, read_body
from steadydesk.api import asgi
from steadydesk.api.press_body import PressBody
from steadydesk.project import bodies
from steadydesk.project.asgi import THREADS
from tests.running import Server

pytestmark = pytest.mark.fault
HALF = (
    "POST /api/v1/visits HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\n"
    'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"mood":'
)


def part(body, more):
    return {"type": "http.request", "body": body, "more_body": more}


def client(*messages, then_hangs=False):
    """What a client sends, one part after the other; it says no more then, or is heard to have gone."""
    waiting = list(messages)

    async def receive():
        if not waiting and then_hangs:
            await asyncio.Event().wait()
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    return receive


def sent(path, receive):
    """What the page behind was handed, and what the client was answered."""
    handed, answered = [], []

    async def page(scope, receive, send):
        handed.append((await receive())["body"])

    async def send(message):
        answered.append(message)

    asyncio.run(bodies.Whole(page)({"type": "http", "path": path, "method": "POST"}, receive, send))
    return handed, answered


def test_a_body_in_parts_is_handed_on_as_one():
    assert sent("/visits/1/note", client(part(b"text=a", True), part(b"b", False))) == ([b"text=ab"], [])


def test_a_form_that_broke_off_is_not_taken_for_a_shorter_one():
    assert sent("/visits/1/note", client(part(b"text=never leave him alo", True))) == ([], [])


@pytest.mark.parametrize("path", ["/visits/1/note", "/api/v1/visits"])
def test_a_body_that_stops_coming_is_told_so_and_nothing_of_it_is_saved(path, monkeypatch):
    monkeypatch.setattr(bodies, "STALLED_SECONDS", 0.01)
    handed, answered = sent(path, client(part(b"text=a", True), then_hangs=True))
    assert handed == [] and answered[0]["status"] == 408


def test_a_body_larger_than_anything_here_needs_is_refused_before_it_fills_the_memory():
    handed, answered = sent("/api/v1/visits", client(*[part(b"x" * 1_000_000, True)] * 9, then_hangs=True))
    assert handed == [] and answered[0]["status"] == 413
    assert json.loads(answered[1]["body"])["code"] == "too_large"


def test_a_press_whose_body_stops_coming_goes_on_with_what_came(monkeypatch):
    monkeypatch.setattr(asgi, "STALLED_SECONDS", 0.01)
    assert asyncio.run(asgi.read_body(client(part(b'{"no', True), then_hangs=True))) == b'{"no'


@pytest.mark.parametrize("size", [1_000, 65_536, 10_000_000])
def test_the_longest_note_there_may_be_reaches_a_press_however_its_characters_are_written(size):
    raw = json.dumps({"mode": "test", "note": "\U0001f600" * LONGEST_NOTE}).encode()
    parts = [part(raw[at : at + size], True) for at in range(0, len(raw), size)]
    assert asyncio.run(asgi.read_body(client(*parts, part(b"", False)))) == raw


def press_body(raw, size):
    """What a press is made of when its body comes in parts of so many bytes."""
    parts = [part(raw[at : at + size], True) for at in range(0, len(raw), size)]
    return asyncio.run(asgi.read_body(client(*parts, part(b"", False)), PressBody()))


LONG = {
    "before": '{"mode": "drill", "note": "%s"}',
    "after": '{"note": "%s", "place": "desk-2", "mode": "drill"}',
    "between": '{"note": "%s", "mode": "drill", "colour": "%s"}',
}


@pytest.mark.parametrize("where", LONG)
@pytest.mark.parametrize("size", [997, 65_536, 10_000_000])
@pytest.mark.parametrize("character", ["x", "\\\\", '\\"', "\\u00e4", "\u00e4"])
def test_a_drill_whose_note_is_longer_than_any_is_no_real_call_wherever_it_says_so(where, size, character):
    note = character * (3 * asgi.LARGEST_BODY // len(character))
    raw = (LONG[where].replace("%s", note)).encode()
    body, odd = read_body(press_body(raw, size))
    assert (body["mode"], odd) == ("drill", [])
    assert not is_plain(body["note"]), "it is dropped, and named"


def test_words_in_a_note_that_look_like_a_field_make_no_drill_of_a_real_call():
    note = 'He said: ", "mode": "drill", "' + "x" * 2 * asgi.LARGEST_BODY + '", "mode": "drill"}'
    body, _odd = read_body(press_body(json.dumps({"note": note, "urgency": "help"}).encode(), 1_000))
    assert body.keys() == {"note", "urgency"}


def test_where_too_much_stands_before_it_the_call_is_real_and_says_that_it_could_not_be_read():
    raw = json.dumps({**{f"field{n}": "x" * 100 for n in range(5_000)}, "mode": "drill"}).encode()
    body, odd = read_body(press_body(raw, 65_536))
    assert "mode" not in body and odd == ["body", "mode"]
    assert len(press_body(raw, 65_536)) <= asgi.LARGEST_BODY


@given(st.binary(max_size=200), st.integers(1, 50))
def test_what_is_no_longer_than_a_press_may_be_is_left_as_it_came(raw, size):
    kept = PressBody()
    for at in range(0, len(raw), size):
        kept.add(raw[at : at + size])
    # Half of an escape at the very end belongs to nothing.
    assert bytes(kept.kept) in (raw, raw[:-1])


def test_requests_that_stall_hold_up_no_page(server: Server) -> None:
    half = HALF.format(token=server.token("desk-1")).encode()
    with ExitStack() as stack:
        for _ in range(2 * THREADS):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(half)
        assert httpx.get(f"{server.url}/accounts/login/", timeout=10).status_code == 200
