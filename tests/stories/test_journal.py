"""The record afterwards: what happened stands, and what people typed can go."""

from datetime import timedelta

import pytest

from steadydesk.journal import queries as journal
from steadydesk.journal.models import Words
from steadydesk.people import actions as people
from steadydesk.people.models import Person
from tests import alarming
from tests.visiting import MINUTE, act, arrive, events


@pytest.mark.clause("E8a")
def test_e8a_the_log_only_grows_in_order_and_the_words_in_it_can_go(world):
    visit = arrive(world, description="red coat, buggy")
    alarm = alarming.press(world, note="He has a knife")
    before = _log(visit, alarm)
    world.advance(MINUTE)
    act(world, "note", visit, "Wants the archive")
    act(world, "correct", visit, field="note", value="two children", reason="miscounted")
    world.messages()

    after = _log(visit, alarm)
    assert after[: len(before)] == before, "a correction is an addition"
    assert [e.type for e in events(visit)][-2:] == ["visit:noted", "visit:corrected"]
    times = [e.at for e in events(visit)]
    assert times == sorted(times)

    typed = ("red coat", "knife", "archive", "two children", "miscounted")
    kept = Words.objects.filter(subject__in=(f"visit:{visit}", alarming.subject(alarm)))
    assert all(any(text in words.text for words in kept) for text in typed)
    assert not [text for text in typed if text in str(after)]
    assert {w.retention for w in kept} == {"visit_description", "visit_note", "alarm_note"}
    notes = kept.exclude(retention="visit_description")  # which lasts as long as the visit
    assert all(w.expires_at > w.written_at for w in notes)

    kept.delete()
    assert _log(visit, alarm) == after, "the words went, the log is whole"


def _log(visit, alarm):
    """What the journal says, entry by entry."""
    subjects = (f"visit:{visit}", alarming.subject(alarm))
    found = [entry for subject in subjects for entry in journal.of_subject(subject)]
    return sorted((e.pk, e.type, e.at, e.by, str(e.facts)) for e in found)


def test_when_somebody_signed_in_is_theirs_to_read_and_nobody_elses(world):
    amira = Person.objects.get(login="amira")
    people.sign_person_in(amira.pk, lasts=timedelta(hours=1), by=world.person("amira"), now=world.now)

    def signed_in(**who):
        items = []
        after = 0
        while after is not None:
            page = world.client(**who).get(f"/api/v1/journal?after={after}").json()
            items += page["items"]
            after = page["next"]
        return [e["subject"] for e in items if e["type"] == "person:signed-in"]

    assert signed_in(login="amira") == [f"person:{amira.pk}"]
    assert signed_in(login="helen") == signed_in(device="desk-1") == []
