"""How a visit ends: dealt with, handed over, cannot be met now, or the customer went."""

from datetime import timedelta

import pytest

from steadydesk.journal.queries import words
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from steadydesk.visits import actions, queries
from steadydesk.visits.actions import Arrival, CannotBeMet
from tests.visiting import MINUTE, act, answer, arrive, clock, events, met, prompts, shown, texts


def refused(code, name, visit, *words, world, **said):
    with pytest.raises(Refusal) as refusal:
        act(world, name, visit, *words, **said)
    assert refusal.value.code == code
    return refusal.value


def faulty(name, visit, *words, world, **said):
    """The fields that cannot be used."""
    with pytest.raises(Invalid) as invalid:
        act(world, name, visit, *words, **said)
    return [fault.field for fault in invalid.value.faults]


@pytest.mark.clause("E3")
def test_e3_an_attended_visit_has_exactly_one_of_three_outcomes(world):
    direct, referred, unmet = (arrive(world, team="childrens") for _ in range(3))
    act(world, "attend", direct, channel="face_to_face")
    act(world, "finish", direct)
    act(world, "refer", referred, team="finance")
    act(world, "agree", referred, by="mei")
    act(world, "finish", referred, by="mei")
    met(world, unmet)
    assert [shown(v)["outcome"] for v in (direct, referred, unmet)] == ["direct", "referred", "cannot_meet"]
    for visit in (direct, referred, unmet):
        assert shown(visit)["state"] == "closed"
        assert shown(visit)["attended_at"]
        refused("already_attended", "attend", visit, world=world, channel="phone")
        refused("already_attended", "finish", visit, world=world)
        refused("already_attended", "leave", visit, world=world)
    refused("incomplete", "finish", arrive(world), world=world)
    world.messages()


@pytest.mark.clause("E3a")
def test_e3a_dealt_with_directly_names_the_channel_and_the_person(world):
    visit = arrive(world)
    assert faulty("attend", visit, world=world, channel="") == ["channel"]
    assert faulty("attend", visit, world=world, channel="pigeon") == ["channel"]
    act(world, "attend", visit, channel="letter", by="tariq")
    act(world, "finish", visit, by="tariq")
    assert shown(visit)["owner"] == world.person("tariq").ref
    (entry,) = events(visit, "visit:attended")
    assert (entry.facts["channel"], entry.by) == ("letter", world.person("tariq").ref)


def test_two_desks_cannot_take_the_same_customer(world):
    visit = arrive(world)
    act(world, "call", visit, by="amira")
    refused("already_attended", "call", visit, world=world, by="ben")
    act(world, "attend", visit, channel="face_to_face", by="amira")
    refused("already_attended", "attend", visit, world=world, channel="face_to_face", by="ben")
    assert shown(visit)["owner"] == world.person("amira").ref


@pytest.mark.clause("E3b")
def test_e3b_a_referral_to_a_person_stays_open_until_that_person_accepts(world):
    visit = arrive(world, team="childrens")
    assert faulty("refer", visit, world=world, person="amira") == ["person"]
    assert faulty("refer", visit, world=world) == ["person", "team"]
    act(world, "refer", visit, person="nina")
    assert (shown(visit)["state"], clock(visit)["stopped_at"]) == ("waiting", None)
    assert world.told() == {"nina"}
    with pytest.raises(NotAllowed):
        act(world, "agree", visit, by="sam")
    world.advance("09:03")
    act(world, "agree", visit, by="nina")
    assert (shown(visit)["state"], shown(visit)["outcome"]) == ("attending", "referred")
    assert shown(visit)["owner"] == world.person("nina").ref
    assert clock(visit)["stopped_at"] == world.now.isoformat()


@pytest.mark.clause("E4a")
def test_e4a_a_team_takes_nobody_without_a_named_persons_agreement(world):
    visit = arrive(world, team="childrens")
    act(world, "attend", visit, channel="phone")
    other = arrive(world, team="childrens")
    act(world, "refer", other, team="finance")
    assert shown(other)["team"] == "childrens"
    assert world.told() == {"farid", "carol", "mei", "tom"}
    world.advance("09:10:01")
    assert clock(other)["over_at"], "the clock runs while nobody has agreed"
    with pytest.raises(NotAllowed):
        actions.agree(other, by=world.device("desk-1"), now=world.now)
    act(world, "agree", other, by="tom")
    (agreed,) = events(other, "visit:agreed")
    assert (agreed.by, agreed.at) == (world.person("tom").ref, world.now)
    assert (shown(other)["team"], clock(other)["stopped_at"]) == ("finance", world.now.isoformat())

    act(world, "refer", visit, team="finance")
    refused("not_agreed", "finish", visit, world=world)
    act(world, "decline", visit, reason="Not a grant", offered=["Citizens advice"], by="mei")
    refused("not_agreed", "agree", visit, world=world, by="mei")
    act(world, "finish", visit)
    said = next(m for m in queries.timeline(queries.visit(visit)) if m.type == "visit:declined")
    assert texts(said) == {"reason": ["Not a grant"], "offered": ["Citizens advice"]}
    world.messages()


@pytest.mark.clause("E4a")
@pytest.mark.parametrize("end", ["attend", "leave", "cannot_meet", "no_show"])
def test_e4a_a_referral_that_nobody_answered_ends_with_the_wait(world, end):
    visit = arrive(world, team="childrens")
    act(world, "refer", visit, team="finance")
    if end == "attend":
        act(world, "attend", visit, channel="face_to_face")
        refused("not_agreed", "agree", visit, world=world, by="mei")
        act(world, "finish", visit)
    elif end == "cannot_meet":
        met(world, visit)
    else:
        act(world, end, visit)
    assert shown(visit)["state"] == "closed"
    assert world.told() == set(), "nobody is told any more"
    assert "agree" not in str(world.client(login="mei").get(f"/visits/{visit}").content)


@pytest.mark.clause("E4a")
def test_e4a_who_asked_takes_a_referral_back_and_nobody_else_does(world):
    visit = arrive(world, team="childrens")
    act(world, "attend", visit, channel="face_to_face")
    act(world, "refer", visit, team="finance")
    refused("not_agreed", "finish", visit, world=world)
    for stranger in ("ben", "mei"):
        with pytest.raises(NotAllowed):
            act(world, "take_back", visit, by=stranger)
    reply = world.client(login="amira").post(f"/api/v1/visits/{visit}/take-back", {}, content_type="application/json")
    assert (reply.status_code, reply.json()["state"]) == (200, "attending")
    refused("not_agreed", "take_back", visit, world=world)
    refused("not_agreed", "agree", visit, world=world, by="mei")
    act(world, "finish", visit)
    assert shown(visit)["outcome"] == "direct"
    assert world.told() == set()


@pytest.mark.clause("E4a-duty")
def test_e4a_duty_a_duty_officer_takes_the_customer_at_once_and_a_gap_needs_agreement(world):
    visit = arrive(world, team="childrens")
    world.advance("09:02")
    act(world, "refer", visit, team="housing")
    assert shown(visit)["owner"] == world.person("tariq").ref
    assert (shown(visit)["outcome"], clock(visit)["stopped_at"]) == ("referred", world.now.isoformat())
    assert world.told() == {"tariq"}

    from steadydesk.people.models import Duty

    Duty.objects.all().update(ends_at=world.now)
    visit = arrive(world, team="childrens")
    act(world, "refer", visit, team="housing")
    assert (shown(visit)["state"], clock(visit)["stopped_at"]) == ("waiting", None)
    world.messages()


@pytest.mark.clause("E3c")
def test_e3c_cannot_be_met_needs_that_the_customer_was_told_by_whom_and_when(world):
    visit = arrive(world)
    said = CannotBeMet(reason="papers_missing", none_suitable=True)
    assert faulty("cannot_meet", visit, said, world=world) == ["told"]
    assert shown(visit)["state"] == "waiting"
    world.advance(MINUTE)
    met(world, visit)
    (entry,) = events(visit, "visit:cannot-meet")
    assert (entry.facts["told"], entry.by, entry.at) == (True, world.person("amira").ref, world.now)


@pytest.mark.clause("E3c-why")
def test_e3c_why_cannot_be_met_needs_the_reason_that_was_given(world):
    visit = arrive(world)
    assert faulty("cannot_meet", visit, CannotBeMet(none_suitable=True, told=True), world=world) == ["reason"]
    act(world, "cannot_meet", visit, CannotBeMet(reason="The archive is flooded", none_suitable=True, told=True))
    said = queries.timeline(queries.visit(visit))[-1]
    assert texts(said)["reason"] == ["The archive is flooded"]


@pytest.mark.clause("E3c-alt")
def test_e3c_alt_cannot_be_met_needs_an_alternative_or_that_none_is_suitable(world):
    visit = arrive(world)
    offered = [choice.id for choice in queries.choices(queries.visit(visit))["alternatives"]]
    assert "phone_back" in offered
    bare = CannotBeMet(reason="not_entitled", told=True)
    assert faulty("cannot_meet", visit, bare, world=world) == ["alternatives"]
    both = CannotBeMet(reason="not_entitled", alternatives=("online",), none_suitable=True, told=True)
    assert faulty("cannot_meet", visit, both, world=world) == ["none_suitable"]
    said = CannotBeMet(reason="not_entitled", alternatives=("phone_back", "Ask at the town hall"), told=True)
    act(world, "cannot_meet", visit, said)
    moment = queries.timeline(queries.visit(visit))[-1]
    assert moment.facts["alternatives"] == ["phone_back"]
    assert texts(moment)["alternatives"] == ["Ask at the town hall"]


def test_everything_missing_is_said_at_once(world):
    visit = arrive(world)
    assert faulty("cannot_meet", visit, CannotBeMet(), world=world) == ["reason", "alternatives", "told"]
    assert faulty("correct", visit, world=world, field="shoe", value="", reason="") == ["field", "reason"]
    assert faulty("tell", visit, world=world, wait="ten", note="x" * 10_001) == ["wait", "note"]


def test_an_answered_prompt_is_not_answered_again(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:05:01")
    (prompt,) = prompts(visit)
    answer(world, prompt, "Helen Marsh")
    with pytest.raises(Refusal) as refusal:
        answer(world, prompt, "David Osei")
    assert refusal.value.code == "already_answered"
    assert shown(visit)["prompts"][0]["reached"] == "Helen Marsh"
    world.messages()


def test_what_was_typed_stands_beside_the_journal_and_never_in_it(world):
    visit = arrive(world, description="red coat, buggy")
    act(world, "note", visit, "مرحبا 👋 \u200fשלום" + "n" * 9_000)
    act(world, "correct", visit, field="note", value="two children", reason="miscounted")
    for entry in events(visit):
        assert all(text not in str(entry.facts) for text in ("red coat", "مرحبا", "two children"))
    moments = {m.type: m for m in queries.timeline(queries.visit(visit))}
    assert texts(moments["visit:noted"])["note"][0].startswith("مرحبا 👋")
    assert texts(moments["visit:corrected"]) == {"value": ["two children"], "reason": ["miscounted"]}
    assert shown(visit)["description"] == "red coat, buggy"
    act(world, "leave", visit)
    assert shown(visit)["description"] is None


def test_only_who_went_unattended_comes_back_in(world):
    visit = arrive(world)
    refused("incomplete", "reinstate", visit, world=world)
    act(world, "leave", visit)
    act(world, "reinstate", visit)
    met(world, visit)
    refused("already_attended", "reinstate", visit, world=world)


def test_tickets_run_on_by_service_and_begin_anew_each_local_day(world):
    refs = [shown(arrive(world, service=s))["ref"] for s in ("housing", "housing", "childrens")]
    assert refs == ["A101", "A102", "B101"]
    branch = actions.arrive(Arrival(site="branch"), by=world.person("iris"), now=world.now)
    assert branch.ref == "A101"
    for visit in queries.open_visits("exchange"):
        act(world, "leave", visit.pk)
    actions.leave(branch.pk, by=world.person("iris"), now=world.now)
    world.advance("23:30")
    assert shown(arrive(world))["ref"] == "A103"
    world.advance("00:30")
    assert shown(arrive(world))["ref"] == "A101"
    world.messages()


def test_only_staff_of_the_site_work_on_its_visits(world):
    visit = arrive(world)
    for login in ("iris", "dana", "robin"):
        with pytest.raises(NotAllowed):
            act(world, "attend", visit, channel="phone", by=login)
        with pytest.raises(NotAllowed):
            arrive(world, by=login)
    with pytest.raises(NotFound):
        act(world, "attend", visit + 1, channel="phone")
    assert actions.attend(visit, channel="phone", by=world.device("desk-2"), now=world.now).state == "attending"


def test_nothing_given_is_the_sites_default_service_and_its_team(world):
    assert (shown(arrive(world))["service"], shown(arrive(world))["team"]) == ("housing", "housing")
    assert shown(arrive(world, team="finance"))["service"] is not None
    assert shown(arrive(world, service="childrens"))["team"] == "childrens"


def test_what_a_customer_looks_like_is_wiped_when_the_visit_has_ended(world):
    dealt_with = arrive(world, description="red coat, buggy")
    gone = arrive(world, description="grey hat")
    assert set(words(typed(dealt_with) + typed(gone)).values()) == {"red coat, buggy", "grey hat"}
    seen, hat = typed(dealt_with), typed(gone)
    act(world, "attend", dealt_with, channel="face_to_face")
    act(world, "finish", dealt_with)
    act(world, "leave", gone)
    assert words(seen), "a wrong press is undone for a minute"
    world.advance(timedelta(minutes=1, seconds=1))
    assert not words(seen)
    assert words(hat), "somebody who left may come back in"
    act(world, "reinstate", gone)
    world.advance(timedelta(hours=1))
    assert words(hat)
    act(world, "leave", gone)
    world.advance(timedelta(minutes=31))
    assert not words(hat)
    world.messages()


def typed(visit):
    """The row with the words that describe the customer."""
    return [queries.visit(visit).description]
