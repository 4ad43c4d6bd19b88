"""Safe rooms count only while they are inspected, and a site is connected to the police only while that is tested."""

from datetime import timedelta

import pytest

from steadydesk.documents.queries import in_force
from steadydesk.journal.models import Entry
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.people.models import Device
from steadydesk.readiness.queries import gaps
from steadydesk.sites import actions, queries
from steadydesk.sites.models import Place

DAY = timedelta(days=1)
ITEMS = ("locks", "telephone", "no_windows", "no_easy_access")


def inspect(world, *items, good=True, by="ruth"):
    found = dict.fromkeys(items or ITEMS, good)
    actions.inspect_safe_room("branch", "safe-room", found, by=world.person(by), now=world.now)


def room(world):
    [found] = queries.refuges("branch", in_force("branch").protocol.safe_room, world.now)
    return found


def office(world):
    """A desk of the branch that no customer can read."""
    place = Place.objects.get(site="branch", slug="staff-room")
    Device.objects.get_or_create(name="branch-office", site_id="branch", place=place)
    return world.client(device="branch-office")


def lacking(world):
    return [g.sentence for g in gaps(queries.site("branch"), world.now) if g.about in ("safe_rooms", "police")]


def connect(world, by="ruth"):
    ruth = world.person(by)
    actions.record_police_route("branch", "County Alarms", "A-17", "They ring back", by=ruth, now=world.now)
    actions.say_police_route_tested("branch", True, by=ruth, now=world.now)


@pytest.mark.clause("L2d-ii(2)a")
def test_l2d_ii_2a_a_safe_room_has_its_place_and_its_way_and_the_nearest_is_found(world):
    inspect(world)
    assert lacking(world)[:1] != ["No safe room is set up."]
    far = Place.objects.create(site_id="branch", slug="cellar", name="Cellar", kind="safe_room")
    assert "Cellar: the way there is not written down." in lacking(world)
    found = queries.refuges("branch", in_force("branch").protocol.safe_room, world.now)
    nearest = queries.nearest_refuge(found, "desk")
    assert nearest.place.id == "safe-room"
    assert nearest.place.way_in == "Through the staff room, second door on the left"
    far.delete()
    Place.objects.filter(site="branch", kind="safe_room").delete()
    assert "No safe room is set up." in lacking(world)


@pytest.mark.clause("L2d-ii(2)b")
def test_l2d_ii_2b_a_lock_that_was_not_inspected_within_its_interval_makes_the_room_unavailable(world):
    assert not room(world).available, "it was never inspected"
    inspect(world)
    assert room(world).available
    every = in_force("branch").protocol.safe_room.items[0].inspected_every
    world.advance(every - timedelta(minutes=1))
    inspect(world, "telephone")
    assert room(world).available
    world.advance(timedelta(minutes=2))
    assert not room(world).available
    assert lacking(world)[0] == "Safe room does not count: “Locks from inside” was inspected too long ago."
    world.messages()


@pytest.mark.clause("L2d-ii(2)c")
def test_l2d_ii_2c_a_telephone_that_did_not_work_makes_the_room_unavailable_until_a_later_call_works(world):
    inspect(world)
    world.advance(DAY)
    inspect(world, "telephone", good=False)
    assert not room(world).available
    sentence = "Safe room does not count: “Telephone works, a test call was made” was found not to be so."
    assert sentence in lacking(world)
    world.advance(DAY)
    inspect(world, "telephone")
    assert room(world).available
    assert [i.last.at for i in room(world).items if i.id == "telephone"] == [world.now]


@pytest.mark.clause("L2d-ii(2)d")
@pytest.mark.parametrize("missing", ["no_windows", "no_easy_access"])
def test_l2d_ii_2d_windows_and_other_ways_in_are_two_answers_of_a_named_inspector(world, missing):
    inspect(world, *(i for i in ITEMS if i != missing))
    assert [i.id for i in room(world).items if not i.good] == [missing]
    assert not room(world).available
    inspect(world, missing)
    assert room(world).available
    assert {i.last.by for i in room(world).items} == {world.person("ruth").ref}
    entry = Entry.objects.filter(type="site:safe-room-inspected").order_by("id").last()
    assert (entry.by, entry.facts) == (world.person("ruth").ref, {"found": {missing: True}})


@pytest.mark.clause("L2d-conn")
def test_l2d_conn_staff_only_screens_say_not_connected_to_police_while_anything_is_missing_or_out_of_date(world):
    hidden, counter, ruth = (
        office(world),
        world.client(device="branch-desk"),
        world.client("ruth"),
    )
    assert "Not connected to police." in hidden.get("/desk").text
    assert "Not connected to police." in ruth.get("/manage?site=branch").text
    assert "police" not in counter.get("/desk").text.lower()
    connect(world)
    assert "Not connected" not in hidden.get("/desk").text
    assert [s for s in lacking(world) if "police" in s] == []
    world.advance(in_force("branch").protocol.lone_working.police_route_tested_every + timedelta(minutes=1))
    assert [s for s in lacking(world) if "police" in s] == ["Not connected to police: the last test is too long ago."]
    assert "Not connected to police." in hidden.get("/desk").text
    assert "the last test is too long ago" in ruth.get("/manage/readiness?site=branch").text
    world.messages()


@pytest.mark.clause("L2d-conn")
def test_l2d_conn_an_accepted_gap_shows_with_who_accepted_it_and_until_when(world):
    every = in_force("branch").protocol.lone_working.police_route_tested_every
    ruth, page = world.person("ruth"), world.client("ruth")
    with pytest.raises(Invalid):
        actions.accept_police_gap("branch", world.now, every, by=ruth, now=world.now)
    assert page.post("/manage/safety/accept?site=branch", {"until": "2026-03-09"}).status_code == 302
    line = "Not connected to police. Accepted by Ruth Allen until 9 Mar 2026."
    assert line in office(world).get("/desk").text
    assert "Accepted by Ruth Allen until 9 Mar 2026." in page.get("/manage/readiness?site=branch").text
    world.advance(8 * DAY)
    assert "Accepted by" not in world.client("ruth").get("/manage/readiness?site=branch").text
    connect(world)
    with pytest.raises(Refusal):
        actions.accept_police_gap("branch", world.now + DAY, every, by=ruth, now=world.now)


def test_another_provider_must_be_tested_anew(world):
    connect(world)
    actions.record_police_route(
        "branch", "Other Alarms", "B-2", "They ring back", by=world.person("ruth"), now=world.now
    )
    assert [s for s in lacking(world) if "police" in s] == ["Not connected to police: it was never tested."]


def test_only_those_who_lead_inspect_and_they_do_so_by_name(world):
    with pytest.raises(NotAllowed):
        inspect(world, by="iris")
    with pytest.raises(Invalid):
        actions.inspect_safe_room("branch", "desk", {"locks": True}, by=world.person("ruth"), now=world.now)


def test_the_page_keeps_what_was_chosen_and_records_what_was_found(world):
    ruth = world.client("ruth")
    page = ruth.get("/manage/safety?site=branch")
    assert page.status_code == 200 and "checked" not in page.text
    assert ruth.post("/manage/safety/inspect?site=branch", {"place": "safe-room"}).status_code == 422
    typed = {"provider": "County Alarms", "reference": "", "verification": "They ring back"}
    refused = ruth.post("/manage/safety/route?site=branch", typed)
    assert refused.status_code == 422 and "County Alarms" in refused.text
    said = {"place": "safe-room", **{f"item-{item}": "yes" for item in ITEMS}}
    assert ruth.post("/manage/safety/inspect?site=branch", said).status_code == 302
    assert "It counts as a safe room." in ruth.get("/manage/safety?site=branch").text
