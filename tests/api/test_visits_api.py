"""Visits as other people's programs use them."""

import pytest
from django.test import Client

VISIT = {
    "id", "ref", "site", "service", "team", "source", "state", "mood", "appointment_at", "companions", "arrived_at",
    "attended_at", "ended_at", "outcome", "owner", "private", "description", "protocol", "clocks", "prompts",
    "company", "place", "interpreter", "says_appointment", "walk_over",
}  # fmt: skip


def post(client, path, body=None):
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def arrive(client, **body):
    response = post(client, "visits", body)
    assert response.status_code == 201, response.json()
    return response.json()


def faults(response):
    assert response.status_code == 422, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["code"] == "invalid"
    assert all(e["reason"] for e in body["errors"])
    return sorted(e["field"] for e in body["errors"])


def test_a_desk_enters_a_customer_at_its_own_site(world):
    desk = world.client(device="desk-1")
    visit = arrive(desk)
    assert set(visit) == VISIT
    assert (visit["site"], visit["state"], visit["mood"], visit["ref"]) == ("exchange", "waiting", "calm", "A101")
    assert visit["arrived_at"] == "2026-03-02T09:00:00+00:00"
    assert visit["clocks"][0] == {
        "kind": "attend",
        "started_at": "2026-03-02T09:00:00+00:00",
        "due_at": "2026-03-02T09:10:00+00:00",
        "over_at": None,
        "stopped_at": None,
    }
    assert desk.get(f"/api/v1/visits/{visit['id']}").json() == visit


def test_who_is_here_is_a_list_in_the_order_of_coming(world):
    desk = world.client(device="desk-1")
    first, second, third = arrive(desk), arrive(desk, mood="aggressive"), arrive(desk)
    post(desk, f"visits/{third['id']}/leave")
    here = desk.get("/api/v1/visits?open=true").json()
    assert [v["id"] for v in here["items"]] == [first["id"], second["id"]]
    assert here["next"] is None
    assert len(desk.get("/api/v1/visits?site=exchange").json()["items"]) == 3
    assert [v["id"] for v in desk.get("/api/v1/visits?open=false").json()["items"]] == [third["id"]]
    assert desk.get("/api/v1/sites/exchange/board").json()["visits"] == here["items"]


def test_a_visit_from_the_door_to_the_outcome(world):
    desk, other = world.client(device="desk-1"), world.client(login="ben")
    id = arrive(desk, mood="agitated", description="red coat")["id"]
    assert post(desk, f"visits/{id}/mood", {"mood": "distressed"}).json()["mood"] == "distressed"
    told = post(desk, f"visits/{id}/tell", {"wait": "PT15M", "through": "interpreter", "note": None}).json()
    assert {c["kind"] for c in told["clocks"]} == {"attend", "ask_service", "agitated", "promise"}
    assert post(desk, f"visits/{id}/cannot-in-time", {"reason": "full"}).json()["prompts"][0]["kind"] == "tell_customer"
    assert post(desk, f"visits/{id}/problem").status_code == 200
    assert post(desk, f"visits/{id}/note", {"text": "a note"}).status_code == 200
    assert post(desk, f"visits/{id}/call").json()["state"] == "offered"
    assert post(desk, f"visits/{id}/no-show").json()["outcome"] == "no_show"
    assert post(desk, f"visits/{id}/reinstate").json()["state"] == "waiting"
    attended = post(desk, f"visits/{id}/attend", {"channel": "face_to_face"}).json()
    assert (attended["state"], attended["owner"]) == ("attending", world.device("desk-1").ref)
    second = post(other, f"visits/{id}/attend", {"channel": "face_to_face"})
    assert (second.status_code, second.json()["code"]) == (409, "already_attended")
    done = post(desk, f"visits/{id}/finish").json()
    assert (done["state"], done["outcome"]) == ("closed", "direct")
    corrected = {"field": "companions", "value": 2, "reason": "miscounted"}
    assert post(desk, f"visits/{id}/correct", corrected).status_code == 200
    record = desk.get(f"/api/v1/journal?subject=visit:{id}").json()["items"]
    assert [e["type"] for e in record][:2] == ["visit:arrived", "visit:mood-changed"]


def test_a_prompt_is_answered_once(world):
    desk = world.client(device="desk-1")
    id = arrive(desk, mood="agitated")["id"]
    world.advance("09:05:01")
    (prompt,) = desk.get(f"/api/v1/visits/{id}").json()["prompts"]
    assert prompt["call"] == {"role": "manager", "name": "Helen Marsh", "phone": "07700 900121"}
    address = f"prompts/{prompt['id']}/answer"
    missed = post(desk, address, {"reached": None, "role": "manager", "note": ""})
    assert (missed.status_code, missed.json()["call"]["role"]) == (200, "deputy")
    found = post(desk, address, {"reached": "David Osei", "role": "deputy", "note": "Coming"}).json()
    assert (found["reached"], found["answered_at"]) == ("David Osei", world.now.isoformat())
    again = post(desk, address, {"reached": "David Osei"})
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert faults(post(desk, address, {})) == ["reached"]
    assert world.told() == {"helen", "david"} - {"helen", "david"}, "pages are withdrawn with the answer"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"site": "nowhere"}, ["site"]),
        ({"team": "wizards", "service": "spells"}, ["service", "team"]),
        ({"mood": "angry", "companions": -1, "colour": "red"}, ["colour", "companions", "mood"]),
        ({"arrived_at": "2026-03-02T08:50:00"}, ["arrived_at"]),
        ({"arrived_at": "2026-03-02T09:00:01+00:00", "team": "wizards"}, ["arrived_at", "team"]),
        ({"arrived_at": "yesterday", "mood": "angry", "site": "exchange"}, ["arrived_at", "mood"]),
        ({"appointment_at": "9999-12-31T23:59:59-12:00"}, ["appointment_at"]),
        ({"arrived_at": "0001-01-01T00:00:00+14:00"}, ["arrived_at"]),
        ({"description": "a\0b"}, ["description"]),
        ({"description": "x" * 10_001}, ["description"]),
        ({"site": "a\0b", "source": "pigeon"}, ["site", "source"]),
        ({"companions": 10**30}, ["companions"]),
    ],
)
def test_bad_input_names_every_field_at_once(world, body, fields):
    desk = world.client(device="desk-1")
    assert faults(post(desk, "visits", body)) == fields
    assert desk.get("/api/v1/visits").json()["items"] == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(world, body):
    desk = world.client(device="desk-1")
    assert faults(desk.post("/api/v1/visits", body, content_type="application/json")) == ["body"]


@pytest.mark.parametrize(
    ("action", "body", "fields"),
    [
        ("mood", {"mood": "angry"}, ["mood"]),
        ("attend", {}, ["channel"]),
        ("tell", {"wait": "ten minutes", "note": "a\0b"}, ["note", "wait"]),
        ("refer", {}, ["person", "team"]),
        ("refer", {"person": "nobody"}, ["person"]),
        ("refer", {"team": "a\0b"}, ["team"]),
        ("decline", {}, ["reason"]),
        ("cannot-meet", {}, ["alternatives", "reason", "told"]),
        ("note", {"text": "x" * 10_001}, ["text"]),
        ("note", {"text": "hello", "colour": "red"}, ["colour"]),
        ("correct", {"field": "shoe"}, ["field", "reason"]),
        ("leave", {"why": "bored"}, ["why"]),
    ],
)
def test_a_faulty_action_changes_nothing(world, action, body, fields):
    desk = world.client(device="desk-1")
    visit = arrive(desk)
    assert faults(post(desk, f"visits/{visit['id']}/{action}", body)) == fields
    assert desk.get(f"/api/v1/visits/{visit['id']}").json() == visit


def test_words_in_every_script_are_welcome(world):
    desk = world.client(device="desk-1")
    name = "שלום عليكم 👩🏽‍🦽 " + "é" * 9_900
    assert arrive(desk, description=name)["description"] == name


def test_what_does_not_exist_is_not_found_and_others_sites_are_not_shown(world):
    desk = world.client(device="desk-1")
    visit = arrive(desk)
    for id in ("9" * 30, "999", "abc", "²", "-1"):
        assert desk.get(f"/api/v1/visits/{id}").status_code == 404
        assert post(desk, f"visits/{id}/leave").status_code == 404
        assert post(desk, f"prompts/{id}/answer", {"reached": "x"}).status_code == 404
    branch = world.client(device="branch-desk")
    assert branch.get(f"/api/v1/visits/{visit['id']}").json()["code"] == "not_allowed"
    assert post(branch, f"visits/{visit['id']}/leave").status_code == 403
    assert post(branch, "visits", {"site": "exchange"}).status_code == 403
    assert branch.get("/api/v1/visits?site=exchange").status_code == 403
    assert branch.get("/api/v1/visits?site=nowhere").status_code == 404
    assert world.client().get("/api/v1/visits").status_code == 401


def test_the_site_must_be_said_by_who_has_none(world):
    everywhere = world.client(login="dana")
    assert post(everywhere, "visits", {"site": "exchange"}).status_code == 403


def test_the_room_is_told_in_one_act(world):
    desk = world.client(device="desk-1")
    ids = [arrive(desk)["id"] for _ in range(3)]
    post(desk, f"visits/{ids[0]}/attend", {"channel": "phone"})
    told = post(desk, "sites/exchange/tell", {"wait": "PT20M"})
    assert [v["id"] for v in told.json()["items"]] == ids[1:]
    assert all("promise" in {c["kind"] for c in v["clocks"]} for v in told.json()["items"])
    assert faults(post(desk, "sites/exchange/tell", {"wait": "soon"})) == ["wait"]
    assert post(desk, "sites/branch/tell").status_code == 403
    assert post(desk, "sites/nowhere/tell").status_code == 404


@pytest.mark.parametrize("address", ["visits/1/marry", "nowhere", "alarms-of-old"])
def test_an_unknown_address_is_told_as_a_problem_and_asks_for_no_cookie(world, address):
    strict = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {world.token('amira', None)}"})
    answer = post(strict, address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"
