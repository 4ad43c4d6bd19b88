"""Ruling 16 over every way in: for whoever a call is about there is neither its visit nor anything that hangs on it."""

import re
from typing import Any

import pytest

from steadydesk.alarms.models import LeftOut
from steadydesk.encounters.models import Encounter
from steadydesk.journal.queries import last_id
from steadydesk.people.models import Person
from steadydesk.visits.models import ExpectedArrival, Visit
from tests.api.test_permissions import ask, clients, stage
from tests.permitted import API, PAGES, PEOPLE, Way

__all__ = ["stage"]

OF_VISITS = {
    "waiting", "attending", "referred", "left", "helped", "prompt", "words", "hold", "export", "headcount", "returned",
    "expected", "called_off", "uncertain", "ended", "withdrawal",
}  # fmt: skip
"""What the table names that is a visit, or hangs on one."""
OF_NO_VISIT = {"tom", "token", "desk", "pass", "warning", "document", "alarm", "safe", "drill"}
NONE = 987_654_321
ALONGSIDE = ("reception", "manager", "data_protection")
"""Between them they get in everywhere where a person may."""


@pytest.fixture
def hidden(world, stage) -> dict[str, Any]:
    """The call of every staged visit is about all of them at once."""
    alarm = stage["alarm"]
    for role in ALONGSIDE:
        LeftOut.objects.create(alarm_id=alarm, person=Person.objects.get(login=PEOPLE[role]).pk)
    for visit in Visit.objects.all():
        known = {"site": visit.site, "document": visit.document, "version": visit.version, "alarm": alarm}
        known |= {"started_at": visit.arrived_at, "by": "device:1"}
        Encounter.objects.update_or_create(subject=f"visit:{visit.pk}", defaults=known)
    ExpectedArrival.objects.filter(visit=None).update(visit=stage["waiting"])
    return stage


def _named(way: Way) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", f"{way.address} {way.body}")) & (OF_VISITS | OF_NO_VISIT)


@pytest.mark.parametrize("asker", ALONGSIDE)
def test_what_hangs_on_a_hidden_visit_answers_as_if_there_were_none_and_no_list_shows_it(world, hidden, asker):
    program, browser = clients(world, asker)
    nothing, before, faults = {**hidden, **dict.fromkeys(OF_VISITS, NONE)}, last_id(), []
    for way in [*API, *PAGES]:
        client, named = program if way.is_api else browser, _named(way)
        if asker not in way.who or not (named & OF_VISITS or (way.method == "GET" and not named)):
            continue
        there = ask(client, way, hidden)
        if named:
            if there.status_code != (none := ask(client, way, nothing).status_code):
                faults.append(f"{way.ask}: {there.status_code}, and {none} where there is none")
            if there.wrote != before:
                faults.append(f"{way.ask} left something on record")
        elif shown := re.search(r".{0,60}\b(A1\d\d|visit:\d+|/visits/\d+)\b", there.content.decode()):
            faults.append(f"{way.ask}: …{shown[0]}")
    assert not faults, "\n".join(faults)


def test_everything_that_the_table_names_is_of_a_visit_or_of_none():
    named = {name for way in [*API, *PAGES] for name in re.findall(r"\{(\w+)\}", f"{way.address} {way.body}")}
    assert named == OF_VISITS | OF_NO_VISIT


def test_on_these_three_every_way_to_a_visit_is_tried():
    ways = [way for way in [*API, *PAGES] if way.who and _named(way) & OF_VISITS]
    tried = {PEOPLE[role] for role in ALONGSIDE}
    assert tried and [way.ask for way in ways if not way.who & set(ALONGSIDE)] == []
