"""Who hears of a call next: the emergency contacts once, and whoever stands in for somebody who cannot come."""

from dataclasses import replace

import pytest

from steadydesk.alarms.book import ContactCard
from steadydesk.alarms.state import as_json, from_json
from tests.calls import AMIRA, BEN, EVERYBODY, HELEN, SECOND, VIKTOR, Desk

GUARD = ContactCard(1, "security_company", "guard@example.org", "01632960399")
POLICE = ContactCard(2, "police", "", "01632960301")


def desk_with(*contacts, steps=()):
    desk = Desk(*steps)
    site = replace(desk.book.sites["exchange"], contacts=contacts)
    desk.book = replace(desk.book, sites={"exchange": site})
    return desk


def outside(desk):
    return [c for call in desk.last.calls for c in call.contacts]


def test_a_real_call_tells_the_contacts_once_and_the_building_does_not_wait_for_them():
    desk = desk_with(GUARD, POLICE)
    desk.press()
    desk.wait(59)
    assert outside(desk) == []
    assert desk.wait(60) == [(60, ["contacted", "contacted", "escalated", "nobody"], EVERYBODY)]
    assert outside(desk) == [1, 2]
    desk.press()
    desk.wait(300)
    assert outside(desk) == []
    alarm = next(iter(desk.alarms.values()))
    assert from_json(as_json(alarm)).contacts == (1, 2)


@pytest.mark.parametrize("mode", ["drill", "test"])
def test_an_exercise_climbs_as_a_real_call_does_and_has_no_contacts(mode):
    desk = desk_with(GUARD, POLICE)
    desk.press(mode=mode)
    assert [at for at, _, _ in desk.wait(101)] == [20, 60, 80, 100]
    assert all(alarm.contacts == () for alarm in desk.alarms.values())


def test_a_medical_call_never_goes_to_the_police():
    desk = desk_with(GUARD, POLICE)
    desk.press(kind="medical")
    desk.wait(60)
    assert outside(desk) == [1]


def test_when_the_nearest_cannot_come_the_next_nearest_hears_of_it_at_once():
    desk = desk_with(steps=((0, "nearest", "role:manager"), (60, "role:deputy")))
    desk.press()
    assert desk.told == {BEN, HELEN}
    desk.answer("decline", BEN)
    assert VIKTOR in desk.told
    assert "escalated" not in desk.events


def test_when_too_few_are_left_who_could_come_the_next_step_does_not_wait():
    desk = Desk()
    desk.press()
    desk.answer("decline", AMIRA)
    assert (desk.told, desk.events) == (set(), ["declined"]), "two are needed, and two are left"
    desk.answer("decline", BEN)
    assert (desk.told, desk.events) == (SECOND, ["declined", "escalated"])
    assert [at for at, _, _ in desk.wait(41)] == [40], "and the step after that comes as much sooner"


def test_whoever_is_coming_counts_among_those_who_are_left():
    desk = Desk()
    desk.press()
    desk.answer("acknowledge", VIKTOR)
    desk.answer("decline", AMIRA)
    assert desk.events == ["declined"], "Viktor and Ben are two"
