"""Once it is over: whether contact occurred, whether anybody is hurt, and one reminder at the shift's end."""

import pytest

from steadydesk.encounters import actions as encounters
from steadydesk.encounters import queries
from steadydesk.encounters.rules import Aftermath
from steadydesk.journal.models import Words
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import actions as people
from steadydesk.sites.actions import change_state
from steadydesk.visits.models import Visit
from tests.alarming import end, press
from tests.visiting import act, arrive, events


def over(world, by="amira"):
    """A visit that needed help, and has ended."""
    visit = arrive(world, by=by)
    act(world, "mark_problem", visit, by=by)
    act(world, "leave", visit, by=by)
    return f"visit:{visit}"


def waiting(world):
    return [(a.subject, a.of) for a in queries.waiting_afterwards("exchange", world.now)]


def answer(world, subject, by="amira", **said):
    encounters.answer_afterwards(subject, Aftermath(**said), by=world.person(by), now=world.now)


@pytest.mark.clause("L3b-vi")
def test_l3b_vi_after_a_visit_that_needed_help_it_is_asked_whether_contact_occurred(world):
    subject, plain = over(world), arrive(world)
    act(world, "leave", plain)
    assert waiting(world) == [(subject, world.person("amira").ref)]
    with pytest.raises(Invalid) as refused:
        answer(world, subject, contact="", injuries="yes")
    assert {f.field for f in refused.value.faults} == {"contact", "who"}
    answer(world, subject, contact="not_known", injuries="yes", who="Viktor, his wrist", account="He pulled away.")
    assert waiting(world) == []
    [entry] = events(int(subject.partition(":")[2]), "encounter:after-answered")
    assert (entry.facts, entry.by) == ({"contact": "not_known", "injuries": "yes"}, world.person("amira").ref)
    kept = {w.text: w.retention for w in Words.objects.filter(subject=subject)}
    assert kept == {"Viktor, his wrist": "incident", "He pulled away.": "incident"}
    with pytest.raises(Refusal):
        answer(world, subject, contact="no", injuries="no")
    with pytest.raises(NotFound):
        answer(world, f"visit:{plain}", contact="no", injuries="no")


@pytest.mark.clause("L3b-vi")
def test_l3b_vi_after_a_call_about_a_person_it_is_asked_too_and_after_a_drill_or_a_medical_one_not(world):
    alarm = press(world, login="amira")
    end(world, alarm)
    medical = press(world, kind="medical")
    end(world, medical)
    world.messages()
    assert waiting(world) == [(f"alarm:{alarm['id']}", world.person("amira").ref)]
    answer(world, f"alarm:{alarm['id']}", by="viktor", contact="no", injuries="no")
    assert waiting(world) == []


@pytest.mark.clause("L3b-vi")
def test_l3b_vi_whoever_was_asked_is_reminded_once_when_they_go_home(world):
    subject = over(world)
    amira = world.person("amira")
    world.messages()
    people.end_shift(int(amira.id), "exchange", by=amira, now=world.now)
    [message] = world.messages("screen")
    assert (message.person, message.message["kind"]) == (int(amira.id), "form")
    people.start_shift(int(amira.id), "exchange", by=amira, now=world.now)
    people.end_shift(int(amira.id), "exchange", by=amira, now=world.now)
    assert world.messages() == []
    assert waiting(world) == [(subject, amira.ref)], "it waits on the open list"


def test_what_a_desk_was_asked_is_told_to_those_in_charge_when_the_site_closes(world):
    visit = arrive(world)
    from steadydesk.visits import actions

    actions.mark_problem(visit, by=world.device("desk-1"), now=world.now)
    act(world, "leave", visit)
    world.messages()
    change_state("exchange", "closed", by=world.person("joan"), now=world.now)
    assert world.told() >= {"joan"}
    change_state("exchange", "open", by=world.person("joan"), now=world.now)
    change_state("exchange", "closed", by=world.person("joan"), now=world.now)
    assert world.told() == set()


def test_the_form_is_answered_on_its_page_and_nothing_is_chosen_beforehand(world):
    subject = over(world)
    helen = world.client("helen")
    assert f"/after/{subject}" in helen.get("/manage?site=exchange").text
    page = helen.get(f"/after/{subject}")
    assert page.status_code == 200 and "checked" not in page.text
    refused = helen.post(f"/after/{subject}", {"injuries": "no", "account": "He left by himself."})
    assert refused.status_code == 422 and "He left by himself." in refused.text
    said = {"contact": "no", "injuries": "no", "account": "He left by himself."}
    assert helen.post(f"/after/{subject}", said).status_code == 302
    assert "He left by himself." in helen.get(f"/after/{subject}").text
    assert f"/after/{subject}" not in helen.get("/manage?site=exchange").text
    assert world.client("ruth").get(f"/after/{subject}").status_code == 404


def test_a_form_about_what_was_forgotten_keeps_no_list_from_opening(world):
    forgotten, kept = over(world), over(world)
    Visit.objects.filter(pk=forgotten.partition(":")[2]).delete()
    for login, page in (("helen", "/manage?site=exchange"), ("amira", "/me")):
        reply = world.client(login).get(page)
        assert reply.status_code == 200
        assert f"/after/{kept}" in reply.text and f"/after/{forgotten}" not in reply.text
