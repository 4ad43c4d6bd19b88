"""What happens to an alarm, told as a table: nobody writes to a disk here, and nobody waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from steadydesk.alarms import rules
from steadydesk.alarms.chain import exhausted
from steadydesk.alarms.state import STATES
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from tests.calls import AMIRA, BEN, DAVID, EVERYBODY, FIRST, HELEN, JOAN, NOW, SECOND, VERA, VIKTOR, Desk, seconds

# Pressing and the chain


def test_a_press_tells_the_first_step_at_once():
    desk = Desk()
    alarm = desk.press()
    assert (alarm.state, alarm.step, desk.events, desk.told) == ("open", 1, ["raised"], FIRST)


def test_each_step_fires_at_its_own_time_and_the_end_is_never_silent():
    desk = Desk()
    desk.press()
    assert desk.wait(101) == [
        (20, ["escalated"], SECOND),
        (60, ["escalated", "nobody"], EVERYBODY),
        (80, ["nobody"], EVERYBODY),
        (100, ["nobody"], EVERYBODY),
    ]


def test_a_last_step_that_reached_somebody_has_time_to_answer_before_the_broadcast():
    desk = Desk((0, "role:reception"), (20, "role:manager"))
    desk.press()
    assert desk.wait(45) == [(20, ["escalated"], {HELEN}), (40, ["nobody"], EVERYBODY)]


def test_empty_steps_are_skipped_at_once_and_journalled():
    desk = Desk((0, "role:security"), (20, "contacts"), (40, "role:manager"), (60, "role:deputy"), present=(HELEN,))
    desk.press()
    assert desk.events == ["raised", "escalated", "escalated", "escalated"]
    assert [facts for _, facts in desk.last.events[1:]] == [
        {"fired": 1, "empty": True},
        {"fired": 2, "empty": True},
        {"fired": 3, "empty": False},
    ]
    assert desk.told == {HELEN}


def test_with_everybody_away_it_says_so_at_once_and_goes_on_saying_so():
    desk = Desk(present=())
    desk.press()
    assert desk.events == ["raised", "escalated", "escalated", "escalated", "nobody"]
    assert desk.last.events[-1][1] == {"reachable": 0}
    assert [(at, events) for at, events, _ in desk.wait(60)] == [(20, ["nobody"]), (40, ["nobody"]), (60, ["nobody"])]


def test_each_broadcast_is_told_under_a_key_of_its_own():
    desk = Desk((0, "contacts"))
    desk.press()
    keys = [call.key for call in desk.last.calls]
    for at in (20, 40, 60):
        desk.wait(at)
        keys += [call.key for call in desk.last.calls]
    assert len(keys) == len(set(keys)) == 4


def test_somebody_who_comes_to_work_is_in_the_next_broadcast():
    desk = Desk(present=())
    desk.press()
    desk.book = replace(desk.book, shifts=Desk(present=(JOAN,)).book.shifts)
    assert desk.wait(20) == [(20, ["nobody"], {JOAN})]


def test_nobody_on_a_day_pass_is_told_even_when_nobody_else_is_there():
    desk = Desk((0, "nearest", "role:day_pass", "person:login-7"), present=(VERA,))
    desk.press()
    assert desk.told == set()
    assert desk.wait(20) == [(20, ["nobody"], set())]


def test_whoever_presses_is_not_told_and_the_nearest_of_the_others_is():
    desk = Desk((0, "nearest"))
    desk.press("person:2", place="desk-1")
    assert desk.told == {VIKTOR}


@pytest.mark.parametrize(
    ("urgency", "to", "first"),
    [
        ("nearby", "", {AMIRA, BEN}),
        ("nearby", "reception", {AMIRA, BEN}),
        ("nearby", "managers", {HELEN, DAVID, JOAN}),
        ("manager", "", {HELEN, DAVID, JOAN}),
        ("help", "", FIRST),
    ],
)
def test_each_urgency_begins_with_its_own_people(urgency, to, first):
    desk = Desk()
    desk.press(urgency=urgency, to=to)
    assert desk.told == first
    assert desk.wait(20) == [(20, ["escalated"], SECOND)]


def test_a_site_without_a_protocol_tells_everybody_at_once():
    desk = Desk()
    desk.book = replace(desk.book, terms={})
    desk.press()
    assert desk.told == EVERYBODY


def test_a_late_step_says_how_late_it_is():
    desk = Desk()
    alarm = desk.press()
    desk.now = NOW + timedelta(minutes=40)
    desk.act(alarm.id, "tick", "system:engine")
    assert desk.events == ["escalated", "escalated", "nobody"]
    assert {facts["late_s"] for _, facts in desk.last.events} == {2380.0}


def test_a_wake_too_early_does_nothing():
    desk = Desk()
    alarm = desk.press()
    desk.now = NOW + seconds(19)
    assert desk.act(alarm.id, "tick", "system:engine") is None


def test_a_protocol_published_later_changes_nothing_of_an_open_alarm():
    desk = Desk()
    desk.press()
    desk.book = replace(desk.book, terms=Desk((0, "role:security"), (5, "role:security")).book.terms)
    assert desk.wait(20) == [(20, ["escalated"], SECOND)]


# Joining


def test_a_second_press_joins_and_sounds_again():
    desk = Desk()
    first = desk.press()
    desk.now = NOW + seconds(5)
    again = desk.press("device:9")
    assert (again.id, again.presses, again.step, desk.decision.joined) == (first.id, 2, 1, True)
    assert (desk.events, desk.told) == (["joined"], FIRST)
    assert again.pressers == ("device:1", "device:9")
    assert desk.wait(20) == [(20, ["escalated"], SECOND)], "the chain runs on undisturbed"


def test_a_press_that_joins_is_never_throttled():
    desk = Desk()
    desk.press()
    for count in range(2, 12):
        assert desk.press().presses == count
        assert desk.told == FIRST


@pytest.mark.parametrize(
    ("first", "second", "after"),
    [("nearby", "help", "help"), ("help", "nearby", "help"), ("manager", "nearby", "manager")],
)
def test_the_highest_urgency_counts(first, second, after):
    desk = Desk()
    desk.press(urgency=first)
    assert desk.press(urgency=second).urgency == after


def test_a_call_that_becomes_more_urgent_begins_its_chain_anew_and_sounds_where_it_sounded_before():
    desk = Desk()
    desk.press(urgency="manager")
    desk.now = NOW + seconds(15)
    assert desk.press(urgency="help").step == 1
    assert desk.told == FIRST | {HELEN, DAVID, JOAN}
    assert desk.wait(40) == [(35, ["escalated"], SECOND)]


def test_a_second_call_for_a_colleague_that_names_another_group_reaches_that_group_too():
    desk = Desk()
    desk.press(urgency="nearby", to="reception")
    assert desk.told == {AMIRA, BEN}
    joined = desk.press(urgency="nearby", to="managers")
    assert (joined.presses, joined.to) == (2, "all")
    assert {HELEN, DAVID, JOAN} <= desk.told


def test_a_more_urgent_call_after_the_chain_had_ended_still_moves_on():
    desk = Desk()
    desk.press(urgency="nearby")
    desk.wait(70)
    assert desk.press(urgency="help").step == 1
    assert [at for at, _, _ in desk.wait(155)] == [90, 130, 150]


def test_a_second_press_reopens_an_attended_call_where_it_stood():
    desk = Desk()
    desk.press()
    desk.answer("attend", BEN)
    desk.answer("acknowledge", VIKTOR)
    desk.now = NOW + seconds(600)
    again = desk.press()
    assert (again.state, again.coming, again.step, desk.told) == ("open", (), 1, FIRST)
    assert [at for at, _, _ in desk.wait(660)] == [620, 660]


def test_who_declined_hears_a_second_press_again():
    desk = Desk()
    desk.press()
    desk.answer("decline", BEN)
    desk.press()
    assert desk.told == FIRST


def test_a_second_press_takes_back_that_it_was_stood_down():
    desk = Desk()
    desk.press()
    desk.answer("stand-down", BEN, words="it was nothing")
    assert desk.press().stood_down_at is None


def test_who_was_coming_and_presses_too_needs_help_themselves():
    desk = Desk()
    desk.press()
    desk.answer("acknowledge", BEN)
    again = desk.press("person:2")
    assert (again.state, again.coming) == ("open", ())


def test_another_kind_is_its_own_alarm_and_linked():
    desk = Desk()
    first = desk.press()
    second = desk.press(kind="medical")
    assert (desk.decision.fresh, second.linked) == (True, (first.id,))


def test_another_place_is_its_own_alarm():
    desk = Desk()
    first = desk.press()
    second = desk.press(place="desk-2")
    assert (second.id == first.id, second.linked) == (False, ())


def test_two_people_whose_place_nobody_knows_do_not_join():
    desk = Desk()
    first = desk.press("person:1", place="")
    assert desk.press("person:2", place="").id != first.id
    assert desk.press("person:1", place="").id == first.id


# Drills and tests


@pytest.mark.parametrize("mode", ["drill", "test"])
def test_a_real_press_ends_exercises_everywhere_and_says_why(mode):
    desk = Desk()
    here, elsewhere = desk.press(mode=mode), desk.press(mode=mode, place="desk-2")
    real = desk.press()
    assert (desk.decision.fresh, real.mode) == (True, "real")
    for exercise in (here, elsewhere):
        assert (desk.alarms[exercise.id].state, desk.alarms[exercise.id].disposition) == ("closed", mode)
    ended = [o.events for o in desk.decision.outcomes[1:]]
    assert ended == [(("alarm:closed", {"disposition": mode, "ended_by": real.id}),)] * 2


def test_a_real_press_that_joins_ends_exercises_too():
    desk = Desk()
    desk.press()
    drill = desk.press(mode="drill", place="desk-2")
    desk.press()
    assert desk.alarms[drill.id].state == "closed"


@pytest.mark.parametrize("mode", ["drill", "test"])
def test_no_exercise_where_a_real_call_is_open(mode):
    desk = Desk()
    desk.press()
    with pytest.raises(Refusal) as refused:
        desk.press(mode=mode)
    assert refused.value.code == "real_alarm_open"


def test_an_exercise_runs_through_the_same_chain():
    desk = Desk()
    desk.press(mode="drill")
    assert [told for _, _, told in desk.wait(60)] == [SECOND, EVERYBODY]


# Answers


def test_later_acknowledgements_count_too():
    desk = Desk()
    desk.press()
    assert desk.answer("acknowledge", BEN).state == "acknowledged"
    both = desk.answer("acknowledge", VIKTOR)
    assert [c.person for c in both.coming] == [BEN, VIKTOR]
    assert desk.events == ["acknowledged"]


@pytest.mark.parametrize(("urgency", "count"), [("nearby", 1), ("manager", 1), ("help", 2)])
def test_the_next_step_fires_until_as_many_as_are_needed_are_coming(urgency, count):
    desk = Desk()
    desk.press(urgency=urgency)
    comers = [BEN, HELEN]
    for person in comers[: count - 1]:
        desk.answer("acknowledge", person)
    if count > 1:
        assert [at for at, _, _ in desk.wait(20)] == [20]
    desk.answer("acknowledge", comers[count - 1])
    assert rules.due_at(desk.last.alarm) == desk.last.alarm.arrive_by


def test_with_somebody_coming_an_exhausted_chain_is_a_line_and_not_a_noise():
    desk = Desk(arrive_within=timedelta(hours=1))
    alarm = desk.press()
    desk.answer("acknowledge", BEN)
    assert [events for _, events, _ in desk.wait(300)] == [["escalated"], ["escalated"]]
    assert exhausted(desk.alarms[alarm.id])
    assert not exhausted(desk.answer("acknowledge", HELEN))


@pytest.mark.parametrize("verb", ["acknowledge", "decline", "attend"])
@pytest.mark.parametrize(
    ("pressers", "by"),
    [
        (["person:2"], {"person": BEN}),
        (["person:2", "device:1"], {"person": BEN}),
        (["device:1"], {"person": BEN, "refs": ["person:2", "device:1"]}),
        (["device:1"], {"ref": "device:1"}),
    ],
    ids=["who pressed", "who pressed at a desk", "whoever sits at the desk that pressed", "the desk itself"],
)
def test_nobody_answers_their_own_call(verb, pressers, by):
    desk = Desk()
    alarm = desk.press(pressers[0], also=pressers[1:])
    with pytest.raises(Refusal) as refused:
        desk.act(alarm.id, verb, **{"ref": "person:2", **by})
    assert refused.value.code == "own_alarm"


def test_only_a_person_answers():
    desk = Desk()
    alarm = desk.press()
    with pytest.raises(Refusal) as refused:
        desk.act(alarm.id, "acknowledge", "device:9")
    assert refused.value.code == "not_allowed"


def test_an_acknowledgement_taken_back_lets_the_chain_go_on_at_once():
    desk = Desk()
    desk.press(urgency="nearby")
    desk.answer("acknowledge", BEN)
    assert desk.wait(30) == []
    back = desk.answer("decline", BEN)
    assert (back.state, back.coming, back.arrive_by) == ("open", (), None)
    assert (desk.events, desk.told) == (["declined", "escalated"], SECOND | {VIKTOR}), "Viktor is the nearest now"


def test_who_cannot_come_is_not_asked_by_the_next_step_but_by_the_broadcast():
    desk = Desk()
    desk.press()
    desk.answer("decline", HELEN)
    assert [told for _, _, told in desk.wait(60)] == [{DAVID}, EVERYBODY]


def test_who_declined_may_come_after_all():
    desk = Desk()
    desk.press()
    desk.answer("decline", BEN)
    later = desk.answer("acknowledge", BEN)
    assert (later.state, later.declined) == ("acknowledged", ())


def test_nobody_there_in_time_reopens_the_call():
    desk = Desk()
    alarm = desk.press(urgency="nearby")
    desk.answer("acknowledge", BEN)
    assert desk.wait(120)[0] == (120, ["reopened", "escalated", "escalated", "nobody"], SECOND | EVERYBODY)
    assert (desk.alarms[alarm.id].state, desk.alarms[alarm.id].coming) == ("open", ())


def test_who_is_late_does_not_cost_another_the_time_to_arrive():
    desk = Desk()
    alarm = desk.press()
    desk.answer("acknowledge", BEN)
    assert desk.wait(19) == []
    desk.answer("acknowledge", VIKTOR)
    desk.wait(119)
    desk.answer("acknowledge", HELEN)
    assert desk.wait(138) == [(120, ["late"], set())], "two are still coming: nobody else is asked"
    assert [c.person for c in desk.alarms[alarm.id].coming] == [VIKTOR, HELEN]
    assert desk.wait(139) == [(139, ["late", "escalated", "escalated"], SECOND)], "one of two: the next steps are due"
    assert (desk.alarms[alarm.id].state, [c.person for c in desk.alarms[alarm.id].coming]) == ("acknowledged", [HELEN])
    assert desk.wait(239) == [(239, ["reopened", "nobody"], EVERYBODY)]


def test_who_says_at_the_last_moment_that_they_are_coming_is_not_asked_again():
    desk = Desk()
    alarm = desk.press(urgency="nearby")
    desk.answer("acknowledge", BEN)
    desk.wait(119)
    desk.answer("acknowledge", VIKTOR)
    assert desk.wait(238) == [(120, ["late"], set())]
    assert desk.answer("attend", VIKTOR).state == "attended"
    assert desk.wait(3600) == []
    assert desk.alarms[alarm.id].coming[0].person == VIKTOR


def test_when_the_clock_is_set_everybody_keeps_the_time_they_have_left():
    desk = Desk()
    alarm = desk.press()
    desk.answer("acknowledge", BEN)
    desk.wait(19)
    desk.answer("acknowledge", VIKTOR)
    stepped = desk.act(alarm.id, "clock-stepped", "system:engine", by_s=3600)
    assert [c.by - NOW for c in stepped.coming] == [seconds(3720), seconds(3739)]
    assert [c.at - NOW for c in stepped.coming] == [seconds(0), seconds(19)]


def test_after_a_restore_whoever_was_coming_is_awaited_as_soon_as_anybody_answers():
    desk = Desk()
    alarm = desk.press()
    desk.answer("acknowledge", BEN)
    desk.alarms[alarm.id] = rules.restored(desk.alarms[alarm.id]).alarm
    assert rules.due_at(desk.alarms[alarm.id]) is None
    desk.wait(600)
    desk.answer("acknowledge", VIKTOR)
    assert [(at, events[0]) for at, events, _ in desk.wait(720)] == [(720, "reopened")]


def test_an_exhausted_call_that_nobody_arrives_at_is_broadcast_at_once():
    desk = Desk()
    desk.press()
    desk.answer("acknowledge", BEN)
    assert desk.wait(120)[-1] == (120, ["reopened", "nobody"], EVERYBODY)


def test_somebody_there_stops_the_time_for_arriving():
    desk = Desk()
    desk.press()
    desk.answer("acknowledge", BEN)
    desk.answer("acknowledge", VIKTOR)
    there = desk.answer("attend", BEN)
    assert (there.state, there.attended_at, desk.events) == ("attended", NOW, ["attended"])
    assert desk.wait(3600) == []


def test_one_there_of_two_needed_does_not_stop_the_chain():
    desk = Desk()
    desk.press()
    desk.answer("attend", BEN)
    assert [told for _, _, told in desk.wait(20)] == [SECOND]


def test_the_last_one_there_who_takes_it_back_reopens_the_call():
    desk = Desk()
    desk.press()
    desk.answer("attend", BEN)
    back = desk.answer("decline", BEN)
    assert (back.state, back.coming, back.attended_at) == ("open", (), None)


def test_the_only_one_there_who_takes_it_back_leaves_it_to_those_who_are_coming():
    desk = Desk()
    desk.press()
    desk.answer("acknowledge", VIKTOR)
    desk.answer("attend", BEN)
    back = desk.answer("decline", BEN)
    assert (back.state, [c.person for c in back.coming]) == ("acknowledged", [VIKTOR])
    assert back.arrive_by == NOW + seconds(120)


@pytest.mark.parametrize("verb", ["acknowledge", "decline", "attend"])
def test_saying_the_same_again_changes_nothing(verb):
    desk = Desk()
    desk.press()
    once = desk.answer(verb, BEN)
    assert desk.answer(verb, BEN) == once
    assert desk.events == []


def test_whoever_pressed_cannot_stand_it_down_in_the_first_minutes():
    desk = Desk()
    alarm = desk.press("person:1")
    desk.now = NOW + seconds(299)
    with pytest.raises(Refusal) as refused:
        desk.answer("stand-down", AMIRA, words="a mistake")
    assert refused.value.code == "own_alarm"
    desk.now = NOW + seconds(300)
    down = desk.answer("stand-down", AMIRA, words="a mistake")
    assert (down.state, down.stood_down_at) == ("open", desk.now)
    assert desk.alarms[alarm.id].open


def test_pressing_again_makes_the_first_minutes_begin_again():
    desk = Desk()
    desk.press("person:1")
    desk.now = NOW + seconds(299)
    desk.press("person:1")
    desk.now = NOW + seconds(400)
    with pytest.raises(Refusal):
        desk.answer("stand-down", AMIRA, words="a mistake")


def test_standing_down_needs_a_reason_and_still_wants_one_person_to_check():
    desk = Desk()
    desk.press()
    with pytest.raises(Invalid) as invalid:
        desk.answer("stand-down", BEN)
    assert [f.field for f in invalid.value.faults] == ["reason"]
    desk.answer("stand-down", BEN, words="he has left")
    assert desk.events == ["stood-down"]
    assert [told for _, _, told in desk.wait(20)] == [SECOND], "somebody must look"
    assert not exhausted(desk.answer("acknowledge", HELEN))


def test_a_safe_room_and_its_all_clear():
    desk = Desk()
    desk.press()
    inside = desk.answer("retreat", AMIRA, place="safe-room", place_name="Safe room")
    assert (inside.safe_room, inside.state) == ("Safe room", "open")
    assert desk.last.events == (("alarm:safe-room", {"place": "safe-room"}),)
    assert desk.answer("all-clear", AMIRA).safe_room == ""


# Closing


def test_a_real_call_closes_only_when_somebody_was_there():
    desk = Desk()
    desk.press()
    for prepare in (None, "acknowledge"):
        if prepare:
            desk.answer(prepare, BEN)
        with pytest.raises(Refusal) as refused:
            desk.answer("close", BEN, disposition="handled")
        assert refused.value.code == "incomplete"
    desk.answer("attend", BEN)
    closed = desk.answer("close", BEN, disposition="handled")
    assert (closed.state, closed.disposition, closed.closed_at) == ("closed", "handled", NOW)
    assert rules.due_at(closed) is None


def test_a_real_call_is_not_closed_by_who_raised_it():
    desk = Desk()
    desk.press("person:1")
    desk.answer("attend", BEN)
    with pytest.raises(Refusal) as refused:
        desk.answer("close", AMIRA, disposition="handled")
    assert refused.value.code == "own_alarm"


@pytest.mark.parametrize("mode", ["drill", "test"])
@pytest.mark.parametrize("before", [None, "acknowledge", "attend"])
def test_an_exercise_closes_from_any_state_also_by_who_began_it(mode, before):
    desk = Desk()
    desk.press("person:1", mode=mode)
    if before:
        desk.answer(before, BEN)
    assert desk.answer("close", AMIRA, disposition=mode).state == "closed"


@pytest.mark.parametrize(
    ("mode", "disposition"),
    [("real", None), ("real", "drill"), ("real", "test"), ("real", "gone"), ("drill", "handled"), ("test", "drill")],
)
def test_a_disposition_must_fit(mode, disposition):
    desk = Desk()
    desk.press(mode=mode)
    desk.answer("attend", BEN)
    with pytest.raises(Invalid) as invalid:
        desk.answer("close", BEN, disposition=disposition)
    assert [f.field for f in invalid.value.faults] == ["disposition"]


FACTS = {"words": "why", "disposition": "handled", "place": "x", "place_name": "X"}


@pytest.mark.parametrize("verb", sorted(rules.ANSWERS.keys() - {"seen", "clock-stepped", "leave-out"}))
def test_a_closed_call_takes_no_answer(verb):
    desk = Desk()
    desk.press()
    desk.answer("attend", BEN)
    desk.answer("close", BEN, disposition="handled")
    with pytest.raises(Refusal) as refused:
        desk.answer(verb, VIKTOR, **FACTS)
    assert refused.value.code == "alarm_closed"


def test_a_press_after_the_end_is_a_new_call():
    desk = Desk()
    first = desk.press()
    desk.answer("attend", BEN)
    desk.answer("close", BEN, disposition="handled")
    assert desk.press().id != first.id


def test_an_answer_to_a_call_that_never_was_is_not_found():
    with pytest.raises(NotFound):
        Desk().answer("acknowledge", BEN, alarm="alarm-77")


def test_seen_is_neither_answered_nor_refused_later():
    desk = Desk()
    desk.press()
    before = desk.alarms[next(iter(desk.alarms))]
    assert desk.answer("seen", BEN) == before
    assert desk.last.events == (("delivery:seen", {"person": BEN}),)


# The table


@pytest.mark.parametrize("move", STATES.moves)
@pytest.mark.parametrize("state", STATES.states)
def test_every_move_in_every_state_leads_somewhere_or_says_why_not(move, state):
    if STATES.allows(state, move):
        assert STATES.after(state, move) in STATES.states
    else:
        with pytest.raises(Refusal) as refused:
            STATES.after(state, move)
        assert refused.value.code in {"incomplete", "already_attended", "alarm_closed"}
        assert refused.value.sentence


def test_only_a_closed_alarm_is_closed_for_ever():
    final = [s for s in STATES.states if not any(STATES.allows(s, move) for move in STATES.moves)]
    assert final == ["closed"]


def test_an_alarm_keeps_the_time_that_remains_when_the_clock_is_set_back():
    desk = Desk()
    alarm = desk.press("person:1")
    desk.now = NOW + seconds(10)
    moved = desk.act(alarm.id, "clock-stepped", "system:clock", by_s=-3600.0)
    assert rules.due_at(moved) == NOW + seconds(20) - timedelta(hours=1)
    assert moved.presser_waits_until == NOW + seconds(300) - timedelta(hours=1)
    assert moved.raised_at == NOW
