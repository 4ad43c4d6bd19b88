"""Real calls that found nothing are counted by site, for whoever answers for safety and for nobody else."""

from datetime import timedelta

import pytest

from steadydesk.alarms.found_nothing import found_nothing
from steadydesk.kernel.errors import NotAllowed
from tests.alarming import answer, end, press

PAGE = "/manage/readiness?site=exchange"


def count(world):
    return found_nothing("exchange", by=world.person("morgan"), now=world.now)


def nothing(world, **fields):
    alarm = press(world, **fields)
    end(world, alarm, disposition="nothing_found")
    world.messages()
    return alarm


def test_only_real_calls_that_may_be_false_and_found_nothing_count(world):
    nothing(world)
    nothing(world, kind="medical")
    end(world, press(world))
    drill = press(world, mode="drill")
    answer(world, drill, "close", "viktor", disposition="drill")
    world.messages()
    assert (count(world).count, count(world).limit) == (1, 2)


def test_the_warning_comes_one_before_the_limit_and_goes_when_a_year_has_passed(world):
    assert not count(world).is_near
    nothing(world)
    assert (count(world).is_near, count(world).is_reached) == (True, False)
    nothing(world)
    assert count(world).is_reached
    later = found_nothing("exchange", by=world.person("morgan"), now=world.now + timedelta(days=365))
    assert (later.count, later.is_near) == (0, False)


def test_the_safety_lead_alone_sees_it(world):
    nothing(world)
    page = world.client("morgan").get(PAGE).text
    assert "1 of at most 2 real calls in the last 365 days." in page
    assert "One more reaches the limit." in page
    for login in ("helen", "sasha", "robin"):
        assert "Calls that found nothing" not in world.client(login).get(PAGE).text, login
        with pytest.raises(NotAllowed):
            found_nothing("exchange", by=world.person(login), now=world.now)


def test_whoever_called_is_thanked_whatever_was_found(world):
    alarm = press(world, login="amira", device=None)
    assert "Thank you" not in world.client("amira").get(f"/alarms/{alarm['id']}").text
    end(world, alarm, disposition="nothing_found")
    assert "Thank you for calling" in world.client("amira").get(f"/alarms/{alarm['id']}").text
    assert "Thank you" not in world.client("viktor").get(f"/alarms/{alarm['id']}").text
    world.messages()
