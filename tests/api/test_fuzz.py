"""Whatever is sent, the API answers with a sentence and never with an error of its own.

The schema says what to send; hypothesis sends that and worse. Each answer must be a problem document or a success.
"""

import json
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from steadydesk.api.v1.api import api
from steadydesk.project.wsgi import application
from tests.alarming import press
from tests.visiting import arrive, prompts

CASES, LONG = (7, 200) if connection.vendor == "sqlite" else (3, 50)
"""Of each operation, and of these in the long version. Most never reaches the database: the second is sent less."""
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]

NASTY = [
    "\0", "a\0b", "\ud800", "\udfff half", "שלום عليكم", "\u202e\u2066 reversed", "👩🏽‍🦽🔥", "é" * 10_001,
    "x" * 10_000,
    "' OR 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", "%00", "\r\nSet-Cookie: a=b", "", " ", "\ufeff",
    "NaN", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-02T09:00:00", "P1Y",
    "PT" + "9" * 400 + "H",
    "exchange", "nowhere", "person:1", "1", "-1", "9" * 30, "²",
]  # fmt: skip
ODD = st.recursive(
    st.one_of(
        st.sampled_from(NASTY),
        st.none(),
        st.booleans(),
        st.sampled_from([0, -1, 2**31, 2**63, -(2**63) - 1, 10**400]),
        st.floats(),
        st.text(st.characters(), max_size=20),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NASTY), inner, max_size=3)),
    max_leaves=6,
)
PYDANTIC = ("Input should", "valid ", "Value error", "should be", "Field required")
"""Words of the validation's own, which nobody translates."""
DEEP = ["[" * 50_000, '{"a":' * 50_000, "[" * 5_000 + "]" * 5_000, '{"mood":' + "9" * 5_000 + "}"]


@pytest.fixture
def stage(world) -> dict[str, str]:
    """Ids that exist, so that the actions themselves are reached."""
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    alarm = press(world)
    token = world.token(login="sasha")
    for signal in (request_started, request_finished):
        # A request of its own would close the connection that the test's transaction lives on.
        signal.disconnect(close_old_connections)
    yield {
        "token": token,
        "visits": str(visit),
        "prompts": prompts(visit, "call_manager")[0]["id"],
        "alarms": alarm["id"],
        "sites": "exchange",
        "people": "amira",
    }
    world.messages()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _cases(soak: bool) -> settings:
    return settings(
        max_examples=LONG if soak else CASES,
        deadline=None,
        derandomize=not soak,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=QUIET,
    )


def _undone(send: Any) -> Any:
    with transaction.atomic():
        try:
            return send()
        finally:
            transaction.set_rollback(True)


def _address(path: str, stage: dict[str, str]) -> str:
    """The path with ids that exist; of an alarm's answers, one."""
    noun = path.split("/")[3]
    return (
        path.replace("{verb}", "close")
        .replace("{id}", stage.get(noun, ""))
        .replace("{site}", "exchange")
        .replace("{login}", "amira")
    )


@cache
def described() -> schemathesis.BaseSchema:
    """The API as it describes itself; reading it takes longer than asking it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def operations() -> list[tuple[str, str]]:
    """Every operation there is."""
    return [(verb, path) for path, verbs in api.get_openapi_schema()["paths"].items() for verb in verbs]


@pytest.mark.parametrize(("verb", "path"), operations())
def test_whatever_the_schema_allows_is_answered(world, stage, soak, verb, path):
    operation = described()[path][verb.upper()]
    token = {"Authorization": f"Bearer {stage['token']}"}

    @given(case=operation.as_strategy())
    @_cases(soak)
    def send(case: schemathesis.Case) -> None:
        answer = _undone(lambda: case.call(headers=token))
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)

    send()


@pytest.mark.parametrize(("verb", "path"), [o for o in operations() if o[0] == "post"])
def test_whatever_nobody_would_send_is_answered(world, stage, soak, verb, path):
    client = world.client(login="sasha")
    client.raise_request_exception = False
    fields = _fields(path)
    bodies = st.dictionaries(st.sampled_from([*fields, *NASTY]), ODD, max_size=5)
    address = _address(path, stage)

    @given(body=st.one_of(bodies.map(json.dumps), ODD.map(json.dumps), st.sampled_from(DEEP), st.binary(max_size=50)))
    @_cases(soak)
    def send(body: str | bytes) -> None:
        _is_answered(_undone(lambda: client.generic("POST", address, body, "application/json")), body)

    send()


def _fields(path: str) -> list[str]:
    schema = api.get_openapi_schema()
    body = schema["paths"][path]["post"].get("requestBody", {}).get("content", {}).get("application/json", {})
    found = body.get("schema", {})
    found = next((s for s in found.get("anyOf", ()) if "$ref" in s), found)
    if "$ref" in found:
        found = schema["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return list(found.get("properties", ())) or ["mode", "kind", "urgency", "place", "note", "disposition"]


def test_odd_words_in_an_address_are_answered(world, stage):
    client = world.client(login="sasha")
    client.raise_request_exception = False
    for word in NASTY:
        for path in ("visits/{}", "alarms/{}", "sites/{}", "sites/{}/board", "sites/{}/readiness"):
            assert _ask(client, "/api/v1/" + path, word, {}).status_code < 500, (path, word)
        asked = word.encode("utf-8", "surrogatepass")
        for path in ("visits", "alarms", "journal"):
            for name in ("site", "open", "after", "subject"):
                assert _ask(client, "/api/v1/" + path, word, {name: asked}).status_code < 500, (path, name, word)


def _ask(client: Client, path: str, word: str, query: dict[str, bytes]) -> Any:
    here = path.format(quote(word[:300].encode("utf-8", "surrogatepass"), safe=""))
    return client.generic("GET", here, QUERY_STRING=urlencode(query))


def _is_answered(answer: Any, sent: Any) -> None:
    assert answer.status_code < 500, (sent, answer.content[:500])
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json", answer.content[:200]
        problem = answer.json()
        assert set(problem) == {"title", "status", "detail", "code", "errors"}
        assert problem["detail"] and problem["status"] == answer.status_code
        assert all(e["field"] and e["reason"] for e in problem["errors"])
        assert not any(word in e["reason"] for e in problem["errors"] for word in PYDANTIC), problem["errors"]
