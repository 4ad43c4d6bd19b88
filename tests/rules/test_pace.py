"""The time that a replay shares with every process of its folder."""

from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.kernel.clock import Clock
from steadydesk.kernel.pace import FILE, Pace, PaceMaker

MONDAY = datetime(1999, 2, 1, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def file(tmp_path):
    return tmp_path / FILE


def test_time_stands_where_it_is_told_to(file):
    maker, reader = PaceMaker(file, MONDAY), Pace(file)
    assert reader.now(5.0) == reader.now(500.0) == MONDAY
    maker.stand_at(MONDAY + MINUTE)
    assert reader.now(5.0) == MONDAY + MINUTE
    assert reader.speed == 1


def test_time_runs_at_its_speed_and_no_further_than_granted(file):
    maker, reader = PaceMaker(file, MONDAY), Pace(file)
    maker.run(60, 100.0, MONDAY + MINUTE)
    assert reader.speed == 60
    assert reader.now(100.5) == MONDAY + MINUTE / 2
    assert reader.now(101.0) == reader.now(10_000.0) == MONDAY + MINUTE


def test_more_time_goes_on_from_where_it_is(file):
    maker = PaceMaker(file, MONDAY)
    maker.run(60, 100.0, MONDAY + MINUTE)
    maker.run(120, 100.5, MONDAY + 3 * MINUTE)
    assert maker.now(101.0) == MONDAY + MINUTE * 3 / 2


def test_one_who_comes_back_finds_the_time_that_was(file):
    PaceMaker(file, MONDAY).stand_at(MONDAY + MINUTE)
    assert PaceMaker(file, MONDAY).now(0.0) == MONDAY + MINUTE


def test_a_file_that_was_spoilt_is_no_time_and_the_clock_goes_on(file):
    maker, reader, clock = PaceMaker(file, MONDAY), Pace(file), Clock()
    clock.follow(file)
    with file.open("r+b") as opened:
        opened.write(b"spoilt")
    assert reader.now(1.0) == clock.now() == MONDAY
    maker.stand_at(MONDAY + MINUTE)
    assert reader.now(1.0) == MONDAY + MINUTE
    file.unlink()
    file.write_bytes(b"")
    another = Clock()
    another.follow(file)
    assert another.speed == 1 and abs(another.now() - datetime.now(UTC)) < MINUTE


def test_after_a_start_of_the_machine_time_goes_on_from_where_it_was_told_to(file):
    maker = PaceMaker(file, MONDAY)
    maker.run(60, 9_000.0, MONDAY + MINUTE)
    assert maker.now(0.5) == MONDAY + MINUTE / 2
    assert maker.now(3.0) == MONDAY + MINUTE


def test_at_the_end_time_runs_on_as_it_does(file):
    maker = PaceMaker(file, MONDAY)
    maker.run_on(100.0)
    assert (maker.now(100_060.0), maker.speed) == (MONDAY + timedelta(seconds=99_960), 1)


def test_a_clock_follows_the_file_once_there_is_one(file):
    clock = Clock()
    clock.follow(file)
    assert abs(clock.now() - datetime.now(UTC)) < MINUTE
    maker = PaceMaker(file, MONDAY)
    maker.run(600, clock.monotonic(), MONDAY)
    clock.follow(file)
    assert (clock.now(), clock.speed, clock.discipline()) == (MONDAY, 600, None)
    clock.thaw()
    assert (abs(clock.now() - datetime.now(UTC)) < MINUTE, clock.speed) == (True, 1)
