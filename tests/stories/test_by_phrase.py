"""The phrase: it stands on the desk's card, one quiet key pages the duty manager, and who has rehearsed it is known."""

import re
from datetime import timedelta

import pytest

from steadydesk.delivery.rules import Message
from steadydesk.delivery.words import caller_name, sentence
from steadydesk.kernel.records import Overdue
from steadydesk.people.models import Shift
from steadydesk.people.queries import find
from steadydesk.privacy.table import KINDS
from steadydesk.readiness.queries import gaps
from steadydesk.sites import queries as sites
from steadydesk.training import records
from steadydesk.training.models import Rehearsal
from tests.alarming import SECOND, answer, press

BY_PHRASE = {"urgency": "manager", "source": "phrase"}


def messages(world, channel):
    return [Message.of(row.message) for row in world.messages(channel)]


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_the_duty_manager_is_paged_by_every_way_with_the_desk_and_that_it_was_the_phrase(world, settings):
    settings.RINGS_OUT = True
    call = press(world, **BY_PHRASE)
    rows = world.messages()
    assert {row.person for row in rows} == {world.person("joan").person}
    assert {row.channel for row in rows} == {"screen", "phone"}
    said = Message.of(rows[0].message)
    assert sentence(said) == "A manager is asked for by the phrase: Desk 1"
    assert caller_name(said) == "Desk 1, manager by phrase"
    page = world.client("joan").get(f"/alarms/{call['id']}").text
    assert "Manager, asked for by the phrase" in page and "by the phrase" in page
    assert call["needed"] == 1


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_the_other_managers_follow_when_the_duty_manager_does_not_answer_and_at_once_without_one(world):
    call = press(world, **BY_PHRASE)
    assert world.told() == {"joan"}
    world.advance(15 * SECOND)
    assert world.told() == {"helen", "grace", "farid", "david", "peter", "carol", "joan"}
    answer(world, call, "acknowledge", "helen")
    Shift.objects.filter(person__login="joan").delete()
    press(world, device="desk-2", **BY_PHRASE)
    assert world.told() == {"helen", "grace", "farid", "david", "peter", "carol"}


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_a_manager_called_by_a_button_is_called_as_before_and_help_after_the_phrase_is_help(world):
    press(world, urgency="manager")
    assert len(world.told()) == 7
    press(world, device="desk-2", **BY_PHRASE)
    world.messages()
    urgent = press(world, device="desk-2", status=200)
    assert urgent["urgency"] == "help" and {"viktor", "amira"} <= world.told()


def rehearse(world, *, by="helen", status=201, **fields):
    said = {"person": "amira", "partner": "ben", "held_on": "2026-02-20", **fields}
    path = "/api/v1/sites/exchange/rehearsals"
    reply = world.client(by).post(path, said, content_type="application/json")
    assert reply.status_code == status, reply.content
    return reply.json()


def standing(world, login="amira"):
    found = world.client("helen").get("/api/v1/sites/exchange/rehearsals").json()["items"]
    return next(one for one in found if one["person"] == str(find(login).person))


def page(world, login, path):
    return " ".join(re.sub(r"<[^>]*>", " ", world.client(login).get(path).text).split())


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_who_rehearsed_the_phrase_when_and_with_whom_is_shown_to_the_manager_and_to_oneself(world):
    assert standing(world)["state"] == "never"
    assert "None is on record" in page(world, "amira", "/me")
    rehearse(world)
    assert standing(world)["last"] == {
        "id": str(Rehearsal.objects.get(site="exchange").pk),
        "held_on": "2026-02-20",
        "with": "Ben Carter",
    }
    assert "Amira Khan 20 Feb 2026 Ben Carter in date" in page(world, "helen", "/manage/rehearsals?site=exchange")
    assert "20 Feb 2026 with Ben Carter" in page(world, "amira", "/me")
    assert "None is on record" in page(world, "ben", "/me"), "whoever played the customer has not rehearsed it"
    assert world.client("amira").get("/manage/rehearsals?site=exchange").status_code == 403, "not what colleagues did"


@pytest.mark.clause("L3b-ii(3)")
def test_l3b_ii_3_an_overdue_rehearsal_is_a_gap_of_the_site_as_a_count_without_names(world):
    def said():
        found = gaps(sites.site("exchange"), world.now)
        return [g.sentence for g in found if g.about == "rehearsals"]

    everybody = len(world.client("helen").get("/api/v1/sites/exchange/rehearsals").json()["items"])
    [before] = said()
    assert before == f"{everybody} of {everybody} people have not rehearsed the phrase in time."
    rehearse(world)
    assert said() == [f"{everybody - 1} of {everybody} people have not rehearsed the phrase in time."]
    world.advance(timedelta(days=80))
    assert standing(world)["state"] == "in_date", "on the ninetieth day it still is"
    world.advance(timedelta(days=1))
    assert standing(world)["state"] == "overdue" and said() == [before]
    assert "Rehearsals" in page(world, "helen", "/manage/readiness?site=exchange")
    world.messages()


def test_what_is_wrong_is_said_at_once_and_a_mistake_is_taken_back_and_stays_on_record(world):
    wrong = rehearse(world, status=422, person="nobody", partner="", held_on="2027-01-01")
    assert {e["field"] for e in wrong["errors"]} == {"person", "partner", "held_on"}
    assert [e["field"] for e in rehearse(world, status=422, partner="amira")["errors"]] == ["partner"]
    form = world.client("helen").post("/manage/rehearsals?site=exchange", {"held_on": "2026-02-20", "site": "exchange"})
    assert form.status_code == 422 and "Say who rehearsed." in form.text and 'value="2026-02-20"' in form.text
    first, again = rehearse(world), rehearse(world)
    assert first["id"] == again["id"], "sent twice it is one"
    assert world.client("helen").post(f"/manage/rehearsals/{first['id']}/take-back").status_code == 302
    assert (
        standing(world)["state"] == "never"
        and Rehearsal.objects.get(site="exchange").taken_back_by == world.person("helen").ref
    )
    assert world.client("helen").post(f"/manage/rehearsals/{first['id']}/take-back").status_code == 404
    assert rehearse(world)["id"] != first["id"]


def test_rehearsals_are_found_by_the_person_and_forgotten_in_time(world):
    rehearse(world)
    amira, ben = (world.person(login).ref for login in ("amira", "ben"))
    assert (
        [r.facts["held_on"] for r in records.about(amira)]
        == ["2026-02-20"]
        == [r.facts["held_on"] for r in records.about(ben)]
    )
    assert "rehearsal" in {kind.name for kind in KINDS}

    def forget(before):
        return records.forget(Overdue("rehearsal", before, world.now, site="exchange"))

    assert forget(world.now - timedelta(days=30)) == 0
    assert forget(world.now) == 1 and not Rehearsal.objects.filter(site="exchange").exists()
