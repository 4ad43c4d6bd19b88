"""Somebody without a badge at a door, and who is in the building (E5j, E5k)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from steadydesk.incidents import actions, queries
from steadydesk.incidents.actions import Visitor
from steadydesk.incidents.models import Badge
from steadydesk.incidents.rules import Met
from steadydesk.journal.models import Words
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.pages.cookies import DESK_COOKIE, PERSON_COOKIE
from steadydesk.people.models import Person
from steadydesk.privacy.finding import about
from steadydesk.reports.table import doors
from steadydesk.visits.actions import leave
from steadydesk.visits.models import Visit
from tests.world import World

DOOR = "staff-door"
MINUTES = timedelta(minutes=1)


@pytest.fixture
def desk(world: World) -> Client:
    """The browser of a desk at the counter."""
    browser = Client()
    browser.cookies[DESK_COOKIE] = world.token(device="desk-1")
    return browser


def met(world: World, result: str, place: str = DOOR, login: str = "amira", **more: Any) -> Any:
    return actions.log_challenge("exchange", Met(place, result, **more), by=world.person(login), now=world.now)


def told(world: World) -> set[tuple[str, str]]:
    """Whom the messages since the last look are about, and of which kind they are."""
    return {(row.subject, row.message["kind"]) for row in world.messages()}


@pytest.mark.clause("E5j")
def test_e5j_a_tailgater_is_logged_in_one_press_and_counted_by_door(world: World, desk: Client) -> None:
    page = desk.get(f"/site/access/doors/{DOOR}").text
    assert "Someone without a badge" in page and "Do not block the door" in page
    for result in ("walked_on", "not_challenged"):
        assert desk.post("/site/access/met", {"place": DOOR, "result": result}).status_code == 302
    rows = queries.challenges("exchange", world.now - MINUTES)
    assert [(r.place, r.challenged, r.result) for r in rows] == [
        (DOOR, False, "not_challenged"), (DOOR, True, "walked_on"),
    ]  # fmt: skip
    mistake = met(world, "walked_on")
    actions.account_for(mistake.pk, "mistake", by=world.person("amira"), now=world.now)
    today = world.now.date().isoformat()
    lines = doors("exchange", today, today).content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith(",met without a badge,challenged,Went to reception")
    assert lines[1:] == ["Staff door,2,1,0,0,1,1"], "counts of the door alone, and none of a mistake"


@pytest.mark.clause("E5j")
def test_e5j_each_restricted_door_has_its_card_and_nothing_else_has(world: World, desk: Client) -> None:
    assert f"/site/access/doors/{DOOR}" in desk.get("/site/access").text
    assert desk.get("/site/access/doors/desk-1").status_code == 404


@pytest.mark.clause("E5k")
def test_e5k_whoever_has_no_badge_arrives_at_reception_or_is_looked_for_until_accounted_for(world: World) -> None:
    sent = met(world, "went_to_reception")
    visit = Visit.objects.get(pk=sent.visit)
    assert visit.ended_at is None and sent.accounted == "reception"
    leave(visit.pk, by=world.person("amira"), now=world.now)
    lost = met(world, "walked_on")
    world.advance(4 * MINUTES)
    assert told(world) == set()
    world.advance(2 * MINUTES)
    assert told(world) == {(lost.subject, "no_badge")}
    world.advance(3 * MINUTES)
    assert told(world) == set(), "once is enough"
    actions.account_for(lost.pk, "left", by=world.person("viktor"), now=world.now)
    with pytest.raises(Refusal):
        actions.account_for(lost.pk, "badge", by=world.person("amira"), now=world.now)
    found = met(world, "walked_on")
    actions.account_for(found.pk, "reception", by=world.person("amira"), now=world.now)
    assert Visit.objects.filter(pk=queries.challenge(found.pk).visit, ended_at__isnull=True).exists()
    world.advance(3 * MINUTES)
    assert told(world) == set()


@pytest.mark.clause("E5k")
def test_e5k_each_who_is_in_has_a_badge_state_and_the_duty_manager_hears_of_one_without(world: World) -> None:
    amira, now = world.person("amira"), world.now
    here = {p.person: p.state for p in queries.colleagues("exchange", now)}
    assert here and set(here.values()) == {""}, "nothing is taken for granted"
    tariq = Person.objects.get(login="tariq").pk
    actions.note_colleague("exchange", tariq, "not_worn", by=amira, now=now)
    visitor = actions.sign_in_visitor(
        "exchange", Visitor("contractor", "Kit of Lifts", "worn", tariq), by=amira, now=now
    )
    shown = queries.visitors("exchange")
    assert [(p.kind, p.name, p.host, p.state) for p in shown] == [("contractor", "Kit of Lifts", tariq, "worn")]
    world.advance(6 * MINUTES)
    badge = next(p for p in queries.colleagues("exchange", world.now) if p.person == tariq)
    assert badge.state == "not_worn" and badge.told
    assert told(world) == {(f"badge:{badge.badge}", "no_badge")}
    actions.note_badge(visitor.pk, "none", by=amira, now=world.now)
    actions.note_badge(visitor.pk, "worn", by=amira, now=world.now)
    world.advance(6 * MINUTES)
    assert told(world) == set(), "found in time"


def test_a_visitors_name_goes_when_they_do(world: World, desk: Client) -> None:
    sent = {"kind": "visitor", "name": "Kit Marlowe", "state": "worn", "host": ""}
    assert desk.post("/site/access/visitors", sent).status_code == 302
    assert "Kit Marlowe" in desk.get("/site/access").text
    assert "Kit Marlowe" in desk.get("/site/here").text, "for whoever counts outside"
    [row] = Badge.objects.all()
    desk.post(f"/site/access/badges/{row.pk}", {"do": "left"})
    assert not Words.objects.filter(text__contains="Marlowe").exists()
    assert "Kit Marlowe" not in desk.get("/site/access").text
    with pytest.raises(Refusal):
        actions.sign_out(row.pk, by=world.person("amira"), now=world.now)
    with pytest.raises(Refusal):
        actions.note_badge(row.pk, "none", by=world.person("amira"), now=world.now)


def test_every_fault_is_said_at_once_and_what_was_typed_stays(world: World, desk: Client) -> None:
    reply = desk.post("/site/access/visitors", {"kind": "ghost", "name": "Kit", "state": ""})
    assert reply.status_code == 422
    assert "Kit" in reply.text and reply.text.count("govuk-error-message") >= 2
    assert "Choose what came of it" in desk.post("/site/access/met", {"place": DOOR}, follow=True).text
    with pytest.raises(Invalid) as refused:
        met(world, "flew", place="nowhere", met_at=world.now + MINUTES)
    assert [f.field for f in refused.value.faults] == ["place", "result", "met_at"]
    with pytest.raises(Invalid):
        met(world, "walked_on", met_at=world.now - timedelta(days=2))
    with pytest.raises(Invalid):
        actions.note_colleague("exchange", 0, "worn", by=world.person("amira"), now=world.now)
    with pytest.raises(NotAllowed):
        met(world, "walked_on", login="ruth")


def test_what_a_colleague_did_at_doors_is_found_with_them(world: World) -> None:
    amira = world.person("amira")
    met(world, "showed_badge")
    actions.note_colleague("exchange", int(amira.id), "worn", by=amira, now=world.now)
    kinds = [r.kind for r in about([f"person:{amira.id}"])]
    assert kinds.count("access_challenge") == 2


def test_somebody_of_another_site_reads_and_changes_nothing_here(world: World) -> None:
    row = met(world, "walked_on")
    strange = Client()
    strange.cookies[PERSON_COOKIE] = world.token("ruth")
    headers = {"Authorization": f"Bearer {world.token('ruth')}"}
    reply = strange.post(
        f"/api/v1/sites/branch/challenges/{row.pk}/account", {"how": "left"}, "application/json", headers=headers
    )
    assert reply.status_code == 404
    assert queries.challenge(row.pk).accounted_at is None
