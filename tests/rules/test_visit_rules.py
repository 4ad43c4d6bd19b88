"""The clocks of a visit, who is called and what cannot be used, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.kernel.errors import Refusal
from steadydesk.protocol import codec, shipped
from steadydesk.visits import late_rules, rules, ticket_rules
from steadydesk.visits.rules import Arrival, Callee, Facts, Known

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
WAITING = codec.read(shipped.load("exchange")).protocol.waiting
LATER = datetime(2026, 3, 2, 18, tzinfo=UTC)


def at(minutes, seconds=0):
    return TEN + timedelta(minutes=minutes, seconds=seconds)


def read(kind="attend", now=LATER, **facts):
    clocks = rules.read_clocks(Facts(**{"waits_from": TEN, **facts}), WAITING, now)
    return next((c for c in clocks if c.kind == kind), None)


@pytest.mark.parametrize(
    ("kind", "facts", "due", "over"),
    [
        ("attend", {}, at(10), at(10)),
        ("attend", {"stopped_at": at(9)}, at(10), None),
        ("attend", {"stopped_at": at(10)}, at(10), None),
        ("attend", {"stopped_at": at(10, 1)}, at(10), at(10)),
        ("ask_service", {}, at(7), None),
        ("agitated", {"bound_since": at(0)}, at(5), at(5)),
        ("agitated", {"bound_since": at(7)}, at(5), at(7)),
        ("agitated", {"bound_since": at(0), "stopped_at": at(5)}, at(5), None),
        ("agitated", {"bound_since": at(0), "bound_until": at(4)}, at(5), None),
        ("agitated", {"bound_since": at(7), "appointment_at": at(60)}, at(5), at(7)),
        ("appointment", {"appointment_at": at(30)}, at(35), at(35)),
        ("appointment", {"appointment_at": at(-30)}, at(5), at(5)),
        ("appointment", {"appointment_at": at(30), "stopped_at": at(35)}, at(35), None),
        ("promise", {"promised_at": at(3), "promised_until": at(18)}, at(18), at(18)),
        ("promise", {"promised_at": at(3), "promised_until": at(18), "stopped_at": at(18)}, at(18), None),
    ],
)
def test_a_clock_is_due_and_over_as_the_protocol_says(kind, facts, due, over):
    clock = read(kind, **facts)
    assert (clock.due_at, clock.over_at) == (due, over)


@pytest.mark.parametrize("now", [at(0), at(9, 59), at(10)])
def test_exactly_at_the_limit_is_in_time(now):
    clock = read(now=now)
    assert clock.over_at is None
    assert not clock.asks(now)


def test_a_moment_after_the_limit_it_is_over_and_asks():
    now = at(10) + rules.JUST_AFTER
    assert read(now=now).over_at == at(10)
    assert read(now=now).asks(now)


@pytest.mark.parametrize(
    ("absent", "facts"),
    [
        ("attend", {"appointment_at": at(30)}),
        ("ask_service", {"appointment_at": at(30)}),
        ("appointment", {}),
        ("agitated", {}),
        ("promise", {"promised_at": at(1)}),
        ("attend", {"on_paper": True}),
    ],
)
def test_a_clock_that_does_not_apply_is_not_there(absent, facts):
    assert read(absent, **facts) is None


def test_the_service_is_not_asked_when_the_limit_comes_first():
    hasty = WAITING.model_copy(update={"attend_within": timedelta(seconds=3)})
    kinds = [c.kind for c in rules.read_clocks(Facts(TEN), hasty, TEN)]
    assert kinds == ["attend"]


def test_a_promise_shorter_than_its_warning_is_asked_about_when_it_ends():
    warned = read("promise", promised_at=at(0), promised_until=at(15))
    short = read("promise", promised_at=at(0), promised_until=at(2))
    assert (warned.ask_at, short.ask_at) == (at(13), at(2) + rules.JUST_AFTER)


def test_the_next_look_is_at_the_next_moment_that_changes_anything():
    looks, now = [], TEN
    facts = Facts(TEN, bound_since=TEN, promised_at=TEN, promised_until=at(20))
    while now is not None:
        now = rules.next_look(rules.read_clocks(facts, WAITING, now), now)
        looks.append(now)
    just = rules.JUST_AFTER
    assert looks == [at(5) + just, at(7) + just, at(10) + just, at(18), at(20) + just, None]


def test_nothing_is_looked_at_once_the_customer_is_attended():
    facts = Facts(TEN, bound_since=TEN, stopped_at=at(1))
    assert rules.next_look(rules.read_clocks(facts, WAITING, at(1)), at(1)) is None


@pytest.mark.parametrize("move", rules.VISIT.moves)
@pytest.mark.parametrize("state", rules.VISIT.states)
def test_every_move_in_every_state_leads_somewhere_or_says_why_not(move, state):
    if rules.VISIT.allows(state, move):
        assert rules.VISIT.after(state, move) in rules.VISIT.states
        return
    with pytest.raises(Refusal) as refusal:
        rules.VISIT.after(state, move)
    assert refusal.value.code in ("already_attended", "incomplete")


CHAIN = [
    ("manager", [Callee("1", "manager", "Ann", "11")]),
    ("deputy", [Callee("2", "deputy", "Bo", "22"), Callee("3", "deputy", "Cy", "33")]),
    ("duty_manager", [Callee("1", "duty_manager", "Ann", "11"), Callee("4", "duty_manager", "Di", "44")]),
]


@pytest.mark.parametrize(
    ("there", "tried", "called", "skipped"),
    [
        ("1234", "", "1", ()),
        ("234", "", "2", ("manager",)),
        ("34", "", "3", ("manager",)),
        ("4", "", "4", ("manager", "deputy")),
        ("1234", "1", "2", ()),
        ("1234", "12", "3", ()),
        ("1234", "123", "4", ()),
        ("1234", "1234", None, ()),
        ("", "", None, ("manager", "deputy", "duty_manager")),
    ],
)
def test_the_first_who_is_there_and_was_not_rung_in_vain_is_called(there, tried, called, skipped):
    call = rules.choose_call(CHAIN, set(there), set(tried))
    assert (call.callee.key if call.callee else None, call.skipped) == (called, skipped)


def test_the_chain_begins_with_manager_and_deputy_whatever_the_protocol_lists():
    short = WAITING.model_copy(update={"agitated_chain": ("role:security", "role:deputy")})
    assert rules.levels("call_manager", short) == ("role:manager", "role:deputy", "role:security")
    assert rules.levels("tell_customer", short) == ()


def test_a_prompt_to_tell_has_its_own_time_before_the_first_repeat():
    telling = [rules.repeat_after("tell_customer", n, WAITING) for n in (0, 1)]
    assert telling == [WAITING.tell_customer_within, WAITING.prompt_repeat_after]
    assert rules.repeat_after("call_manager", 0, WAITING) == WAITING.prompt_repeat_after


KNOWN = Known(site=True, teams=frozenset({"housing"}), services={"rent": "housing"})


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({}, []),
        ({"site": None}, ["site"]),
        ({"team": "housing", "service": "rent"}, []),
        ({"team": "wizards", "service": "spells"}, ["service", "team"]),
        ({"mood": "angry", "source": "pigeon", "companions": -1}, ["mood", "source", "companions"]),
        ({"arrived_at": at(0, 1)}, ["arrived_at"]),
        ({"arrived_at": at(0)}, []),
        ({"arrived_at": datetime(2026, 3, 2, 9)}, ["arrived_at"]),  # noqa: DTZ001
        ({"appointment_at": datetime(2036, 3, 2, 9, tzinfo=UTC)}, ["appointment_at"]),
        ({"description": "a\0b"}, ["description"]),
        ({"description": "\ud800"}, ["description"]),
        ({"description": "line\nשלום 👩🏽‍🦽"}, []),
    ],
)
def test_an_arrival_names_every_fault_at_once(fields, faulty):
    arrival = Arrival(**{"site": "exchange", **fields})
    assert [f.field for f in rules.arrival_faults(arrival, KNOWN, TEN)] == faulty


def test_at_an_unknown_site_only_the_site_is_said_to_be_unknown():
    arrival = Arrival(site="nowhere", team="wizards", service="spells")
    assert [f.field for f in rules.arrival_faults(arrival, Known(), TEN)] == ["site"]


@pytest.mark.parametrize(
    ("minutes", "source", "paper"), [(0, "desk", False), (30, "desk", False), (31, "desk", True), (0, "paper", True)]
)
def test_what_is_long_past_is_a_record_from_paper(minutes, source, paper):
    arrival = Arrival(arrived_at=at(-minutes), source=source)
    assert late_rules.from_paper(arrival, WAITING, TEN) is paper


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (52, "BA"), (701, "ZZ")])
def test_services_have_letters(place, letter):
    assert ticket_rules.ticket_letter(place) == letter


@pytest.mark.parametrize(
    ("wait", "fits"), [("", True), ("PT15M", True), ("15", False), ("PT0S", False), ("P2D", False)]
)
def test_a_promise_is_a_length_of_time_up_to_a_day(wait, fits):
    assert (rules.wait_fault(wait) is None) is fits
