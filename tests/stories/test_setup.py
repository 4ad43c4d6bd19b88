"""A site is set up from one file."""

from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.documents.queries import in_force
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import ROLES, Actor, Permission, system
from steadydesk.kernel.errors import Invalid, NotAllowed
from steadydesk.people import queries as people
from steadydesk.people.models import Duty, Person, Role, Shift
from steadydesk.project.setup import actions
from steadydesk.project.setup.reading import Known, SetUpFaults, read
from steadydesk.sites import queries as sites
from steadydesk.training.queries import standings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BY = system("setup")
SMALL = """
sites:
  - id: hall
    name: Town hall
    places:
      - {id: desk, name: Desk, kind: desk, earshot: front}
      - {id: office, name: Office, kind: back_office, staff_only: true}
    connections:
      - {between: [desk, office], metres: 4}
    teams:
      - {id: rents, name: Rents, phone: "01632 960001", runs_duty_rota: true}
    devices:
      - {name: hall-desk, place: desk}
people:
  - {login: ann, name: Ann Ball, site: hall, roles: [manager], team: rents, post: manager, on_shift: true, place: desk}
  - {login: bo, name: Bo Cole, site: hall, everywhere: [administrator]}
duty:
  - {team: rents, person: ann}
"""


def set_up(text=SMALL):
    return actions.set_up(read(text, actions.known()), by=BY, now=NOW)


def faults(text, known=Known()):  # noqa: B008
    with pytest.raises(SetUpFaults) as refused:
        read(text, known)
    return [(fault.line, fault.key) for fault in refused.value.faults]


@pytest.mark.django_db
def test_one_file_sets_up_a_site_with_its_people_and_desks():
    set_up()
    assert [place.id for place in sites.places("hall")] == ["desk", "office"]
    assert sites.distances("hall")["office", "desk"] == 4
    ann = Person.objects.get(login="ann")
    assert people.available("hall", NOW) == {ann.pk}
    assert [one.name for one in people.with_post("rents", "manager")] == ["Ann Ball"]
    assert people.on_duty("rents", NOW).phone == "01632 960001"
    assert people.actor_of_person(ann).may(Permission.SITE_STATE, "hall")


@pytest.mark.django_db
def test_only_who_may_set_up_opens_the_set_up():
    set_up()
    assert list(Person.objects.filter(is_staff=True).values_list("login", flat=True)) == ["bo"]


@pytest.mark.django_db
def test_a_second_run_changes_nothing():
    assert set_up() > 0
    before = journal.last_id()
    assert set_up() == 0
    assert journal.last_id() == before
    assert (Duty.objects.count(), Shift.objects.count(), Role.objects.count()) == (1, 1, 2)


@pytest.mark.django_db
def test_a_changed_file_changes_what_it_names_and_keeps_the_rest():
    set_up()
    assert set_up(SMALL.replace("Town hall", "City hall").replace("  - {login: bo", "  - {login: cy")) == 3
    assert sites.site("hall").name == "City hall"
    assert set(Person.objects.values_list("login", flat=True)) == {"ann", "bo", "cy"}


@pytest.mark.django_db
def test_a_second_file_may_build_on_the_first():
    set_up()
    set_up("people:\n  - {login: dee, name: Dee, site: hall, team: rents, place: office, on_shift: true}\n")
    assert Person.objects.get(login="dee").memberships.get().team_id == "rents"


@pytest.mark.django_db
def test_who_may_not_set_up_is_refused():
    with pytest.raises(NotAllowed):
        actions.set_up(read(SMALL, Known()), by=Actor("person", "9", roles=frozenset({("manager", None)})), now=NOW)


def test_every_fault_of_a_file_is_told_at_once_with_its_line():
    text = SMALL.replace("kind: desk", "kind: bed").replace("name: Office", "name: ''").replace("metres: 4", "metre: 4")
    text = text.replace("roles: [manager]", "roles: [boss]").replace("id: hall", "id: the hall")
    assert faults(text) == [
        (3, "sites[1].id"),
        (6, "sites[1].places[1].kind"),
        (7, "sites[1].places[2].name"),
        (9, "sites[1].connections[1].metre"),
        (15, "people[1].roles[1]"),
    ]


def test_names_of_what_is_nowhere_set_up_are_told_at_once():
    text = SMALL.replace("between: [desk, office]", "between: [desk, attic]").replace("place: desk}", "place: cellar}")
    text = text.replace("person: ann", "person: zoe").replace("site: hall, everywhere", "site: barn, everywhere")
    assert [key for _, key in faults(text)] == [
        "sites[1].connections[1].between[2]",
        "sites[1].devices[1].place",
        "people[1].place",
        "people[2].site",
        "duty[1].person",
    ]


def test_an_id_used_twice_is_refused():
    text = (
        SMALL.replace("id: office", "id: desk")
        .replace("login: bo", "login: ann")
        .replace("[desk, office]", "[desk, desk]")
    )
    assert [key for _, key in faults(text)] == [
        "sites[1].places[2].id",
        "sites[1].connections[1].between",
        "people[2].login",
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "file"),
        ("just words", "file"),
        ("sites: 3", "sites"),
        ("sites: [", "file"),
        ("buildings: []", "buildings"),
        ("duty:\n  - {team: rents, person: ann, starts_at: 2026-03-02T09:00:00}", "duty[1].starts_at"),
        (SMALL.replace("name: Town hall", "name: Town hall\n    time_zone: Mars/Base"), "sites[1].time_zone"),
        (SMALL.replace("runs_duty_rota: true", "runs_duty_rota: false"), "duty[1].team"),
        (SMALL.replace("login: bo", "email: bo.example, login: bo"), "people[2].email"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(text, key):
    with pytest.raises(SetUpFaults) as refused:
        read(text, Known())
    [fault] = refused.value.faults
    assert fault.key == key
    assert " " in fault.sentence


def test_the_demonstration_has_somebody_in_every_role(world):
    assert set(Role.objects.values_list("role", flat=True)) == set(ROLES)


def test_rehearsals_are_brought_in_once_and_names_in_them_are_checked(world):
    text = "rehearsals: [{site: branch, person: paul, partner: %s, held_on: 2026-02-20}]"
    file = read(text % "ruth", actions.known())
    later = world.now + timedelta(hours=1)
    assert [actions.set_up(file, by=BY, now=at) for at in (world.now, later)] == [1, 0]
    stand = {s.person: s.state for s in standings("branch", world.now)}
    held = {world.person(login).person for login in ("paul", "iris")}
    assert {person for person, state in stand.items() if state == "in_date"} == held, "Iris by the demonstration"
    for wrong in ("nobody", "paul"):
        assert faults(text % wrong, actions.known()) == [(1, "rehearsals[1].partner")]


INSPECTED = """
sites:
  - id: branch
    name: Mill Street Library
    places: [{id: safe-room, name: Safe room, kind: safe_room}, {id: desk, name: Desk, kind: desk}]
    inspections: [{place: %s, on: %s, by: %s, found: {locks: true, telephone: false}}]
"""


def test_inspections_are_brought_in_once_with_their_day_and_inspector(world):
    file = read(INSPECTED % ("safe-room", "2026-02-20", "ruth"), actions.known())
    actions.set_up(file, by=BY, now=world.now)
    later = world.now + timedelta(hours=1)
    assert actions.set_up(file, by=BY, now=later) == 0
    [room] = sites.refuges("branch", in_force("branch").protocol.safe_room, later)
    items = {item.id: item for item in room.items}
    assert (items["locks"].state, items["telephone"].state) == ("good", "not_good")
    seen = items["locks"].last
    assert (f"{seen.at:%F}", seen.by) == ("2026-02-20", world.person("ruth").ref)
    page = world.client("ruth").get("/manage/safety?site=branch").text
    assert "20 Feb 2026" in page and "Ruth Allen" in page
    wrong = faults(INSPECTED % ("desk", "2026-02-20", "nobody"), actions.known())
    assert {key for _line, key in wrong} == {"sites[1].inspections[1].place", "sites[1].inspections[1].by"}
    with pytest.raises(Invalid):
        actions.set_up(read(INSPECTED % ("safe-room", "2026-03-20", "ruth"), actions.known()), by=BY, now=later)


def test_the_demonstration_stands_on_its_own_protocols(world):
    from steadydesk.documents import queries as documents

    for site, document in (("exchange", "exchange"), ("branch", "library")):
        assert documents.in_force(site).document == document
        assert documents.in_force(site).version == "v2"
        form = documents.control_form(documents.row(document, "v2"))
        assert (form.authority, str(form.authorised_on)) == ("Safety lead", "2026-03-02")


def test_every_service_of_the_demonstration_has_its_team(world):
    from steadydesk.documents import queries as documents

    for site in ("exchange", "branch"):
        teams = {team.pk for team in people.teams_at(site)}
        assert {service.team for service in documents.in_force(site).protocol.services} <= teams


@pytest.mark.parametrize("again", [1, 2])
def test_the_stage_is_the_same_each_time(world, again):
    assert Person.objects.count() == 25
    assert world.now == NOW
    assert world.person("amira").site == "exchange"
    assert world.device("desk-1").place == "desk-1"
    world.publish("exchange", {"waiting.attend_within": "PT3S"})
    assert world.advance("10:01") == NOW.replace(hour=10, minute=1)
