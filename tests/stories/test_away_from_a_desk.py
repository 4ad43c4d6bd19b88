"""A call from where there is no desk: the card says where to walk to, and whoever comes sees where the way ends."""

import re
from datetime import timedelta

import pytest

from steadydesk.desks import actions as desks
from steadydesk.desks.queries import standing
from steadydesk.people import actions as people
from steadydesk.people.models import Shift
from steadydesk.sites import queries as sites
from tests.alarming import press, shown
from tests.visiting import arrive

MINUTE = timedelta(minutes=1)


def uses_a_screen(world, login, place, unlocked=True):
    by = world.person(login)
    at = sites.place("branch", place).pk
    people.use_screen(f"screen of {login}", int(by.id), at, unlocked=unlocked, by=by, now=world.now)


def taps_in(world, login, name="branch-desk"):
    """At a desk that is enrolled, as every desk is that somebody taps in at."""
    by = world.person(login)
    world.token(device=name)
    desks.set_pin(by.person, "8431", by=by, now=world.now)
    desks.tap_in("8431", person=by.person, by=standing(world.device(name)), now=world.now)


def points(alarm):
    return [point["name"] for point in alarm["walk_to"]]


def words(client, path):
    return " ".join(re.sub(r"<[^>]*>", " ", client.get(path).text).split())


@pytest.mark.clause("L2c")
def test_l2c_with_nobody_shown_to_be_anywhere_no_point_is_named_and_in_the_safe_room_one_stays(world):
    assert points(press(world, login="paul")) == []
    uses_a_screen(world, "ruth", "staff-room")
    assert points(press(world, login="paul", place="safe-room")) == []
    world.messages()


@pytest.mark.clause("L2c")
def test_l2c_the_card_of_whoever_called_begins_with_the_walk_and_responders_see_where_it_ends(world):
    uses_a_screen(world, "ruth", "staff-room")
    uses_a_screen(world, "iris", "desk")
    call = press(world, login="paul")
    assert points(call) == ["Issue desk", "Staff room"], "18 metres, and 19 by way of the safe room"
    assert call["walk_words"] == "Walk, slowly but purposefully, to where colleagues are."
    own = words(world.client("paul"), f"/alarms/{call['id']}")
    assert "Walk, slowly but purposefully, to where colleagues are. Issue desk , Staff room" in own
    assert own.index("Walk, slowly") < own.index("You called yourself")
    for page in (f"/alarms/{call['id']}", "/respond"):
        theirs = words(world.client("owen"), page)
        assert "Expected to walk to Issue desk, Staff room" in theirs
        assert "Walk, slowly" not in theirs
    world.messages()


@pytest.mark.clause("L2c")
def test_l2c_a_point_is_live_while_its_screen_is_unlocked_used_and_a_colleague_at_work_is_there(world):
    uses_a_screen(world, "ruth", "staff-room", unlocked=False)
    taps_in(world, "iris")
    assert points(press(world, login="paul")) == ["Issue desk"], "tapped in at a desk counts, a locked screen does not"
    desks.lock_desk(by=world.device("branch-desk"), now=world.now)
    uses_a_screen(world, "paul", "desk")
    uses_a_screen(world, "ruth", "staff-room")
    page = words(world.client("paul"), "/alarms/" + shown_open(world)["id"])
    assert "to where colleagues are. Staff room Keep" in page, "nobody walks to themselves"
    world.advance(6 * MINUTE)
    page = words(world.client("paul"), "/alarms/" + shown_open(world)["id"])
    assert "No screen there is in use just now" in page
    world.messages()


def shown_open(world):
    [call] = world.client("owen").get("/api/v1/alarms?open=true").json()["items"]
    return call


@pytest.mark.clause("L2c")
@pytest.mark.parametrize(("fields", "device"), [({}, "branch-desk"), ({"kind": "medical"}, None)])
def test_l2c_at_a_desk_and_for_somebody_who_is_ill_nobody_is_told_to_walk(world, fields, device):
    uses_a_screen(world, "ruth", "staff-room")
    who = {"device": device} if device else {"login": "paul"}
    assert points(press(world, **who, **fields)) == []
    world.messages()


@pytest.mark.clause("L2c")
def test_l2c_a_request_for_help_in_the_stacks_begins_with_the_same_card(world):
    uses_a_screen(world, "ruth", "staff-room")
    Shift.objects.filter(person__login="iris").update(place=None)
    visit = arrive(world, by="paul", site="branch", problem=True)
    page = words(world.client("paul"), f"/visits/{visit}")
    assert "No screen" not in page
    device = words(world.client(device="branch-desk"), f"/visits/{visit}")
    assert "Walk, slowly" not in device, "at the desk nobody needs to walk"
    assert "Walk, slowly but purposefully, to where colleagues are. Staff room" in page
    assert shown(world, press(world, login="paul"), "owen")["walk_to"] == [{"id": "staff-room", "name": "Staff room"}]
    world.messages()
