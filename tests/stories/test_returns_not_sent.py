"""What is not sent to a customer any more, and that somebody sees it: no old time, no wrong number, nothing twice."""

from datetime import timedelta

import pytest

from steadydesk.delivery.channels.apprise import transport
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.sender import Sender
from steadydesk.journal.actions import erase_words
from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.errors import Invalid
from steadydesk.visits import actions, confirming
from tests.faults import receivers
from tests.faults.test_services import service  # noqa: F401  the real peer
from tests.returning import HOUR, again, book, only
from tests.screens.test_desk_pages import enrolled
from tests.stories.test_returns_sent import NUMBER, booked, confirm, gateway, letters  # noqa: F401
from tests.visiting import arrive

HOUR_LATER = "Tue 3 Mar 2026, 10:00"


def down():
    """A gateway at which nobody listens."""
    return f"json://{receivers.HOST}:{receivers.free_port()}/?:to={{to}}"


def send_all(world):
    """Whatever is due goes out, or fails."""
    Sender(lambda site: set()).run_once(world.now)


def move(world, row, by=HOUR):
    return actions.move_expected(row.pk, again(row).starts_at + by, by=world.person("amira"), now=world.now)


def states(channel="text"):
    return list(Delivery.objects.filter(channel=channel).order_by("pk").values_list("state", flat=True))


def page(world, row):
    return enrolled(world, "desk-1").get(f"/expected/{row.pk}").text


def why_not(row):
    return [e.facts["why"] for e in Entry.objects.filter(type="expected:not-sent", facts__expected=row.pk)]


@pytest.mark.parametrize(
    "number", ["01632 960001", "1632 960 0011", "+0 1632 960001", "+44 1632", "+44 1632 960001 2345"]
)
def test_a_number_without_its_country_is_not_taken_and_stays_in_the_field(world, booked, gateway, number):  # noqa: F811
    with pytest.raises(Invalid) as invalid:
        confirm(world, booked, "text", number)
    said = enrolled(world, "desk-1").post(f"/expected/{booked.pk}/text", {"address": number})
    assert said.status_code == 422 and f'value="{number}"' in said.text
    assert invalid.value.faults[0].reason in said.text
    assert letters(world) == []
    world.messages()


@pytest.mark.parametrize("number", ["+44 1632 960-001", "0044 1632 960001", "+44 (0)1632 960001"])
def test_a_number_with_its_country_is_the_same_however_it_is_written(world, booked, gateway, number):  # noqa: F811
    confirm(world, booked, "text", number)
    assert [letter.address for letter in letters(world)] == ["+441632960001"]
    world.messages()


def test_a_number_that_was_kept_without_its_country_goes_to_nobody_and_a_person_sees_it(world, booked, gateway):  # noqa: F811
    confirm(world, booked, "text", NUMBER)
    Words.objects.filter(pk=again(booked).sent_to["text"]).update(text="01632960001")
    send_all(world)
    assert gateway.arrived.empty() and states() == ["failed"]
    assert Entry.objects.filter(type="delivery:failed", subject=f"expected:{booked.pk}").exists()
    assert "Write the number with its country" in page(world, booked)
    world.messages()


def test_when_the_gateway_is_back_only_what_is_true_now_goes_out(world, booked, gateway, settings):  # noqa: F811
    there, settings.TEXT_GATEWAY = settings.TEXT_GATEWAY, down()
    confirm(world, booked, "text", NUMBER)
    send_all(world)
    move(world, booked)
    settings.TEXT_GATEWAY = there
    world.advance(timedelta(minutes=1))
    send_all(world)
    _path, _login, content = gateway.arrived.get(timeout=30)
    assert HOUR_LATER in content["message"] and gateway.arrived.empty()
    assert states() == ["withdrawn", "sent"]
    world.messages()


def assert_nobody_knows(world, row, gateway, settings):  # noqa: F811
    """It is not sent again though the gateway answers now, and both pages say that it may have arrived."""
    settings.TEXT_GATEWAY = f"json://{gateway.place}/?:to={{to}}"
    world.advance(HOUR)
    send_all(world)
    assert gateway.arrived.empty() and states() == ["unknown"]
    (failed,) = Entry.objects.filter(type="delivery:failed", subject=f"expected:{row.pk}")
    assert failed.facts["unknown"] is True
    desk = enrolled(world, "desk-1")
    for address in (f"/visits/{row.visit_id}", f"/expected/{row.pk}"):
        assert "not known whether it arrived, and not sent again by itself" in desk.get(address).text
    assert "did not get through" not in desk.get(f"/expected/{row.pk}").text
    world.messages()


def test_a_gateway_that_hangs_up_may_have_sent_it_so_a_person_asks(world, booked, gateway, settings):  # noqa: F811
    gateway.answers.append(b"")
    confirm(world, booked, "text", NUMBER)
    send_all(world)
    assert_nobody_knows(world, booked, gateway, settings)


def test_a_gateway_that_is_too_slow_may_have_sent_it_so_a_person_asks(world, booked, gateway, settings, monkeypatch):  # noqa: F811
    monkeypatch.setattr(transport, "TIMEOUT_S", 0.2)
    with receivers.mute_server() as (port, _heard):
        settings.TEXT_GATEWAY = f"json://{receivers.HOST}:{port}/?:to={{to}}"
        confirm(world, booked, "text", NUMBER)
        send_all(world)
    assert_nobody_knows(world, booked, gateway, settings)


def test_the_address_is_kept_as_long_as_the_time_moves_away(world, booked, gateway):  # noqa: F811
    confirm(world, booked, "text", NUMBER)
    kept = Words.objects.filter(pk__in=[again(booked).sent_to["text"], again(booked).who])
    before = set(kept.values_list("expires_at", flat=True))
    move(world, booked)
    assert set(kept.values_list("expires_at", flat=True)) == {at + HOUR for at in before}
    move(world, booked, by=-HOUR)
    assert set(kept.values_list("expires_at", flat=True)) == {at + HOUR for at in before}, "never shorter"
    world.messages()


def test_that_an_address_is_not_kept_any_more_stands_where_a_person_sees_it(world, booked, gateway):  # noqa: F811
    confirm(world, booked, "text", NUMBER)
    erase_words([again(booked).sent_to["text"]])
    move(world, booked)
    assert why_not(booked) == ["gone"] and states() == ["withdrawn"]
    assert "what changed was not sent, for the address is not kept any more" in page(world, booked)
    desk = enrolled(world, "desk-1")
    assert "Text message: not sent, for the address is not kept any more" in desk.get(f"/visits/{booked.visit_id}").text
    confirm(world, booked, "text", NUMBER)
    assert "what changed was not sent" not in page(world, booked), "somebody has given it anew"
    world.messages()


def test_of_a_time_that_is_past_nothing_is_sent_and_that_is_said(world, booked, gateway, settings):  # noqa: F811
    settings.TEXT_GATEWAY = down()
    confirm(world, booked, "text", NUMBER)
    world.advance(booked.starts_at - world.now)
    actions.call_off(booked.pk, by=world.person("amira"), now=world.now)
    assert why_not(booked) == ["past"] and states() == ["withdrawn"]
    assert "what changed was not sent, for the time is past" in page(world, booked)
    world.messages()


def test_a_customer_who_is_kept_private_afterwards_is_sent_nothing_before_a_safe_way_is_confirmed(world, gateway):  # noqa: F811
    start = only(world, "nina", hours=4)
    row = book(world, arrive(world, service="childrens"), "nina", start)
    confirm(world, row, "text", NUMBER)
    amira = world.person("amira")
    actions.keep_private(row.visit_id, [], by=amira, now=world.now)
    assert again(row).private and states() == ["withdrawn"] and why_not(row) == ["private"]
    move(world, row)
    send_all(world)
    assert gateway.arrived.empty() and why_not(row) == ["private", "private"]
    confirm(world, row, "text", "+44 1632 960002", safe_way=True)
    assert list(again(row).sent_to) == ["text"]
    actions.call_off(row.pk, by=amira, now=world.now)
    send_all(world)
    assert gateway.arrived.get(timeout=30)[2]["to"] == "+441632960002" and gateway.arrived.empty()
    assert confirming.unsent(again(row)) == []
    world.messages()


def test_a_return_is_private_no_longer_than_its_customer(world, booked):  # noqa: F811
    amira = world.person("amira")
    actions.keep_private(booked.visit_id, [], by=amira, now=world.now)
    actions.end_private(booked.visit_id, by=amira, now=world.now)
    assert not again(booked).private
    world.messages()


def test_the_desk_keeps_a_return_private_on_the_page_of_the_visit_that_has_ended(world, booked):  # noqa: F811
    desk = enrolled(world, "desk-1")
    address = f"/visits/{booked.visit_id}"
    assert "Keep private" in desk.get(address).text
    assert desk.post(f"{address}/private", {"named": []}).status_code in (200, 302)
    assert again(booked).private and "Private" in page(world, booked)
    actions.call_off(booked.pk, by=world.person("amira"), now=world.now)
    shown = desk.get(address).text
    assert "Keep private" not in shown and "Not private any more" not in shown, "nobody is to come any more"
    world.messages()
