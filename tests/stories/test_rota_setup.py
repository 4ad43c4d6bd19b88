"""A plan may stand in the set-up file; the demonstration has one that is published."""

from datetime import timedelta

import pytest

from steadydesk.people.models import Shift
from steadydesk.project.setup import actions
from steadydesk.project.setup.demo_rota import publish_demo
from steadydesk.project.setup.hours import open_around
from steadydesk.project.setup.reading import SetUpFaults, read
from steadydesk.rota import queries as rota
from steadydesk.rota.models import Pattern
from tests.rota import pk
from tests.world import TESTER

FILE = """
rota:
  - {site: exchange, person: nina, place: desk-1, days: [monday, tuesday], hours: "09:00-17:00", from_day: 2026-03-09}
  - {site: exchange, kind: duty, team: housing, person: lucy, days: [friday],
     hours: "22:00-06:00", from_day: 2026-03-09}
"""
WRONG = """
rota:
  - {site: nowhere, person: nobody, days: [monday], hours: "09:00-17:00", from_day: 2026-03-09}
  - {site: exchange, place: cellar, days: [monday], hours: "09:00-17:00", from_day: 2026-03-09, until_day: 2026-03-01}
  - {site: exchange, kind: duty, team: finance, person: mei, days: [monday], hours: "nine", from_day: 2026-03-09}
"""


def set_up(world, text):
    return actions.set_up(read(text, actions.known()), by=TESTER, now=world.now)


def test_a_plan_of_the_set_up_file_is_planned_once_and_published_by_nobody(world):
    before = Shift.objects.count()
    assert set_up(world, FILE) == 2
    assert set_up(world, FILE) == 0
    assert sorted(Pattern.objects.values_list("days", flat=True)) == ["01", "4"]
    assert Shift.objects.count() == before


def test_everything_that_is_wrong_with_it_is_told_at_once(world):
    with pytest.raises(SetUpFaults) as refused:
        read(WRONG, actions.known())
    assert "hours" in str([fault.key for fault in refused.value.faults])
    with pytest.raises(SetUpFaults) as refused:
        read(WRONG.replace('"nine"', '"09:00-17:00"'), actions.known())
    assert {fault.key.rpartition(".")[2] for fault in refused.value.faults} >= {"site", "place", "team", "until_day"}


def test_the_demonstrations_rota_is_true_from_tomorrow_and_leaves_somebody_alone_one_evening_a_week(world):
    open_around(world.now)
    publish_demo(world.now)
    publish_demo(world.now)
    tomorrow, later = world.now + timedelta(days=1), world.now + timedelta(days=27)
    assert {s.start.date() for s in rota.available(pk("nina"), world.now, later)} >= {tomorrow.date(), later.date()}
    assert {p.person for p in rota.lone_periods("branch", tomorrow, later)} == {pk("iris")}
    assert rota.on_duty("housing", world.now + timedelta(days=1, hours=1)) == pk("tariq")
