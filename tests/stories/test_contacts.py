"""The step “contacts” of a chain: whoever agreed to it outside is told of a real call, once, and of nothing else."""

from datetime import timedelta

import pytest

from steadydesk.alarms import queries as alarms
from steadydesk.alarms.state import GROUPS, SOURCES
from steadydesk.contacts import actions as contacts
from steadydesk.contacts.models import Contact
from steadydesk.delivery import browsers, ways
from steadydesk.delivery import queries as delivery
from steadydesk.delivery.channels import table
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import CHANNELS, SCREEN, TEXT
from steadydesk.delivery.sender import Sender
from steadydesk.documents.queries import in_force
from steadydesk.kernel.errors import Invalid
from steadydesk.people import actions as people
from steadydesk.people.models import Device, Person
from steadydesk.readiness.queries import gaps
from steadydesk.sites import actions as sites
from steadydesk.sites.models import Place, Site, Telephone
from steadydesk.sites.queries import site
from tests.alarming import MINUTE, PATH, SECOND, events, press, subject
from tests.pushing import Phone, use_push
from tests.world import TESTER

SERVICE = "http://127.0.0.1:1"


def save(world, **columns):
    row = Contact(site_id="exchange", **columns)
    contacts.save_row(row, by=TESTER, now=world.now)
    return row


@pytest.fixture
def guard(world, settings):
    """A security company that agreed to be told, and every channel set up."""
    settings.EMAIL_HOST, settings.RINGS_OUT = "mail.example", True
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = "https://pager.example/calls", "key"
    use_push(settings, SERVICE)
    settings.APPRISE = (("json", "127.0.0.1:1"),)
    return save(
        world,
        kind="security_company",
        name="Night Guard",
        phone="01632 960399",
        email="guard@example.org",
        by_chain=True,
    )


@pytest.fixture
def sent(monkeypatch):
    """Everything that any channel would have put on the network: (channel, where to, mode)."""
    gone = []
    for channel in table.TRANSPORTS:
        monkeypatch.setitem(
            table.TRANSPORTS, channel, lambda o, channel=channel: gone.append((channel, o.address, o.message.mode))
        )
    return gone


def outside(alarm):
    return list(Delivery.objects.filter(subject=subject(alarm), contact__isnull=False).order_by("channel"))


def test_a_real_call_that_climbs_to_the_contacts_tells_each_by_mail_and_telephone_once(world, guard, sent):
    alarm = press(world)
    world.advance(5 * MINUTE)
    Sender(lambda _site: ()).run_once(world.now)
    assert [(row.channel, row.address, row.contact) for row in outside(alarm)] == [
        ("mail", "guard@example.org", guard.pk),
        ("phone", "01632960399", guard.pk),
    ]
    assert events(alarm).count("alarm:contacted") == 1
    assert sent.count(("mail", "guard@example.org", "real")) == 1
    assert sent.count(("phone", "01632960399", "real")) == 1
    assert "Town police station" not in {Contact.objects.get(pk=row.contact).name for row in outside(alarm)}
    assert "Night Guard" in world.client("helen").get(f"/alarms/{alarm['id']}").text
    world.messages()


def by_every_way(world, login):
    """A colleague has a browser that takes push messages, a service of their own, a telephone and mail."""
    by = world.person(login)
    given = browsers.Given(**Phone().given(f"{SERVICE}/{login}"), name="a telephone", token="")
    browsers.add_browser(given, by=by, now=world.now)
    ways.give_service(f"json://127.0.0.1:1/{login}", by=by, now=world.now)
    Person.objects.filter(pk=by.person).update(phone=f"0770 {by.person}", email=f"{login}@example.org")


def dial_the_test_number(world):
    """By telephone, at a place where nobody called yet."""
    sites.save_row(Telephone(site_id="exchange", use="test_extension", number="556"), by=TESTER, now=world.now)
    place = Place.objects.get(site="exchange", slug="reception")
    system = Device(name="pbx", site_id="exchange", place=place, kind=Device.Kind.PHONES)
    people.save_row(system, by=TESTER, now=world.now)
    event = {"call_id": "1@pbx", "from": "202", "to": "556"}
    said = world.client(device="pbx").post("/api/v1/phone-events", event, content_type="application/json").json()
    assert said["alarm"]["mode"] == "test"


@pytest.mark.parametrize("mode", ["drill", "test"])
def test_no_drill_and_no_test_reaches_anybody_outside_whatever_chain_kind_or_channel(world, guard, sent, mode):
    """Every kind, urgency, source and channel is walked to its end, and every message that would leave is looked at."""
    by_every_way(world, "tariq")
    for row in Contact.objects.filter(site="exchange").exclude(kind="family_member"):
        row.by_chain, row.email = True, f"contact{row.pk}@example.org"
        contacts.save_row(row, by=TESTER, now=world.now)
    theirs = {a for c in Contact.objects.all() for a in (c.email, c.phone, c.phone.replace(" ", "")) if a}
    for kind in in_force("exchange").protocol.alarms.kinds:
        press(world, mode=mode, kind=kind)
    presses = [{"source": source} for source in SOURCES] + [{"to": group, "urgency": "nearby"} for group in GROUPS]
    desk = world.client(device="desk-2")
    for fields in (*presses, {"urgency": "manager"}, {"urgency": "help"}):
        answer = desk.post(PATH, {"mode": mode, **fields}, content_type="application/json")
        assert answer.json()["mode"] == mode
    if mode == "test":
        dial_the_test_number(world)
    world.advance(5 * MINUTE)
    Sender(lambda _site: ()).run_once(world.now)
    # A channel that is new fails here until it is named and set up above: then it is walked like the others.
    assert {channel for channel, _to, _mode in sent} == {"mail", "phone", "push", "apprise", "webhook"}
    # A text message goes to a customer alone, about a time that they were given: no call has one.
    assert set(table.TRANSPORTS) - {TEXT} == {channel for channel, _to, _mode in sent} == set(CHANNELS) - {SCREEN, TEXT}
    assert {m for _channel, _to, m in sent} == {mode}
    assert not {to for _channel, to, _mode in sent} & theirs
    assert not Delivery.objects.filter(contact__isnull=False).exists()
    assert all(alarm.contacts == () for alarm in alarms.open_alarms())
    world.messages()


def test_a_row_that_should_not_be_there_has_nowhere_to_go(world, guard):
    row = Delivery(channel="phone", contact=guard.pk, address="01632960399", created_at=world.now, send_at=world.now)
    row.message = {"kind": "alarm", "id": "1", "place": "Desk 1", "mode": "real"}
    assert delivery.outgoing(row, world.now).address == "01632960399"
    row.message["mode"] = "drill"
    assert delivery.outgoing(row, world.now).address == ""


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"kind": "police", "phone": "999"}, "who can speak"),
        ({"kind": "police", "phone": "9 112"}, "who can speak"),
        ({"kind": "family_member", "phone": "01632 960398"}, "called by a person"),
    ],
)
def test_what_a_person_must_call_is_not_told_by_a_chain(world, columns, why):
    Site.objects.filter(pk="exchange").update(outside_line="9")
    with pytest.raises(Invalid) as refused:
        save(world, name="Somebody", by_chain=True, **columns)
    assert why in refused.value.sentence
    save(world, name="Somebody", **columns)


def test_an_extension_that_ends_like_an_emergency_number_may_be_told_by_a_chain(world):
    assert save(world, kind="security_company", name="Night Guard", phone="4112", by_chain=True).pk


def test_where_no_emergency_number_is_known_none_that_must_stay_free_is_told_by_a_chain(world, monkeypatch):
    monkeypatch.delitem(in_force("exchange").protocol.get_help.emergency_numbers, "GB")
    with pytest.raises(Invalid, match="who can speak"):
        save(world, kind="police", name="Police", phone="101", by_chain=True)


def test_readiness_says_that_a_chain_comes_to_contacts_of_whom_nobody_is_told(world):
    def said():
        return [g.sentence for g in gaps(site("exchange"), world.now) if "told by them" in g.sentence]

    assert len(said()) == 1
    save(world, kind="fire", name="Guard", phone="01632 960399", by_chain=True, verified_at=world.now)
    assert said() == []


def test_what_is_on_its_way_to_a_contact_is_not_withdrawn_when_enough_are_coming(world, guard):
    alarm = press(world)
    world.advance(5 * MINUTE)
    for login in ("viktor", "amira"):
        world.client(login).post(f"/api/v1/alarms/{alarm['id']}/acknowledge", {}, content_type="application/json")
    assert [(row.channel, row.state) for row in outside(alarm)] == [("mail", "waiting"), ("phone", "waiting")]
    assert not Delivery.objects.filter(channel="phone", person__isnull=False, state="waiting").exists()
    world.messages()


def test_whoever_is_there_in_time_spares_the_contacts(world, guard):
    alarm = press(world)
    for login in ("viktor", "amira"):
        world.client(login).post(f"/api/v1/alarms/{alarm['id']}/acknowledge", {}, content_type="application/json")
    world.advance(90 * SECOND + timedelta(milliseconds=1))
    assert outside(alarm) == []
    world.messages()
