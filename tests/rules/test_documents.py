"""The numbering and authorisation of documents, without a database."""

from datetime import date

import pytest

from steadydesk.documents.rules import (
    FIRST,
    STATES,
    Number,
    Persons,
    faults_of,
    faults_of_new,
    next_amendment,
    require_free,
)
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.protocol.schema.control import Author, ControlForm, Series

TODAY = date(2026, 3, 2)
COMPLETE = ControlForm(
    title="Reception procedure",
    series=Series(part_of_series=False, name=None, position=None),
    version="v0.01",
    date_published=None,
    keywords=(),
    authors=(Author(post="Team leader"), Author(committee="Safety committee")),
    authorised_on=TODAY,
    authority="Head of service",
    authorisation_information=None,
    review_on=date(2027, 3, 2),
    review_completed_on=None,
    location=None,
)


def faults(persons: Persons | None = None, **changes: object) -> list[str]:
    form = COMPLETE.model_copy(update=changes)
    return [fault.field for fault in faults_of(form, TODAY, persons or Persons())]


@pytest.mark.parametrize(
    ("label", "after"),
    [("v0.01", "v0.02"), ("v0.09", "v0.10"), ("v0.99", "v0.100"), ("v0.100", "v0.101")],
)
def test_a_draft_counts_on_in_hundredths(label, after):
    assert str(Number.read(label).amended()) == after


@pytest.mark.parametrize(
    ("label", "after"),
    [("v1", "v1.1"), ("V1.1", "v1.2"), ("v1.9", "v1.10"), ("v2", "v2.1"), ("v12.10", "v12.11")],
)
def test_a_final_version_counts_on_after_the_point(label, after):
    assert str(Number.read(label).amended()) == after


def test_the_next_amendment_follows_the_newest_number_whatever_the_order():
    assert str(next_amendment([])) == str(FIRST) == "v0.01"
    assert str(next_amendment(["v1.10", "v1.9", "v0.120", "v1"])) == "v1.11"
    assert str(next_amendment(["v1.3", "v2"])) == "v2.1"


def test_only_a_version_before_v1_becomes_v1():
    assert str(Number.read("v0.07").finalised()) == "v1"
    for label in ("v1", "v1.1", "v2"):
        with pytest.raises(Refusal):
            Number.read(label).finalised()


def test_a_review_gives_the_next_whole_number_and_a_draft_has_none():
    assert [str(Number.read(label).reviewed()) for label in ("v1", "v1.12", "v2.3")] == ["v2", "v2", "v3"]
    with pytest.raises(Refusal):
        Number.read("v0.50").reviewed()


def test_a_number_that_is_taken_or_overtaken_is_refused():
    assert require_free(Number(2, 0), ["v1", "v1.1"]) == Number(2, 0)
    for labels in (["v1", "v2"], ["v1", "v2.1"]):
        with pytest.raises(Refusal):
            require_free(Number(2, 0), labels)


@pytest.mark.parametrize("label", ["", "1.1", "v", "v0", "v0.1", "v1.0", "v01", "v1.1.1", "v1.x", "draft"])
def test_what_is_not_a_version_number_is_refused_in_words(label):
    with pytest.raises(Invalid, match="is not a version number"):
        Number.read(label)


def test_a_complete_form_has_no_fault():
    assert faults() == []


def test_every_fault_of_a_form_is_told_at_once():
    everything = {"authorised_on": None, "authority": None, "review_on": None}
    assert faults(**everything) == ["control.authorised_on", "control.review_on", "control.authority"]


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2030, 1, 1)])
def test_a_day_to_come_is_no_authorised_date(day):
    assert faults(authorised_on=day, review_on=date(2031, 1, 1)) == ["control.authorised_on"]


@pytest.mark.parametrize("day", [TODAY, date(2026, 3, 1)])
def test_the_review_comes_after_the_authorisation(day):
    assert faults(review_on=day) == ["control.review_on"]


@pytest.mark.parametrize("authority", ["Team leader", "team  LEADER"])
def test_the_author_by_post_is_not_the_authority(authority):
    assert faults(authority=authority) == ["control.authority"]


def test_a_committee_may_write_and_authorise():
    assert faults(authority="Safety committee") == []


def test_two_known_persons_are_compared_before_their_posts():
    assert faults(Persons("person:1", "person:2"), authority="Team leader") == []
    assert faults(Persons("person:1", "person:1"), authority="Head of service") == ["control.authority"]
    assert faults(Persons("person:1", None), authority="Team leader") == ["control.authority"]


@pytest.mark.parametrize(
    ("authority", "minute", "faulty"),
    [
        ("Safety committee", "Minute 4", []),
        ("Safety committee", None, ["control.authorisation_information"]),
        ("Team leader", "Minute 4", ["control.authority"]),
    ],
)
def test_the_author_writes_down_what_a_committee_decided_where_it_is_minuted(authority, minute, faulty):
    persons = Persons("person:1", "person:1", by_committee=True)
    assert faults(persons, authority=authority, authorisation_information=minute) == faulty
    others = Persons("person:1", "person:2", by_committee=True)
    assert "control.authorisation_information" not in faults(
        others, authority=authority, authorisation_information=minute
    )


@pytest.mark.parametrize(
    ("document", "title", "faulty"),
    [
        ("desk-2", "Desk procedure", []),
        ("x" * 60, "Desk procedure", []),
        ("", "Desk procedure", ["document"]),
        ("x" * 61, "Desk procedure", ["document"]),
        ("Desk", "Desk procedure", ["document"]),
        ("a/b", "Desk procedure", ["document"]),
        ("-desk", "Desk procedure", ["document"]),
        ("hall", "Desk procedure", ["document"]),
        ("hall", "hall  PROCEDURE", ["document", "control.title"]),
        ("desk", "hall  PROCEDURE", ["control.title"]),
        ("Desk", "Hall procedure", ["document", "control.title"]),
    ],
)
def test_a_new_document_has_a_name_and_a_title_of_its_own(document, title, faulty):
    assert [fault.field for fault in faults_of_new(document, title, {"hall": "Hall procedure"})] == faulty


def test_the_table_of_states_is_total():
    for move in STATES.moves:
        for state in STATES.states:
            assert STATES.allows(state, move) or state in STATES.refusals
