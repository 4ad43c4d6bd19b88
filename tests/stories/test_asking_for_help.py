"""Reception asks the service area for help: one list, one conversation, one telephone."""

import pytest

from steadydesk.delivery.models import Delivery
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.visits import help_requests, queries
from steadydesk.visits.models import HelpRequest
from tests.returning import book, only
from tests.visiting import act, answer, arrive, events, prompts, shown, texts

OPTIONS = ("come_down", "speak_by_phone", "other_colleague", "letter", "return_time", "alternatives")


def asking(visit):
    return help_requests.asking(queries.visit(visit))


def answers(visit):
    return {option.id: option.answer for option in asking(visit).options}


@pytest.mark.clause("E4b")
def test_e4b_the_list_is_closed_only_when_each_option_has_its_answer(world):
    visit = arrive(world, service="childrens")
    act(world, "ask_help", visit)
    assert world.told() == {"grace", "peter", "nina", "sam"}
    assert answers(visit) == dict.fromkeys(OPTIONS, "")
    for option in OPTIONS[:-1]:
        act(world, "mark_option", visit, option, "not_possible", by="nina")
    with pytest.raises(Refusal) as refused:
        act(world, "close_help", visit)
    assert (refused.value.code, "Something else that would help" in str(refused.value.sentence)) == ("incomplete", True)
    world.advance("09:02")
    act(world, "mark_option", visit, "alternatives", "offered", by="amira")
    last = asking(visit).options[-1]
    assert (last.answer_label, last.by, last.at) == ("Offered", "Amira Khan", world.now)
    act(world, "close_help", visit)
    assert HelpRequest.objects.get(visit=visit).complete
    assert shown(visit)["state"] == "waiting", "asking stops no clock"


@pytest.mark.clause("E4b")
def test_e4b_a_team_that_does_not_answer_is_asked_again_and_then_those_above_it(world):
    visit = arrive(world, service="childrens")
    act(world, "attend", visit, channel="face_to_face")
    act(world, "ask_help", visit)
    (prompt,) = prompts(visit, "ask_help")
    assert prompt["call"]["role"] == "team"
    world.messages()
    answer(world, prompt, None)
    (prompt,) = prompts(visit, "ask_help")
    assert prompt["call"]["name"] == "Grace Adeyemi"
    assert world.told() == {"grace"}
    act(world, "say", visit, "Two minutes", by="amira")
    assert prompts(visit, "ask_help"), "reception's own words are no answer"
    act(world, "say", visit, "I come down", by="sam")
    assert not prompts(visit, "ask_help")
    assert asking(visit).request.answered_at == world.now


@pytest.mark.clause("E4b")
def test_e4b_both_sides_see_the_same_list_and_the_same_words(world):
    visit = arrive(world, service="childrens")
    act(world, "ask_help", visit)
    act(world, "say", visit, "She has no papers with her", by="amira")
    act(world, "say", visit, "A letter is enough", by="nina")
    act(world, "mark_option", visit, "letter", "offered", by="nina")
    parts = [world.client(login=who).get(f"/visits/{visit}/asking").content.decode() for who in ("amira", "nina")]
    without_tokens = [[line for line in part.splitlines() if "csrf" not in line] for part in parts]
    assert without_tokens[0] == without_tokens[1]
    assert "She has no papers with her" in parts[0]
    assert "Nina Petrova" in parts[0]
    assert f"/visits/{visit}#asking" in world.client(login="nina").get("/respond").content.decode()
    entry = events(visit, "visit:help-said")[0]
    assert "papers" not in str(entry.facts)
    world.messages()


def test_a_second_desk_that_asks_finds_the_list_that_is_open(world):
    visit = arrive(world, service="childrens")
    act(world, "ask_help", visit, by="amira")
    act(world, "ask_help", visit, by="ben")
    assert HelpRequest.objects.count() == 1
    world.messages()


@pytest.mark.clause("E4b-tel")
def test_e4b_tel_the_right_person_is_rung_by_telephone_first_and_who_spoke_from_where_is_kept(world, settings):
    settings.RINGS_OUT, settings.EMAIL_HOST = True, "mail.example"
    visit = arrive(world, service="housing")
    act(world, "ask_help", visit)
    world.messages()
    act(world, "ring_to_speak", visit, by="amira")
    rung = {row.channel: row for row in Delivery.objects.filter(subject__startswith="help:")}
    tariq = world.person("tariq").person
    assert {row.person for row in rung.values() if row.person} == {tariq}, "who is on duty is the right one"
    assert rung["phone"].send_at == world.now
    assert world.told() == {"tariq"}
    with pytest.raises(Invalid):
        act(world, "ring_to_speak", visit, "iris")
    with pytest.raises(Invalid) as faults:
        act(world, "record_spoken", visit, person="mei-who")
    assert [f.field for f in faults.value.faults] == ["person", "place"]
    world.advance("09:04")
    act(world, "record_spoken", visit, person="tariq", place="back-office", by="amira")
    (entry,) = events(visit, "visit:spoken")
    assert (entry.facts["person"], entry.facts["place"], entry.at) == (tariq, "back-office", world.now)
    assert answers(visit)["speak_by_phone"] == "offered"
    act(world, "record_spoken", visit, phone="01632 960555", by="lucy")
    said = [m for m in queries.timeline(queries.visit(visit)) if m.type == "visit:spoken"][-1]
    assert (said.facts["person"], texts(said)) == (world.person("lucy").person, {"phone": ["01632 960555"]})
    page = world.client(login="amira").get(f"/visits/{visit}").content.decode()
    assert "Spoke to the customer by telephone: Tariq Aziz, Back office" in page
    world.messages()


@pytest.mark.clause("E4b-tel")
def test_e4b_tel_speaking_by_phone_is_an_option_also_where_a_protocol_forgot_it(world):
    from steadydesk.documents.queries import in_force
    from steadydesk.visits import help_rules

    form = in_force("exchange").protocol.help_request
    without = form.model_copy(update={"options": tuple(o for o in form.options if o.id != "speak_by_phone")})
    assert "speak_by_phone" in [o.id for o in help_rules.options(without)]


def test_a_visit_that_ends_ends_the_request_and_says_what_had_no_answer(world):
    visit = arrive(world, service="childrens")
    act(world, "ask_help", visit)
    act(world, "leave", visit)
    request = HelpRequest.objects.get(visit=visit)
    assert (request.closed_at, request.complete) == (world.now, False)
    assert not prompts(visit)
    with pytest.raises(Refusal):
        act(world, "say", visit, "Hello?")
    assert (
        "Ended before every option was answered" in world.client(login="amira").get(f"/visits/{visit}").content.decode()
    )
    assert world.told() == set()


def test_a_return_that_is_booked_ends_the_request_and_nobody_is_to_speak_any_more(world):
    visit = arrive(world, service="childrens")
    act(world, "ask_help", visit)
    act(world, "ring_to_speak", visit, "nina")
    book(world, visit, "nina", only(world, "nina"))
    assert HelpRequest.objects.get(visit=visit).closed_at == world.now
    assert {row.state for row in Delivery.objects.filter(subject__startswith="help:")} == {"withdrawn"}
    world.messages()


def test_the_team_is_asked_no_more_when_reception_writes_down_that_one_of_it_spoke(world):
    visit = arrive(world, service="childrens")
    act(world, "ask_help", visit)
    act(world, "record_spoken", visit, person="lucy", phone="01632 960555", by="amira")
    assert prompts(visit, "ask_help"), "reception speaking is no word of the team"
    act(world, "record_spoken", visit, person="nina", phone="01632 960555", by="amira")
    assert not prompts(visit, "ask_help")
    assert asking(visit).request.answered_at == world.now
    world.messages()


def test_everything_is_there_in_the_api_too(world):
    visit = arrive(world, service="childrens")
    amira, nina = world.client(login="amira"), world.client(login="nina")

    def post(client, what, **body):
        return client.post(f"/api/v1/visits/{visit}/{what}", body, content_type="application/json")

    assert amira.get(f"/api/v1/visits/{visit}/help").status_code == 404
    assert post(amira, "ask-help").json()["id"] == str(visit)
    assert post(nina, "help/say", text="Coming").json()["said"][0]["words"] == ["Coming"]
    marked = post(nina, "help/mark", option="letter", answer="offered").json()["options"]
    assert [o["answer"] for o in marked if o["id"] == "letter"] == ["offered"]
    wrong = post(nina, "help/mark", option="pigeon", answer="perhaps")
    assert [e["field"] for e in wrong.json()["errors"]] == ["option", "answer"]
    assert (post(amira, "help/close").status_code, post(amira, "help/close").json()["code"]) == (409, "incomplete")
    world.messages()
