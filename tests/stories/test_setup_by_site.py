"""Who may set up one site sets up that one, and nobody makes themselves more than they are."""

import pytest

from steadydesk.desks import actions as desks
from steadydesk.desks import queries as in_desks
from steadydesk.desks.models import Terms
from steadydesk.documents import actions as documents
from steadydesk.documents import queries as in_documents
from steadydesk.kernel.errors import NotAllowed, Refusal
from steadydesk.people import actions as people
from steadydesk.people.models import Device, Person, Role, Team
from steadydesk.sites import actions as sites
from steadydesk.sites.models import Place, Site
from tests.world import TESTER


@pytest.fixture
def iris(world):
    """Somebody of the library who administers it, and nothing else."""
    person = Person.objects.get(login="iris")
    people.save_row(Role(person=person, role="administrator", site_id="branch"), by=TESTER, now=world.now)
    return world.person("iris")


def refused(world, iris, action, *args, **more):
    with pytest.raises(NotAllowed):
        action(*args, **more, by=iris, now=world.now)


def test_an_administrator_of_one_site_makes_nobody_administrator_of_another(world, iris):
    for site in (None, "exchange"):
        refused(world, iris, people.save_row, Role(person_id=int(iris.id), role="administrator", site_id=site))
    own = Role.objects.get(person_id=int(iris.id), role="administrator")
    own.site = None
    refused(world, iris, people.save_row, own)
    theirs = Role.objects.filter(site_id="exchange").first()
    theirs.site_id = "branch"
    refused(world, iris, people.save_row, theirs)
    theirs.refresh_from_db()
    refused(world, iris, people.delete_row, theirs)


def test_nobody_takes_over_a_person_who_may_do_more_than_they(world, iris):
    sasha = Person.objects.get(login="sasha")
    refused(world, iris, people.save_person, sasha, password="a new one for them")
    refused(world, iris, people.delete_row, sasha)
    refused(world, iris, people.create_token, person=sasha)
    refused(world, iris, people.change_password, sasha.pk, "a new one for them")
    refused(world, iris, people.sign_out_everywhere, sasha.pk)
    refused(world, iris, desks.set_pin, sasha.pk, "2580")
    refused(world, iris, desks.set_badge, sasha.pk, "17")


def test_an_administrator_of_one_site_changes_no_other(world, iris):
    office = Place.objects.get(site_id="exchange", slug="back-office")
    refused(world, iris, sites.save_row, office)
    refused(world, iris, sites.save_row, Site(id="third", name="Third", time_zone="UTC"))
    refused(world, iris, sites.delete_row, Site.objects.get(pk="branch"))
    refused(world, iris, sites.save_hours, "exchange", {})
    refused(world, iris, desks.save_terms, Terms(site_id="exchange"))
    desk = Device.objects.get(name="desk-1")
    refused(world, iris, desks.make_code, desk.pk)
    refused(world, iris, people.create_token, device=desk)
    desk.site_id = "branch"
    refused(world, iris, people.save_row, desk)
    refused(world, iris, people.save_row, Team(id="new", name="New", site_id="exchange"))


def test_at_their_own_site_they_set_everything_up(world, iris):
    ask = {"by": iris, "now": world.now}
    people.save_row(Team(id="new", name="New", site_id="branch"), **ask)
    fresh = people.save_person(Person(login="fresh", name="Fresh"), password="a new one for them", **ask)
    people.save_row(Role(person=fresh, role="reception", site_id="branch"), **ask)
    assert people.create_token(person=fresh, **ask)
    desk = Device.objects.get(name="branch-desk")
    assert desks.make_code(desk.pk, **ask) and people.create_token(device=desk, **ask)
    desks.save_terms(Terms(site_id="branch"), **ask)
    sites.save_row(Site.objects.get(pk="branch"), **ask)
    assert in_desks.terms("branch").pk == "branch"


def test_a_document_is_changed_by_who_may_at_each_site_that_it_binds(world, iris):
    text = in_documents.as_yaml(in_documents.row("exchange", in_documents.in_force("exchange").version))
    refused(world, iris, documents.save_amendment, in_documents.document_at("exchange"), text)
    own = in_documents.document_at("branch")
    version = documents.save_amendment(own, text, by=iris, now=world.now)
    documents.publish(
        in_documents.row(own, in_documents.in_force("branch").version), ["exchange"], by=TESTER, now=world.now
    )
    refused(world, iris, documents.save_amendment, own, text)
    assert version.label


def test_the_last_administrator_keeps_the_role(world, iris):
    sasha = world.person("sasha")
    role = Role.objects.get(person_id=int(sasha.id), role="administrator")
    with pytest.raises(Refusal):
        people.delete_row(role, by=sasha, now=world.now)
    role.site_id = "exchange"
    with pytest.raises(Refusal):
        people.save_row(role, by=sasha, now=world.now)
    role.site_id = None
    people.save_row(role, by=sasha, now=world.now)
    people.save_row(Role(person_id=int(iris.id), role="administrator"), by=sasha, now=world.now)
    people.delete_row(role, by=sasha, now=world.now)


def test_only_who_works_there_or_was_put_there_is_on_shift(world):
    for login, site in (("ben", "branch"), ("robin", "exchange"), ("dana", "exchange")):
        person = world.person(login)
        people.end_shift(int(person.id), site, by=person, now=world.now)
        with pytest.raises(NotAllowed):
            people.start_shift(int(person.id), site, by=person, now=world.now)
        if site == "exchange":
            assert "Start my shift" not in world.client(login).get("/me").content.decode()
    ben = world.person("ben")
    answer = world.client("ben").post(
        "/api/v1/people/ben/presence", {"site": "branch", "on_shift": True}, content_type="application/json"
    )
    assert answer.status_code == 403
    ruth, choice = world.client("ruth"), f'<option value="{ben.id}">'
    assert choice in ruth.get("/manage/people?site=branch").content.decode()
    assert ruth.post("/manage/people/helper?site=branch", {"person": ben.id}).status_code == 302
    page = ruth.get("/manage/people?site=branch").content.decode()
    assert choice not in page and f'id="person-{ben.id}"' in page
    people.stand_at(int(ben.id), "branch", Place.objects.filter(site_id="branch").first().pk, by=ben, now=world.now)
    people.end_shift(int(ben.id), "exchange", by=ben, now=world.now)
    people.start_shift(int(ben.id), "exchange", by=ben, now=world.now)
