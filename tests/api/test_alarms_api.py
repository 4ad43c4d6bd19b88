"""Alarms over the API: nothing refuses a press, and every answer says what it cannot do."""

import uuid
from datetime import timedelta

import pytest

from steadydesk.alarms.models import Act
from steadydesk.journal.models import Entry
from steadydesk.people import actions as people
from steadydesk.people.models import Person
from tests.alarming import PATH, answer, end, press, shown, subject


@pytest.fixture(autouse=True)
def _heard(world):
    """Who is told is the stories' matter."""
    yield
    world.messages()


@pytest.mark.parametrize("credential", [None, "", "Bearer", "Bearer nonsense", "Basic eDp5"])
def test_an_unknown_credential_is_the_one_thing_that_refuses_a_press(world, credential):
    headers = {} if credential is None else {"Authorization": credential}
    refused = world.client().post(PATH, {}, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


def test_an_empty_press_is_enough(world):
    raised = world.client(device="desk-1").post(PATH, b"", content_type="application/json")
    assert raised.status_code == 201
    alarm = raised.json()
    assert uuid.UUID(alarm["id"])
    assert (alarm["mode"], alarm["kind"], alarm["urgency"], alarm["source"]) == ("real", "person", "help", "api")
    assert (alarm["recorded"], alarm["joined"], alarm["presses"], alarm["step"]) == (True, False, 1, 1)


@pytest.mark.parametrize(
    ("raw", "odd"),
    [
        (b"{", ["body"]),
        (b"\xff\xfe", ["body"]),
        (b"[]", ["body"]),
        (b"x" * 1_000_000, ["body"]),
        (b'{"mode": "REAL", "urgency": 7, "place": {"id": "desk-2"}}', ["mode", "place", "urgency"]),
        (b'{"colour": "red", "Amira Khan": 1}', ["?", "colour"]),
        (b'{"note": "half a character \\ud800"}', ["note"]),
        (b'{"site": "branch"}', ["site"]),
        (b'{"ago": 45}', ["ago"]),
        (b'{"ago": "-PT1S"}', ["ago"]),
        (b'{"ago": "PT24H1S"}', ["ago"]),
        (b'{"ago": "P999999999999999999999D"}', ["ago"]),
        (b'{"ago": "P1M"}', ["ago"]),
        (b'{"ago": "a while"}', ["ago"]),
        (b'{"ago": {"minutes": 3}}', ["ago"]),
        (b'{"ago": true}', ["ago"]),
        (b'{"ago": "PT1S\\u0000"}', ["ago"]),
    ],
)
def test_what_cannot_be_used_is_dropped_and_journalled(world, raw, odd):
    raised = world.client(device="desk-1").post(PATH, raw, content_type="application/json")
    assert raised.status_code == 201
    alarm = raised.json()
    assert (alarm["mode"], alarm["urgency"], alarm["place"]["id"]) == ("real", "help", "desk-1")
    entry = Entry.objects.get(subject=subject(alarm), type="press:odd")
    assert sorted(entry.facts["fields"]) == odd


def test_a_press_that_was_kept_carries_its_own_time_and_its_chain_begins_now(world):
    alarm = press(world, key="kept", ago="PT12M30.5S")
    assert alarm["raised_at"] == (world.now - timedelta(minutes=12, seconds=30.5)).isoformat()
    assert (alarm["received_at"], alarm["step"]) == (world.now.isoformat(), 1)
    again = press(world, key="kept", ago="PT13M", status=200)
    assert (again["raised_at"], again["presses"]) == (alarm["raised_at"], 1)
    assert not Entry.objects.filter(subject=subject(alarm), type="press:odd").exists()


def test_a_note_in_any_language_is_kept(world):
    alarm = press(world, note="\u202bساعدوني\u202c 🧑‍🦽")
    assert not Entry.objects.filter(subject=subject(alarm), type="press:odd").exists()


def test_the_same_key_is_the_same_alarm(world):
    first = press(world, key="k-1")
    again = press(world, key="k-1", status=200, urgency="nearby")
    assert (again["id"], again["presses"], again["joined"]) == (first["id"], 1, False)
    end(world, first)
    assert press(world, key="k-1", status=200)["state"] == "closed", "a retry that comes late rings nobody again"
    assert press(world, device="desk-2", key="k-1")["id"] != first["id"]


def test_the_key_of_a_press_that_joined_finds_what_it_joined(world):
    first = press(world)
    joined = press(world, key="k-2", status=200)
    again = press(world, key="k-2", status=200)
    assert (joined["joined"], again["joined"], again["id"], again["presses"]) == (True, True, first["id"], 2)


def test_a_person_presses_from_where_they_stand_or_from_the_place_they_name(world):
    assert press(world, login="ben")["place"]["id"] == "desk-2"
    assert press(world, login="ben", place="room-3")["place"] == {"id": "room-3", "name": "Interview room 3"}
    assert press(world, login="dana")["site"] in {"exchange", "branch"}, "somebody is told, wherever it is"


def test_somebody_who_helps_out_at_another_building_presses_from_there(world):
    people.end_shift(world.person("ben").person, "exchange", by=world.person("ben"), now=world.now)
    people.start_shift(world.person("ben").person, "branch", by=world.person("ruth"), now=world.now)
    world.messages()
    assert press(world, login="ben")["site"] == "branch"
    assert "iris" in world.told()


def test_no_drill_where_a_real_call_is_open(world):
    press(world)
    assert press(world, mode="drill", status=409)["code"] == "real_alarm_open"
    press(world, device="desk-2", mode="drill")


@pytest.mark.parametrize("verb", ["acknowledge", "decline", "attend"])
def test_the_raiser_cannot_answer(world, verb):
    by_desk = press(world)
    assert answer(world, by_desk, verb, "desk-1", status=409)["code"] == "own_alarm"
    by_person = press(world, login="ben")
    assert answer(world, by_person, verb, "ben", status=409)["code"] == "own_alarm"


def test_who_may_not_answer_is_told_so(world):
    alarm = press(world)
    for nobody in ("desk-2", "vera", "robin"):
        status = 404 if nobody == "robin" else 403
        answer(world, alarm, "acknowledge", nobody, status=status)
    assert answer(world, alarm, "acknowledge", "ruth", status=404)["code"] == "not_found", "another site's"


def test_later_acknowledgements_are_counted(world):
    alarm = press(world)
    for count, login in enumerate(("viktor", "ben", "helen"), 1):
        assert len(answer(world, alarm, "acknowledge", login)["coming"]) == count
    assert len(answer(world, alarm, "acknowledge", "ben")["coming"]) == 3


def test_a_real_call_is_closed_from_attended_by_somebody_else_with_a_disposition(world):
    alarm = press(world, login="ben")
    assert answer(world, alarm, "close", "viktor", disposition="handled", status=409)["code"] == "incomplete"
    answer(world, alarm, "attend", "viktor")
    for wrong in ({}, {"disposition": "drill"}, {"disposition": "gone"}, {"disposition": 5}):
        problem = answer(world, alarm, "close", "viktor", status=422, **wrong)
        assert (problem["code"], problem["errors"][0]["field"]) == ("invalid", "disposition")
    assert answer(world, alarm, "close", "ben", disposition="handled", status=409)["code"] == "own_alarm"
    assert answer(world, alarm, "close", "viktor", disposition="handled")["disposition"] == "handled"


@pytest.mark.parametrize("mode", ["drill", "test"])
def test_an_exercise_is_closed_from_any_state_by_whoever_began_it(world, mode):
    alarm = press(world, login="ben", mode=mode)
    assert answer(world, alarm, "close", "ben", disposition=mode)["state"] == "closed"


def test_every_fault_of_an_answer_is_named(world):
    alarm = press(world)
    problem = answer(world, alarm, "stand-down", "ben", status=422, reason=["x"], colour="red")
    assert sorted(e["field"] for e in problem["errors"]) == ["colour", "reason"]
    long = answer(world, alarm, "stand-down", "ben", status=422, reason="x" * 10_001)
    assert long["errors"][0]["field"] == "reason"
    for raw in (b"{", b"[]", b"\xff"):
        path = f"{PATH}/{alarm['id']}/acknowledge"
        refused = world.client(login="ben").post(path, raw, content_type="application/json")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body")


@pytest.mark.parametrize("id", ["none", "7d1e", str(uuid.UUID(int=7)), "🙂"])
def test_an_alarm_that_is_not_there_is_not_found(world, id):
    assert world.client(login="ben").get(f"{PATH}/{id}").status_code == 404
    answer(world, {"id": id}, "acknowledge", "ben", status=404)


def test_there_are_no_other_answers(world):
    alarm = press(world)
    for verb in ("clock-stepped", "tick", "press", "explode"):
        answer(world, alarm, verb, "ben", status=404)


def test_the_list_shows_the_sites_that_may_be_seen(world):
    here, there = press(world), press(world, device="branch-desk")
    closed = press(world, device="desk-2", mode="test")
    answer(world, closed, "close", "helen", disposition="test")

    def listed(login, query=""):
        return {a["id"] for a in world.client(login=login).get(f"{PATH}{query}").json()["items"]}

    assert listed("ben", "?open=true") == {here["id"]}
    assert listed("ben") == {here["id"], closed["id"]}
    assert listed("morgan", "?open=true") == {here["id"], there["id"]}
    assert listed("robin") == set()


def test_names_are_shown_to_those_who_may_see_the_alarm_and_a_note_is_fetched_and_nowhere_else(world):
    alarm = press(world, note="knife")
    answer(world, alarm, "acknowledge", "viktor")
    assert [c["name"] for c in shown(world, alarm)["coming"]] == ["Viktor Novak"]
    entries = world.client(login="helen").get("/api/v1/journal", {"subject": subject(alarm)}).json()["items"]
    assert entries[-1]["facts"]["coming"][0]["name"] == "Viktor Novak"
    press(world, note="and a dog", status=200)
    listed = world.client(login="helen").get(f"{PATH}?open=true").json()["items"]
    assert "knife" not in str(entries) + str(listed) + str(alarm)
    assert shown(world, alarm)["note"] == "knife\nand a dog"


def test_without_a_note_there_is_none(world):
    assert shown(world, press(world))["note"] is None


def test_each_act_is_kept_once_with_who_did_it(world):
    alarm = press(world)
    answer(world, alarm, "acknowledge", "viktor")
    viktor, desk = world.person("viktor").ref, world.device("desk-1").ref
    assert list(Act.objects.order_by("recorded_at", "verb").values_list("verb", "by")) == [
        ("acknowledge", viktor),
        ("press", desk),
    ]


def test_of_two_of_one_name_each_is_told_whether_it_is_they_who_come(world):
    Person.objects.filter(login="viktor").update(name="Tariq Aziz")
    alarm = press(world)
    answer(world, alarm, "acknowledge", "tariq")
    world.messages()

    def mine(**asker):
        [item] = world.client(**asker).get(f"{PATH}?open=true").json()["items"]
        return item["mine"], [c["name"] for c in item["coming"]]

    assert mine(login="tariq") == (True, ["Tariq Aziz"])
    assert mine(login="viktor") == (False, ["Tariq Aziz"])
    assert mine(device="desk-1") == (False, ["Tariq Aziz"])
