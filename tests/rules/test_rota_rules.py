"""Spans of time, the times that are offered, and when somebody is alone."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.rota.rules import (
    Offer,
    Span,
    alone,
    common,
    day_end,
    is_evening,
    joined,
    lost,
    offers,
    within,
    without,
)

LONDON = "Europe/London"


def at(written):
    return datetime.fromisoformat(f"2026-03-02 {written}").replace(tzinfo=UTC)


def span(written):
    start, _, end = written.partition("-")
    return Span(at(start), at(end))


def spans(*written):
    return [span(w) for w in written]


moments = st.integers(0, 60).map(lambda n: at("08:00") + timedelta(minutes=n))
some_spans = st.lists(st.builds(Span, moments, moments), max_size=6)


def minutes(found):
    """Every minute that the spans cover."""
    return {
        at("08:00") + timedelta(minutes=n)
        for n in range(70)
        for s in found
        if s.start <= at("08:00") + timedelta(minutes=n) < s.end
    }


@given(some_spans, some_spans)
def test_what_is_put_together_taken_away_and_shared_is_so_minute_by_minute(ours, theirs):
    assert minutes(joined(ours)) == minutes(ours)
    assert minutes(without(ours, theirs)) == minutes(ours) - minutes(theirs)
    assert minutes(common(ours, theirs)) == minutes(ours) & minutes(theirs)
    found = joined(ours)
    assert all(a.end < b.start for a, b in pairwise(found))


def test_only_the_part_between_two_moments_counts():
    assert within(spans("08:00-10:00", "11:00-12:00"), at("09:00"), at("11:30")) == spans("09:00-10:00", "11:00-11:30")


def test_times_begin_at_the_quarters_and_end_before_the_person_goes():
    free = {1: spans("09:05-10:00")}
    assert offers(free, timedelta(minutes=20), 9) == [Offer(1, at("09:15"))]
    assert offers(free, timedelta(minutes=15), 9) == [
        Offer(1, at("09:15")),
        Offer(1, at("09:30")),
        Offer(1, at("09:45")),
    ]
    assert offers(free, timedelta(hours=1), 9) == []


def test_of_two_who_are_free_the_first_is_named_and_times_come_in_order():
    free = {2: spans("10:00-11:00"), 1: spans("09:00-11:00")}
    assert offers(free, timedelta(hours=1), 9) == [Offer(1, at("09:00")), Offer(2, at("10:00"))]
    assert offers(free, timedelta(hours=1), 1) == [Offer(1, at("09:00"))]


def test_somebody_is_alone_only_while_it_is_open_and_nobody_else_is_there():
    there = {1: spans("08:00-12:00"), 2: spans("09:30-11:00")}
    assert alone(there, spans("09:00-11:30")) == [(1, span("09:00-09:30")), (1, span("11:00-11:30"))]
    assert alone({1: spans("08:00-10:00"), 2: spans("10:00-12:00")}, spans("09:00-11:00")) == [
        (1, span("09:00-10:00")),
        (2, span("10:00-11:00")),
    ]


@pytest.mark.parametrize(
    ("when", "evening"),
    [
        ("16:00-17:00", False),
        ("16:00-17:01", True),
        ("06:59-09:00", True),
        ("07:00-09:00", False),
        ("22:00-23:00", True),
    ],
)
def test_l2d_i_the_evening_goes_over_midnight_to_the_minute(when, evening):
    assert is_evening(span(when), (time(17), time(7)), LONDON) is evening


def test_the_evening_and_the_end_of_the_day_are_by_the_clocks_of_the_place():
    summer = datetime(2026, 7, 1, 16, 30, tzinfo=UTC)  # half past five in London
    assert is_evening(Span(summer - timedelta(hours=1), summer), (time(17), time(7)), LONDON)
    assert not is_evening(Span(summer - timedelta(hours=1), summer), (time(17), time(7)), "UTC")
    assert day_end(summer, LONDON) == datetime(2026, 7, 1, 23, tzinfo=UTC)


def test_what_is_gone_is_only_what_was_there_before_and_is_still_to_come():
    before, after = spans("09:00-12:00", "13:00-17:00"), spans("13:00-15:00")
    assert lost(before, after, at("12:00")) == spans("15:00-17:00")
