"""What stands between the event loop and Django hands over the whole request and the whole answer."""

import asyncio
from types import SimpleNamespace

from django.core.handlers.wsgi import WSGIRequest

from steadydesk.project import service
from steadydesk.project.asgi import Application
from steadydesk.project.pages import PageCode, Pages

SCOPE = {
    "method": "POST",
    "path": "/besöker",
    "query_string": b"a=b",
    "http_version": "1.1",
    "server": ("10.0.0.1", 8000),
    "client": ("10.0.0.2", 5000),
    "scheme": "https",
    "headers": [
        (b"host", b"desk"),
        (b"content-type", b"text/plain"),
        (b"accept", b"a"),
        (b"accept", b"b"),
        (b"steadydesk_press", b"1"),
    ],
}


def ask(application, body):
    """What is sent back to a request with this body."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(Pages(application, 1)(SCOPE, receive, send))
    return sent


def echo(environ, start):
    start("201 Created", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [environ["wsgi.input"].read(), b"!"]


def test_a_request_is_answered_whole():
    start, body = ask(echo, b"abcd")
    assert start["status"] == 201
    assert (b"content-type", b"text/plain") in start["headers"]
    assert dict(start["headers"])[b"x-path"].decode() == "/besöker"
    assert body == {"type": "http.response.body", "body": b"abcd!"}


def test_django_learns_who_asks_and_for_what():
    seen = {}

    def look(environ, start):
        seen.update(environ)
        return echo(environ, start)

    ask(look, b"")
    assert (seen["REQUEST_METHOD"], seen["QUERY_STRING"], seen["CONTENT_TYPE"]) == ("POST", "a=b", "text/plain")
    assert (seen["REMOTE_ADDR"], seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("10.0.0.2", "10.0.0.1", "8000")
    assert (seen["HTTP_HOST"], seen["HTTP_ACCEPT"], seen["wsgi.url_scheme"]) == ("desk", "a,b", "https")
    assert "HTTP_STEADYDESK_PRESS" not in seen, "a name with an underscore could pass for a header of ours"


def test_a_body_that_came_in_pieces_is_read_whole(monkeypatch):
    monkeypatch.setitem(SCOPE, "headers", [*SCOPE["headers"], (b"transfer-encoding", b"chunked")])

    def read(environ, start):
        assert "HTTP_TRANSFER_ENCODING" not in environ
        start("200 OK", [])
        return [WSGIRequest(environ).body]

    assert ask(read, b"abcd")[1]["body"] == b"abcd"


def test_what_an_answer_holds_is_let_go():
    closed = []

    class Answer(list):
        def close(self):
            closed.append(True)

    def answer(environ, start):
        start("200 OK", [])
        return Answer([b"x"])

    assert ask(answer, b"")[1]["body"] == b"x"
    assert closed


def test_the_server_is_ready_when_its_pages_are_read_too_and_alarms_are_taken_before(monkeypatch):
    done, pages = [], PageCode()

    class Started:
        def __init__(self):
            self.pages = SimpleNamespace(read=lambda: (done.append("pages"), pages.read()))

        async def start(self):
            done.append("alarms")

        async def stop(self):
            pass

    async def send(message):
        done.append(message["type"])

    messages = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

    async def receive():
        return next(messages)

    monkeypatch.setattr(service, "Service", Started)
    assert pages.check() == (False, "the pages are being read")
    asyncio.run(Application._lifespan(SimpleNamespace(), receive, send))
    assert done[:2] == ["alarms", "lifespan.startup.complete"] and "pages" in done
    assert pages.check() == (True, "")


def test_pages_that_cannot_be_read_are_said_and_the_server_is_not_ready(settings, caplog):
    settings.ROOT_URLCONF = "steadydesk.project.nowhere"
    pages = PageCode()
    pages.read()
    assert pages.check() == (False, "ModuleNotFoundError")
    assert "the pages cannot be read" in caplog.text
