"""Each refusal of the contract, with its status, its code and a sentence; and what bad input is told."""

import pytest

from steadydesk.alarms import actions as alarms
from steadydesk.api.problems import problem
from steadydesk.api.v1.api import api
from steadydesk.kernel.errors import StorageUnavailable
from steadydesk.pages.statuses import STATUS
from tests.alarming import PATH, answer, press

JSON = "application/json"


@pytest.fixture(autouse=True)
def _heard(world):
    yield
    world.messages()


def post(client, path, body=None):
    return client.post(f"/api/v1/{path}", body or {}, content_type=JSON)


def arrive(client, **body):
    return post(client, "visits", body).json()["id"]


def refusal(reply):
    assert reply["Content-Type"] == "application/problem+json"
    body = reply.json()
    assert set(body) == {"title", "status", "detail", "code", "errors"}
    assert body["status"] == reply.status_code and body["title"] and body["detail"].endswith((".", "…")), body
    return reply.status_code, body["code"]


def fields(reply):
    assert refusal_of_input(reply) == (422, "invalid")
    return sorted(e["field"] for e in reply.json()["errors"])


def refusal_of_input(reply):
    assert reply["Content-Type"] == "application/problem+json"
    return reply.status_code, reply.json()["code"]


def test_nobody_known_and_nothing_there_and_not_allowed(world):
    assert refusal(world.client().get("/api/v1/sites")) == (401, "not_signed_in")
    assert refusal(world.client(login="dana").get("/api/v1/visits?site=exchange")) == (403, "not_allowed")
    assert refusal(world.client(login="amira").get("/api/v1/visits/99")) == (404, "not_found")
    assert refusal(world.client(login="amira").get("/api/v1/nowhere")) == (404, "not_found")


def test_each_refusal_by_rule(world):
    desk, ben = world.client(device="desk-1"), world.client(login="ben")
    visit = arrive(desk)
    post(desk, f"visits/{visit}/attend", {"channel": "phone"})
    assert refusal(post(ben, f"visits/{visit}/attend", {"channel": "phone"})) == (409, "already_attended")
    asked = arrive(desk, team="childrens")
    post(desk, f"visits/{asked}/attend", {"channel": "phone"})
    post(desk, f"visits/{asked}/refer", {"team": "childrens"})
    assert refusal(post(desk, f"visits/{asked}/finish")) == (409, "not_agreed")
    bound = arrive(desk, mood="agitated")
    world.advance("09:05:01")
    (prompt,) = [p for p in desk.get(f"/api/v1/visits/{bound}").json()["prompts"] if p["kind"] == "call_manager"]
    post(desk, f"prompts/{prompt['id']}/answer", {"reached": "Helen"})
    again = post(desk, f"prompts/{prompt['id']}/answer", {"reached": "Helen"})
    assert refusal(again) == (409, "already_answered")


def test_each_refusal_of_a_call(world):
    alarm = press(world)
    own = world.client(device="desk-1").post(f"{PATH}/{alarm['id']}/acknowledge", {}, content_type=JSON)
    assert refusal(own) == (409, "own_alarm")
    early = world.client(login="ben").post(f"{PATH}/{alarm['id']}/close", {"disposition": "handled"}, content_type=JSON)
    assert refusal(early) == (409, "incomplete")
    drill = world.client(device="desk-1").post(PATH, {"mode": "drill"}, content_type=JSON)
    assert refusal(drill) == (409, "real_alarm_open")
    answer(world, alarm, "attend", "ben")
    answer(world, alarm, "close", "ben", disposition="handled")
    late = world.client(login="viktor").post(f"{PATH}/{alarm['id']}/acknowledge", {}, content_type=JSON)
    assert refusal(late) == (409, "alarm_closed")


def test_storage_that_is_away_is_said_so():
    status, body = problem(StorageUnavailable("Not now."))
    assert (status, body["code"]) == (503, "storage_unavailable")
    assert [s for _, s in STATUS] == [401, 403, 404, 409, 422, 503]


def test_a_database_that_is_away_is_a_503(world, monkeypatch):
    from django.db import OperationalError

    def gone(*_, **__):
        raise OperationalError("database is locked")

    client = world.client(login="amira")
    monkeypatch.setattr("steadydesk.visits.queries.open_visits", gone)
    assert refusal(client.get("/api/v1/visits?open=true")) == (503, "storage_unavailable")


def test_all_faults_of_all_fields_at_once(world):
    desk = world.client(device="desk-1")
    bad = {
        "site": "nowhere", "team": "wizards", "service": "spells", "mood": "angry", "companions": -1,
        "arrived_at": "2026-03-02T08:50:00", "description": "x" * 10_001, "colour": "red", "problem": "maybe",
    }  # fmt: skip
    told = fields(post(desk, "visits", bad))
    assert {"arrived_at", "colour", "companions", "description", "mood", "problem"} <= set(told)
    assert fields(post(desk, "visits", {"site": "nowhere"})) == ["site"]
    assert fields(post(desk, "visits", {"team": "wizards", "service": "spells"})) == ["service", "team"]
    assert fields(post(desk, "visits", {"arrived_at": "2026-03-02T08:50:00"})) == ["arrived_at"]
    assert fields(post(desk, "visits", {"arrived_at": "2026-03-02T09:00:01Z"})) == ["arrived_at"]
    assert desk.get("/api/v1/visits").json() == {"items": [], "next": None}


def test_every_body_but_a_press_names_a_field_that_it_does_not_have(world):
    desk = world.client(device="desk-1")
    visit, schema = arrive(desk, mood="agitated"), api.get_openapi_schema()["paths"]
    world.advance("09:05:01")
    prompt = desk.get(f"/api/v1/visits/{visit}").json()["prompts"][0]["id"]
    ids = {"visits": visit, "prompts": prompt}
    presses = ("/alarms", "-events")
    for path in (p for p, verbs in schema.items() if "post" in verbs and not any(word in p for word in presses)):
        noun = path.split("/")[3]
        named = dict.fromkeys(("period", "shift", "person", "asset", "line"), "1")
        address = path.format(id=ids.get(noun), site="exchange", login="ben", answer="take", **named)
        refused = world.client(login="helen").post(address, {"colour": "red"}, content_type=JSON)
        assert refusal_of_input(refused) == (422, "invalid"), address
        assert "colour" in fields(refused), address
    assert press(world, colour="red")["state"] == "open"


@pytest.mark.parametrize(
    ("path", "name"), [("note", "text"), ("tell", "note"), ("cannot-in-time", "reason"), ("decline", "reason")]
)
def test_ten_thousand_characters_are_kept_and_one_more_is_a_fault(world, path, name):
    desk = world.client(device="desk-1")
    visit = arrive(desk, team="childrens")
    post(desk, f"visits/{visit}/refer", {"team": "childrens"})
    client = world.client(login="nina")
    assert fields(post(client, f"visits/{visit}/{path}", {name: "é" * 10_001})) == [name]
    assert post(client, f"visits/{visit}/{path}", {name: "é" * 10_000}).status_code == 200


def test_a_note_of_a_press_is_never_a_reason_to_refuse_it(world):
    assert press(world, note="x" * 10_000)["state"] == "open"
    assert press(world, device="room-1", note="x" * 10_001)["state"] == "open"
    assert press(world, device="back-office", place="nowhere")["place"]["id"] == "back-office"


def test_what_is_unknown_is_said_by_name(world):
    desk, helen = world.client(device="desk-1"), world.client(login="helen")
    visit = arrive(desk)
    assert fields(post(desk, f"visits/{visit}/refer", {"team": "wizards"})) == ["team"]
    assert fields(post(desk, f"visits/{visit}/refer", {"person": "merlin"})) == ["person"]
    assert refusal(post(helen, "people/merlin/presence", {"site": "exchange"})) == (404, "not_found")
    assert refusal(post(helen, "people/helen/presence", {"site": "nowhere", "on_shift": True})) == (404, "not_found")
    assert fields(post(helen, "sites/exchange/state", {"state": "asleep"})) == ["state"]
    alarm = press(world)
    retreat = answer(world, alarm, "retreat", "ben", status=422, place="moon")
    assert [e["field"] for e in retreat["errors"]] == ["place"]


@pytest.mark.parametrize(
    ("wait", "good"), [("PT10M", True), ("PT1H30M", True), ("P1D", True), ("10", False), ("PT", False), ("P1Y", False)]
)
def test_a_length_of_time_is_as_iso_8601_has_it(world, wait, good):
    desk = world.client(device="desk-1")
    visit = arrive(desk)
    reply = post(desk, f"visits/{visit}/tell", {"wait": wait})
    assert (reply.status_code == 200) is good
    assert good or fields(reply) == ["wait"]


def test_lists_have_one_shape_and_ids_are_words(world):
    desk = world.client(device="desk-1")
    for path in ("sites", "visits?site=exchange&open=true", "alarms?open=true", "journal"):
        page = desk.get(f"/api/v1/{path}").json()
        assert set(page) == {"items", "next"} and isinstance(page["items"], list), path
    assert desk.get("/api/v1/visits?site=exchange&open=true").json() == {"items": [], "next": None}
    assert desk.get("/api/v1/alarms?open=true").json() == {"items": [], "next": None}
    visit = arrive(desk)
    alarm = press(world)
    assert isinstance(visit, str) and isinstance(alarm["id"], str)
    assert desk.get("/api/v1/visits?site=exchange&open=true").json()["items"][0]["id"] == visit


# Answers that no endpoint of ours made


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("put", "visits"), ("delete", "visits/1"), ("patch", "alarms"), ("get", "visits/1/attend"), ("put", "journal"),
        ("post", "sites"), ("delete", "sites/exchange/state"), ("post", "stream"), ("delete", "stream"),
    ],
)  # fmt: skip
def test_a_method_that_an_address_does_not_take_is_a_problem_that_names_those_it_takes(world, verb, path):
    reply = getattr(world.client(login="sasha"), verb)(f"/api/v1/{path}")
    assert refusal(reply) == (405, "method_not_allowed") and reply["Allow"]


@pytest.mark.parametrize("verb", ["get", "post", "put", "delete", "patch", "options"])
@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v2/visits", "/api/", "/api/v1/visits/"])
def test_an_address_that_is_not_there_is_a_problem_whoever_asks(world, verb, path):
    for client in (world.client(), world.client(login="amira")):
        assert refusal(getattr(client, verb)(path)) == (404, "not_found")


def test_a_body_that_is_too_large_is_a_problem(world, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    desk = world.client(device="desk-1")
    visit = arrive(desk)
    assert refusal(post(desk, "visits", {"description": "x" * 2_000})) == (413, "too_large")
    assert refusal(post(desk, f"visits/{visit}/note", {"text": "x" * 2_000})) == (413, "too_large")


def test_a_body_that_is_no_json_is_a_problem_whatever_it_says_it_is(world):
    desk = world.client(device="desk-1")
    visit = arrive(desk)
    for path in ("visits", f"visits/{visit}/note", "sites/exchange/tell"):
        for kind in (JSON, "text/plain", "application/xml"):
            assert fields(desk.post(f"/api/v1/{path}", "<x>", content_type=kind)) == ["body"]


def test_a_name_that_no_machine_here_has_is_a_problem(world, settings):
    settings.ALLOWED_HOSTS = ["desk.example"]
    assert refusal(world.client(login="amira").get("/api/v1/sites", headers={"Host": "x.invalid"}))[0] == 400


def test_a_fault_of_ours_is_a_problem_that_says_what_to_do(world, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError

    client = world.client(login="amira")
    client.raise_request_exception = False
    monkeypatch.setattr("steadydesk.visits.queries.open_visits", broken)
    assert refusal(client.get("/api/v1/visits?open=true")) == (500, "failed")


# Reasons in our own words


@pytest.mark.parametrize(
    ("path", "body", "field", "part"),
    [
        ("visits", {"companions": "two"}, "companions", "whole number"),
        ("visits", {"companions": -1}, "companions", "0 or more"),
        ("visits", {"companions": 1.5}, "companions", "whole number"),
        ("visits", {"private": "perhaps"}, "private", "true or false"),
        ("visits", {"mood": 3}, "mood", "words"),
        ("visits", {"appointment_at": "tomorrow"}, "appointment_at", "not a time"),
        ("visits", {"arrived_at": "2026-03-02T08:50:00"}, "arrived_at", "far it is from UTC"),
        ("visits", {"description": "x" * 10_001}, "description", "10000 characters"),
        ("visits", {"colour": "red"}, "colour", "no such field"),
        ("visits/{}/decline", {"offered": "tea"}, "offered", "a list"),
        ("visits/{}/decline", {"offered": ["tea"] * 51}, "offered", "at most 50"),
        ("visits/{}/mood", {}, "mood", "missing"),
        ("sites/exchange/state", {"state": None}, "state", "words"),
    ],
)
def test_every_reason_is_a_sentence_of_our_own(world, path, body, field, part):
    client = world.client(login="helen")
    reply = post(client, path.format(arrive(client)), body)
    assert fields(reply) == [field]
    (reason,) = [e["reason"] for e in reply.json()["errors"]]
    assert part in reason and reason[0].isupper() and reason.endswith("."), reason


# Whether a site is prepared


def test_readiness_names_what_is_missing(world):
    robin = world.client(login="robin")
    found = robin.get("/api/v1/sites/exchange/readiness").json()
    assert found["protocol"]["overdue"] is False and found["engine"] == {"ok": True, "late_s": 0.0}
    assert set(found["can_answer"]) >= {"desk-1", "room-4"} and found["deliveries"] == []
    assert found["ready"] is False, "nobody has used a staff screen or confirmed a phone"
    untried = "Nobody has tried it: start a test on the open list."
    assert {"about": "chain", "sentence": untried, "clause": None} in found["gaps"]
    assert world.client(login="amira").get("/api/v1/sites/exchange/readiness").json()["gaps"] == []
    for login in ("helen", "david"):
        post(world.client(login=login), f"people/{login}/presence", {"site": "exchange", "absent": True})
    assert robin.get("/api/v1/sites/exchange/readiness").json()["teams_without_lead"] == ["housing"]


def test_readiness_says_that_the_engine_left_something_undone(world):
    from datetime import timedelta

    from steadydesk.deadlines.actions import set_deadline
    from steadydesk.journal.actions import write
    from steadydesk.kernel.clock import clock

    with write(world.now):
        set_deadline("visit-clock", "visit:0", world.now)
    clock.freeze(world.now + timedelta(seconds=5))
    found = world.client(login="helen").get("/api/v1/sites/exchange/readiness").json()
    assert found["engine"] == {"ok": False, "late_s": 5.0} and found["ready"] is False


def test_readiness_is_reached_when_everything_is_there(world):
    from steadydesk.people import actions as people

    for login in ("viktor", "joan", "helen"):
        person = world.person(login)
        people.confirm_duty_phone(int(person.id), by=person, now=world.now)
    found = world.client(login="joan").get("/api/v1/sites/exchange/readiness").json()
    assert min(found["can_answer"].values()) > 0 and found["ready"] is True
    assert alarms.book().can_answer("exchange", "desk-1", "", world.now) == found["can_answer"]["desk-1"]


# Forty people over time at once


def test_forty_people_over_time_at_once_are_one_question_and_nobody_is_lost(world):
    desk = world.client(device="desk-1")
    came = [arrive(desk) for _ in range(40)]
    world.advance("09:10:01")
    board = desk.get("/api/v1/sites/exchange/board").json()
    assert [v["id"] for v in board["visits"]] == came, "in the order of coming"
    assert all(c["over_at"] for v in board["visits"] for c in v["clocks"] if c["kind"] == "attend")
    (room,) = [p for p in board["prompts"] if p["kind"] == "tell_room"]
    assert sorted(room["visits"], key=int) == came
    assert not [p for p in board["prompts"] if p["kind"] == "tell_customer"]
    told = post(desk, "sites/exchange/tell", {"wait": "PT20M"}).json()["items"]
    assert [v["id"] for v in told] == came
    after = desk.get("/api/v1/sites/exchange/board").json()
    assert not [p for p in after["prompts"] if p["kind"] == "tell_room"]
    for visit in came:
        record = desk.get(f"/api/v1/journal?subject=visit:{visit}").json()["items"]
        assert [e["type"] for e in record].count("visit:over-time") == 1
        assert [e["type"] for e in record].count("visit:told") == 1
