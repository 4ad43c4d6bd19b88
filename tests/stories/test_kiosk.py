"""A customer takes a ticket at a kiosk: a number and no name, once, also when the link was cut meanwhile."""

from datetime import timedelta

import pytest

from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import KIOSK, Permission
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound
from steadydesk.sites.actions import change_state
from steadydesk.visits import actions, queries
from steadydesk.visits.actions import CheckIn
from steadydesk.visits.checking_in import KEPT
from steadydesk.visits.models import Prompt, Reserved, Visit
from tests.screens.test_desk_pages import enrolled
from tests.visiting import MINUTE, arrive, clock, events, prompts, shown


def in_hand(world, kiosk="kiosk-1"):
    return actions.reserve_numbers(world.device(kiosk), world.now)


def check_in(world, number, kiosk="kiosk-1", **said):
    return actions.check_in(CheckIn(number, **said), by=world.device(kiosk), now=world.now)


def test_a_kiosk_has_numbers_in_hand_that_nobody_else_gives_out(world):
    before = {r.ref for rows in in_hand(world).values() for r in rows}
    assert all(len(rows) == KEPT for rows in in_hand(world).values())
    assert {r.ref for rows in in_hand(world).values() for r in rows} == before, "asked again it has the same"
    assert shown(arrive(world, service="housing"))["ref"] not in before


def test_what_a_kiosk_has_used_is_made_up_for_and_yesterdays_are_not_given_out(world):
    first = in_hand(world)["housing"]
    check_in(world, first[0].pk)
    now = in_hand(world)["housing"]
    assert [r.pk for r in now[:-1]] == [r.pk for r in first[1:]] and now[-1].pk not in {r.pk for r in first}
    tomorrow = actions.reserve_numbers(world.device("kiosk-1"), world.now + timedelta(days=1))
    assert not {r.pk for r in now} & {r.pk for r in tomorrow["housing"]}


def test_a_ticket_is_a_visit_with_its_clock_and_without_a_name(world):
    row = in_hand(world)["housing"][0]
    visit = check_in(world, row.pk, companions=2, says_appointment=True)
    found = shown(visit.pk)
    assert (found["ref"], found["service"], found["companions"]) == (row.ref, "housing", 2)
    assert found["says_appointment"] and found["description"] is None and found["mood"] == "calm"
    assert clock(visit.pk)["started_at"] == world.now.isoformat()
    assert events(visit.pk, "visit:arrived")[0].by == world.device("kiosk-1").ref


def test_what_is_sent_twice_is_one_arrival_at_its_own_time(world):
    row = in_hand(world)["housing"][0]
    came = world.now
    world.advance(4 * MINUTE)
    first = check_in(world, row.pk, ago=4 * MINUTE)
    world.advance(MINUTE)
    assert check_in(world, row.pk, ago=5 * MINUTE).pk == first.pk
    assert Visit.objects.count() == 1
    assert queries.visit(first.pk).arrived_at == came and not queries.visit(first.pk).on_paper
    world.advance("09:10:01")
    assert clock(first.pk)["over_at"], "the clock runs from when the ticket was taken"
    world.messages()


def test_a_time_that_cannot_be_is_not_believed(world):
    rows = in_hand(world)["housing"]
    world.advance(MINUTE)
    long_ago, negative = check_in(world, rows[0].pk, ago=timedelta(hours=3)), check_in(world, rows[1].pk, ago=-MINUTE)
    assert long_ago.arrived_at == rows[0].reserved_at, "not before the number was there"
    assert negative.arrived_at == world.now


def test_a_number_of_a_service_that_was_given_up_meanwhile_is_entered_all_the_same(world):
    row = in_hand(world)["housing"][0]
    Reserved.objects.filter(pk=row.pk).update(service="given_up")
    found = shown(check_in(world, row.pk, ago=MINUTE).pk)
    default = shown(arrive(world))
    assert (found["ref"], found["service"], found["team"]) == (row.ref, default["service"], default["team"])


def test_whoever_took_a_number_while_the_link_was_cut_for_long_waits_with_every_clock(world):
    row, old = in_hand(world)["housing"][:2]
    came = world.now
    world.advance(45 * MINUTE)
    visit = check_in(world, row.pk, ago=45 * MINUTE)
    assert visit.arrived_at == came and not visit.on_paper, "they still sit there"
    assert clock(visit.pk)["over_at"] and prompts(visit.pk)
    Reserved.objects.filter(pk=old.pk).update(day=old.day - timedelta(days=1))
    assert check_in(world, old.pk, ago=45 * MINUTE).on_paper, "whoever came yesterday does not sit there today"
    world.messages()


def test_a_kiosk_takes_arrivals_in_and_does_nothing_else(world):
    kiosk = world.device("kiosk-1")
    assert [p for p in Permission if kiosk.may(p, "exchange")] == [*KIOSK]
    row = in_hand(world)["housing"][0]
    for other in (world.device("desk-1"), world.device("board-1"), world.person("amira")):
        with pytest.raises(NotAllowed):
            actions.check_in(CheckIn(row.pk), by=other, now=world.now)
    with pytest.raises(NotFound):
        check_in(world, row.pk + 1_000)
    with pytest.raises(Invalid) as wrong:
        check_in(world, row.pk, companions=-1, walk_over="x")
    assert {f.field for f in wrong.value.faults} == {"companions", "walk_over"}
    assert Reserved.objects.get(pk=row.pk).visit is None


def test_no_number_is_given_where_nobody_waits(world):
    row = in_hand(world)["housing"][0]
    change_state("exchange", "emptied", by=world.person("helen"), now=world.now)
    assert in_hand(world) == {}
    assert check_in(world, row.pk).outcome == "site_closed", (
        "what was taken meanwhile is on record, and waits for nobody"
    )
    change_state("exchange", "open", by=world.person("helen"), now=world.now)
    assert len(in_hand(world)["housing"]) == KEPT
    world.messages()


def test_that_somebody_goes_to_the_customer_stands_on_the_desk_and_why_only_where_staff_read(world):
    row = in_hand(world)["housing"][0]
    visit = check_in(world, row.pk, walk_over="hearing")
    counter, office = (world.client(device=d).get("/desk/board").text for d in ("desk-1", "back-office"))
    assert "⇢" in counter and "hear" not in counter
    assert "Go to them: does not hear a call" in office
    assert "Go to them" in world.client(device="desk-1").get(f"/visits/{visit.pk}").text


def test_the_interface_gives_numbers_and_says_nothing_but_the_number(world):
    program = world.client(device="kiosk-1")
    items = program.post("/api/v1/kiosk/numbers", {}, "application/json").json()["items"]
    housing = next(i for i in items if i["service"] == "housing")
    said = {"number": housing["number"], "companions": 1, "appointment": False, "walk_over": "asked", "ago": "PT30S"}
    for _again in range(2):
        reply = program.post("/api/v1/kiosk/arrivals", said, "application/json")
        assert (reply.status_code, reply.json()) == (200, {"ref": housing["ref"]})
    assert program.post("/api/v1/kiosk/arrivals", {**said, "ago": "soon"}, "application/json").status_code == 422


def test_the_page_has_every_question_and_nothing_of_any_customer(world):
    arrive(world, description="red coat")
    page = world.client(device="kiosk-1").get("/kiosk")
    assert page.status_code == 200 and "red coat" not in page.text and "<input" not in page.text
    for words in ("What is it about?", "Do you have an appointment?", "I do not hear well", "within 10 minutes"):
        assert words in page.text
    assert "<script>" not in page.text and "style=" not in page.text


def kiosk_sends(world, number, kiosk="kiosk-1", **said):
    return world.client(device=kiosk).post("/api/v1/kiosk/arrivals", {"number": number, **said}, "application/json")


def test_an_arrival_that_is_refused_has_the_desk_go_and_look_once_until_somebody_says_so(world):
    row = in_hand(world)["housing"][0]
    number, ref = row.pk, row.ref
    row.delete()
    for _again in range(3):
        assert kiosk_sends(world, number, ref=ref, ago="PT40M").status_code == 404
    asked = Prompt.objects.get(kind="at_kiosk")
    assert Entry.objects.get(type="visit:not-entered").facts == {"ref": ref, "code": "not_found"}
    desk = enrolled(world, "desk-1")
    board = desk.get("/desk").text
    assert f"took a ticket at the kiosk ({ref}) and is on no list: go and look" in board
    assert desk.post(f"/desk/prompts/{asked.pk}", {"reached": ref}).status_code == 302
    assert "go and look" not in desk.get("/desk").text
    kiosk_sends(world, number, ref=ref)
    assert "go and look" not in desk.get("/desk").text, "it was looked for"
    world.messages()


def test_what_a_kiosk_says_of_its_ticket_is_no_words_on_the_desk(world):
    assert kiosk_sends(world, 99, ref="Ring 0900 1").status_code == 404
    assert "at the kiosk (no number is known)" in enrolled(world, "desk-1").get("/desk").text
    world.messages()
