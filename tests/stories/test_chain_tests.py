"""The chain is tested with people: each is told over their real ways and says so; who was not reached is seen."""

from datetime import timedelta

import pytest

from steadydesk.chaintests import actions, queries, records, rules
from steadydesk.deadlines.models import Deadline
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.sender import Sender
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.kernel.records import Overdue
from steadydesk.people.models import Person
from steadydesk.project.commands.engine import prepare
from steadydesk.readiness.queries import gaps
from steadydesk.reports.table import calls
from steadydesk.sites.models import Site
from steadydesk.sites.queries import site as find_site
from tests.alarming import answer as answer_call
from tests.alarming import end, press
from tests.faults import receivers
from tests.visiting import MINUTE, arrive

ENGINE = system("clock")
LINE = "Not everyone is reached: the last test missed"


def start(world, *logins, by="helen"):
    people = [world.person(login).person for login in logins] or None
    return actions.start_test("exchange", people, by=world.person(by), now=world.now)


def have_it(world, id, *logins):
    for login in logins:
        actions.answer_test(id, by=world.person(login), now=world.now)
    world.messages()


def test_everybody_whom_a_call_would_reach_is_asked_and_the_last_answer_ends_the_test(world):
    id = start(world)
    asked = sorted(world.told())
    assert {"viktor", "joan"} <= set(asked)
    have_it(world, id, *asked)
    [test] = queries.newest("exchange")
    assert (test.ended_at, test.told, test.missed) == (world.now, len(asked), 0)
    types = [e.type for e in journal.of_subject(f"chain-test:{id}") if e.type.startswith("chain-test:")]
    assert types == ["chain-test:started", *["chain-test:answered"] * len(asked), "chain-test:ended"]


def test_named_people_are_told_over_every_way_they_have_and_it_says_test_first(world, settings):
    settings.RINGS_OUT, settings.EMAIL_HOST = True, "mail.example.org"
    Person.objects.filter(login="viktor").update(phone="0770 1", email="viktor@example.org")
    with receivers.mailbox(settings) as box:
        start(world, "viktor")
        rows = {row.channel: row for row in world.messages()}
        assert set(rows) == {"screen", "mail", "phone"}
        assert not any(row.urgent for row in rows.values()), "a test delays no call"
        Delivery.objects.exclude(channel="mail").delete()
        Sender(lambda site: set()).run_once(clock.now())
        mail = box.arrived.get(timeout=5)
    assert mail["Subject"].startswith("TEST: Are you reached?")
    assert "Viktor" not in mail.as_string()


def test_who_does_not_answer_turns_the_state_of_the_site_until_a_test_reaches_everyone(world):
    id = start(world, "viktor", "joan")
    have_it(world, id, "joan")
    world.advance(rules.ANSWER_WITHIN)
    assert queries.unreached("exchange") == (1, 2)
    assert LINE in world.client("helen").get("/manage/readiness?site=exchange").text
    desk = world.client("joan").get("/respond").text
    assert f"{LINE} 1 of 2." in desk
    assert "Viktor" not in desk.partition(LINE)[2][:60]
    said = [g.sentence for g in gaps(find_site("exchange"), world.now) if g.about == "chain"]
    assert said == ["The last test did not reach 1 of the 2 people it told."]
    again = start(world, "viktor", "joan")
    have_it(world, again, "joan", "viktor")
    assert queries.unreached("exchange") is None
    assert LINE not in world.client("joan").get("/respond").text


def test_a_screen_that_customers_read_says_nothing_of_it(world):
    start(world, "viktor")
    world.messages()
    world.advance(rules.ANSWER_WITHIN)
    assert LINE not in world.client(device="desk-1").get("/desk").text


def test_whoever_was_asked_finds_it_on_every_page_and_answers_with_one_press(world):
    id = start(world, "viktor")
    client = world.client("viktor")
    assert f"/chain-tests/{id}" in client.get("/respond").text
    assert "I have it" in client.get(f"/chain-tests/{id}").text
    assert "Who was asked" not in client.get(f"/chain-tests/{id}").text
    assert client.post(f"/chain-tests/{id}/answer").status_code == 302
    world.messages()
    assert f"/chain-tests/{id}" not in client.get("/respond").text
    assert world.client("nina").get(f"/chain-tests/{id}").status_code == 404


def test_whoever_leads_sees_each_way_of_each_and_what_failed(world, settings):
    with receivers.mute_server() as (port, _connected):
        settings.EMAIL_HOST = ""
        receivers.use_mail(settings, port)
        settings.EMAIL_TIMEOUT = 0.2
        Person.objects.filter(login="viktor").update(email="viktor@example.org")
        id = start(world, "viktor")
        Sender(lambda site: set()).run_once(clock.now())
    world.messages()
    world.advance(rules.ANSWER_WITHIN)
    page = world.client("helen").get(f"/chain-tests/{id}").text
    assert "not reached" in page
    assert "The mail server cannot be reached." in page


def test_it_is_started_on_the_page_or_refused_with_a_sentence(world):
    client = world.client("helen")
    url = "/manage/chain/start"
    client.post(url, {"site": "exchange", "do": "named"})
    assert "Choose at least one person" in client.get("/manage/chain?site=exchange").text
    assert client.post(url, {"site": "exchange", "do": "everybody"}).headers["Location"].startswith("/chain-tests/")
    world.messages()
    client.post(url, {"site": "exchange", "do": "everybody"})
    assert "A test runs at this site already." in client.get("/manage/chain?site=exchange").text


def test_one_that_began_by_mistake_is_stopped_and_counts_for_nothing(world):
    id = start(world, "viktor")
    world.client("helen").post(f"/chain-tests/{id}/stop")
    world.messages()
    assert queries.last_try("exchange") is None
    assert "stopped; it counts for nothing" in world.client("helen").get("/manage/chain?site=exchange").text
    with pytest.raises(Refusal):
        actions.stop_test(id, by=world.person("helen"), now=world.now)


def test_none_begins_while_somebody_calls_or_with_people_of_elsewhere(world):
    with pytest.raises(Invalid):
        start(world, "ruth")
    press(world)
    world.messages()
    with pytest.raises(Refusal):
        start(world, "viktor")


def test_a_real_call_stops_a_test_that_runs_there_and_it_counts_for_nothing(world):
    elsewhere = actions.start_test("branch", [world.person("owen").person], by=world.person("ruth"), now=world.now)
    id = start(world, "viktor")
    world.advance(timedelta(seconds=20))
    assert queries.running("exchange"), "nobody calls: it goes on"
    press(world)
    world.advance(rules.LOOK_WHETHER_CALLED)
    [test] = queries.newest("exchange")
    assert test.stopped and test.ended_at == world.now and queries.last_try("exchange") is None
    assert queries.waiting_for(world.person("viktor").person) == []
    assert queries.running("branch").pk == elsewhere, "a call somewhere else stops nothing"
    with pytest.raises(Refusal):
        actions.stop_test(id, by=world.person("helen"), now=world.now)
    world.messages()


def test_a_call_that_is_kept_from_whoever_starts_a_test_does_not_show_in_it(world):
    press(world, about="helen")
    start(world, "viktor", by="helen")
    world.advance(timedelta(seconds=20))
    assert queries.running("exchange")
    with pytest.raises(Refusal):
        start(world, "viktor", by="grace")
    world.messages()


def test_an_engine_alone_has_each_site_tested_from_its_start(world):
    Deadline.objects.filter(kind=actions.DUE).delete()
    prepare(world.now)
    assert set(Deadline.objects.filter(kind=actions.DUE).values_list("subject", flat=True)) == {
        "site:branch",
        "site:exchange",
    }


def test_one_that_is_due_does_not_begin_while_somebody_waits(world):
    actions.schedule_tests(by=ENGINE, now=world.now)
    world.advance(timedelta(days=7) - timedelta(minutes=1))
    world.messages()
    Site.objects.filter(pk="exchange").update(state="open")
    arrive(world)
    world.advance(timedelta(minutes=2))
    world.messages()
    assert queries.newest("exchange") == [], "somebody waits"


def test_a_due_test_waits_for_an_open_and_quiet_site_but_not_for_ever():
    now = clock.now()
    quiet = {"is_open": True, "calls": 0, "waiting": 0, "due_at": now, "now": now}
    assert rules.may_begin(**quiet)
    assert not rules.may_begin(**{**quiet, "is_open": False})
    assert not rules.may_begin(**{**quiet, "calls": 1})
    assert not rules.may_begin(**{**quiet, "waiting": 1})
    assert rules.may_begin(**{**quiet, "waiting": 1, "due_at": now - timedelta(days=1)})


def test_a_test_that_is_due_asks_by_itself_and_the_next_is_set(world):
    actions.look_whether_to_test("exchange", world.now, by=ENGINE, now=world.now)
    asked = world.told()
    [test] = queries.newest("exchange")
    assert (test.why, test.told) == ("due", len(asked))
    have_it(world, test.pk, *asked)
    assert queries.due_since("exchange", world.now + timedelta(days=6)) is None
    assert queries.due_since("exchange", world.now + timedelta(days=8)) == test.started_at + timedelta(days=7)


def test_the_page_asks_for_a_test_when_one_is_due_or_nobody_could_answer(world):
    page = world.client("helen").get("/manage/chain?site=exchange").text
    assert "Asked for" in page


def test_months_are_counted_by_site_and_small_groups_are_not_shown(world):
    for n in range(4):
        alarm = press(world, device="desk-2")
        world.advance(timedelta(seconds=10 + n))
        answer_call(world, alarm, "acknowledge", "viktor")
        end(world, alarm)
        world.messages()
    last = f"{world.now:%Y-%m-%d}"
    row = calls("exchange", last, last).content.decode("utf-8-sig").splitlines()[1]
    assert row == "2026-03,4,,,0,0,0,,0"
    alarm = press(world, device="desk-2")
    world.advance(timedelta(seconds=20))
    answer_call(world, alarm, "acknowledge", "viktor")
    end(world, alarm)
    id = start(world, "viktor", "joan", "nina", "tariq", "lucy")
    have_it(world, id, "viktor", "joan", "nina")
    world.advance(rules.ANSWER_WITHIN)
    world.messages()
    row = calls("exchange", last, last).content.decode("utf-8-sig").splitlines()[1]
    assert row == "2026-03,5,12,20,0,1,5,2,0"
    page = world.client("helen").get("/manage/chain?site=exchange").text
    assert "Viktor" not in page.partition("by month")[2].partition("</section>")[0]


def test_what_somebody_was_asked_is_found_with_the_rest_about_them_and_forgotten_in_time(world):
    id = start(world, "viktor")
    have_it(world, id, "viktor")
    ref = world.person("viktor").ref
    assert [r.subject for r in records.about(ref)] == [f"chain-test:{id}"]
    later = world.now + timedelta(days=1)
    assert records.forget(Overdue("alarm", later, later, site="exchange"))
    assert list(records.about(ref)) == []


def test_the_api_starts_answers_and_tells(world):
    client = world.client("helen")
    url = "/api/v1/sites/exchange/chain-tests"
    assert client.post(url, {"people": ["nobody"]}, content_type="application/json").status_code == 422
    made = client.post(url, {"people": ["viktor"]}, content_type="application/json")
    assert made.status_code == 201
    world.messages()
    theirs = f"/api/v1/chain-tests/{made.json()['id']}"
    assert world.client("nina").get(theirs).status_code == 404
    told = world.client("viktor").post(f"{theirs}/answer", {}, content_type="application/json").json()
    assert (told["told"], told["missed"]) == (1, 0)
    assert [t["id"] for t in client.get(url).json()["items"]] == [told["id"]]


def test_the_other_system_is_tested_on_the_page_with_a_signed_message_that_says_test(world, settings):
    page, helen = "/manage/chain?site=exchange", world.client("helen")
    assert "The other system" not in helen.get(page).text, "none is set up"
    with receivers.receiver(settings) as other:
        assert "not tested" in helen.get(page).text
        other.answers.append(503)
        helen.post("/manage/chain/webhook", {"site": "exchange"})
        Sender(lambda site: set()).run_once(world.now)
        assert "receiver answered 503" in helen.get(page).text
        assert "Wait a minute" in helen.post("/manage/chain/webhook", {"site": "exchange"}, follow=True).text
        world.advance(MINUTE)
        helen.post("/manage/chain/webhook", {"site": "exchange"})
        Sender(lambda site: set()).run_once(world.now)
        post = other.arrived.get(timeout=30)
    assert post.genuine and (post.content["kind"], post.content["mode"]) == ("trial", "test")
    assert "TEST" in post.content["text"] and other.arrived.empty(), "the one that failed is not sent after it"
    shown = helen.get(page).text
    assert f"<strong>sent</strong> <span>{world.now:%-d %b %Y, %H:%M}" in shown and "503" not in shown
    tried = [e for e in journal.of_subject("webhook:exchange") if e.type == "delivery:tried"]
    assert [e.by for e in tried] == [world.person("helen").ref] * 2
    world.messages()
