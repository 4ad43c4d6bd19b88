"""The clock follows the system's, slowly, and says when that jumped."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steadydesk.kernel import clock as module
from steadydesk.kernel.clock import Clock, Step

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


class System:
    """The operating system's two clocks, moved by hand."""

    def __init__(self) -> None:
        self.wall = START
        self.running = 1_000.0

    def pass_time(self, seconds: float) -> None:
        """Both go on."""
        self.wall += timedelta(seconds=seconds)
        self.running += seconds


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    """The clock's only two sources, replaced."""
    found = System()

    class Wall(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return found.wall

    monkeypatch.setattr(module, "datetime", Wall)
    monkeypatch.setattr(module.time, "monotonic", lambda: found.running)
    return found


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1), timedelta(seconds=3), timedelta(minutes=-40)])
def test_a_jump_is_adopted_and_reported_once(system: System, by: timedelta) -> None:
    clock = Clock()
    system.pass_time(10)
    system.wall += by
    assert clock.now() == START + timedelta(seconds=10)
    assert clock.discipline() == Step(by)
    assert clock.now() == system.wall
    assert clock.discipline() is None


def test_a_small_difference_is_slewed_away_by_one_percent_at_most(system: System) -> None:
    clock = Clock()
    system.wall += timedelta(seconds=1)
    for _ in range(100):
        before = clock.now()
        system.pass_time(1)
        assert clock.discipline() is None
        passed = (clock.now() - before).total_seconds()
        assert 0.99 <= passed <= 1.0101
    assert abs((clock.now() - system.wall).total_seconds()) < 0.02


def test_time_never_runs_backwards_while_it_is_slewed(system: System) -> None:
    clock = Clock()
    system.wall -= timedelta(seconds=1.5)
    seen = []
    for _ in range(50):
        system.pass_time(0.1)
        clock.discipline()
        seen.append(clock.now())
    assert seen == sorted(seen)


@pytest.mark.parametrize("prepare", [lambda c: c.freeze(START), lambda c: c.run_at(60)])
def test_a_frozen_or_sped_up_clock_is_left_alone(system: System, prepare: Callable[[Clock], None]) -> None:
    clock = Clock()
    prepare(clock)
    system.wall += timedelta(hours=5)
    assert clock.discipline() is None


def test_a_sped_up_clock_runs_on_from_where_it_was(system: System) -> None:
    clock = Clock()
    system.pass_time(10)
    clock.run_at(60)
    system.pass_time(2)
    assert clock.now() == START + timedelta(seconds=10 + 120)


def test_only_a_frozen_clock_is_advanced_and_it_needs_an_offset() -> None:
    clock = Clock()
    with pytest.raises(RuntimeError):
        clock.advance(timedelta(seconds=1))
    with pytest.raises(ValueError, match="offset"):
        clock.freeze(datetime(2026, 1, 1))  # noqa: DTZ001 (a time without an offset is the point)
