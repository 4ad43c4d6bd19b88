"""The confirmation that leaves: by mail with a file for the calendar, as a text message, and again when it changes."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from steadydesk.delivery.models import Delivery
from steadydesk.delivery.queries import outgoing
from steadydesk.delivery.sender import Sender
from steadydesk.journal.actions import erase_words
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.project.environment import Misconfigured
from steadydesk.project.reached_check import findings
from steadydesk.project.reaching import read_text_gateway
from steadydesk.rota.queries import day_start
from steadydesk.sites.models import Site
from steadydesk.visits import actions, confirming
from tests.faults import receivers
from tests.faults.test_services import service  # noqa: F401  the real peer
from tests.returning import HOUR, again, book, only, works
from tests.screens.test_desk_pages import enrolled
from tests.visiting import arrive

NUMBER = "+44 1632 960-001"


@pytest.fixture
def booked(world):
    """For tomorrow at nine."""
    start = only(world, "nina", hours=4)
    return book(world, arrive(world, service="childrens", description="red coat"), "nina", start, who="Ada Long")


@pytest.fixture
def gateway(settings, service):  # noqa: F811
    settings.TEXT_GATEWAY = f"json://desk:hunter2@{service.place}/sms?:to={{to}}"
    return service


def confirm(world, row, way, address="", **more):
    return actions.confirm(row.pk, way, address=address, by=world.person("amira"), now=world.now, **more)


def letters(world):
    """What the outbox has for customers, as it would leave now."""
    rows = Delivery.objects.filter(message__kind="letter").order_by("pk")
    return [outgoing(row, world.now) for row in rows]


def event(file):
    calendar = Calendar.from_ical(file)
    (found,) = calendar.walk("VEVENT")
    return calendar, found


def test_a_mail_carries_the_time_for_the_customers_calendar(world, booked, settings):
    with receivers.mailbox(settings) as box:
        confirm(world, booked, "mail", "ada@mail.example")
        Sender(lambda site: set()).run_once(world.now)
        mail = box.arrived.get(timeout=30)
    (part,) = mail.iter_attachments()
    assert (part.get_content_type(), part.get_param("method"), part.get_filename()) == (
        "text/calendar",
        "PUBLISH",
        "appointment.ics",
    )
    calendar, found = event(part.get_content())
    assert (calendar["method"], found["sequence"], found["status"]) == ("PUBLISH", 0, "CONFIRMED")
    assert found.decoded("dtstart") == booked.starts_at
    assert "red coat" not in mail.as_string() and "Ada" not in mail.as_string()
    world.messages()


def test_the_file_has_the_clocks_of_the_site_on_both_sides_of_summer_time(world):
    Site.objects.filter(pk="exchange").update(time_zone="Europe/Berlin")
    for day, offset in ((datetime(2026, 3, 28, tzinfo=UTC), 1), (datetime(2026, 3, 30, tzinfo=UTC), 2)):
        at = day_start(day.date(), "Europe/Berlin") + 9 * HOUR
        works(world, "nina", at - world.now, 2)
        row = book(world, arrive(world, service="childrens"), "nina", at)
        calendar, found = event(confirming.as_calendar(row, world.now))
        start = found["dtstart"]
        assert start.params["TZID"] == "Europe/Berlin"
        assert (start.dt.hour, start.dt.utcoffset()) == (9, timedelta(hours=offset))
        assert [z["tzid"] for z in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    world.messages()


def test_what_changes_is_sent_where_the_confirmation_was_sent_and_calendars_follow(world, booked, settings):
    settings.EMAIL_HOST = "mail.example"
    confirm(world, booked, "mail", "ada@mail.example")
    amira = world.person("amira")
    actions.move_expected(booked.pk, booked.starts_at + HOUR, by=amira, now=world.now)
    actions.call_off(booked.pk, by=amira, now=world.now)
    actions.take_up(booked.pk, by=amira, now=world.now)
    sent = letters(world)
    assert {letter.address for letter in sent} == {"ada@mail.example"}
    found = [event(letter.file)[1] for letter in sent]
    assert [(int(e["sequence"]), str(e["status"])) for e in found] == [
        (0, "CONFIRMED"),
        (1, "CONFIRMED"),
        (2, "CANCELLED"),
        (3, "CONFIRMED"),
    ]
    assert len({str(e["uid"]) for e in found}) == 1
    assert found[1].decoded("dtstart") == booked.starts_at + HOUR
    assert "This time was called off." in sent[2].text
    world.messages()


def test_a_return_undone_is_called_off_in_the_customers_calendar_too(world, booked, settings):
    settings.EMAIL_HOST = "mail.example"
    confirm(world, booked, "mail", "ada@mail.example")
    actions.undo_return(booked.pk, by=world.person("amira"), now=world.now)
    assert event(letters(world)[-1].file)[1]["status"] == "CANCELLED"
    world.messages()


def test_nothing_is_sent_to_an_address_that_was_erased(world, booked, settings):
    settings.EMAIL_HOST = "mail.example"
    confirm(world, booked, "mail", "ada@mail.example")
    erase_words([again(booked).sent_to["mail"]])
    actions.move_expected(booked.pk, booked.starts_at + HOUR, by=world.person("amira"), now=world.now)
    assert len(letters(world)) == 1
    world.messages()


def test_a_text_message_says_time_place_and_letters_and_nothing_of_the_matter(world, booked, gateway):
    confirm(world, booked, "text", NUMBER)
    (row,) = Delivery.objects.filter(channel="text")
    assert "1632" not in f"{row.address}{row.message}", "the outbox holds ids"
    Sender(lambda site: set()).run_once(world.now)
    path, _login, content = gateway.arrived.get(timeout=30)
    assert (urlsplit(path).path, content["to"]) == ("/sms", "+441632960001")
    assert content["message"].strip() == f"Tue 3 Mar 2026, 09:00, The Exchange. Say at the desk: {booked.reference}"
    for secret in ("Nina", "Children", "red coat", "Ada", "Steadydesk"):
        assert secret not in content["message"]
    assert content["title"] == ""
    (receipt,) = confirming.receipts(booked)
    assert (receipt.channel, receipt.state) == ("text", "sent")
    world.messages()


def test_a_gateway_that_refuses_is_shown_on_the_visit_and_on_the_appointment(world, booked, gateway):
    gateway.answers.append(403)
    confirm(world, booked, "text", NUMBER)
    Sender(lambda site: set()).run_once(world.now)
    desk = enrolled(world, "desk-1")
    for page in (desk.get(f"/visits/{booked.visit_id}"), desk.get(f"/expected/{booked.pk}")):
        assert "Text message: did not get through: tell the customer in another way" in page.text
        assert "The service answered 403." in page.text
    assert "Confirmation given: as a text message" in desk.get(f"/visits/{booked.visit_id}").text
    world.messages()


@pytest.mark.parametrize("number", ["", "ask her", "+44", "+12345678901234567", "0163296000x", "+44{to}"])
def test_what_is_no_telephone_number_is_said(world, booked, gateway, number):
    with pytest.raises(Invalid) as invalid:
        confirm(world, booked, "text", number)
    assert [f.field for f in invalid.value.faults] == ["address"]
    page = enrolled(world, "desk-1").post(f"/expected/{booked.pk}/text", {"address": number})
    assert page.status_code == 422 and "This is not a telephone number." in page.text
    world.messages()


def test_of_somebody_kept_private_no_text_message_leaves_before_a_safe_way_is_confirmed(world, gateway):
    start = only(world, "nina")
    row = book(world, arrive(world, service="childrens", private=True), "nina", start)
    with pytest.raises(Refusal) as refusal:
        confirm(world, row, "text", NUMBER)
    assert refusal.value.code == "incomplete"
    assert letters(world) == []
    confirm(world, row, "text", NUMBER, safe_way=True)
    assert [letter.address for letter in letters(world)] == ["+441632960001"]
    world.messages()


def test_what_is_not_set_up_is_not_offered(world, booked, settings):
    desk = enrolled(world, "desk-1")
    assert "text message" not in desk.get(f"/expected/{booked.pk}").text
    assert desk.post(f"/expected/{booked.pk}/text", {"address": NUMBER}).status_code == 409
    settings.TEXT_GATEWAY = "json://sms.example/?:to={to}"
    page = desk.get(f"/expected/{booked.pk}").text
    assert "Send as a text message" in page
    reply = desk.post(f"/expected/{booked.pk}/text", {"address": NUMBER})
    assert reply.status_code == 302
    assert "Text message: on its way" in desk.get(f"/expected/{booked.pk}").text
    world.messages()


def test_the_gateway_is_one_address_with_a_place_for_the_number_and_check_tries_it(settings, monkeypatch, service):  # noqa: F811
    monkeypatch.setenv("STEADYDESK_TEXT_GATEWAY", "clicksend://desk:hunter2@07700900123")
    with pytest.raises(Misconfigured) as wrong:
        read_text_gateway()
    assert "hunter2" not in str(wrong.value)
    settings.APPRISE = ()
    said = []
    for gateway in (
        "nosuch://desk:hunter2@{to}",
        f"json://{receivers.HOST}:{receivers.free_port()}/hunter2?:to={{to}}",
    ):
        monkeypatch.setenv("STEADYDESK_TEXT_GATEWAY", gateway)
        settings.TEXT_GATEWAY = read_text_gateway()
        said += [f for f in findings() if "TEXT_GATEWAY" in f]
    assert ["not an address" in said[0], "cannot be reached" in said[1]] == [True, True]
    assert "hunter2" not in "".join(said)
    settings.TEXT_GATEWAY = f"json://{service.place}/?:to={{to}}"
    assert [f for f in findings() if "TEXT_GATEWAY" in f] == []
