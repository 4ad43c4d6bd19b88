"""What is kept of a customer who was given a time: found, given away, held, erased and forgotten."""

from datetime import timedelta

import pytest

from steadydesk.journal import queries as journal
from steadydesk.journal.models import Words
from steadydesk.kernel.errors import Refusal
from steadydesk.privacy import actions as privacy
from steadydesk.privacy import finding
from steadydesk.privacy.giving import make
from steadydesk.privacy.subjects import site_of
from steadydesk.visits import actions, expected
from steadydesk.visits.models import ExpectedArrival, Visit
from tests.returning import A_DAY, HOUR, again, appoint, book, only, works
from tests.screens.test_return_pages import signed_in
from tests.visiting import arrive


@pytest.fixture
def given(world):
    """One at a visit, one without."""
    start = only(world, "nina")
    return (
        book(world, arrive(world, service="childrens"), "nina", start, who="Ada Long"),
        appoint(world, "nina", start + HOUR, who="Bea Long"),
    )


def test_who_was_given_a_time_is_found_by_name_and_everything_about_them_is_given_away(world, given):
    row, other = given
    assert {f.subject for f in finding.find("long", ["exchange"])[0]} == {
        f"visit:{row.visit_id}",
        f"expected:{other.pk}",
    }
    assert site_of(f"expected:{other.pk}") == "exchange"
    for subject, name in ((f"visit:{row.visit_id}", "Ada Long"), (f"expected:{other.pk}", "Bea Long")):
        kinds = {r.kind for r in finding.about([subject])}
        assert "expected_arrival" in kinds
        dana = world.person("dana")
        export = privacy.make_export([subject], [], staff_named=False, by=dana, now=world.now)
        _name, _kind, file = make(export.pk)
        assert file[:2] == b"PK"
        texts = journal.words(id for r in finding.about([subject]) for id in r.words).values()
        assert name in texts


def test_the_pages_of_data_protection_show_it(world, given):
    _row, other = given
    client = signed_in("dana")
    assert "Bea Long" in client.post("/privacy", {"text": "Bea Long"}).text
    page = client.get(f"/privacy/records/expected:{other.pk}")
    assert page.status_code == 200 and "Bea Long" in page.text


def test_words_that_are_erased_are_gone_from_the_page_too(world, given):
    row, _other = given
    privacy.erase_words(row.who, "asked", by=world.person("dana"), now=world.now)
    assert expected.who(row) == ""
    assert "Ada" not in str([w.text for w in Words.objects.all()])


def test_it_is_forgotten_in_its_own_time_and_not_while_a_hold_binds(world, given):
    row, other = given
    until = world.now + timedelta(days=300)
    dana = world.person("dana")
    privacy.place_hold(f"visit:{row.visit_id}", "a claim", until, by=dana, now=world.now)
    with pytest.raises(Refusal):
        privacy.erase_words(row.who, "asked", by=dana, now=world.now)
    world.advance(33 * A_DAY)
    privacy.purge_before_serving(world.now)
    world.advance(timedelta(seconds=1))
    assert list(ExpectedArrival.objects.values_list("pk", flat=True)) == [row.pk]
    assert [w.text for w in Words.objects.filter(retention="expected_arrival")] == ["Ada Long"]
    assert not Words.objects.filter(subject=f"expected:{other.pk}").exists()
    assert Visit.objects.filter(pk=row.visit_id).exists(), "the visit itself is kept longer"
    world.messages()


def test_what_is_known_of_a_later_time_stays_when_an_earlier_one_of_the_same_visit_is_forgotten(world):
    start = only(world, "nina")
    visit = arrive(world, service="childrens")
    first = book(world, visit, "nina", start, who="Ada Long")
    actions.undo_return(first.pk, by=world.person("amira"), now=world.now)
    later = works(world, "nina", 20 * A_DAY, 2)
    works(world, "grace", 20 * A_DAY, 2)  # alone she would be asked whether she is well, and a call would wait for days
    second = book(world, visit, "nina", later, who="Ada Long")
    world.advance(33 * A_DAY)
    privacy.purge_before_serving(world.now)
    world.advance(timedelta(seconds=1))
    assert expected.who(again(second)) == "Ada Long"
    world.advance(20 * A_DAY)
    privacy.purge_before_serving(world.now)
    world.advance(timedelta(seconds=1))
    assert not ExpectedArrival.objects.exists()
    assert not Words.objects.filter(retention="expected_arrival").exists()
    world.messages()
