"""How a person is reached: their ways in their order, each tried; quiet hours never silence a call."""

from datetime import time, timedelta

import pytest

from steadydesk.alarms import bookkeeping
from steadydesk.delivery import actions, browsers, queries, reached, ways, words
from steadydesk.delivery.channels import table
from steadydesk.delivery.channels.transport import Outgoing, TransportError
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import Message
from steadydesk.delivery.sender import Sender
from steadydesk.journal.actions import write
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import credentials, leaving
from steadydesk.people.models import Person, Shift
from steadydesk.sites.models import Place
from tests.alarming import answer, press
from tests.pushing import Phone, use_push

NIGHT = (time(0, 0), time(23, 59, 59))


@pytest.fixture(autouse=True)
def mail_and_telephones(world, settings):
    settings.EMAIL_HOST, settings.RINGS_OUT, settings.WEBHOOK_URL = "mail.example.org", True, ""
    Shift.objects.filter(person__login="viktor").update(place=None)
    for person in Person.objects.all():
        Person.objects.filter(pk=person.pk).update(phone=f"0770 {person.pk}", email=f"{person.login}@example.org")


def of(world, login, alarm=None):
    world.messages()
    rows = Delivery.objects.filter(person=world.person(login).person).exclude(channel="screen")
    rows = rows.filter(subject=f"alarm:{alarm['id']}") if alarm else rows
    return {row.channel: row for row in rows}


def choose(world, login, order=(), quiet=(None, None)):
    ranks = {way: order.index(way) + 1 if way in order else None for way in ("mail", "phone", "push", "apprise")}
    ways.choose_ways(ranks, quiet, by=world.person(login), now=clock.now())


def test_without_a_choice_every_way_is_used_at_once(world):
    rows = of(world, "viktor", press(world))
    assert {row.send_at - row.created_at for row in rows.values()} == {timedelta(0)}
    assert "mail" in rows


def test_the_next_way_follows_after_twenty_seconds(world):
    choose(world, "viktor", ["phone", "mail"])
    rows = of(world, "viktor", press(world))
    waits = {way: (row.send_at - row.created_at).total_seconds() for way, row in rows.items()}
    assert waits == {"phone": 0, "mail": 20}


@pytest.mark.parametrize("verb", ["seen", "acknowledge", "decline"])
def test_whoever_has_seen_the_call_or_answered_it_is_told_no_further(world, verb):
    choose(world, "viktor", ["phone", "mail"])
    alarm = press(world)
    answer(world, alarm, verb, "viktor")
    assert of(world, "viktor", alarm)["mail"].state == "seen"


def test_a_way_that_was_not_chosen_is_not_used(world):
    choose(world, "viktor", ["mail"])
    assert set(of(world, "viktor", press(world))) == {"mail"}


def test_when_no_chosen_way_can_be_used_every_other_is(world):
    choose(world, "viktor", ["phone"])
    Person.objects.filter(login="viktor").update(phone="")
    assert "mail" in of(world, "viktor", press(world))


def test_a_receiver_that_is_back_does_not_hurry_what_waits_for_the_other_ways(world, monkeypatch):
    choose(world, "viktor", ["phone", "mail"])
    failing = {"mail": True}

    def send(outgoing: Outgoing) -> None:
        if failing["mail"]:
            raise TransportError("away")

    monkeypatch.setitem(table.TRANSPORTS, "mail", send)
    monkeypatch.setitem(table.TRANSPORTS, "phone", lambda outgoing: None)
    alarm = press(world)
    sender = Sender(lambda site: set())
    sender.run_once(clock.now())
    failing["mail"] = False
    sender.run_once(clock.now() + timedelta(seconds=2))
    assert of(world, "viktor", alarm)["mail"].attempts == 0


def test_quiet_hours_never_silence_a_call_nor_a_question_and_hold_back_a_form(world):
    choose(world, "viktor", [], NIGHT)
    alarm = press(world)
    assert {row.send_at for row in of(world, "viktor", alarm).values()} == {
        of(world, "viktor", alarm)["mail"].created_at
    }
    now = clock.now()
    with write(now):
        for kind in ("prompt", "form"):
            actions.queue(
                Message(kind, "1", "Desk 2"),
                people=[world.person("viktor").person],
                key=f"{kind}:1",
                subject=f"{kind}:1",
                site="exchange",
                now=now,
            )
    sent = {row.subject: row.send_at for row in Delivery.objects.filter(channel="mail", subject__endswith=":1")}
    world.messages()
    assert sent["prompt:1"] == now
    assert sent["form:1"].astimezone(now.tzinfo) > now


def test_the_book_on_disk_keeps_the_order(world, tmp_path):
    choose(world, "helen", ["phone", "mail"])
    book = bookkeeping.load(clock.now())
    bookkeeping.write_file(book, tmp_path / "book.json")
    helen = world.person("helen").person
    assert bookkeeping.read_file(tmp_path / "book.json").people[helen].ways == ("phone", "mail")


def test_a_trial_goes_by_one_way_only_and_says_so_with_the_site_alone(world, monkeypatch):
    sent = []
    monkeypatch.setitem(table.TRANSPORTS, "mail", sent.append)
    choose(world, "helen", [], NIGHT)
    helen = world.person("helen")
    ways.try_way("mail", "The Exchange", by=helen, now=clock.now())
    Sender(lambda site: set()).run_once(clock.now())
    assert [words.sentence(o.message) for o in sent] == ["TEST: This only tries how you are reached: The Exchange"]
    world.messages("mail")
    [mail] = [s for s in reached.standings(helen.person, clock.now()) if s.channel == "mail"]
    assert (mail.state, mail.received_at) == ("sent", None)


def test_only_the_person_can_say_that_it_came_and_another_address_is_not_tested(world):
    helen = world.person("helen")
    everybody = [helen.person, world.person("amira").person]
    with pytest.raises(Refusal):
        ways.confirm_way("mail", by=helen, now=clock.now())
    ways.try_way("mail", "", by=helen, now=clock.now())
    ways.confirm_way("mail", by=helen, now=clock.now())
    assert world.told() == {"helen"}
    assert reached.without_a_tried_way(everybody, clock.now()) == {world.person("amira").person}
    Person.objects.filter(login="helen").update(email="new@example.org")
    assert reached.without_a_tried_way(everybody, clock.now()) == set(everybody)


def test_faults_in_the_order_are_told_and_nothing_is_changed(world):
    with pytest.raises(Invalid) as refused:
        ways.choose_ways({"mail": 1, "phone": 1}, (None, None), by=world.person("helen"), now=clock.now())
    assert [f.field for f in refused.value.faults] == ["mail", "phone"]
    with pytest.raises(Invalid):
        choose(world, "helen", ["mail"], (time(22), None))
    assert reached.chosen_ways() == {}


def test_the_page_keeps_what_was_chosen_and_shows_what_was_typed_wrongly(world):
    client = world.client("helen")
    page = client.post("/me/reached", {"mail": "1", "phone": "1", "quiet_begins": "22:00", "quiet_ends": "07:00"})
    assert page.status_code == 422
    assert 'value="22:00"' in page.content.decode()
    fields = {"mail": "2", "phone": "1", "quiet_begins": "22:00", "quiet_ends": "07:00"}
    assert client.post("/me/reached", fields).status_code == 302
    helen = world.person("helen").person
    assert reached.chosen_ways() == {helen: ("phone", "mail")}
    assert reached.quiet_hours(helen) == (time(22), time(7))


def test_the_page_tests_a_way_and_takes_that_it_came(world):
    client = world.client("helen")
    client.post("/me/reached/mail/test")
    assert "on its way" in client.get("/me/reached").content.decode()
    assert world.told() == {"helen"}
    client.post("/me/reached/mail/came")
    assert "tested: it reached you" in client.get("/me/reached").content.decode()


def test_what_people_chose_counts_also_where_no_mail_is_set_up(world, settings):
    settings.EMAIL_HOST = ""
    use_push(settings, "http://127.0.0.1:1")
    helen = add_browser(world, "helen")
    choose(world, "helen", ["push"], NIGHT)
    now = clock.now()
    with write(now):
        actions.queue(
            Message("form", "1", "Desk 2"), people=[helen.person], key="f", subject="form:1", site="exchange", now=now
        )
    [row] = [r for r in world.messages() if r.channel == "push"]
    assert row.send_at > now, "quiet hours hold"


def add_browser(world, login, name="her phone"):
    by = world.person(login)
    given = browsers.Given(**Phone().given(f"http://127.0.0.1:1/{login}/{name}"), name=name, token="")
    browsers.add_browser(given, by=by, now=clock.now())
    return by


def test_the_page_lists_browsers_and_takes_them_away_and_a_lost_one_is_seen_by_the_manager(world, settings):
    use_push(settings, "http://127.0.0.1:1")
    helen = add_browser(world, "helen")
    [row] = browsers.of_person(helen.person)
    client = world.client("helen")
    page = client.get("/me/reached").content.decode()
    assert "her phone" in page
    assert "push message" in page
    with write(clock.now()):
        browsers.lose_browser(row.pk, site="exchange", by=actions.SENDER, now=clock.now())
    assert "It takes no messages since" in client.get("/me/reached").content.decode()
    assert "stopped taking push messages" in client.get("/me").content.decode()
    lost = world.client("joan").get("/manage/people").content.decode()
    assert "takes no push messages any more" in lost
    assert client.post(f"/me/browsers/{row.pk}/remove").status_code == 302
    assert browsers.of_person(helen.person) == []
    assert client.post(f"/me/browsers/{row.pk}/remove").status_code == 404


def test_the_script_of_the_page_adds_a_browser_and_a_shared_desk_is_none(world, settings):
    use_push(settings, "http://127.0.0.1:1")
    client, given = world.client("helen"), Phone().given("http://127.0.0.1:1/x")
    assert client.post("/me/browsers", {**given, "endpoint": "http://10.0.0.7/"}).status_code == 422
    assert client.post("/me/browsers", {**given, "name": "Chromium, Android"}).status_code == 201
    client.cookies["steadydesk-desk"] = "something"
    assert client.post("/me/browsers", given).status_code == 409
    assert "data-push-key" not in client.get("/me/reached").content.decode()


def test_whoever_signs_out_of_a_browser_is_not_told_there_any_more(world, settings):
    use_push(settings, "http://127.0.0.1:1")
    helen = world.person("helen")
    now = clock.now()
    tokens = [credentials.sign_person_in(helen.person, lasts=timedelta(hours=1), by=helen, now=now) for _ in range(2)]
    for token in tokens:
        given = Phone().given(f"http://127.0.0.1:1/{token}")
        browsers.add_browser(browsers.Given(**given, name="", token=credentials.hash_token(token)), by=helen, now=now)
    credentials.sign_person_out(helen.person, tokens[0], by=helen, now=now)
    [kept] = browsers.of_person(helen.person)
    assert kept.token == credentials.hash_token(tokens[1])


def test_a_leaver_is_told_nowhere_any_more(world, settings):
    use_push(settings, "http://127.0.0.1:1")
    settings.APPRISE = (("json", "127.0.0.1:1"),)
    ben = add_browser(world, "ben")
    ways.give_service("json://127.0.0.1:1/", by=ben, now=clock.now())
    leaving.deactivate(ben.person, by=world.person("sasha"), now=clock.now())
    assert browsers.of_person(ben.person) == []
    assert queries.services() == {}
    world.messages()


def test_a_call_goes_to_each_browser_and_the_service_and_quietly_to_whoever_is_within_earshot(world, settings):
    use_push(settings, "http://127.0.0.1:1")
    settings.APPRISE = (("json", "127.0.0.1:1"),)
    viktor = add_browser(world, "viktor")
    ways.give_service("json://127.0.0.1:1/", by=viktor, now=clock.now())
    Shift.objects.filter(person__login="nina").update(place=Place.objects.get(site="exchange", slug="desk-1"))
    add_browser(world, "nina")
    alarm = press(world)
    assert {"push", "apprise"} <= set(of(world, "viktor", alarm))
    assert of(world, "viktor", alarm)["push"].address.isdigit()
    assert of(world, "nina", alarm)["push"].address.endswith(" quiet")


def test_the_book_on_disk_keeps_browsers_and_services(world, settings, tmp_path):
    use_push(settings, "http://127.0.0.1:1")
    settings.APPRISE = (("json", "127.0.0.1:1"),)
    helen = add_browser(world, "helen")
    ways.give_service("json://127.0.0.1:1/", by=helen, now=clock.now())
    bookkeeping.write_file(bookkeeping.load(clock.now()), tmp_path / "book.json")
    kept = bookkeeping.read_file(tmp_path / "book.json")
    assert kept.addresses(clock.now()) == bookkeeping.load(clock.now()).addresses(clock.now())
    assert kept.addresses(clock.now())["apprise", helen.person] == "json://127.0.0.1:1/"


def test_a_service_is_given_on_the_page_and_never_shown_again(world, settings):
    settings.APPRISE = (("json", "127.0.0.1:1"),)
    client = world.client("helen")
    assert "Allowed here: json://127.0.0.1:1" in client.get("/me/reached").content.decode()
    client.post("/me/service", {"url": "json://elsewhere/"})
    assert "allowed at these servers alone" in client.get("/me/reached").content.decode()
    client.post("/me/service", {"url": "json://me:hunter2@127.0.0.1:1/"})
    page = client.get("/me/reached").content.decode()
    assert "You gave one on" in page
    assert "hunter2" not in page + client.get("/me").content.decode() + client.get("/me/data").content.decode()
    client.post("/me/service", {"do": "remove"})
    assert queries.services() == {}


def test_managers_see_who_has_no_tested_way_and_no_address(world):
    page = world.client("helen").get("/manage/people").content.decode()
    assert "no tested way" in page
    assert "@" not in page
