"""Nobody bounces: a customer is handed to somebody who is designated, agrees, and answers."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.people.models import Designation, Duty
from steadydesk.visits import queries, referrals
from steadydesk.visits.actions import CannotBeMet
from steadydesk.visits.models import Referral, Visit
from tests.visiting import MINUTE, act, answer, arrive, away, clock, events, prompts, shown, texts


@pytest.mark.clause("E3b")
def test_e3b_only_somebody_on_the_designated_list_of_the_enquiry_is_handed_a_customer(world):
    visit = arrive(world, service="benefits")
    with pytest.raises(Invalid) as refused:
        act(world, "refer", visit, person="nina")
    (fault,) = refused.value.faults
    assert fault.field == "person"
    assert "Mei Wong, Tom Fraser" in fault.reason
    act(world, "refer", visit, person="mei")
    assert world.told() == {"mei"}
    assert referrals.unanswered(queries.visit(visit)).person == world.person("mei").person


def test_a_team_has_a_list_of_its_own_for_enquiries_that_have_none(world):
    carol = world.person("carol").person
    Designation.objects.create(site_id="exchange", team_id="finance", person_id=carol)
    visit = arrive(world, service="finance")
    with pytest.raises(Invalid):
        act(world, "refer", visit, person="mei")
    act(world, "refer", visit, person="carol")
    act(world, "refer", arrive(world, service="benefits"), person="mei")
    assert world.told() == {"carol", "mei"}


@pytest.mark.clause("E4a")
def test_e4a_who_does_not_answer_is_asked_again_and_then_those_above_them(world):
    visit = arrive(world, service="childrens")
    act(world, "attend", visit, channel="face_to_face")
    act(world, "refer", visit, person="nina")
    assert world.told() == {"nina"}
    assert not prompts(visit)
    world.advance("09:03:01")
    (prompt,) = prompts(visit, "ask_agreement")
    assert (prompt["call"]["name"], prompt["call"]["phone"]) == ("Nina Petrova", "07700 900133")
    assert world.told() == {"nina"}
    answer(world, prompt, None)
    (prompt,) = prompts(visit, "ask_agreement")
    assert (prompt["call"]["name"], prompt["call"]["role"]) == ("Grace Adeyemi", "manager")
    assert world.told() == {"grace"}
    act(world, "agree", visit, by="nina")
    assert not prompts(visit)
    world.advance(timedelta(minutes=30))
    assert world.told() == set()


@pytest.mark.clause("E4a")
def test_e4a_the_desk_that_rang_somebody_is_asked_again_while_nobody_has_agreed(world):
    visit = arrive(world, service="childrens")
    act(world, "attend", visit, channel="face_to_face")
    act(world, "refer", visit, team="finance")
    world.advance("09:03:01")
    (prompt,) = prompts(visit, "ask_agreement")
    assert prompt["call"]["role"] == "team"
    answer(world, prompt, "Mei Wong")
    assert not prompts(visit)
    world.advance("09:06:01")
    assert len(prompts(visit, "ask_agreement")) == 1
    act(world, "take_back", visit)
    assert not prompts(visit)
    world.advance(timedelta(minutes=30))
    world.messages()


@pytest.mark.clause("E4a-duty")
def test_e4a_duty_an_officer_who_is_away_is_a_gap_in_the_rota(world):
    visit = arrive(world, service="childrens")
    away(world, "tariq")
    world.messages()
    act(world, "refer", visit, team="housing")
    assert (shown(visit)["state"], clock(visit)["stopped_at"]) == ("waiting", None)
    assert world.told() == {"helen", "david", "lucy"}
    act(world, "agree", visit, by="lucy")
    assert shown(visit)["owner"] == world.person("lucy").ref


@pytest.mark.clause("E4")
def test_e4_a_customer_has_one_owner_at_any_time_also_when_two_desks_ask_at_once(world):
    visit = arrive(world, service="childrens")
    act(world, "attend", visit, channel="face_to_face", by="amira")
    act(world, "refer", visit, team="finance", by="amira")
    with pytest.raises(Refusal) as refused:
        act(world, "refer", visit, person="nina", by="ben")
    assert (refused.value.code, "Finance and grants" in str(refused.value.sentence)) == ("not_agreed", True)
    assert shown(visit)["owner"] == world.person("amira").ref, (
        "whoever has the customer keeps them until another agrees"
    )
    act(world, "agree", visit, by="mei")
    with pytest.raises(Refusal):
        act(world, "agree", visit, by="tom")
    assert shown(visit)["owner"] == world.person("mei").ref
    owners = [e.facts["owner"] for e in events(visit, "visit:agreed")]
    assert owners == [world.person("mei").ref]
    # The team and reception read the same record.
    ours, theirs = (world.client(login=who).get(f"/visits/{visit}").content.decode() for who in ("amira", "mei"))
    assert ours.count("Taken on by Mei Wong") == theirs.count("Taken on by Mei Wong") == 1
    world.messages()


@pytest.mark.clause("E4")
def test_e4_the_database_itself_keeps_one_owner_and_one_question(world):
    visit = arrive(world, service="childrens")
    act(world, "attend", visit, channel="phone")
    act(world, "refer", visit, team="finance")
    asked = {"asked_at": world.now, "asked_by": "person:1", "team": "housing"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(visit_id=visit, **asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit).update(owner="")
    world.messages()


def test_whoever_asked_may_ask_another_instead(world):
    visit = arrive(world, service="childrens")
    act(world, "refer", visit, team="finance")
    world.messages()
    act(world, "refer", visit, person="nina")
    assert world.told() == {"nina"}
    with pytest.raises(NotAllowed):
        act(world, "agree", visit, by="mei")
    assert [r.withdrawn_at is None for r in Referral.objects.filter(visit=visit)] == [False, True]


@pytest.mark.clause("E4")
def test_e4_a_customer_sent_on_a_second_time_is_told_to_the_duty_manager(world):
    visit = arrive(world, service="childrens")
    act(world, "refer", visit, team="finance")
    act(world, "take_back", visit)
    act(world, "refer", visit, team="finance")
    assert not events(visit, "visit:sent-on"), "what was taken back sent nobody on"
    act(world, "decline", visit, by="mei", reason="Not a grant", offered=["letter", "The town hall knows"])
    world.messages()
    act(world, "refer", visit, person="nina")
    (entry,) = events(visit, "visit:sent-on")
    assert entry.facts["times"] == 2
    assert world.told() == {"nina", "joan"}
    page = world.client(login="joan").get("/manage").content.decode()
    assert "Sent on more than once" in page
    assert f"/visits/{visit}" in page


@pytest.mark.clause("E4a")
def test_e4a_a_refusal_says_what_was_offered_instead_from_the_list_and_in_words(world):
    visit = arrive(world, service="childrens")
    act(world, "refer", visit, team="finance")
    act(world, "decline", visit, by="mei", reason="Not a grant", offered=["letter", "The town hall knows"])
    (said,) = [m for m in queries.timeline(queries.visit(visit)) if m.type == "visit:declined"]
    assert said.facts["offered"] == ["letter"]
    assert texts(said) == {"reason": ["Not a grant"], "offered": ["The town hall knows"]}
    page = world.client(login="amira").get(f"/visits/{visit}").content.decode()
    assert "Offered instead: A letter or note to take away" in page
    world.messages()


@pytest.mark.clause("E3c")
def test_e3c_what_must_be_served_today_cannot_be_turned_away_and_what_to_do_is_said(world):
    visit = arrive(world, service="nowhere_tonight")
    said = CannotBeMet(reason="papers_missing", none_suitable=True, told=True)
    with pytest.raises(Refusal) as refused:
        act(world, "cannot_meet", visit, said)
    assert refused.value.code == "must_be_served"
    assert "without a telephone, an address or papers" in str(refused.value.sentence)
    assert shown(visit)["state"] == "waiting"
    card = world.client(login="amira").get(f"/visits/{visit}").content.decode()
    assert "without a telephone, an address or papers" in card
    assert "cannot-meet" not in card


def test_the_team_answers_on_its_own_page_with_one_tap(world):
    visit, other = arrive(world, service="childrens"), arrive(world, service="childrens")
    act(world, "refer", visit, team="finance")
    act(world, "refer", other, team="finance")
    mei = world.client(login="mei")
    page = mei.get("/respond").content.decode()
    ref = shown(visit)["ref"]
    assert f"Finance and grants is asked to take {ref} on" in page
    assert mei.post(f"/respond/handovers/{visit}", {"do": "agree"}).status_code == 302
    assert shown(visit)["owner"] == world.person("mei").ref
    refused = mei.post(f"/respond/handovers/{other}", {"do": "decline", "reason": "Full until four"})
    assert refused.status_code == 422
    assert "Say what is offered instead" in refused.content.decode()
    assert "Full until four" in refused.content.decode(), "nothing typed is lost"
    said = {"do": "decline", "reason": "Full until four", "offered": ["return_time"]}
    assert mei.post(f"/respond/handovers/{other}", said).status_code == 302
    assert shown(other)["state"] == "waiting"
    assert mei.get("/respond").content.decode().count("is asked to take") == 0
    # The tap of somebody who was too late is refused with a sentence, and nothing changes.
    tom = world.client(login="tom")
    late = tom.post(f"/respond/handovers/{visit}", {"do": "agree"}, follow=True)
    assert "Nobody is asked to take this customer on." in late.content.decode()
    world.messages()


def test_a_leaver_is_on_no_designated_list(world):
    from steadydesk.people import actions as people
    from steadydesk.people.models import Person
    from tests.world import TESTER

    people.delete_row(Person.objects.get(login="mei"), by=TESTER, now=world.now)
    assert not Designation.objects.filter(person__login="mei").exists()
    Duty.objects.all().delete()
    visit = arrive(world, service="benefits")
    with pytest.raises(Invalid):
        act(world, "refer", visit, person="mei")
    world.advance(MINUTE)
