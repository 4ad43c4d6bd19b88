"""A press at a desk: who is told, when, and until a person comes."""

import json

import pytest

from steadydesk.alarms.models import Act
from steadydesk.delivery.models import Delivery
from steadydesk.journal.models import Entry, Words
from steadydesk.people import actions as people
from steadydesk.people.models import Person, Shift
from tests.alarming import (
    EVERYBODY,
    FIRST,
    MINUTE,
    PATH,
    SECOND,
    SECOND_STEP,
    answer,
    due,
    end,
    events,
    press,
    shown,
    subject,
)
from tests.world import TESTER


@pytest.mark.clause("L3b-ii(1)")
def test_l3b_ii_1_a_press_tells_the_first_step_and_then_everybody_until_two_are_coming(world):
    alarm = press(world)
    assert (alarm["state"], alarm["place"], alarm["needed"]) == ("open", {"id": "desk-1", "name": "Desk 1"}, 2)
    assert world.told() == FIRST
    world.advance(19 * SECOND)
    assert world.told() == set()
    world.advance(SECOND)
    assert world.told() == SECOND_STEP
    world.advance(40 * SECOND)
    assert world.told() == EVERYBODY, "nobody is in the list of contacts: the chain is at its end"
    assert events(alarm)[-2:] == ["alarm:escalated", "alarm:nobody"]
    for _ in range(3):
        world.advance(20 * SECOND)
        assert world.told() == EVERYBODY, "no setting makes the end silent"
    answer(world, alarm, "acknowledge", "viktor")
    assert due(alarm) == world.now + 2 * MINUTE
    coming = answer(world, alarm, "acknowledge", "helen")
    assert coming["coming"] == [
        {"name": "Viktor Novak", "at": world.now.isoformat()},
        {"name": "Helen Marsh", "at": world.now.isoformat()},
    ]
    world.advance(MINUTE)
    assert world.told() == set()


def test_with_everybody_gone_the_call_says_so_at_once_and_again(world):
    Shift.objects.update(ends_at=world.now)
    alarm = press(world)
    assert events(alarm) == ["alarm:raised", *["alarm:escalated"] * 3, "alarm:nobody"]
    steps = Entry.objects.filter(subject=subject(alarm), type="alarm:escalated").order_by("id")
    assert [e.facts["empty"] for e in steps] == [True, True, True]
    world.advance(MINUTE)
    assert events(alarm).count("alarm:nobody") == 4
    assert world.messages() == []


def test_with_everybody_gone_the_call_still_leaves_the_building(world, settings):
    settings.WEBHOOK_URL = "https://pager.example/calls"
    Shift.objects.update(ends_at=world.now)
    press(world)
    assert [m.message["urgency"] for m in world.messages("webhook")] == ["help"]
    world.advance(MINUTE)
    assert len(world.messages("webhook")) == 3, "and again with each broadcast"


def test_whoever_comes_back_to_work_hears_the_next_broadcast(world):
    Shift.objects.update(ends_at=world.now)
    press(world)
    ben = Person.objects.get(login="ben")
    people.start_shift(ben.pk, "exchange", by=TESTER, now=world.now)
    world.advance(20 * SECOND)
    assert world.told() == {"ben"}


def test_who_is_marked_absent_is_not_told(world):
    people.mark_absent(Person.objects.get(login="viktor").pk, "exchange", by=TESTER, now=world.now)
    press(world)
    assert world.told() == FIRST - {"viktor"}


def test_somebody_on_a_day_pass_is_never_told(world):
    press(world)
    world.advance(5 * MINUTE)
    assert "vera" not in world.told()


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ({"urgency": "nearby"}, {"amira", "ben"}),
        ({"urgency": "nearby", "to": "managers"}, SECOND_STEP - {"tariq"}),
        ({"urgency": "manager"}, SECOND_STEP - {"tariq"}),
        ({"kind": "building"}, {"amira", "ben", "viktor", "joan", "helen", "grace", "farid"}),
    ],
)
def test_kind_and_urgency_choose_who_hears_first(world, fields, first):
    press(world, **fields)
    assert world.told() == first


def test_a_member_of_a_team_calls_their_own_team_and_is_not_told_themselves(world):
    press(world, login="lucy", urgency="nearby", to="team")
    assert world.told() == {"helen", "david", "tariq"}


def test_a_second_press_joins_the_first_and_sounds_again(world):
    first = press(world)
    world.messages()
    world.advance(5 * SECOND)
    again = press(world, status=200)
    assert (again["id"], again["joined"], again["presses"]) == (first["id"], True, 2)
    assert world.told() == FIRST
    assert events(first) == ["alarm:raised", "alarm:joined"]


def test_a_press_that_joined_is_found_and_answered_by_its_own_id_too(world):
    """While storage is away a press may be told under an id of its own, and prove later to be part of another."""
    first = press(world)
    press(world, status=200)
    joined = Act.objects.filter(alarm=first["id"]).exclude(pk=first["id"]).get(verb="press")
    own = {"id": str(joined.pk)}
    assert shown(world, own)["id"] == first["id"]
    assert answer(world, own, "acknowledge", "viktor")["id"] == first["id"]
    assert [c["name"] for c in shown(world, first)["coming"]]
    world.messages()


def test_a_second_press_reopens_a_call_that_was_attended(world):
    alarm = press(world)
    answer(world, alarm, "attend", "viktor")
    world.messages()
    assert press(world, status=200)["state"] == "open"
    assert world.told() == FIRST


def test_two_desks_are_two_calls_and_each_has_its_own_chain(world):
    one = press(world)
    world.advance(10 * SECOND)
    other = press(world, device="desk-2")
    assert one["id"] != other["id"]
    assert due(other) - due(one) == 10 * SECOND
    world.messages()


def test_a_real_press_ends_the_drill_and_is_a_call_of_its_own(world):
    drill = press(world, mode="drill")
    world.messages()
    real = press(world)
    assert shown(world, drill)["disposition"] == "drill"
    ended = Entry.objects.get(subject=subject(drill), type="alarm:closed")
    assert ended.facts["ended_by"] == real["id"]
    assert (real["mode"], real["joined"], world.told()) == ("real", False, FIRST)
    assert due(drill) is None


def test_a_drill_says_that_it_is_one_to_the_last_hop(world):
    press(world, mode="drill")
    assert {m.message["mode"] for m in world.messages()} == {"drill"}


def test_another_protocol_in_the_middle_changes_nothing_of_the_open_call(world):
    alarm = press(world)
    world.messages()
    world.publish(
        "exchange", {"alarms.arrive_within": "PT5S", "alarms.chain": [{"after": "PT0S", "tell": ["role:security"]}]}
    )
    world.advance(20 * SECOND)
    assert world.told() == SECOND_STEP
    answer(world, alarm, "acknowledge", "viktor")
    answer(world, alarm, "acknowledge", "helen")
    assert due(alarm) == world.now + 2 * MINUTE
    assert shown(world, alarm)["protocol"] == alarm["protocol"]
    end(world, alarm)

    fresh = press(world)
    assert fresh["protocol"] != alarm["protocol"]
    assert world.told() == {"viktor"}


def test_the_first_step_is_one_row_a_person_and_nothing_is_left_once_it_is_closed(world):
    alarm = press(world)
    rows = Delivery.objects.filter(subject=subject(alarm))
    assert {(r.state, r.urgent, r.site, r.channel, r.attempts) for r in rows} == {
        ("waiting", True, "exchange", "screen", 0)
    }
    assert rows.count() == len(FIRST)
    assert {r.message["place"] for r in rows} == {"Desk 1"}
    rows.filter(person=Person.objects.get(login="ben").pk).update(state="sent")
    world.messages()
    assert due(alarm) == world.now + 20 * SECOND
    end(world, alarm)
    # Viktor, who was there, has seen it.
    assert set(rows.values_list("state", flat=True)) == {"withdrawn", "sent", "seen"}
    assert due(alarm) is None
    world.advance(10 * MINUTE)
    assert events(alarm)[-1] == "alarm:closed"


def test_the_journal_and_the_acts_hold_ids_and_the_words_are_kept_apart(world):
    alarm = press(world, note="Mr Smith has a knife")
    answer(world, alarm, "acknowledge", "viktor")
    answer(world, alarm, "stand-down", "viktor", reason="He was shown out")
    end(world, alarm)
    world.messages()
    kept = json.dumps([*Entry.objects.values_list("facts", flat=True), *Act.objects.values_list("facts", flat=True)])
    names = Person.objects.values_list("name", flat=True)
    assert not [word for word in (*names, "knife", "shown out") if word in kept]
    words = Words.objects.filter(subject=subject(alarm)).order_by("pk")
    assert [w.text for w in words] == ["Mr Smith has a knife", "He was shown out"]
    assert {w.retention for w in words} == {"alarm_note"}
    assert {(w.expires_at - w.written_at).days for w in words} == {365}
    listed = world.client(login="helen").get(PATH).json()["items"]
    assert alarm["id"] in {a["id"] for a in listed}
    assert "knife" not in json.dumps(listed), "what was typed is fetched with the call alone"
