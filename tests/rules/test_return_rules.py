"""Times that can be given, whatever the rota looks like and whatever was given before."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.visits.return_rules import (
    ALPHABET,
    QUARTER,
    Given,
    address_fault,
    can_be_met,
    free_times,
    reference,
    same_fact,
)

START = datetime(2026, 3, 3, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HALF = 30 * MINUTE


@dataclass(frozen=True)
class Stretch:
    start: datetime
    end: datetime


def stretches():
    begin = st.integers(0, 480).map(lambda m: START + m * MINUTE)
    return st.builds(lambda at, long: Stretch(at, at + long * MINUTE), begin, st.integers(0, 240))


rotas = st.dictionaries(st.integers(1, 4), st.lists(stretches(), max_size=3), max_size=4)
lengths = st.sampled_from([15, 20, 30, 45, 60]).map(lambda m: m * MINUTE)


@given(rotas, st.sets(st.integers(1, 4), min_size=1), lengths, st.lists(st.tuples(st.booleans(), st.integers(0, 5))))
def test_e3b_ret_nobody_is_ever_given_a_time_at_which_nobody_is_there_for_them(rota, wanted, length, wishes):
    taken: list[Given] = []
    for anyone, which in wishes:
        asked = set(range(1, 5)) if anyone else wanted
        times = free_times(rota, asked, taken, length=length, after=START, count=6)
        if not times:
            continue
        at = times[which % len(times)]
        person = (
            None if anyone else next(p for p in sorted(wanted) if can_be_met(rota, {p}, taken, at=at, length=length))
        )
        taken.append(Given(at, at + length, person))
    for one in taken:
        during = [g for g in taken if g.start < one.end and g.end > one.start]
        if one.person is not None:
            assert [g for g in during if g.person == one.person] == [one], "nobody is given twice"
            assert any(s.start <= one.start and one.end <= s.end for s in rota[one.person]), "and they are at work"


@given(rotas, lengths, st.integers(0, 600))
def test_times_begin_at_the_quarters_after_now_and_each_can_be_kept(rota, length, minutes):
    after = START + minutes * MINUTE
    times = free_times(rota, range(1, 5), [], length=length, after=after, count=6)
    assert times == sorted(set(times))
    for at in times:
        assert at >= after
        assert (at - START) % QUARTER == timedelta(0) or any(at == s.start for found in rota.values() for s in found)
        assert can_be_met(rota, range(1, 5), [], at=at, length=length)


def test_what_was_promised_anyone_keeps_one_of_the_team_free():
    rota = {1: [Stretch(START, START + HALF)], 2: [Stretch(START, START + HALF)]}
    anyone = Given(START, START + HALF)
    assert can_be_met(rota, {1}, [anyone], at=START, length=HALF)
    assert not can_be_met(rota, {1}, [anyone, Given(START, START + HALF, 2)], at=START, length=HALF)
    assert not can_be_met(rota, {1, 2}, [anyone, anyone], at=START, length=HALF)
    assert can_be_met(rota, {1}, [Given(START + HALF, START + 2 * HALF, 1)], at=START, length=HALF), "end to end"


@pytest.mark.parametrize(
    ("said", "known", "same"),
    [
        ("k7m2x", ["K7M2X"], True),
        (" K7-M2 x ", ["K7M2X"], True),
        ("ada  LONG", ["K7M2X", "Ada Long"], True),
        ("José Núñez", ["jose nunez"], True),
        ("Ada", ["Ada Long"], False),
        ("", [""], False),
        ("--", ["--"], False),
        ("ad", ["ad"], False),
    ],
)
def test_a_second_fact_is_the_same_however_it_is_spelled_and_never_a_part_of_it(said, known, same):
    assert same_fact(said, known) is same


def test_a_reference_has_no_letter_that_is_taken_for_another():
    assert not set("IO015S") & set(ALPHABET)
    assert reference([0, 1, len(ALPHABET)]) == f"{ALPHABET[0]}{ALPHABET[1]}{ALPHABET[0]}"


@pytest.mark.parametrize("good", ["ada@mail.example", "a.b+c@sub.mail.example"])
def test_an_address_that_may_be_one(good):
    assert address_fault(good) is None


@pytest.mark.parametrize("bad", ["", "ada", "ada@mail", "@mail.example", "a b@mail.example", "a@b.example\nBcc: c@d.e"])
def test_an_address_that_cannot_be_one(bad):
    assert address_fault(bad)
