"""Help by telephone: what a telephone system tells of calls, and what may be dialled for help."""

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from steadydesk.alarms import actions as alarms
from steadydesk.alarms.book import Book
from steadydesk.api.phone_door import PhoneDoor
from steadydesk.delivery.models import Delivery
from steadydesk.journal.models import Entry
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, StorageUnavailable
from steadydesk.people import actions as people
from steadydesk.people.actions import hash_token
from steadydesk.people.models import Device, Person, Token
from steadydesk.people.queries import telephone
from steadydesk.project.commands.check import _of_codes
from steadydesk.project.listeners import reporting
from steadydesk.project.listeners.credential import LINE, keep_token
from steadydesk.project.listeners.standing import BROKER, SEEN_WITHIN_S, TELEPHONES, Pulse, confirm, note, standing
from steadydesk.project.telephones import checking
from steadydesk.project.telephones.line import Line
from steadydesk.sites import actions as sites
from steadydesk.sites.models import Place, Site, Telephone
from steadydesk.visits import actions as visits
from tests.alarming import FIRST, SECOND_STEP, answer, events, press
from tests.visiting import arrive
from tests.world import TESTER

PATH = "/api/v1/phone-events"


@pytest.fixture
def pbx(world):
    """The telephone system of the council building, as a device."""
    place = Place.objects.get(site="exchange", slug="staff-corridor")
    row = Device(name="pbx", site_id="exchange", place=place, kind=Device.Kind.PHONES)
    people.save_row(row, by=TESTER, now=world.now)
    return world.client(device="pbx")


def dial(client, to, caller="202", *, status=201, **said):
    """One call as the telephone system tells it; returns the answer."""
    body = {"call_id": f"{caller}-{to}@pbx", "from": caller, "to": to, **said}
    reply = client.post(PATH, body, content_type="application/json")
    assert reply.status_code == status, reply.content
    return reply.json()


def save(row, world, **changes):
    for name, value in changes.items():
        setattr(row, name, value)
    sites.save_row(row, by=TESTER, now=world.now)


def help_number(site="exchange"):
    return Telephone.objects.get(site=site, use="help_extension")


@pytest.mark.clause("L2a")
def test_l2a_the_extension_raises_the_call_of_the_screens_button_at_the_place_of_the_telephone(world, pbx):
    said = dial(pbx, "555")
    alarm = said["alarm"]
    assert said["reason"] == "extension"
    assert (alarm["place"], alarm["mode"], alarm["kind"]) == ({"id": "desk-2", "name": "Desk 2"}, "real", "person")
    assert (alarm["urgency"], alarm["source"], alarm["recorded"]) == ("help", "extension", True)
    assert world.told() == FIRST


@pytest.mark.clause("L2a")
@pytest.mark.parametrize(
    ("country", "number", "words"),
    [
        ("GB", "999", "public number"),
        ("GB", "112", "public number"),
        ("US", "911", "public number"),
        ("US", "988", "public number"),
        ("GB", "99", "999 begins with 99"),
        ("GB", "9991", "9991 begins with 999"),
    ],
)
def test_l2a_a_code_that_shadows_or_delays_a_public_number_is_refused(world, country, number, words):
    save(Site.objects.get(pk="exchange"), world, country=country)
    world.publish("exchange", {"get_help.extension_length": len(number), "get_help.extension_length_reason": "old"})
    with pytest.raises(Invalid, match=words):
        save(help_number(), world, number=number)
    assert help_number().number == "555", "nothing was changed"


@pytest.mark.clause("L2a")
def test_l2a_another_length_than_three_digits_is_a_deviation_that_the_protocol_records(world):
    with pytest.raises(Invalid, match="not 3 digits long"):
        save(help_number(), world, number="5555")
    world.publish("exchange", {"get_help.extension_length": 4, "get_help.extension_length_reason": "an old exchange"})
    save(help_number(), world, number="5555")
    assert help_number().number == "5555"


def test_what_is_dialled_for_an_outside_line_counts_when_a_code_is_checked(world):
    save(Site.objects.get(pk="exchange"), world, country="US")
    save(help_number(), world, number="091")
    with pytest.raises(Invalid, match="911 begins with 091"):
        save(Site.objects.get(pk="exchange"), world, outside_line="0")
    save(help_number(), world, number="555")
    save(Site.objects.get(pk="exchange"), world, outside_line="0")
    with pytest.raises(Invalid, match="911 begins with 091"):
        save(help_number(), world, number="091")


def test_an_extension_stands_at_one_place(world):
    with pytest.raises(Invalid, match="can name one place only"):
        save(Place.objects.get(site="exchange", slug="desk-1"), world, extension="201, 202")


def test_the_preset_code_of_a_site_is_that_of_its_protocol(world):
    save(Telephone(site_id="exchange", use="preset_code"), world, number="#00")
    with pytest.raises(Invalid, match="preset code of the protocol in force is #00"):
        save(Telephone.objects.get(use="preset_code"), world, number="#11")


def test_a_telephone_of_the_house_is_no_code(world):
    with pytest.raises(Invalid, match="is the telephone of Desk 1"):
        save(help_number(), world, number="201")


@pytest.mark.clause("L3b-ii(4)")
@pytest.mark.parametrize("dialled", ["#00", "sip:%2300@pbx.example", "<sip:#00@10.0.0.1;user=phone>"])
def test_l3b_ii_4_the_preset_code_raises_the_call_as_the_button_does(world, pbx, dialled):
    said = dial(pbx, dialled, "sip:201@pbx.example")
    alarm = said["alarm"]
    assert (said["reason"], alarm["source"], alarm["urgency"]) == ("code", "code", "help")
    assert alarm["place"]["name"] == "Desk 1"
    assert world.told() == FIRST


@pytest.mark.clause("L3b-ii(4)")
def test_l3b_ii_4_the_set_up_checks_that_the_code_delays_no_emergency_call(world):
    assert list(_of_codes("exchange", ["GB"])) == []
    world.publish("exchange", {"get_help.preset_alarm_code": "01"})
    with pytest.raises(Invalid, match="begins with 01: whoever dials it would raise a call here"):
        save(Site.objects.get(pk="exchange"), world, outside_line="0")
    assert Site.objects.get(pk="exchange").outside_line == ""


def test_the_set_up_says_when_it_knows_no_public_number_of_the_country(world):
    save(Site.objects.get(pk="branch"), world, country="FR")
    [said] = _of_codes("branch", ["GB"])
    assert "names no public numbers of FR" in said


def test_the_same_call_told_twice_is_one_call(world, pbx):
    first = dial(pbx, "555")
    again = dial(pbx, "555", status=200)
    assert again["alarm"]["id"] == first["alarm"]["id"]
    assert again["alarm"]["presses"] == 1
    assert world.told() == FIRST


def test_a_second_call_from_the_same_place_joins_the_first(world, pbx):
    first = dial(pbx, "555")
    world.messages()
    again = dial(pbx, "#00", status=200)
    assert (again["alarm"]["id"], again["alarm"]["joined"]) == (first["alarm"]["id"], True)
    world.messages()


def test_a_telephone_that_nobody_set_up_is_never_refused_and_says_which_it_is(world, pbx):
    alarm = dial(pbx, "555", "299")["alarm"]
    assert alarm["place"] == {"id": "", "name": "The Exchange, telephone 299"}
    assert "press:odd" in events(alarm)
    other = dial(pbx, "555", "298")["alarm"]
    assert other["id"] != alarm["id"], "two telephones at two unknown places are two calls"
    world.messages()


def test_the_number_of_somebody_outside_is_kept_nowhere(world, pbx):
    dial(pbx, "555", "+441632555123")
    for entry in Entry.objects.all():
        assert "555123" not in str(entry.facts)
    assert "a telephone that nobody set up" in world.messages()[0].message["place"]


def test_two_telephones_outside_that_nobody_set_up_are_two_calls_and_one_of_them_again_is_one(world, pbx):
    first = dial(pbx, "555", "+441632555123")["alarm"]
    assert dial(pbx, "555", "+441632555124")["alarm"]["id"] != first["id"]
    assert dial(pbx, "555", "01632555123", status=200)["alarm"]["id"] == first["id"]
    world.messages()


def test_whoever_calls_from_their_own_telephone_while_not_at_work_cannot_answer_the_call(world, pbx, monkeypatch):
    monkeypatch.setattr(Book, "stands_at", lambda *_asked: None)
    alarm = dial(pbx, "555", "07700900111")["alarm"]
    answer(world, alarm, "acknowledge", "amira", status=409)
    world.messages()


def test_a_call_from_a_members_own_telephone_is_theirs_and_stands_where_they_work(world, pbx):
    alarm = dial(pbx, "555", "07700900111")["alarm"]
    assert alarm["place"]["id"] == "desk-1"
    assert world.told() == FIRST - {"amira"}
    answer(world, alarm, "acknowledge", "amira", status=409)


def test_a_call_kept_while_the_server_was_away_bears_the_time_at_which_it_was_made(world, pbx):
    made = world.now - timedelta(minutes=3)
    alarm = dial(pbx, "555", at=made.isoformat())["alarm"]
    assert alarm["raised_at"] == made.isoformat()
    assert alarm["received_at"] == world.now.isoformat()
    world.messages()


@pytest.mark.parametrize("at", ["yesterday", 5, "2026-03-02T09:00:00", "2031-01-01T00:00:00+00:00"])
def test_a_time_that_cannot_be_is_left_out_and_the_call_goes_out(world, pbx, at):
    alarm = dial(pbx, "555", at=at)["alarm"]
    assert alarm["raised_at"] == world.now.isoformat()
    world.messages()


def test_the_number_for_tries_raises_a_test(world, pbx):
    save(Telephone(site_id="exchange", use="test_extension"), world, number="556")
    alarm = dial(pbx, "556")["alarm"]
    assert (alarm["mode"], alarm["source"]) == ("test", "extension")
    world.messages()


@pytest.mark.parametrize("dialled", ["999", "112", "9999"])
def test_an_emergency_call_from_a_desk_shows_itself_on_the_same_screens(world, pbx, dialled):
    save(Site.objects.get(pk="exchange"), world, outside_line="9")
    said = dial(pbx, dialled)
    assert said["reason"] == "emergency_call"
    assert (said["alarm"]["kind"], said["alarm"]["place"]["name"]) == ("emergency_call", "Desk 2")
    assert world.told() == FIRST
    page = world.client(login="helen").get(f"/alarms/{said['alarm']['id']}")
    assert b"The emergency number was dialled" in page.content


def test_a_call_that_means_nothing_here_is_not_kept(world, pbx):
    before = Entry.objects.count()
    assert dial(pbx, "01632 960111", status=200) == {"alarm": None, "reason": "not_a_code"}
    assert Entry.objects.count() == before


def test_what_was_dialled_must_be_said(world, pbx):
    reply = pbx.post(PATH, {"call_id": "1", "from": "201"}, content_type="application/json")
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "to"


def test_a_telephone_system_of_two_sites_finds_the_place_at_either(world, pbx):
    alarm = dial(pbx, "333", "301")["alarm"]
    assert (alarm["site"], alarm["place"]["id"]) == ("branch", "desk")
    world.messages()


def test_a_telephone_system_reads_nothing_and_is_no_desk(world, pbx):
    for address in ("/api/v1/visits?site=exchange", "/api/v1/sites/exchange/board", "/api/v1/journal"):
        assert pbx.get(address).status_code in (403, 404), address
    desks = world.client(login="helen").get("/manage/desks?site=exchange")
    assert b"pbx" not in desks.content


def in_trouble(world, place="desk-2"):
    """A visit at a desk in which help is needed."""
    visit = arrive(world)
    visits.mark_problem(visit, by=world.device(place), now=world.now)
    return visit


@pytest.mark.clause("L3b-ii(2)")
def test_l3b_ii_2_a_number_of_the_site_that_is_rung_from_the_place_stands_beside_what_is_open_there(world, pbx):
    visit = in_trouble(world)
    assert dial(pbx, "01632 960102", status=200)["reason"] == "number_rung"
    dial(pbx, "01632 960102", status=200)
    [entry] = Entry.objects.filter(type="encounter:number-rung")
    assert (entry.subject, entry.facts["use"], entry.facts["place"]) == (f"visit:{visit}", "duty_manager", "desk-2")
    assert "960102" not in str(entry.facts)
    page = world.client(login="helen").get(f"/visits/{visit}")
    assert "Rung from here: Duty manager" in page.content.decode()


@pytest.mark.clause("L3b-ii(2)")
def test_l3b_ii_2_it_stands_beside_an_open_call_from_the_place_too_and_nowhere_else(world, pbx):
    alarm = dial(pbx, "555")["alarm"]
    world.messages()
    assert dial(pbx, "01632 960102", "201", status=200)["reason"] == "not_a_code"
    assert dial(pbx, "+44 1632 960102", status=200)["reason"] == "number_rung"
    assert [e.subject for e in Entry.objects.filter(type="encounter:number-rung")] == [f"alarm:{alarm['id']}"]


def test_a_number_that_is_rung_at_another_site_of_the_telephone_system_is_noted_there(world, pbx):
    save(Telephone(site_id="branch", use="duty_manager"), world, number="01632 960202")
    alarm = dial(pbx, "333", "301")["alarm"]
    world.messages()
    assert dial(pbx, "01632 960202", "301", status=200)["reason"] == "number_rung"
    assert [e.subject for e in Entry.objects.filter(type="encounter:number-rung")] == [f"alarm:{alarm['id']}"]


def test_a_number_that_was_rung_and_cannot_be_noted_is_not_told_for_ever(world):
    def away(*_said):
        raise StorageUnavailable("away")

    book = alarms.book()
    door = PhoneDoor(None, lambda: book, "key", away)
    answered = door._hear({"from": "202", "to": "01632 960102"}, world.device("desk-2"), 0.0)
    assert asyncio.run(answered) == (200, {"alarm": None, "reason": "not_a_code"})


def test_an_emergency_call_during_a_visit_stands_beside_the_visit(world, pbx):
    visit = in_trouble(world)
    dial(pbx, "999")
    world.messages()
    about = {e.subject for e in Entry.objects.filter(type="encounter:number-rung")}
    assert f"visit:{visit}" in about
    assert {subject.partition(":")[0] for subject in about} == {"visit", "alarm"}


MANUAL = Path(__file__).parents[2] / "docs/operate/telephones.md"
SAID = {"call_id": "17.4@pbx", "from": "202", "to": "#00", "at": "2026-03-02T08:59:59+0000"}


def as_asterisk_says():
    """The body that the manual's program sends, its arguments filled in."""
    [data] = re.findall(r'--data "(.*)" \\\n', MANUAL.read_text())
    text = data.replace('\\"', '"').replace("$(date --iso-8601=seconds)", SAID["at"])
    for place, name in (("$1", "call_id"), ("$2", "from"), ("$3", "to")):
        text = text.replace(place, SAID[name])
    return json.loads(text)


def test_what_the_manuals_dialplan_sends_is_what_the_api_takes(world, pbx):
    assert as_asterisk_says() == SAID
    reply = pbx.post(PATH, as_asterisk_says(), content_type="application/json")
    alarm = reply.json()["alarm"]
    assert (reply.status_code, alarm["place"]["id"], alarm["source"]) == (201, "desk-2", "code")
    assert alarm["raised_at"].startswith("2026-03-02T08:59:59")
    world.messages()


def test_the_manual_names_the_address_and_nothing_that_is_not_a_field():
    text = MANUAL.read_text()
    addresses = set(re.findall(r"/api/v1/[a-z-]+", text))
    assert addresses == {PATH}
    fields = {name for body in re.findall(r'\{\\?"call_id.*', text) for name in re.findall(r'\\?"([a-z_]+)\\?":', body)}
    assert fields == SAID.keys()


# Ringing out


@pytest.fixture
def rings_out(settings):
    settings.RINGS_OUT = True


def rung(world):
    """Whose telephones are to ring, of the messages since the last look."""
    ids = [row.person for row in world.messages() if row.channel == "phone"]
    assert len(ids) == len(set(ids))
    return set(Person.objects.filter(pk__in=ids).values_list("login", flat=True))


def ringing(alarm):
    return Delivery.objects.filter(subject=f"alarm:{alarm['id']}", channel="phone", state="waiting").count()


def test_telephones_ring_behind_the_staff_door_and_nowhere_near_the_customer(world, rings_out):
    press(world)
    assert rung(world) == FIRST - {"amira", "ben", "viktor"}


def test_a_telephone_that_rings_already_is_not_rung_by_the_next_step_and_stops_when_enough_are_coming(world, rings_out):
    alarm = press(world)
    assert "tariq" in rung(world)
    world.advance(timedelta(seconds=21))
    assert rung(world) == SECOND_STEP - FIRST
    answer(world, alarm, "acknowledge", "tariq")
    assert ringing(alarm)
    answer(world, alarm, "acknowledge", "helen")
    assert not ringing(alarm), "two are coming"
    world.messages()


def test_a_telephone_that_rings_already_is_rung_anew_when_the_call_becomes_more_urgent(world, rings_out):
    alarm = press(world, urgency="nearby", to="team")
    before = rung(world)
    assert before
    press(world, status=200)
    again = Delivery.objects.filter(subject=f"alarm:{alarm['id']}", channel="phone", state="waiting")
    assert {row.message["urgency"] for row in again} == {"help"}
    assert before <= rung(world)


def test_people_without_a_telephone_of_their_own_are_rung_where_they_work_and_a_shared_one_rings_once(world, rings_out):
    at_work = Person.objects.filter(login__in=("nina", "sam"))
    at_work.update(phone="")
    press(world)
    assert len(rung(world) & {"nina", "sam"}) == 1
    assert telephone(Person.objects.get(login="nina").pk, world.now) == "210"


def test_no_telephone_rings_without_a_line(world):
    press(world)
    assert rung(world) == set()


def test_an_emergency_number_is_nobodys_telephone(world):
    helen = Person.objects.get(login="helen")
    helen.phone = "999"
    with pytest.raises(Invalid, match="nobody's telephone"):
        people.save_person(helen, by=TESTER, now=world.now)
    with pytest.raises(Invalid, match="no telephone of the house"):
        save(Place.objects.get(site="exchange", slug="desk-1"), world, extension="999")


# The line


def line(**changes):
    known = {"server": None, "user": "", "secret": "", "listen": ("0.0.0.0", 5060), "trunk": (), "ring_s": 20}
    return Line(**{**known, **changes})


def found(settings, **changes):
    settings.LINE = line(**changes)
    return " ".join(checking.findings())


def test_the_check_finds_nothing_wrong_with_telephones_that_are_not_connected(world):
    assert list(checking.findings()) == []


def test_the_check_names_what_would_keep_a_call_from_coming_in(world, settings, tmp_path):
    settings.DATA = tmp_path
    known = {"server": ("127.0.0.1", 5060), "user": "555", "secret": "x"}
    assert found(settings, **known) == ""
    assert "no site has that as its help_extension" in found(settings, **{**known, "user": "777"})
    Place.objects.filter(site="exchange", slug="desk-1").update(extension="")
    assert "“Desk 1” has no extension" in found(settings, **known)
    note(tmp_path, TELEPHONES, False, "403 Forbidden")
    assert "does not register 555 since" in found(settings, **known)
    assert "(403 Forbidden)" in found(settings, **known)
    Telephone.objects.filter(site="branch", use="help_extension").delete()
    assert "branch: no help_extension" in found(settings, **known)
    assert "Nobody knows the name pbx.invalid" in found(settings, server=("pbx.invalid", 5060))


def test_the_line_gets_a_credential_of_its_own_that_only_tells_of_calls_and_keeps_it(world, tmp_path):
    keep_token(LINE, tmp_path, world.now)
    token = (tmp_path / "telephones.token").read_text()
    assert (tmp_path / "telephones.token").stat().st_mode & 0o077 == 0
    keep_token(LINE, tmp_path, world.now)
    assert (tmp_path / "telephones.token").read_text() == token
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert dial(client, "555", "301")["alarm"]["site"] == "branch"
    assert client.get("/api/v1/visits?site=exchange").status_code == 403
    world.messages()
    row = Token.objects.get(hash=hash_token(token))
    people.revoke_token(row.pk, by=TESTER, now=world.now)
    keep_token(LINE, tmp_path, world.now)
    assert (tmp_path / "telephones.token").read_text() != token, "one that is no good is made anew"


def test_a_telephone_that_was_lifted_is_told_as_answered(world, rings_out):
    alarm = press(world)
    world.messages()
    Delivery.objects.filter(channel="phone").update(state="sent")
    page = world.client(login="helen").get(f"/alarms/{alarm['id']}").content.decode()
    assert "telephone" in page
    assert "answered" in page


def test_a_registration_that_is_lost_is_an_entry_that_managers_see_once(world, tmp_path):
    def said():
        return [e.type for e in Entry.objects.filter(type__startswith="telephones:").order_by("id")]

    def report():
        reporting.report(standing(tmp_path, TELEPHONES), reporting.TELEPHONES, world.now)

    report()
    note(tmp_path, TELEPHONES, True, "")
    report()
    assert said() == [], "that it is there is no news"
    note(tmp_path, TELEPHONES, False, "403 Forbidden")
    report()
    report()
    assert said() == ["telephones:lost"]
    page = world.client(login="helen").get("/manage?site=exchange").content.decode()
    assert "nobody could call for help by telephone" in page
    note(tmp_path, TELEPHONES, True, "")
    report()
    assert said() == ["telephones:lost", "telephones:back"]


def test_a_listener_of_which_nothing_is_heard_is_lost_until_it_confirms_again(world, tmp_path, monkeypatch):
    seconds = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: seconds[0])
    pulse = Pulse()

    def report():
        state = standing(tmp_path, BROKER)
        reporting.report(state, reporting.BROKER, world.now, gone=pulse.is_gone(state))
        return [e.type for e in Entry.objects.filter(type__startswith="broker:").order_by("id")]

    note(tmp_path, BROKER, True, "")
    assert report() == []
    seconds[0] += SEEN_WITHIN_S + 1
    assert report() == ["broker:lost"]
    confirm(tmp_path, BROKER)
    assert report() == ["broker:lost", "broker:back"]
