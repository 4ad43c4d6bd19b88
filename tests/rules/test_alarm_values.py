"""Alarms and the book as values: their way through JSON, and what a press and an answer are read as."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadydesk.alarms import press, rules, state
from steadydesk.alarms.answers import read_answer
from steadydesk.alarms.book import ButtonCard, ScreenCard, Span
from steadydesk.alarms.bookkeeping import read_file, write_file
from steadydesk.alarms.chain import exhausted
from steadydesk.alarms.desk import keep_act
from steadydesk.alarms.recorder import event_facts, with_names
from steadydesk.alarms.spool import Spool
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, SteadydeskError
from tests.calls import AMIRA, BEN, NOW, Desk, terms

PEOPLE = st.sampled_from([1, 2, 3, 4, 5, 6])
VERBS = st.sampled_from(sorted(rules.ANSWERS.keys() - {"clock-stepped"}))
FACTS = {"words": "why", "disposition": "handled", "place": "reception", "place_name": "Reception"}
STEP = st.one_of(
    st.tuples(st.just("press"), st.sampled_from(["device:1", "person:1"]), st.sampled_from(state.URGENCIES)),
    st.tuples(st.just("answer"), VERBS, PEOPLE),
    st.tuples(st.just("wait"), st.integers(1, 90), st.none()),
)
STORIES = st.lists(STEP, max_size=12)


def play(story):
    """The story at one desk; returns the desk and everything that it journalled and told."""
    desk, record = Desk(), []
    desk.press()
    for what, a, b in story:
        try:
            match what:
                case "press":
                    desk.press(a, urgency=b)
                case "answer":
                    desk.answer(a, b, **FACTS)
                case "wait":
                    record += desk.wait((desk.now - NOW).total_seconds() + a)
        except SteadydeskError as refusal:
            record.append(refusal.code)
        record.append((desk.events, sorted(desk.told)))
    return desk, record


@settings(max_examples=40, deadline=None)
@given(STORIES)
def test_the_same_acts_in_the_same_order_give_the_same_alarm(story):
    (one, first), (other, second) = play(story), play(story)
    assert (one.alarms, first) == (other.alarms, second)


@settings(max_examples=40, deadline=None)
@given(STORIES)
def test_no_story_ends_in_silence(story):
    """While a call is open and too few are coming, something is still due or somebody is on the way."""
    for alarm in play(story)[0].alarms.values():
        if not alarm.open:
            continue
        if not alarm.coming:
            assert alarm.state == "open"
            assert rules.due_at(alarm) is not None
        elif alarm.state == "acknowledged":
            assert rules.due_at(alarm) is not None, "nobody may be late without being missed"
        else:
            assert alarm.state == "attended"
            assert any(c.there for c in alarm.coming)


@settings(max_examples=40, deadline=None)
@given(STORIES)
def test_a_call_is_exhausted_only_when_every_step_was_told_and_too_few_come(story):
    for alarm in play(story)[0].alarms.values():
        if exhausted(alarm):
            assert alarm.step == 3
            assert len(alarm.coming) < 2


@settings(max_examples=40, deadline=None)
@given(STORIES)
def test_an_alarm_survives_its_way_through_json(story):
    for alarm in play(story)[0].alarms.values():
        assert state.from_json(json.loads(json.dumps(state.as_json(alarm)))) == alarm


def test_a_call_of_an_earlier_release_keeps_its_one_time_to_arrive_for_everybody():
    desk = Desk()
    desk.press()
    written = state.as_json(desk.answer("acknowledge", BEN))
    until = written["coming"][0].pop("by")
    earlier = json.loads(json.dumps({**written, "arrive_by": until}))
    assert state.from_json(earlier) == desk.last.alarm
    assert state.from_json({**earlier, "arrive_by": None}).coming[0].by is None


@settings(max_examples=40, deadline=None)
@given(STORIES)
def test_the_journal_is_told_no_names(story):
    for alarm in play(story)[0].alarms.values():
        facts = event_facts(alarm)
        assert "Person" not in json.dumps(facts)
        named = with_names(facts, lambda p: f"Person {p}")
        assert [c["name"] for c in named["coming"]] == [f"Person {c.person}" for c in alarm.coming]


def test_terms_survive_their_way_through_json():
    assert state.terms_from_json(json.loads(json.dumps(state.terms_as_json(terms())))) == terms()


TIMES = st.timedeltas(timedelta(days=-9), timedelta(days=9)).map(NOW.__add__)
SPANS = st.builds(Span, TIMES, st.none() | TIMES)
NAMES = st.text(max_size=20)
ACTORS = st.builds(
    Actor,
    st.sampled_from(["person", "device"]),
    st.integers(1, 99).map(str),
    NAMES,
    st.none() | NAMES,
    st.none() | NAMES,
    st.none() | NAMES,
    st.frozensets(st.tuples(st.sampled_from(["reception", "manager"]), st.none() | st.just("exchange"))),
)


@settings(max_examples=30, deadline=None)
@given(
    actors=st.dictionaries(NAMES, ACTORS, max_size=3),
    absences=st.lists(st.tuples(PEOPLE, SPANS), max_size=3).map(tuple),
    duties=st.lists(st.tuples(NAMES, PEOPLE, SPANS), max_size=3).map(tuple),
    screens=st.lists(st.builds(ScreenCard, PEOPLE, NAMES, NAMES, st.booleans(), TIMES), max_size=3).map(tuple),
)
def test_the_book_survives_its_way_through_its_file(tmp_path_factory, actors, absences, duties, screens):
    path = tmp_path_factory.mktemp("book") / "book.json"
    book = replace(Desk().book, actors=actors, absences=absences, duties=duties, screens=screens)
    buttons = {"badge-7": ButtonCard(7, True, "exchange", "", "salt", 3, "gateway-4")}
    book = replace(book, buttons=buttons, zones={"gateway-4": ("exchange", "desk-1")})
    write_file(book, path)
    assert read_file(path) == book


def test_a_book_that_was_cut_off_is_not_believed(tmp_path):
    (tmp_path / "book.json").write_text('{"actors": {')
    with pytest.raises(ValueError, match="Expecting"):
        read_file(tmp_path / "book.json")


# Reading a press

DEVICE = Actor("device", "1", "desk-1", "exchange", "desk-1")
PERSON = Actor("person", str(BEN), "Ben", "exchange", None, None, frozenset({("reception", "exchange")}))
ELSEWHERE = Actor("person", "77", "Morgan", None, None, None, frozenset({("safety_lead", None)}))


def read(raw, *by, key=None):
    who = press.presser(list(by or (DEVICE,)))
    body, odd = press.read_body(raw)
    act, more = press.read_press(who, key, body, Desk().book, NOW)
    return act, [*odd, *more]


def test_an_empty_press_is_the_whole_press():
    act, odd = read(b"")
    assert odd == []
    assert act.facts == {
        "site": "exchange", "place": "desk-1", "place_name": "Desk-1", "mode": "real", "kind": "person",
        "urgency": "help", "to": "", "source": "api", "pressers": ["device:1"], "team": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "odd"),
    [
        (b"{", ["body"]),
        (b"\xff\xfe\xfd", ["body"]),
        (b"[1]", ["body"]),
        (b'"help"', ["body"]),
        (b"[" * 100_000, ["body"]),
        (b"9" * 10_000, ["body"]),
        (b'{"mode": "REAL"}', ["mode"]),
        (b'{"mode": ["real"]}', ["mode"]),
        (b'{"urgency": 3, "kind": {}, "source": true}', ["kind", "urgency", "source"]),
        (b'{"to": ""}', ["to"]),
        (b'{"place": "nowhere"}', ["place"]),
        (b'{"site": "elsewhere"}', ["site"]),
        (b'{"note": 5}', ["note"]),
        (b'{"note": "a\\u0000b"}', ["note"]),
        (b'{"note": "a\\ud800b"}', ["note"]),
        (b'{"note": "%s"}' % (b"x" * 10_001), ["note"]),
        (b'{"colour": 1, "Amira is here": 2, "a\\u0000": 3}', ["?", "colour"]),
        (b'{"mode": null, "note": null}', []),
        (b'{"note": "\\u202b\\ud83d\\ude00"}', []),
    ],
)
def test_what_cannot_be_used_is_dropped_and_named(raw, odd):
    act, found = read(raw)
    assert (found, act.facts["mode"], act.facts["place"]) == (odd, "real", "desk-1")


@pytest.mark.parametrize("broken", [b'", "colour": ', b"", b'",,}', b'", "urgency": "nea'])
def test_what_came_before_a_body_breaks_off_is_kept_so_that_a_test_is_no_real_call(broken):
    act, odd = read(b'{ "mode" : "test","place":"desk-2", "note": "cut off' + broken)
    assert (act.facts["mode"], act.facts["place"], odd) == ("test", "desk-2", ["body"])


def test_nothing_of_half_a_field_is_taken():
    act, _odd = read(b'{"mode": "drill')
    assert act.facts["mode"] == "real"


def test_a_thousand_unknown_fields_are_not_all_named():
    raw = json.dumps({f"field{n}": n for n in range(1000)}).encode()
    assert len(read(raw)[1]) == press.MOST_ODD


@given(st.binary(max_size=300))
def test_no_bytes_at_all_refuse_a_press(raw):
    act, _ = read(raw)
    assert (act.verb, act.facts["mode"]) == ("press", "real")


@given(
    st.dictionaries(
        st.sampled_from(sorted(press.KNOWN)),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5),
    )
)
def test_no_values_at_all_refuse_a_press(body):
    act, _ = read(json.dumps(body).encode())
    json.dumps(act.facts).encode()
    act.facts.get("note", "").encode()


def test_a_person_presses_from_where_their_shift_is():
    assert read(b"", PERSON)[0].facts["place"] == "desk-2"


def test_a_person_at_a_desk_presses_from_the_desk_and_neither_can_answer():
    facts = read(b"", PERSON, DEVICE)[0].facts
    assert (facts["place"], facts["pressers"]) == ("desk-1", ["person:2", "device:1"])


def test_somebody_who_belongs_to_no_site_still_reaches_one():
    act, odd = read(b"", ELSEWHERE)
    assert (act.facts["site"], act.facts["place_name"], odd) == ("exchange", "The Exchange", ["site"])


def test_the_same_key_of_the_same_desk_is_the_same_press_also_once_somebody_signed_in():
    ids = {read(b"", *by, key="k1")[0].id for by in ((DEVICE,), (PERSON, DEVICE))}
    assert len(ids) == 1
    assert read(b"", PERSON, key="k1")[0].id not in ids
    assert read(b"", key="k2")[0].id not in ids
    assert read(b"")[0].id != read(b"")[0].id


# Reading an answer


def answer(verb, body=None, by=(PERSON,), **more):
    return read_answer("a", verb, "exchange", body or {}, by=list(by), book=Desk().book, **more)


def test_an_answer_from_a_desk_names_the_person_and_the_desk():
    act = answer("acknowledge", by=(PERSON, DEVICE))
    assert (act.ref, act.person, act.refs) == ("person:2", BEN, {"person:2", "device:1"})


def test_every_fault_of_an_answer_is_told_at_once():
    with pytest.raises(Invalid) as invalid:
        answer("close", {"disposition": "gone", "note": "\0", "colour": 1, "Amira": 2, "x y": 3})
    assert sorted(f.field for f in invalid.value.faults) == ["?", "Amira", "colour", "disposition", "note"]


def test_a_safe_room_must_be_a_place_of_the_site():
    with pytest.raises(Invalid):
        answer("retreat")
    with pytest.raises(Invalid):
        answer("retreat", {"place": "moon"})
    assert answer("retreat", {"place": "back-office"}).facts["place_name"] == "Back-Office"


def test_who_may_not_answer_is_refused_and_who_called_is_told_why():
    with pytest.raises(NotAllowed):
        answer("acknowledge", by=(DEVICE,), pressers=("device:9",))
    with pytest.raises(Refusal) as refused:
        answer("acknowledge", by=(DEVICE,), pressers=("device:1",))
    assert refused.value.code == "own_alarm"


def test_there_is_no_such_answer():
    for verb in ("clock-stepped", "tick", "press", ""):
        with pytest.raises(NotFound):
            answer(verb)


# While storage is away


@pytest.mark.parametrize("note", ["", "x" * 10_000, "\U0001f642" * 10_000])
def test_a_long_note_does_not_keep_a_press_out_of_the_spool(tmp_path, note):
    spool = Spool.open(tmp_path / "spool", slots=4)
    act, _ = read(json.dumps({"note": note}).encode())
    keep_act(spool, act)
    [(_, kept)] = spool.pending()
    assert (kept["id"], kept["verb"], kept["facts"]["place"]) == (act.id, "press", "desk-1")
    spool.close()


def test_a_long_reason_does_not_keep_a_stand_down_out_of_the_spool(tmp_path):
    spool = Spool.open(tmp_path / "spool", slots=4)
    keep_act(spool, answer("stand-down", {"reason": "x" * 10_000}))
    [(_, kept)] = spool.pending()
    assert kept["facts"]["words"], "a replay without a reason would be refused"
    spool.close()


# Whether somebody could answer


def test_only_people_shown_to_be_there_could_answer():
    book = Desk().book
    places = {**book.sites["exchange"].places}
    places["back-office"] = replace(places["back-office"], staff_only=True)
    site = replace(book.sites["exchange"], places=places)
    used = NOW - timedelta(minutes=4)
    screens = (
        ScreenCard(4, "exchange", "back-office", True, used),
        ScreenCard(5, "exchange", "back-office", False, used),
        ScreenCard(3, "exchange", "reception", True, used),
        ScreenCard(6, "exchange", "back-office", True, used),
    )
    book = replace(book, sites={"exchange": site}, screens=screens)
    assert book.can_answer("exchange", "desk-1", "device:1", NOW) == 1, "Joan is in no step of the chain"
    assert book.can_answer("exchange", "desk-1", "person:4", NOW) == 0
    assert book.can_answer("exchange", "desk-1", "device:1", NOW + timedelta(minutes=2)) == 0
    phone = replace(book, screens=(*screens, ScreenCard(3, "", "", True, used)))
    assert phone.can_answer("exchange", "desk-1", "device:1", NOW) == 2, "a phone in use shows calls too"
    confirmed = replace(book.people[AMIRA], duty_phone_confirmed_at=NOW - timedelta(hours=7))
    book = replace(book, people={**book.people, AMIRA: confirmed})
    assert book.can_answer("exchange", "desk-2", "device:1", NOW) == 2
