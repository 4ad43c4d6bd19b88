"""Returns, expected arrivals and warnings for one day, as other people's programs use them."""

from tests.api.test_visits_api import faults, post
from tests.returning import A_DAY, HOUR, only
from tests.visiting import arrive

EXPECTED = {
    "id", "site", "visit", "came", "service", "with", "team", "at", "until", "state", "uncertain_since", "private",
    "booked_at", "booked_by",
}  # fmt: skip


def test_a_return_is_booked_and_undone_and_booked_again(world):
    start = only(world, "nina").isoformat()
    desk, visit = world.client(device="desk-1"), arrive(world, service="childrens")
    offered = desk.get(f"/api/v1/visits/{visit}/return-times?with=nina").json()["items"]
    assert offered[0] == {"at": start}
    reply = post(desk, f"visits/{visit}/return", {"with": "nina", "at": "2026-03-03T07:00:00Z"})
    body = reply.json()
    assert (reply.status_code, body["code"]) == (409, "not_available")
    assert body["errors"][0] == {"field": "at", "reason": start}
    assert faults(post(desk, f"visits/{visit}/return", {"with": "", "at": None})) == ["at", "with"]
    assert faults(post(desk, f"visits/{visit}/return", {"with": "nina", "at": "soon"})) == ["at"]
    assert faults(post(desk, f"visits/{visit}/return", {"with": "nina", "at": start, "mood": "x"})) == ["mood"]
    booked = post(desk, f"visits/{visit}/return", {"with": "nina", "at": start, "who": "Ada Long"})
    assert (booked.status_code, booked.json()["state"], booked.json()["outcome"]) == (200, "closed", "referred")
    assert post(desk, f"visits/{visit}/return-undo").json()["state"] == "waiting"
    assert post(desk, f"visits/{visit}/return-undo").status_code == 404
    assert post(desk, f"visits/{visit}/return", {"with": "nina", "at": start}).status_code == 200


def test_an_expected_arrival_from_the_booking_to_the_visit(world):
    start = only(world, "nina")
    team = world.client(login="nina")
    made = post(team, "sites/exchange/expected", {"with": "team:childrens", "at": start.isoformat(), "who": "Ada Long"})
    assert (made.status_code, set(made.json())) == (201, EXPECTED)
    id = made.json()["id"]
    moved = post(team, f"expected/{id}/move", {"at": (start + HOUR).isoformat(), "with": "nina"}).json()
    assert (moved["at"], moved["with"]) == ((start + HOUR).isoformat(), f"person:{world.person('nina').id}")
    assert team.get(f"/api/v1/expected/{id}").json() == moved
    assert team.get(f"/api/v1/expected/{id}/times").json()["items"][0] == {"at": start.isoformat()}
    assert faults(post(team, f"expected/{id}/confirm", {"way": "pigeon"})) == ["way"]
    assert post(team, f"expected/{id}/confirm", {"way": "print"}).status_code == 200
    assert post(team, f"expected/{id}/call-off").json()["state"] == "called_off"
    assert post(team, f"expected/{id}/take-up").json()["state"] == "open"
    assert team.get("/api/v1/sites/exchange/expected").json()["items"] == []
    world.advance(A_DAY)
    (item,) = team.get("/api/v1/sites/exchange/expected").json()["items"]
    assert item["id"] == id
    came = arrive(world)
    assert faults(post(team, f"visits/{came}/expected", {"expected": id, "fact": "Bea"})) == ["fact"]
    visit = post(team, f"visits/{came}/expected", {"expected": id, "fact": "Ada Long"}).json()
    assert (visit["appointment_at"], [c["kind"] for c in visit["clocks"]]) == (moved["at"], ["appointment"])
    assert team.get(f"/api/v1/expected/{id}").json()["came"] == visit["id"]
    assert post(team, f"visits/{came}/expected-undo").json()["appointment_at"] is None
    world.messages()


def test_a_warning_is_for_one_day_and_for_those_it_names(world):
    team, other = world.client(login="tariq"), world.client(login="sam")
    nina = int(world.person("nina").id)
    assert faults(post(team, "sites/exchange/forewarnings", {"text": ""})) == ["day", "text"]
    said = {"day": "2026-03-02", "around": "10:00", "text": "Was upset on Friday", "fact": "Ada Long", "named": [nina]}
    made = post(team, "sites/exchange/forewarnings", said)
    assert made.status_code == 201
    id = made.json()["id"]
    (seen,) = world.client(login="nina").get("/api/v1/sites/exchange/forewarnings").json()["items"]
    assert (seen["around"], seen["text"], seen["state"]) == ("10:00", "Was upset on Friday", "open")
    assert other.get("/api/v1/sites/exchange/forewarnings").json()["items"] == []
    assert post(other, f"sites/exchange/forewarnings/{id}/take-back").status_code == 404
    visit = str(arrive(world))
    reception = world.client(login="amira")
    there = f"sites/exchange/forewarnings/{id}/match"
    assert faults(post(reception, there, {"visit": visit, "fact": "no"})) == ["fact"]
    met = post(reception, there, {"visit": visit, "fact": "Ada Long"})
    assert met.json()["state"] == "matched"
    assert post(team, f"sites/exchange/forewarnings/{id}/take-back").status_code == 200
    assert world.client(login="nina").get("/api/v1/sites/exchange/forewarnings").json()["items"] == []
