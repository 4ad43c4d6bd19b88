"""Getting help on the desk's pages: first and largest, the cards in order, and nothing a customer may not read."""

import re

import pytest
from django.test import Client

from steadydesk.alarms import queries as alarms
from steadydesk.contacts.models import Contact
from steadydesk.customers import actions as customers
from steadydesk.encounters import queries
from steadydesk.people.models import Shift
from steadydesk.sites.models import Place
from steadydesk.visits.models import Visit
from tests.alarming import answer, press
from tests.screens.test_desk_pages import arrive, enrolled
from tests.visiting import SECOND, events
from tests.withdrawing import decision
from tests.world import World

HX = {"HX-Request": "true"}
RISK = re.compile(r"\b(risk|danger|alarm|help now|needs help|aggressive|agitated)\b", re.IGNORECASE)
MAY_READ = '">Joan Price</label>'
"""Of whom a customer may be kept private to: everybody who works there is named."""
FIELD = re.compile(r"<(?:input(?![^>]*type=.hidden)|select|textarea)\b")


@pytest.fixture
def desk(world: World) -> Client:
    return enrolled(world, "desk-1")


@pytest.fixture
def office(world: World) -> Client:
    return enrolled(world, "back-office")


def post(client: Client, visit: Visit, name: str, status: int = 200, **said: str) -> str:
    reply = client.post(f"/visits/{visit.pk}/{name}", {"card": "yes", **said}, headers=HX)
    assert reply.status_code == status, reply.text
    return reply.text


def text_of(page: str) -> str:
    """What somebody can read of it."""
    return re.sub(r"<[^>]*>", " ", page)


def open_calls() -> list[tuple[str, str, str]]:
    return [(a.kind, a.urgency, a.to) for a in alarms.at_sites(["exchange"], open=True)]


@pytest.mark.clause("L1")
def test_l1_one_action_makes_help_the_first_and_largest_control(world: World, office: Client) -> None:
    visit = arrive(world)
    card = post(office, visit, "problem")
    first = re.search(r"<button[^>]*>", card)
    assert first and 'class="button big"' in first[0] and 'data-raise="help"' in first[0] and "autofocus" in first[0]
    assert "needs help" in card
    assert len(events(visit.pk, "visit:problem")) == 1


@pytest.mark.clause("L1")
def test_l1_help_from_nothing_makes_the_visit_of_place_and_time(world: World, desk: Client) -> None:
    reply = desk.post("/desk/help", follow=True)
    visit = Visit.objects.get()
    assert visit.problem and reply.redirect_chain[-1][0] == f"/visits/{visit.pk}"
    assert "person at Desk 1, 09:00" in reply.text
    found = queries.encounter(f"visit:{visit.pk}")
    assert found is not None and (found.place, found.started_at) == ("desk-1", world.now)


@pytest.mark.clause("L2")
def test_l2_no_field_is_there_before_the_help_control_was_shown(world: World, desk: Client) -> None:
    visit = arrive(world)
    card = post(desk, visit, "problem")
    assert not FIELD.search(card) and "/help-shown" in card
    assert not FIELD.search(desk.get(f"/visits/{visit.pk}/card").text)
    world.advance(SECOND)
    card = post(desk, visit, "help-shown")
    assert FIELD.search(card)
    assert card.index('id="help-now"') < FIELD.search(card).start()  # type: ignore[union-attr]
    found = queries.encounter(f"visit:{visit.pk}")
    assert found is not None and found.offered_at == world.now


@pytest.mark.clause("L2")
def test_l2_the_question_stands_on_the_board_until_it_is_answered(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    world.advance(21 * SECOND)
    assert f'id="once-more-{visit.pk}"' in desk.get("/desk/board").text
    post(desk, visit, "help-shown")
    assert "/no-help" in desk.get(f"/visits/{visit.pk}/card").text
    post(desk, visit, "no-help")
    assert f'id="once-more-{visit.pk}"' not in desk.get("/desk/board").text


@pytest.mark.clause("L2-sit")
def test_l2_sit_the_panel_lists_what_works_now_and_no_more(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    card = post(desk, visit, "help-shown")
    assert "Press the silent key" in card and 'href="tel:555"' in card and "Press the worn device" not in card
    Shift.objects.exclude(person__login="amira").delete()
    assert "Press the silent key" not in desk.get(f"/visits/{visit.pk}/card").text


@pytest.mark.clause("L3")
def test_l3_the_answer_is_given_on_the_screen_of_the_call(world: World, office: Client) -> None:
    visit = arrive(world)
    post(office, visit, "problem")
    post(office, visit, "help-shown")
    post(office, visit, "call-help", urgency="help", key="a")
    before = open_calls()
    card = post(office, visit, "judge", appears="does_not_appear", key="b")
    assert open_calls() == before == [("person", "help", "")]
    assert 'id="help-now"' in card and "Does not appear to be a safety risk" in card
    world.messages()


@pytest.mark.clause("L3-out")
def test_l3_out_cannot_tell_shows_card_l3b_and_calls_the_manager(world: World, office: Client) -> None:
    visit = arrive(world)
    post(office, visit, "problem")
    post(office, visit, "help-shown")
    card = post(office, visit, "judge", appears="cannot_tell", key="b")
    assert 'id="steps-L3b"' in card
    assert open_calls() == [("person", "manager", "")]
    assert world.told() >= {"helen"}


@pytest.mark.clause("L3b")
def test_l3b_appears_after_cannot_tell_calls_for_help_where_only_a_manager_was_called(
    world: World, office: Client
) -> None:
    visit = arrive(world)
    post(office, visit, "problem")
    post(office, visit, "help-shown")
    post(office, visit, "judge", appears="cannot_tell", key="b")
    world.messages()
    post(office, visit, "judge", appears="appears", key="c")
    assert open_calls() == [("person", "help", "")], "the same call, and it is more urgent now"
    assert world.told() >= {"viktor"}


def lines(card: str, id: str) -> list[str]:
    """The lines of a card."""
    section = card.split(f'id="steps-{id}"')[1].split("</ol>", maxsplit=1)[0]
    return [text_of(line.split("<form")[0]).strip() for line in section.split("<li")[1:]]


@pytest.mark.clause("L3a")
def test_l3a_the_card_has_its_five_steps_in_order_each_ticked_with_time(world: World, office: Client) -> None:
    visit = arrive(world)
    post(office, visit, "problem")
    post(office, visit, "help-shown")
    card = post(office, visit, "judge", appears="does_not_appear")
    steps = re.findall(r'name="step" value="(L3a[^"]*)"', card)
    assert steps == ["L3a-i", "L3a-ii", "L3a-iii", "L3a-iv", "L3a-v(a)"]
    assert len(lines(card, "L3a")) == 5 and "✓" not in card.split('id="steps-L3a"')[1].split("</ol>")[0]
    assert "Keep talking" in lines(card, "L3a")[0]
    world.advance(SECOND)
    card = post(office, visit, "tick", card="L3a", step="L3a-iv", outcome="done")
    assert "✓ Done 09:00:01" in " ".join(lines(card, "L3a")[3].split())


@pytest.mark.clause("L3b")
def test_l3b_appears_shows_six_steps_and_calls_at_once_and_silently(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    post(desk, visit, "help-shown")
    card = post(desk, visit, "judge", appears="appears", key="b")
    steps = re.findall(r'name="step" value="(L3b[^"]*)"', card)
    assert steps == ["L3b-i", "L3b-ii", "L3b-iii", "L3b-iv", "L3b-v", "L3b-vi"]
    assert open_calls() == [("person", "help", "")]
    assert not re.search(r"\d+ (seconds|min)", text_of(card.split('id="help"')[1].split('class="others"')[0]))
    post(desk, visit, "judge", appears="appears", key="c")
    assert len(open_calls()) == 1 and alarms.at_sites(["exchange"], open=True)[0].presses == 1
    [alarm] = alarms.at_sites(["exchange"], open=True)
    own = world.client(device="desk-1").post(
        f"/api/v1/alarms/{alarm.id}/stand-down", {"reason": "all well"}, content_type="application/json"
    )
    assert own.status_code == 409 and own.json()["code"] == "own_alarm"
    other = world.client("viktor").post(
        f"/api/v1/alarms/{alarm.id}/stand-down", {"reason": "all well"}, content_type="application/json"
    )
    assert other.status_code == 200 and alarms.alarm(alarm.id).open
    world.messages()


@pytest.mark.clause("L3b-i")
def test_l3b_i_stay_calm_is_the_first_line_and_stands_before_any_input(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    post(desk, visit, "help-shown")
    card = post(desk, visit, "judge", appears="appears", key="b")
    assert lines(card, "L3b")[0].endswith("Stay calm.")
    own = card.split('id="steps-L3b"')[1].split("</ol>")[0]
    assert own.index("Stay calm.") < own.index("<button")
    assert lines(card, "L3b")[5].endswith("Do not try to move, hold or direct the customer.")
    world.messages()


@pytest.mark.clause("L3b-ii")
def test_l3b_ii_the_four_ways_are_offered_at_once(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    card = post(desk, visit, "help-shown")
    assert 'data-raise="help"' in card and 'href="tel:999"' in card
    assert "I would like you to speak with my manager about this." in card and "<kbd>#00</kbd>" in card
    post(desk, visit, "help-way", way="telephone")
    post(desk, visit, "call-help", urgency="help", key="k")
    assert [e.facts["way"] for e in events(visit.pk, "encounter:help-asked")] == ["telephone", "button"]
    world.messages()


@pytest.mark.clause("L3b-ii")
def test_l3b_ii_the_record_shows_the_first_way_the_time_to_an_answer_and_the_length_of_the_talk(
    world: World, desk: Client, office: Client
) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    assert 'id="course"' not in office.get(f"/visits/{visit.pk}").text, "nobody has asked yet"
    post(desk, visit, "call-help", urgency="help", key="k")
    [call] = alarms.at_sites(["exchange"], open=True)
    encounter_page = text_of(office.get(f"/visits/{visit.pk}").text)
    assert "Nobody has answered yet" in encounter_page
    post(desk, visit, "tick", card="L3a", step="L3a-i", outcome="done")
    world.advance(9 * SECOND)
    answer(world, {"id": str(call.id)}, "acknowledge", "viktor")
    world.advance(56 * SECOND)
    answer(world, {"id": str(call.id)}, "attend", "viktor")
    pages = (office.get(f"/visits/{visit.pk}"), world.client("viktor").get(f"/alarms/{call.id}"))
    for page in pages:
        read = " ".join(text_of(page.text).split())
        assert "Help first asked for by the screen, 09:00:00" in read
        assert "A person answered after 0 min 09 s" in read
        assert "Talk until a responder was there 1 min 05 s" in read
    assert 'id="course"' not in desk.get(f"/visits/{visit.pk}").text, "a customer may read this screen"
    shown = world.client("amira").get(f"/api/v1/visits/{visit.pk}").json()["help"]
    assert (shown["way"], shown["answered_after"], shown["talked_for"]) == ("button", "PT9S", "PT1M5S")
    world.messages()


@pytest.mark.clause("L3b-ii")
def test_l3b_ii_a_call_by_the_silent_key_from_the_same_desk_shows_the_times_of_its_visit(
    world: World, desk: Client
) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    call = press(world, source="hot_key")
    elsewhere = press(world, device="desk-2")
    world.advance(21 * SECOND)
    answer(world, call, "acknowledge", "viktor")
    assert "A person answered after" in world.client("viktor").get(f"/alarms/{call['id']}").text
    assert "A person answered after" not in world.client("viktor").get(f"/alarms/{elsewhere['id']}").text
    world.messages()


@pytest.mark.clause("L3b-vi")
def test_l3b_vi_while_the_risk_card_is_shown_no_card_offers_to_call_the_customer_anywhere(
    world: World, office: Client
) -> None:
    visit = arrive(world)
    calls = f'/visits/{visit.pk}/call"'
    post(office, visit, "problem")
    assert calls in post(office, visit, "help-shown")
    assert calls not in post(office, visit, "judge", appears="cannot_tell", key="b")
    assert calls in post(office, visit, "judge", appears="does_not_appear")
    world.messages()


def test_the_card_names_the_barrier_of_the_desk(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    post(desk, visit, "help-shown")
    assert "the counter" in post(desk, visit, "judge", appears="appears", key="b")
    Place.objects.filter(slug="desk-1").update(barrier="")
    assert "None is written down for this place" in desk.get(f"/visits/{visit.pk}/card").text
    world.messages()


@pytest.mark.clause("E6a")
def test_e6a_the_card_opens_in_one_action_from_any_visit(world: World, desk: Client) -> None:
    visit = arrive(world)
    card = desk.get(f"/visits/{visit.pk}/card").text
    assert '<details id="calming"' in card and "Offer two real choices." in card
    post(desk, visit, "tick", card="de_escalation", step="choices", outcome="calmer")
    assert "Calmer after it" in desk.get(f"/visits/{visit.pk}/card").text


@pytest.mark.clause("E6b")
@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("reception", {"amira", "ben"}),
        ("managers", {"helen", "grace", "farid", "david", "peter", "carol", "joan"}),
    ],
)
def test_e6b_a_call_for_assistance_reaches_those_it_is_addressed_to(
    world: World, desk: Client, to: str, told: set[str]
) -> None:
    visit = arrive(world)
    assert f'value="{to}"' in desk.get(f"/visits/{visit.pk}/card").text
    post(desk, visit, "call-help", urgency="nearby", to=to, key="k")
    assert open_calls() == [("person", "nearby", to)]
    assert world.told() == told


@pytest.mark.clause("E6b")
def test_e6b_all_of_them_reaches_every_group_and_shows_who_is_coming(world: World, office: Client) -> None:
    visit = arrive(world)
    post(office, visit, "problem")
    post(office, visit, "help-shown")
    post(office, visit, "call-help", urgency="nearby", to="all", key="k")
    assert {"amira", "helen", "joan"} <= world.told()
    [alarm] = alarms.at_sites(["exchange"], open=True)
    answer(world, {"id": alarm.id}, "acknowledge", "viktor")
    card = office.get(f"/visits/{visit.pk}/card").text
    assert "Coming: 1 of 1 Viktor Novak" in card


@pytest.mark.clause("E6b")
def test_e6b_a_group_with_nobody_at_work_passes_the_call_on_at_once_and_the_caller_is_told_so_neutrally(
    world: World, desk: Client, office: Client
) -> None:
    visit = arrive(world)
    Shift.objects.filter(person__login__in=("amira", "ben")).delete()
    post(desk, visit, "call-help", urgency="nearby", to="reception", key="k")
    [alarm] = alarms.at_sites(["exchange"], open=True)
    assert alarm.skipped == (1,) and {"joan", "helen"} <= world.told()
    answer(world, {"id": alarm.id}, "acknowledge", "joan")
    counter, behind = (client.get(f"/visits/{visit.pk}/card").text for client in (desk, office))
    assert "Passed on" in counter and 'aria-label="A person is coming"' in counter
    # Who attends is chosen among everybody at work here, whoever is called.
    said = re.sub(r"<option.*?</option>", "", counter.replace(MAY_READ, ""))
    assert not RISK.search(text_of(counter)) and "Joan Price" not in said
    assert "Nobody of those it was for is at work" in behind and "Coming: 1 of 1 Joan Price" in behind
    shown = world.client("joan").get(f"/api/v1/alarms/{alarm.id}").json()
    assert (shown["to"], shown["group_absent"]) == ("reception", True)
    page = " ".join(text_of(world.client("joan").get(f"/alarms/{alarm.id}").text).split())
    assert "For Reception" in page
    world.messages()


@pytest.mark.clause("E6b")
def test_e6b_a_second_press_for_another_group_reaches_both_and_of_each_those_at_work(
    world: World, desk: Client
) -> None:
    visit = arrive(world)
    Shift.objects.filter(person__login="ben").delete()
    post(desk, visit, "call-help", urgency="nearby", to="reception", key="k")
    assert world.told() == {"amira"}, "of the group those at work"
    post(desk, visit, "call-help", urgency="nearby", to="managers", key="m")
    [alarm] = alarms.at_sites(["exchange"], open=True)
    assert alarm.to == "all" and {"amira", "helen"} <= world.told(), "another group takes nobody out of the first"


@pytest.mark.clause("E6d")
def test_e6d_a_visit_is_found_by_the_police_reference(world: World, office: Client) -> None:
    visit = arrive(world)
    post(office, visit, "support", whom="police:")
    [call] = queries.support_calls(f"visit:{visit.pk}")
    post(office, visit, "support-answer", call=str(call.pk), reference="CAD 4711/2 March", outcome="coming")
    assert f'href="/visits/{visit.pk}"' in office.get("/calls/outside?reference=4711/2").text
    assert f'href="/visits/{visit.pk}"' not in office.get("/calls/outside?reference=4712").text
    assert "Police" in office.get(f"/visits/{visit.pk}").text


def test_a_press_by_the_script_and_by_the_form_is_one(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    world.client(device="desk-1").post(
        "/api/v1/alarms", {"urgency": "help"}, content_type="application/json", headers={"Idempotency-Key": "same"}
    )
    post(desk, visit, "call-help", urgency="help", key="same")
    [alarm] = alarms.at_sites(["exchange"], open=True)
    assert alarm.presses == 1
    world.messages()


def test_a_medical_call_brings_the_first_aider_and_names_defibrillator_and_door(world: World, desk: Client) -> None:
    reply = desk.post("/desk/call", {"kind": "medical", "urgency": "help", "key": "m"}, headers=HX)
    assert "Behind the reception counter" in reply.text and "Main entrance" in reply.text
    assert "grace" in world.told()
    [alarm] = alarms.at_sites(["exchange"], open=True)
    page = world.client("grace").get(f"/alarms/{alarm.id}").text
    assert "Someone is ill or hurt" in page and "Behind the reception counter" in page
    assert "Send one person for the defibrillator" in page
    assert 'data-loud-kinds="medical"' in desk.get("/desk").text


def test_another_kind_at_the_same_place_is_a_call_of_its_own_and_linked(world: World, desk: Client) -> None:
    for kind in ("person", "medical"):
        desk.post("/desk/call", {"kind": kind, "urgency": "help", "key": kind}, headers=HX)
    second, first = alarms.at_sites(["exchange"], open=True)
    assert (second.kind, second.linked) == ("medical", (first.id,))
    world.messages()


def test_what_a_caller_says_is_saved_as_it_is_typed_and_is_there_again(world: World, desk: Client) -> None:
    desk.post("/desk/call", {"kind": "building", "urgency": "help", "key": "b"}, headers=HX)
    [alarm] = alarms.at_sites(["exchange"], open=True)
    saved = desk.post(f"/calls/{alarm.id}/form", {"words": "there is a b"}, headers=HX)
    assert "Saved 09:00:00" in saved.text
    assert "there is a b" in enrolled(world, "desk-2").get(f"/calls/{alarm.id}/card").text
    long = desk.post(f"/calls/{alarm.id}/form", {"words": "x" * 10_001}, headers=HX)
    assert long.status_code == 422
    world.messages()


def test_a_counter_screen_says_nothing_of_it_that_a_customer_may_not_read(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    world.advance(21 * SECOND)
    post(desk, visit, "help-shown")
    post(desk, visit, "judge", appears="appears", key="b")
    board = text_of(desk.get("/desk").text)
    assert not RISK.search(board)
    card = desk.get(f"/visits/{visit.pk}/card").text
    assert 'data-closes-by-itself="60"' in card and not RISK.search(text_of(card))
    for kind in ("medical", "building"):
        reply = desk.post("/desk/call", {"kind": kind, "urgency": "help", "key": kind}, headers=HX).text
        assert not re.search(r"<h\d[^>]*>[^<]*(danger|ill or hurt)", reply)
    world.messages()


@pytest.mark.clause("L3a-iii(1)")
def test_l3a_iii_1_yes_offers_five_kinds_with_the_contacts_of_the_site(world: World, office: Client) -> None:
    visit = arrive(world)
    post(office, visit, "problem")
    post(office, visit, "help-shown")
    post(office, visit, "judge", appears="does_not_appear")
    card = post(office, visit, "tick", card="L3a", step="L3a-iii", outcome="yes")
    shown = card.split('id="support"')[1].split("<form")[0]
    assert shown.startswith(" open")
    kinds = re.findall(r"<dt>([^<]*)</dt>", shown)
    assert kinds == ["Police", "Fire service", "Ambulance", "Social worker", "Minister of religion"]
    assert "Duty social worker" in shown and 'href="tel:01632 960304"' in shown
    assert "Mill Street police post" not in shown, "that is another site's"
    team = Contact.objects.get(name="Emergency duty team")
    card = post(office, visit, "support", whom=f"social_worker:{team.pk}", outcome="not_reached")
    assert "Social worker, Emergency duty team" in card
    assert "Called: Social worker, Emergency duty team, Not reached" in office.get(f"/visits/{visit.pk}").text


@pytest.mark.clause("L3a-iii(2)")
def test_l3a_iii_2_a_private_visit_offers_no_family(world: World, office: Client) -> None:
    plain, private = arrive(world), arrive(world, private=True)
    assert 'id="family"' in office.get(f"/visits/{plain.pk}/card").text
    assert 'id="family"' not in office.get(f"/visits/{private.pk}/card").text
    said = {"basis": "named_now", "family": "her sister, 01632 960900", "said": "She comes at four"}
    post(office, private, "family", status=409, **said)
    card = post(office, plain, "family", status=422, basis="danger_to_life", family="her sister", said="")
    assert card.count("govuk-error-message") >= 2 and "her sister" in card
    post(office, plain, "family", **said)
    assert "She comes at four" in office.get(f"/visits/{plain.pk}").text


@pytest.mark.clause("E6")
def test_e6_the_four_measures_are_one_panel_of_an_open_visit_in_any_order_and_each_use_is_an_entry(
    world: World, office: Client
) -> None:
    visit = arrive(world)
    card = office.get(f"/visits/{visit.pk}/card").text
    panel = re.findall(r"<summary>([^<]*)</summary>", card.split('id="calming"')[1])
    measures = ["De-escalation", "Call for assistance", "Temporary withdrawal of service", "External support"]
    assert [name for name in panel if name in measures] == measures
    post(office, visit, "support", whom="police:")
    morgan = world.person("morgan")
    customers.withdraw_service(f"visit:{visit.pk}", "exchange", decision(world), by=morgan, now=world.now)
    post(office, visit, "call-help", urgency="nearby", to="team", key="a")
    post(office, visit, "tick", card="de_escalation", step="choices", outcome="calmer")
    used = [e for e in events(visit.pk) if e.type not in ("visit:arrived", "encounter:help-offered")]
    assert [e.type for e in used] == [
        "encounter:support-called", "service:withdrawn", "encounter:help-asked", "encounter:step-ticked",
    ]  # fmt: skip
    assert {e.at for e in used} == {world.now} and {e.by for e in used} == {morgan.ref, world.device("back-office").ref}
    world.messages()


@pytest.mark.clause("L3b-v")
def test_l3b_v_the_card_names_the_barrier_of_that_desk(world: World, desk: Client) -> None:
    visit = arrive(world)
    post(desk, visit, "problem")
    post(desk, visit, "help-shown")
    card = post(desk, visit, "judge", appears="appears", key="b")
    assert "the counter" in lines(card, "L3b")[4]
    Place.objects.filter(site="exchange", slug="desk-1").update(barrier="")
    assert "None is written down" in lines(desk.get(f"/visits/{visit.pk}/card").text, "L3b")[4]
    world.messages()
