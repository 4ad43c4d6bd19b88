"""What may be about somebody else is proposed, and what was decided is taken out."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.privacy import rules


def found(text, own=(), names=()):
    return [p.text for p in rules.propose(1, text, list(own), names)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Write to jo.smith@example.org today", ["jo.smith@example.org"]),
        ("ring 01632 960 555 at ten", ["01632 960 555"]),
        ("ring +44 (0)1632 960555", ["+44 (0)1632 960555"]),
        ("waited 10 minutes in room 4", []),
        ("A109 heard it, B7 did not", ["A109"]),
        ("he asked Tom Baker about it", ["Tom Baker"]),
        ("Wants the archive. Came twice.", []),
        ("with Amira and AMIRA KHAN", ["Amira", "AMIRA KHAN"]),
        ("", []),
    ],
)
def test_parts_that_may_name_somebody_are_proposed(text, parts):
    assert found(text, names=["Amira Khan"]) == parts


def test_the_persons_own_name_and_ticket_stay():
    assert found("he is Mr Baker, A101, told Tom", own=["A101", "Baker"]) == ["Mr Baker", "Tom"]


@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=5))
def test_proposals_never_overlap_and_always_stand_in_the_text(text, names):
    proposals = rules.propose(1, text, [], names)
    assert all(text[p.start : p.end] == p.text for p in proposals)
    assert all(a.end <= b.start for a, b in pairwise(proposals))


@given(st.text(max_size=200), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=1))
def test_what_is_decided_is_taken_out_and_nothing_else(text, parts):
    parts = [(min(p), max(p)) for p in parts]
    kept = text if not parts else text[: parts[0][0]] + "[x]" + text[parts[0][1] :]
    assert rules.without(text, parts, "[x]") == kept


def test_where_several_protocols_are_in_force_the_longest_time_counts():
    short, long = {"visit": timedelta(1)}, {"visit": timedelta(9)}
    assert rules.kept_for("visit", [short, long]) == timedelta(9)
    assert rules.kept_for("visit", []) is None


def test_a_line_without_an_end_is_searched_as_fast_as_any_other():
    assert found("x" * 400_000) == []
    assert found("x" * 400_000 + " write to lee@home@example.org") == ["home@example.org"]
