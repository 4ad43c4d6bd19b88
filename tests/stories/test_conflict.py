"""Ruling 16: a call about somebody of the organisation does not exist for them and their line, and reaches the lead."""

import asyncio
import json
from dataclasses import replace

import pytest

from steadydesk.alarms import bookkeeping, queries
from steadydesk.alarms.conflict import still_out
from steadydesk.alarms.models import LeftOut
from steadydesk.alarms.recorder import with_names
from steadydesk.api.stream import Stream
from steadydesk.desks import actions as desks
from steadydesk.desks.queries import standing
from steadydesk.encounters import actions as encounters
from steadydesk.journal.hub import Hub
from steadydesk.journal.models import Entry
from steadydesk.journal.reader import Row
from steadydesk.kernel.errors import NotFound
from steadydesk.visits.actions import mark_problem, note
from tests.alarming import EVERYBODY, PATH, SECOND, answer, end, events, press, shown
from tests.visiting import arrive

LINE = {"helen", "david", "tariq", "lucy"}
"""Housing: its manager, its deputy and whom they manage."""


def sees(world, login, alarm):
    """What of the call somebody comes by, in every way there is."""
    client = world.client(login)
    first = Entry.objects.filter(subject=f"alarm:{alarm['id']}").order_by("id").first().pk
    journal = client.get(f"/api/v1/journal?subject=alarm:{alarm['id']}")
    return {
        "the call": client.get(f"{PATH}/{alarm['id']}").status_code == 200,
        "the list": any(a["id"] == alarm["id"] for a in client.get(PATH).json()["items"]),
        "its page": client.get(f"/alarms/{alarm['id']}").status_code == 200,
        "its part": client.get(f"/alarms/{alarm['id']}/part").status_code == 200,
        "open calls": alarm["id"] in client.get("/respond/calls").text,
        "its record": journal.status_code == 200 and bool(journal.json()["items"]),
        "the journal": alarm["id"] in client.get("/api/v1/journal").text,
        "news": alarm["id"] in client.get(f"/screens/news?after={first - 1}").text,
    }


def ways(world, login, alarm):
    """By which of them."""
    return [way for way, found in sees(world, login, alarm).items() if found]


EVERY_WAY = ["the call", "the list", "its page", "its part", "open calls", "its record", "the journal", "news"]


def heard(world, login=None, device=None):
    """What the stream tells a screen of everything that is in the journal, and the events it is."""
    book = bookkeeping.load(world.now)
    rows = [Row(e.id, e.type, e.at.isoformat(), e.site, e.subject, e.facts) for e in Entry.objects.order_by("id")]

    def present(row):
        facts = with_names(row.facts["alarm"], str) if row.type.startswith("alarm:") else row.facts
        return {"subject": row.subject, "facts": facts}

    by = [world.person(login)] if login else [world.device(device)]

    async def listen():
        sent = []

        async def send(message):
            sent.append(message["body"])

        hub = Hub(present, lambda rows: None)
        stream = Stream(hub, None, lambda: book, dict, lambda: True)
        subscriber = stream._subscriber(by, send)
        subscriber.waiting = None
        hub.join(subscriber)
        for row in rows:
            hub.deliver([row])
            hub._flush()
        return b"".join(sent).decode()

    return asyncio.run(listen())


def test_somebody_named_at_the_press_and_their_line_come_by_the_call_in_no_way_and_everybody_else_does(world):
    call = press(world, about="tariq", place="room-1")
    told = world.told()
    assert told == (EVERYBODY & told) | {"morgan"} and not told & {"tariq", "helen", "david"}
    assert "lucy" in told, "a colleague who neither manages nor is managed comes"
    for login in ("tariq", "helen", "david"):
        assert ways(world, login, call) == [], login
    for login in ("viktor", "morgan"):
        assert ways(world, login, call) == EVERY_WAY, login
    assert call["conflict"] is True and "left_out" not in call and "about" not in call
    world.advance(120 * SECOND)
    assert not world.told() & {"tariq", "helen", "david"}, "neither a later step nor the broadcast"


def test_a_manager_is_left_out_with_everybody_whom_they_manage(world):
    call = press(world, about="helen")
    assert not world.told() & LINE
    assert set(LeftOut.objects.values_list("person", flat=True)) == {world.person(p).person for p in LINE}
    for login in ("helen", "lucy"):
        assert ways(world, login, call) == [], login


def test_the_stream_tells_them_nothing_and_says_to_others_that_somebody_is_left_out_but_not_who(world):
    call = press(world, about="helen")
    answer(world, call, "acknowledge", "viktor")
    assert call["id"] not in heard(world, "helen") and "alarm:" not in heard(world, "tariq")
    told = heard(world, "viktor")
    assert "alarm:raised" in told and "alarm:acknowledged" in told and '"conflict":true' in told.replace(" ", "")
    assert "left_out" not in told
    world.messages()


def test_a_desk_at_which_one_of_them_is_tapped_in_is_as_quiet_as_they(world):
    helen, office = world.person("helen"), "back-office"
    desks.set_pin(helen.person, "8431", by=helen, now=world.now)
    client = world.client(device=office)
    call = press(world, about="tariq")
    assert call["id"] in heard(world, device=office)
    desks.tap_in("8431", person=helen.person, by=standing(world.device(office)), now=world.now)
    assert call["id"] not in heard(world, device=office)
    assert client.get(f"{PATH}/{call['id']}").status_code == 404
    assert client.get(PATH).json()["items"] == []
    world.messages()


def test_another_system_is_not_told_of_it_for_nobody_knows_who_reads_there(world, settings):
    settings.WEBHOOK_URL = "https://hook.example/in"
    press(world, about="helen")
    assert "webhook" not in {row.channel for row in world.messages()}
    press(world, device="desk-2")
    assert "webhook" in {row.channel for row in world.messages()}


def test_they_cannot_answer_it_though_they_know_its_id(world):
    call = press(world, about="helen")
    for verb, said in (("acknowledge", {}), ("attend", {}), ("decline", {}), ("stand-down", {"reason": "no need"})):
        answer(world, call, verb, "helen", status=404, **said)
    assert "alarm:acknowledged" not in events(call)
    world.messages()


def test_named_later_they_are_dropped_from_then_on_and_what_they_were_shown_is_stated(world):
    call = press(world)
    world.messages()
    answer(world, call, "acknowledge", "tariq")
    world.client("tariq").post(f"{PATH}/{call['id']}/seen", {}, content_type="application/json")
    world.advance(5 * SECOND)
    before = world.told()
    after = answer(world, call, "leave-out", "viktor", about="helen")
    assert after["state"] == "open" and after["coming"] == [], "whoever was coming does not come any more"
    assert world.told() - before >= {"morgan"}
    for login in LINE:
        assert ways(world, login, call) == [], login
    assert "event: reset" in heard(world, "tariq"), "what stands on their screen goes"
    assert "event: reset" not in heard(world, "viktor")
    lead = " ".join(world.client("morgan").get(f"/alarms/{call['id']}").text.split())
    assert "Kept from: David Osei, Helen Marsh, Lucy Bell, Tariq Aziz." in lead and "Since 2 Mar 09:00:05." in lead
    assert "<li>Tariq Aziz, screen, 09:00:00</li>" in lead
    other = world.client("viktor").get(f"/alarms/{call['id']}").text
    assert "Helen Marsh" not in other.split('id="apart"')[1].split("</div>")[0]
    assert "It is about somebody of the organisation" in other
    world.advance(300 * SECOND)
    assert not world.told() & LINE
    assert shown(world, call, "viktor")["conflict"] is True


def test_it_can_be_said_of_a_call_that_is_over_and_on_its_page(world):
    call = press(world)
    end(world, call)
    world.messages()
    page = world.client("viktor").post(f"/alarms/{call['id']}/leave-out", {"about": str(world.person("helen").person)})
    assert page.status_code == 302 and world.told() == {"morgan"}
    assert world.client("helen").get(f"/alarms/{call['id']}").status_code == 404
    refused = world.client("viktor").post(f"/alarms/{call['id']}/leave-out", {"about": ""})
    assert refused.status_code == 422 and '<details id="leave-out" open' in refused.text


def sees_visit(world, login, visit):
    """By which ways somebody comes by the visit."""
    client, subject = world.client(login), f"visit:{visit}"
    first = Entry.objects.filter(subject=subject).order_by("id").first().pk
    items = client.get("/api/v1/visits?site=exchange&open=true").json()["items"]
    found = {
        "its page": client.get(f"/visits/{visit}").status_code == 200,
        "its card": client.get(f"/visits/{visit}/card").status_code == 200,
        "the board": f'id="visit-{visit}"' in client.get("/desk/board").text,
        "the visit": client.get(f"/api/v1/visits/{visit}").status_code == 200,
        "the list": str(visit) in {v["id"] for v in items},
        "a desk's list": str(visit) in {v["id"] for v in client.get("/api/v1/sites/exchange/board").json()["visits"]},
        "its record": client.get(f"/api/v1/journal?subject={subject}").status_code == 200,
        "news": subject in client.get(f"/screens/news?after={first - 1}").text,
    }
    return [way for way, seen in found.items() if seen]


def test_the_visit_that_such_a_call_came_from_is_closed_to_them_too_until_they_are_let_in(world):
    visit, desk = arrive(world), world.device("desk-1")
    mark_problem(visit, by=desk, now=world.now)
    call = press(world, login="ben", place="desk-1", about="helen")
    encounters.ask_help(f"visit:{visit}", "button", call["id"], by=desk, now=world.now)
    everything = sees_visit(world, "grace", visit)
    assert {"its page", "its card", "the visit", "the list", "a desk's list", "its record", "news"} <= set(everything)
    for login in ("helen", "lucy"):
        assert sees_visit(world, login, visit) == [], login
    with pytest.raises(NotFound):
        note(visit, "hello", by=world.person("helen"), now=world.now)
    assert "encounter:help-asked" not in heard(world, "helen")
    assert "encounter:help-asked" in heard(world, "grace")
    answer(world, call, "let-in", "morgan", about="helen")
    assert sees_visit(world, "helen", visit) == everything
    world.messages()


def test_whoever_was_named_by_mistake_is_let_in_again_and_hears_of_the_call_that_still_needs_them(world):
    call = press(world, login="ben", about="tariq", place="room-1")
    answer(world, call, "leave-out", "viktor", about="helen")
    assert ways(world, "lucy", call) == [] and world.messages()
    answer(world, call, "let-in", "viktor", status=403, about="helen")
    after = answer(world, call, "let-in", "ben", about="helen")
    assert after["conflict"] is True
    assert ways(world, "lucy", call) == EVERY_WAY and "lucy" in world.told()
    assert ways(world, "helen", call) == ways(world, "tariq", call) == [], "Tariq is named still, and his line out"
    answer(world, call, "let-in", "tariq", status=404, about="tariq")
    answer(world, call, "let-in", "morgan", status=409, about="lucy")
    assert answer(world, call, "let-in", "morgan", about="tariq")["conflict"] is False
    for login in ("tariq", "helen", "david"):
        assert ways(world, login, call) == EVERY_WAY, login
    assert "tariq" in world.told()
    assert "alarm:let-in" in heard(world, "tariq")
    assert events(call).count("alarm:let-in") == 2
    answer(world, call, "leave-out", "viktor", about="tariq")
    assert ways(world, "tariq", call) == [], "and out again, when it was no mistake"
    world.messages()


def test_to_let_somebody_in_stands_on_the_page_of_whoever_called_and_of_the_safety_lead_alone(world):
    call = press(world, login="ben", about="helen")
    world.messages()
    address = f"/alarms/{call['id']}"
    assert "They were named by mistake" not in world.client("viktor").get(address).text
    for login in ("ben", "morgan"):
        page = world.client(login).get(address).text
        assert "They were named by mistake" in page and "Helen Marsh" in page.split('id="let-in"')[1]
    refused = world.client("morgan").post(f"{address}/let-in", {"about": ""})
    assert refused.status_code == 422 and '<details id="let-in" open' in refused.text
    assert world.client("morgan").post(f"{address}/let-in", {"about": world.person("helen").id}).status_code == 302
    page = world.client("helen").get(address).text
    assert "Somebody was named by mistake" in page and "They were named by mistake" not in page
    world.messages()


def test_a_drill_where_a_call_is_kept_from_whoever_starts_it_does_not_tell_of_it(world):
    call = press(world, about="helen")
    drill = {"mode": "drill", "place": "desk-1"}
    assert press(world, login="grace", status=409, **drill)["code"] == "real_alarm_open"
    begun = press(world, login="helen", **drill)
    assert begun["mode"] == "drill" and begun["id"] != call["id"] and begun["linked"] == []
    world.messages()


def test_who_is_left_out_does_not_join_the_call_by_pressing_at_the_same_place(world):
    about_helen = press(world, about="helen")
    own = press(world, login="helen", place="desk-1")
    assert own["id"] != about_helen["id"] and own["joined"] is False and own["linked"] == []
    mine = press(world, login="viktor", place="desk-1", status=200)
    assert mine["id"] == about_helen["id"]
    other = press(world, device="desk-2")
    press(world, login="helen", place="desk-2", status=200)
    apart = press(world, login="ben", place="desk-2", about="helen")
    assert apart["id"] != other["id"], "a call about somebody does not join their own"
    world.messages()


def test_an_elected_member_without_a_name_here_brings_the_safety_lead_and_leaves_nobody_out(world):
    call = press(world, about="elected_member", urgency="nearby", to="reception")
    assert world.told() == {"amira", "ben", "morgan"} and call["conflict"] is True
    assert LeftOut.objects.count() == 0


def test_an_elected_member_named_by_mistake_changes_nothing_for_others_though_one_of_them_has_left(world):
    call = press(world, about="helen")
    answer(world, call, "leave-out", "viktor", about="elected_member")
    alarm, book = queries.alarm(call["id"]), bookkeeping.load(world.now)
    helen = world.person("helen").person
    without = replace(book, people={p: card for p, card in book.people.items() if p != helen})
    assert still_out(alarm, "elected_member", without) == frozenset(alarm.left_out) != frozenset()
    world.messages()


@pytest.mark.parametrize("about", ["nobody-here", 7, ["helen"], {"x": 1}])
def test_somebody_unknown_never_costs_the_call(world, about):
    call = press(world, about=about)
    assert call["conflict"] is False
    [odd] = [e for e in Entry.objects.filter(subject=f"alarm:{call['id']}") if e.type == "press:odd"]
    assert odd.facts == {"fields": ["about"]}
    world.messages()


def test_a_book_and_an_alarm_of_an_earlier_release_keep_nothing_from_anybody(world, tmp_path):
    press(world, about="helen")
    book = bookkeeping.load(world.now)
    bookkeeping.write_file(book, tmp_path / "book")
    assert bookkeeping.read_file(tmp_path / "book").kept_from == book.kept_from != {}
    kept = json.loads((tmp_path / "book").read_text())
    del kept["kept_from"]
    (tmp_path / "book").write_text(json.dumps(kept))
    assert bookkeeping.read_file(tmp_path / "book").kept_from == {}
    world.messages()


def test_an_entry_that_names_a_call_by_its_id_goes_to_every_screen_like_any_other(world):
    """Asking for help from a visit names the call; it must not keep back what came with it."""
    visit = arrive(world)
    mark_problem(visit, by=world.device("desk-1"), now=world.now)
    call = press(world)
    world.messages()
    encounters.ask_help(f"visit:{visit}", "button", call["id"], by=world.device("desk-1"), now=world.now)
    told = heard(world, "viktor")
    assert "encounter:help-asked" in told and call["id"] in told
