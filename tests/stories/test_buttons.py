"""Worn and wall buttons: what they sign, whose press it is, and what they say of themselves."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from steadydesk.alarms import bookkeeping
from steadydesk.alarms import queries as alarms
from steadydesk.alarms.buttons import ZONE_LASTS, Heard, Trials
from steadydesk.api.v1 import devices
from steadydesk.buttons import actions, queries
from steadydesk.buttons.models import Button, Zone
from steadydesk.buttons.rules import TRIAL, Said
from steadydesk.journal.models import Entry
from steadydesk.kernel.errors import Invalid
from steadydesk.kernel.signature import HEADER, sign
from steadydesk.loneworking import queries as lone
from steadydesk.loneworking.actions import begin_lone_shift
from steadydesk.people import actions as people
from steadydesk.people.models import Device, Person
from steadydesk.project.setup.actions import known, set_up
from steadydesk.project.setup.reading import SetUpFaults, read
from steadydesk.sites.models import Place
from tests.alarming import FIRST, end
from tests.world import TESTER

PATH = "/api/v1/device-events"


def register(world, name, place=None, **more):
    """A button with a secret, by name."""
    row = Button(name=name, site_id="exchange", kind="worn", **more)
    if place:
        row.kind, row.place = "wall", Place.objects.get(site="exchange", slug=place)
    actions.save_row(row, by=TESTER, now=world.now)
    return row.pk, actions.make_secret(row.pk, by=TESTER, now=world.now)


@pytest.fixture
def wall(world):
    """The button under the shelf of desk 2."""
    return register(world, "wall-1", "desk-2")


@pytest.fixture
def worn(world):
    """A button that Nina wears."""
    id, secret = register(world, "badge-7")
    actions.assign(id, Person.objects.get(login="nina").pk, by=TESTER, now=world.now)
    return id, secret


def send(world, secret, device, kind="press", *, event="e1", sent_at=None, status=None, **said):
    """One event as the device or its gateway sends it; returns the answer."""
    body = json.dumps({"device": device, "event_id": event, "kind": kind, **said}).encode()
    at = int((sent_at or world.now).timestamp())
    head = {HEADER: sign(secret, at, body)}
    reply = Client().post(PATH, body, content_type="application/json", headers=head)
    assert reply.status_code == (status or (201 if kind == "press" else 200)), reply.content
    return reply.json()


def refusals():
    refused = Entry.objects.filter(type="button:refused").order_by("pk")
    return [(e.subject, e.facts["device"], e.facts["reason"]) for e in refused]


@pytest.mark.clause("L2b")
def test_l2b_a_press_of_a_worn_button_names_its_wearer_and_the_last_zone(world, worn):
    stacks = Place.objects.get(site="exchange", slug="room-2")
    actions.save_row(Zone(name="gateway-4", place=stacks), by=TESTER, now=world.now)
    alarm = send(world, worn[1], "badge-7", zone="gateway-4")["alarm"]
    assert (alarm["place"]["id"], alarm["source"], alarm["kind"]) == ("room-2", "device", "person")
    assert (alarm["urgency"], alarm["mode"], alarm["recorded"]) == ("help", "real", True)
    nina = Person.objects.get(login="nina")
    raised = Entry.objects.get(type="alarm:raised")
    assert raised.by == f"person:{nina.pk}"
    page = world.client("tariq").get(f"/alarms/{alarm['id']}").content.decode()
    assert nina.name in page
    assert "gateway-4" in page
    assert "nina" not in world.told()


@pytest.mark.clause("L2b")
def test_l2b_a_device_that_nobody_registered_is_refused_and_a_manager_sees_it(world, wall):
    send(world, wall[1], "stranger", status=401)
    assert refusals() == [("button:unknown", "stranger", "unknown")]
    assert alarms.open_alarms() == []
    assert "stranger" in world.client("grace").get("/manage/buttons?site=exchange").content.decode()


@pytest.mark.clause("L2b")
def test_l2b_a_worn_device_that_nobody_is_known_to_wear_is_refused_and_somebody_looks_for_them(world):
    id, secret = register(world, "badge-8")
    send(world, secret, "badge-8", status=403)
    assert refusals() == [(f"button:{id}", "badge-8", "unassigned")]
    assert world.told() == {"joan"}
    assert alarms.open_alarms() == []


def test_a_wall_button_is_its_place_and_its_press_tells_those_whom_the_screen_button_tells(world, wall):
    alarm = send(world, wall[1], "wall-1")["alarm"]
    assert alarm["place"] == {"id": "desk-2", "name": "Desk 2"}
    assert world.told() == FIRST


def test_the_same_event_presses_once_however_often_it_is_sent(world, wall):
    first = send(world, wall[1], "wall-1")["alarm"]
    again = send(world, wall[1], "wall-1", sent_at=world.now + timedelta(seconds=9), status=200)["alarm"]
    assert (again["id"], again["presses"]) == (first["id"], 1)
    world.messages()


def test_a_button_without_ids_of_its_own_is_heard_at_every_press(world, wall):
    first = send(world, wall[1], "wall-1", event="")["alarm"]
    again = send(world, wall[1], "wall-1", event="", status=200)["alarm"]
    assert (again["id"], again["presses"]) == (first["id"], 1), "the very same event, sent twice"
    end(world, first)
    world.advance(timedelta(hours=1))
    later = send(world, wall[1], "wall-1", event="")["alarm"]
    assert later["id"] != first["id"]
    assert [a.id for a in alarms.open_alarms()] == [later["id"]]
    world.messages()


def test_a_press_is_never_refused_for_a_field_that_cannot_be_used(world, wall):
    alarm = send(world, wall[1], "wall-1", battery="full", zone=["x"], at="noon", more=1)["alarm"]
    assert alarm["place"]["id"] == "desk-2"
    odd = Entry.objects.get(type="press:odd")
    assert {"battery", "zone", "at"} <= set(odd.facts["fields"])
    world.messages()


@pytest.mark.parametrize("off", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)])
def test_a_signature_from_another_time_is_refused_and_kept(world, wall, off):
    send(world, wall[1], "wall-1", sent_at=world.now + off, status=401)
    assert refusals() == [(f"button:{wall[0]}", "wall-1", "stale")]


def test_a_forged_signature_is_refused_and_cannot_fill_the_journal(world, wall):
    for _n in range(5):
        send(world, "guess", "wall-1", status=401)
    assert refusals() == [(f"button:{wall[0]}", "wall-1", "unsigned")]


def test_devices_that_nobody_registered_fill_no_journal_whatever_they_call_themselves(world, wall):
    for n in range(5):
        send(world, "guess", f"stranger-{n}", status=401)
    assert refusals() == [("button:unknown", "stranger-0", "unknown")]
    world.advance(actions.WAIT)
    send(world, "guess", "stranger-9", status=401)
    assert len(refusals()) == 2


@pytest.mark.parametrize("type", ["button:refused", "button:low", "button:silent"])
def test_what_a_device_brings_about_of_itself_does_not_have_the_book_read_again(type):
    assert bookkeeping.touches(type, {}) == ""
    assert bookkeeping.touches("button:assigned", {}) == "book"


def test_a_new_secret_voids_the_one_before_and_neither_is_kept(world, wall):
    fresh = actions.make_secret(wall[0], by=TESTER, now=world.now)
    send(world, wall[1], "wall-1", status=401)
    send(world, fresh, "wall-1")
    assert fresh not in str(Button.objects.values_list())
    world.messages()


def test_a_retired_button_is_refused_and_its_name_is_free(world, wall):
    actions.retire(wall[0], by=TESTER, now=world.now)
    send(world, wall[1], "wall-1", status=401)
    register(world, "wall-1", "desk-1")


def test_whoever_leaves_wears_nothing_any_more(world, worn):
    people.delete_row(Person.objects.get(login="nina"), by=TESTER, now=world.now)
    assert queries.button(worn[0]).person_id is None


def test_a_low_battery_is_told_once_and_again_after_it_was_changed(world, wall):
    for level in (60, 20, 18, 25, 19):
        send(world, wall[1], "wall-1", "battery", battery=level, event=f"b{level}")
    assert world.told() == {"joan"}
    assert Entry.objects.filter(type="button:low").count() == 1
    send(world, wall[1], "wall-1", "battery", battery=100, event="new")
    world.advance(timedelta(minutes=1))
    send(world, wall[1], "wall-1", "battery", battery=5, event="old")
    assert world.told() == {"joan"}


def test_a_button_that_is_not_heard_of_within_its_interval_is_told_once(world):
    id, secret = register(world, "wall-9", "desk-2", every_minutes=30)
    world.advance(timedelta(minutes=20))
    send(world, secret, "wall-9", "heard")
    world.advance(timedelta(minutes=29))
    assert not queries.button(id).is_silent
    world.advance(timedelta(minutes=90))
    assert Entry.objects.filter(type="button:silent").count() == 1
    assert world.told() == {"joan"}
    send(world, secret, "wall-9", "heard", event="e2")
    assert not queries.button(id).is_silent


def test_a_check_in_is_kept_once_with_whoever_wears_it(world, worn):
    for _n in range(2):
        send(world, worn[1], "badge-7", "check_in")
    [entry] = Entry.objects.filter(type="button:checked-in")
    assert entry.facts["person"] == Person.objects.get(login="nina").pk


@pytest.mark.parametrize(("kind", "place"), [("worn", "desk-2"), ("wall", None)])
def test_a_fixed_button_has_a_place_and_a_worn_one_has_none(world, kind, place):
    spot = Place.objects.get(site="exchange", slug=place) if place else None
    with pytest.raises(Invalid):
        actions.save_row(Button(name="x", kind=kind, site_id="exchange", place=spot), by=TESTER, now=world.now)


def test_the_page_says_how_each_stands_and_shows_a_secret_once(world, wall, worn):
    client = world.client("sasha")
    reply = client.post(f"/manage/buttons/{wall[0]}", {"site": "exchange", "do": "secret"}, follow=True)
    assert "it is shown only now" in reply.content.decode()
    client.post(f"/manage/buttons/{worn[0]}", {"site": "exchange", "do": "assign", "person": ""})
    page = client.get("/manage/buttons?site=exchange").content.decode()
    assert "it is shown only now" not in page
    assert "nobody wears it" in page
    assert "never heard of" in page


def test_a_set_up_file_registers_buttons_and_zones_and_names_what_is_wrong(world):
    text = """
sites:
- id: exchange
  name: Council building
  places: [{id: desk-1, name: Desk 1, kind: desk}]
  buttons: [{name: wall-3, kind: wall, place: desk-1, every_minutes: 60}, {name: badge-3, kind: worn}]
  zones: [{name: gateway-1, place: desk-1}]
"""
    file = read(text, known())
    assert set_up(file, by=TESTER, now=world.now) > 0
    assert [b.name for b in queries.buttons("exchange")][-2:] == ["wall-3", "badge-3"]
    assert queries.zones()["gateway-1"] == ("exchange", "desk-1")
    with pytest.raises(SetUpFaults) as refused:
        read(text.replace("kind: worn", "kind: pedal"), known())
    assert "Say where it is fixed" in str(refused.value)


def test_whoever_wears_a_button_is_asked_at_the_start_of_each_shift(world, worn):
    nina = world.person("nina")
    page = world.client("nina").get("/me").content.decode()
    assert "You wear the button" in page
    people.end_shift(int(nina.id), "exchange", by=nina, now=world.now)
    world.advance(timedelta(hours=14))
    people.start_shift(int(nina.id), "exchange", by=nina, now=world.now)
    assert "Do you wear the button" in world.client("nina").get("/me").content.decode()
    world.client("nina").post("/me/duty", {"do": "wear", "button": worn[0]})
    assert "You wear the button" in world.client("nina").get("/me").content.decode()
    assert queries.button(worn[0]).confirmed_at == world.now
    world.messages()


def test_whoever_does_not_wear_it_says_so_and_nobody_else_can(world, worn):
    assert world.client("amira").post("/me/duty", {"do": "lay-down", "button": worn[0]}).status_code == 404
    world.client("nina").post("/me/duty", {"do": "lay-down", "button": worn[0]})
    assert queries.button(worn[0]).person_id is None


# Told by a gateway, which does not sign


@pytest.fixture
def gateway(world):
    """What listens at the broker, as a device with a credential of its own."""
    place = Place.objects.get(site="exchange", slug="staff-corridor")
    row = Device(name="broker", site_id="exchange", place=place, kind=Device.Kind.GATEWAY)
    people.save_row(row, by=TESTER, now=world.now)
    return world.client(device="broker")


def tell(gateway, device, kind="press", *, status=200, **said):
    """One event as the gateway tells it; returns the answer."""
    body = {"device": device, "event_id": f"{device} {kind}", "kind": kind, **said}
    reply = gateway.post(PATH, body, content_type="application/json")
    assert reply.status_code == status, reply.content
    return reply.json()


@pytest.mark.clause("L2b")
def test_l2b_a_gateway_speaks_for_a_worn_button_without_a_secret_of_its_own(world, gateway):
    id, _secret = register(world, "badge-9")
    Button.objects.filter(pk=id).update(salt="")
    actions.assign(id, Person.objects.get(login="nina").pk, by=TESTER, now=world.now)
    alarm = tell(gateway, "badge-9", status=201)["alarm"]
    assert Entry.objects.get(type="alarm:raised").by == f"person:{Person.objects.get(login='nina').pk}"
    assert tell(gateway, "badge-9")["alarm"]["id"] == alarm["id"], "the same event again is no second call"
    world.messages()


@pytest.mark.clause("L2b")
def test_l2b_what_a_gateway_says_of_strangers_and_of_what_nobody_wears_is_refused_and_kept_but_lamps_are_not(
    world, gateway
):
    id, _secret = register(world, "badge-9")
    assert tell(gateway, "stranger") == {"alarm": None, "reason": "unknown"}
    assert tell(gateway, "badge-9") == {"alarm": None, "reason": "unassigned"}
    assert tell(gateway, "lamp", "heard") == {"alarm": None, "reason": "unknown"}
    assert refusals() == [("button:unknown", "stranger", "unknown"), (f"button:{id}", "badge-9", "unassigned")]
    assert alarms.open_alarms() == []
    world.messages()


def test_what_a_gateway_cannot_read_is_seen_by_a_manager(world, gateway, wall):
    assert tell(gateway, "wall-1", "unreadable")["reason"] == "unreadable"
    assert "cannot be read" in world.client("grace").get("/manage/buttons?site=exchange").content.decode()


def test_a_gateway_calls_nobody_for_itself_and_reads_nothing(world, gateway):
    assert gateway.post("/api/v1/alarms", {}, content_type="application/json").status_code == 401
    assert gateway.get("/api/v1/visits?site=exchange").status_code == 403
    assert gateway.get("/api/v1/alarms").json().get("items", []) == []


def test_a_desk_speaks_for_no_button(world, wall):
    reply = world.client(device="desk-1").post(PATH, {"device": "wall-1", "kind": "press"}, "application/json")
    assert reply.status_code == 401
    assert refusals() == [(f"button:{wall[0]}", "wall-1", "unsigned")]


# Trials


@pytest.fixture(autouse=True)
def no_trial_was_taken(monkeypatch):
    """Each world begins with the same buttons at the same time."""
    monkeypatch.setattr(devices, "TRIALS", Trials())


def test_a_press_in_its_trial_calls_nobody_and_says_that_it_works_and_the_next_one_calls(world, wall):
    client = world.client("helen")
    client.post(f"/manage/buttons/{wall[0]}", {"site": "exchange", "do": "test"})
    assert "calls nobody" in client.get("/manage/buttons?site=exchange").content.decode()
    for _time in range(2):
        assert send(world, wall[1], "wall-1", event="try", status=200) == {"alarm": None, "reason": "tested"}
    assert alarms.open_alarms() == []
    assert Entry.objects.filter(type="button:tested").count() == 1
    assert ": works" in client.get("/manage/buttons?site=exchange").content.decode()
    send(world, wall[1], "wall-1", event="real")
    assert len(alarms.open_alarms()) == 1
    world.messages()


def test_a_second_press_within_the_same_trial_calls_though_the_first_is_not_on_record_yet(world, wall):
    actions.begin_trial(wall[0], by=TESTER, now=world.now)
    book, trials = bookkeeping.load(world.now), Trials()
    heard = [
        Heard("wall-1", "", book.buttons["wall-1"], Said("press", key, world.now), world.now) for key in ("a", "a", "b")
    ]
    assert [trials.settle(h, world.now).is_trial for h in heard] == [True, True, False]


def test_a_press_from_before_its_trial_and_one_after_it_call(world, wall):
    actions.begin_trial(wall[0], by=TESTER, now=world.now)
    before = (world.now - timedelta(seconds=30)).isoformat()
    send(world, wall[1], "wall-1", event="before", at=before)
    world.advance(TRIAL)
    send(world, wall[1], "wall-1", event="after", status=200)
    assert [a.presses for a in alarms.open_alarms()] == [2]
    world.messages()


def test_whoever_wears_a_button_tries_it_themselves_and_nobody_else_of_their_rank_does(world, worn):
    assert world.client("amira").post("/me/duty", {"do": "test", "button": worn[0]}).status_code == 403
    world.client("nina").post("/me/duty", {"do": "test", "button": worn[0]})
    assert "calls nobody" in world.client("nina").get("/me").content.decode()
    send(world, worn[1], "badge-7", status=200)
    assert "Tested" in world.client("nina").get("/me").content.decode()


# Working alone


@pytest.fixture
def alone(world, worn):
    """Nina works alone, with the answer for duress that she chose."""
    return begin_lone_shift("exchange", "back-office", (), "fine", by=world.person("nina"), now=world.now)


def test_a_check_in_of_the_button_answers_for_the_lone_shift_of_its_wearer(world, worn, alone):
    world.advance(timedelta(minutes=5))
    send(world, worn[1], "badge-7", "check_in")
    assert lone.shift(alone.pk).last_at == world.now
    assert Entry.objects.filter(type="lone:checked-in").count() == 1


def test_a_check_in_that_was_kept_for_a_while_counts_from_when_it_was_made(world, worn, alone):
    made = world.now + timedelta(minutes=1)
    world.advance(timedelta(minutes=5))
    send(world, worn[1], "badge-7", "check_in", at=made.isoformat())
    assert lone.shift(alone.pk).last_at == made


def test_the_gesture_for_duress_calls_and_is_answered_and_kept_to_the_byte_as_a_check_in(world, worn, alone):
    calm = send(world, worn[1], "badge-7", "check_in", event="c1")
    duress = send(world, worn[1], "badge-7", "duress", event="d1", status=200)
    assert duress == calm
    assert [a.source for a in alarms.open_alarms()] == ["duress"]
    kept = [
        (e.subject, e.by, sorted(e.facts))
        for e in Entry.objects.filter(type__in=("button:checked-in", "lone:checked-in")).order_by("id")
    ]
    assert kept[: len(kept) // 2] == kept[len(kept) // 2 :]
    assert len(kept) == 4
    world.messages()


def test_a_note_says_how_old_the_last_zone_is_and_yesterdays_sends_nobody_there(world, worn):
    stacks = Place.objects.get(site="exchange", slug="room-2")
    actions.save_row(Zone(name="gateway-4", place=stacks), by=TESTER, now=world.now)
    send(world, worn[1], "badge-7", "heard", zone="gateway-4")
    world.advance(timedelta(minutes=12))
    alarm = send(world, worn[1], "badge-7")["alarm"]
    assert alarm["place"]["id"] == "room-2"
    assert "heard there 12 min before" in world.client("tariq").get(f"/alarms/{alarm['id']}").content.decode()
    end(world, alarm)
    world.advance(ZONE_LASTS)
    assert send(world, worn[1], "badge-7", event="e2")["alarm"]["place"]["id"] != "room-2"
    world.messages()
