"""The rota over the interface: planned, published, read, somebody away, a shift that changes hands."""

import pytest

from steadydesk.people.models import Shift
from tests.rota import clear, plan, publish, shifts

PATTERN = {
    "site": "exchange",
    "person": "nina",
    "days": ["monday"],
    "starts": "09:00",
    "ends": "17:00",
    "from_day": "2026-03-09",
    "place": "desk-1",
}


@pytest.fixture(autouse=True)
def _nobody_at_work(world):
    clear()


def post(client, path, body=None):
    return client.post(f"/api/v1/rota{path}", body or {}, content_type="application/json")


def test_a_rota_is_planned_published_and_read_with_what_nobody_covers(world):
    lead = world.client("grace")
    assert post(lead, "/patterns", PATTERN).status_code == 200
    days = {"site": "exchange", "first": "2026-03-09", "last": "2026-03-15"}
    refused = post(lead, "/publish", days)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reason")
    done = post(lead, "/publish", {**days, "reason": "the others are away"}).json()
    assert (done["added"], len(done["alone"])) == (1, 1)
    [item] = world.client("sam").get("/api/v1/rota?site=exchange&first=2026-03-09&last=2026-03-10").json()["items"]
    assert item == {
        "kind": "work",
        "person": "nina",
        "team": "",
        "place": "desk-1",
        "start": "2026-03-09T09:00:00+00:00",
        "end": "2026-03-09T17:00:00+00:00",
    }
    found = lead.get("/api/v1/rota/gaps?site=exchange").json()["items"]
    assert [(g["kind"], g["start"][:16]) for g in found] == [("alone", "2026-03-09T09:00")]


def test_somebody_is_away_and_back_over_the_interface(world):
    plan(world, "nina", days={0})
    publish(world)
    me = world.client("nina")
    away = {"person": "nina", "kind": "leave", "start": "2026-03-09T00:00:00Z", "end": "2026-03-10T00:00:00Z"}
    made = post(me, "/absences", away).json()
    assert post(world.client("sam"), "/absences", away).status_code == 404
    assert post(me, f"/absences/{made['id']}/end").status_code == 200


def test_a_shift_changes_hands_over_the_interface(world):
    plan(world, "nina", days={0})
    publish(world)
    offer = post(world.client("nina"), "/swaps", {"shift": Shift.objects.get().pk, "to": "sam"}).json()
    assert post(world.client("tom"), f"/swaps/{offer['id']}/take").status_code == 404
    assert post(world.client("sam"), f"/swaps/{offer['id']}/take").status_code == 200
    assert shifts("sam") == ["Mon 9 09:00-17:00"]
    again = post(world.client("sam"), f"/swaps/{offer['id']}/take")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert world.told() == {"nina"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"days": ["someday"]}, "days"),
        ({"from_day": "9999-12-31"}, "from_day"),
        ({"until_day": "1999-01-01"}, "until_day"),
        ({"ends": "09:00"}, "ends"),
        ({"place": "cellar"}, "place"),
        ({"every_weeks": 0}, "every_weeks"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_named(world, more, field):
    answer = post(world.client("grace"), "/patterns", {**PATTERN, **more})
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


def test_no_more_than_a_year_is_read_or_published(world):
    lead = world.client("grace")
    assert lead.get("/api/v1/rota?site=exchange&first=0001-01-01").status_code == 422
    assert lead.get("/api/v1/rota?site=exchange&first=2026-01-01&last=2036-01-01").status_code == 422
    far = {"site": "exchange", "first": "2026-01-01", "last": "2036-01-01"}
    assert post(lead, "/publish", far).status_code == 422


def test_ones_own_calendars_and_the_address_of_ones_shifts_over_the_interface(world, settings):
    settings.CALENDAR_HOSTS = ()
    me, other = world.client("nina"), world.client("sam")
    meeting = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    both = post(me, "/calendars", {"label": "Work", "address": "https://cal.example/a.ics", "file": meeting})
    assert (both.status_code, both.json()["errors"][0]["field"]) == (422, "address")
    inside = post(me, "/calendars", {"label": "Work", "address": "http://10.0.0.7/secret.ics"})
    assert (inside.status_code, inside.json()["errors"][0]["field"]) == (422, "address")
    named = post(me, "/calendars", {"label": "Work", "address": "https://cal.example/secret.ics"}).json()
    uploaded = post(me, "/calendars", {"label": "Leave", "file": meeting}).json()
    items = me.get("/api/v1/rota/calendars").json()["items"]
    assert [(i["id"], i["label"], i["fetched"]) for i in items] == [
        (named["id"], "Work", True),
        (uploaded["id"], "Leave", False),
    ]
    assert "secret" not in str(items)
    assert other.get("/api/v1/rota/calendars").json()["items"] == []
    assert post(other, f"/calendars/{named['id']}/remove").status_code == 404
    assert post(me, f"/calendars/{named['id']}/fetch").status_code == 200
    assert post(me, f"/calendars/{named['id']}/remove").status_code == 200
    assert me.get("/api/v1/rota/feed").json() == {"since": None}
    address = post(me, "/feed").json()["address"]
    path = "/" + address.split("/", 3)[3]
    assert world.client().get(path).status_code == 200
    assert me.get("/api/v1/rota/feed").json() == {"since": world.now.isoformat()}
    assert post(me, "/feed/revoke").json() == {"since": None}
    assert world.client().get(path).status_code == 404
