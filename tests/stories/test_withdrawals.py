"""A service is withdrawn from a customer for a while: what it needs, who decides, and that it ends by itself."""

import pytest

from steadydesk.customers import actions, queries
from steadydesk.journal.models import Words
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotAllowed, Refusal
from steadydesk.people.models import Person
from tests.visiting import SECOND, arrive, events
from tests.withdrawing import CHECKS, DAY, withdraw


@pytest.mark.clause("E6c")
def test_e6c_a_withdrawal_needs_everything_on_the_list(world):
    with pytest.raises(Invalid) as refused:
        withdraw(
            world, scope="", starts_at=None, ends_at=None, customer=" ", reason="", answers={}, ways=(), ways_work=False
        )
    assert {f.field for f in refused.value.faults} == {
        "scope", "starts_at", "ends_at", "customer", "reason", "ways", "ways_work", *CHECKS,
    }  # fmt: skip
    for wrong in ({"ends_at": world.now}, {"ends_at": world.now + 400 * DAY}):
        with pytest.raises(Invalid) as refused:
            withdraw(world, **wrong)
        assert [f.field for f in refused.value.faults] == ["ends_at"]
    with pytest.raises(NotAllowed):
        withdraw(world, by="joan")
    with pytest.raises(NotAllowed):
        withdraw(world, by="amira")
    assert queries.withdrawals("exchange") == []


@pytest.mark.clause("E6c")
def test_e6c_it_binds_with_the_letter_and_ends_by_itself_on_its_last_day(world):
    visit, id = withdraw(world)
    assert not queries.binds(queries.withdrawal(id), world.now), "the customer does not know of it"
    actions.give_letter(id, by=world.person("morgan"), now=world.now)
    assert queries.binds(queries.withdrawal(id), world.now)
    with pytest.raises(Refusal):
        actions.give_letter(id, by=world.person("morgan"), now=world.now)
    clock.freeze(world.now + 30 * DAY - SECOND)
    assert queries.binds(queries.withdrawal(id), world.now)
    world.advance(SECOND)
    row = queries.withdrawal(id)
    assert (row.state, row.ended_at, queries.withdrawals("exchange")) == ("ended", world.now, [])
    told = [(e.type, e.by) for e in events(visit) if e.type.startswith("service:")]
    morgan = world.person("morgan").ref
    assert told == [
        ("service:withdrawn", morgan),
        ("service:letter-given", morgan),
        ("service:given-again", "system:clock"),
    ]
    assert "chair" not in str([e.facts for e in events(visit)])
    assert {w.retention for w in Words.objects.filter(subject=f"visit:{visit}")} == {"withdrawal"}
    world.messages()


@pytest.mark.clause("E6c")
def test_e6c_it_is_refused_for_services_that_must_be_served(world):
    with pytest.raises(Refusal) as refused:
        withdraw(world, services=("housing",))
    assert "Housing" in refused.value.sentence
    _visit, id = withdraw(world)
    assert queries.withdrawal(id).services == []


@pytest.mark.clause("E6c")
def test_e6c_for_today_a_manager_on_the_spot_follows_the_same_list_and_it_ends_tonight(world):
    with pytest.raises(Invalid) as refused:
        withdraw(world, by="joan", for_today=True, answers={}, ways=())
    assert {f.field for f in refused.value.faults} == {"ways", *CHECKS}
    _visit, id = withdraw(world, by="joan", for_today=True, starts_at=None, ends_at=None)
    row = queries.withdrawal(id)
    assert (row.starts_at, row.ends_at) == (world.now, world.now.replace(hour=0) + DAY)
    with pytest.raises(NotAllowed):
        withdraw(world, by="amira", for_today=True)
    actions.give_letter(id, by=world.person("joan"), now=world.now)
    clock.freeze(row.ends_at - SECOND)
    world.advance(SECOND)
    assert queries.withdrawal(id).state == "ended"
    world.messages()


def test_what_was_typed_for_a_withdrawal_goes_with_it_when_it_was_kept_long_enough(world):
    from steadydesk.customers import records
    from steadydesk.kernel.records import Overdue

    visit, id = withdraw(world)
    actions.end_withdrawal(id, by=world.person("morgan"), now=world.now)
    later = world.now + 731 * DAY
    [kept] = records.about(f"visit:{visit}")
    assert (kept.kind, len(kept.words)) == ("withdrawal", 2 + len(CHECKS))
    assert records.forget(Overdue("withdrawal", world.now + DAY, later, site="exchange")) == 1
    assert not Words.objects.filter(subject=f"visit:{visit}").exists()


@pytest.fixture
def morgan(world):
    from django.test import Client

    client = Client()
    client.force_login(Person.objects.get(login="morgan"))
    return client


@pytest.mark.clause("E6c")
def test_e6c_the_page_keeps_what_was_typed_and_the_letter_says_why_until_when_and_how_to_appeal(world, morgan):
    visit = arrive(world)
    page = f"/manage/withdrawals/new?visit={visit}"
    said = {
        "customer": "Ms Jane Doe", "reason": "Threw a chair on 2 March.", "scope": "one_site", "ways": "by_phone",
        "first": "2026-03-02", "last": "2026-03-31", **CHECKS,
    }  # fmt: skip
    missing = morgan.post(page, {**said, "illness": ""})
    assert missing.status_code == 422 and "Threw a chair" in missing.text and "Answer this." in missing.text
    refused = morgan.post(page, {**said, "ways_work": "on", "services": "housing"})
    assert refused.status_code == 422 and 'value="housing"' not in refused.text, "what must be served is not offered"
    done = morgan.post(page, {**said, "ways_work": "on"}, follow=True)
    letter = done.text.split('<article class="sheet"')[1]
    period = ("From 2 March 2026", "end of 31 March 2026", "28 days")
    for words in ("Ms Jane Doe", "Threw a chair", "By telephone", "Housing", "Morgan Lewis", *period):
        assert words in letter, words
    assert "not ill" not in letter, "what was weighed is not the customer's letter"
    [row] = queries.withdrawals("exchange")
    assert morgan.post(f"/manage/withdrawals/{row.pk}/letter").status_code == 302
    assert "in force" in morgan.get("/manage/withdrawals?site=exchange").text
    assert morgan.post(f"/manage/withdrawals/{row.pk}/end").status_code == 302


def test_a_counter_screen_names_no_decision_of_a_manager(world):
    visit, id = withdraw(world)
    actions.give_letter(id, by=world.person("morgan"), now=world.now)
    actions.end_withdrawal(id, by=world.person("morgan"), now=world.now)
    for device, named in (("back-office", True), ("desk-1", False)):
        page = world.client(device=device).get(f"/visits/{visit}").text
        for words in ("Service withdrawn", "The letter was given", "Served again as before"):
            assert (words in page) == named, (device, words)


@pytest.mark.parametrize("day", ["9999-12-31", "2036-04-01"])
def test_a_day_too_far_off_is_refused_beside_its_field(world, morgan, day):
    said = {"customer": "Ms Jane Doe", "first": "2026-03-02", "last": day}
    refused = morgan.post(f"/manage/withdrawals/new?visit={arrive(world)}", said)
    assert refused.status_code == 422 and "within the next ten years" in refused.text and "Ms Jane Doe" in refused.text
    gap = world.client("ruth").post("/manage/safety/accept?site=branch", {"until": day})
    assert gap.status_code == 422 and "within the next ten years" in gap.text
