"""Lengths of time, read and written."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.protocol.durations import LONGEST, parse_duration, write_duration


@pytest.mark.parametrize(
    ("written", "duration", "again"),
    [
        ("PT10M", timedelta(minutes=10), "PT10M"),
        ("P7D", timedelta(days=7), "P7D"),
        ("P2W", timedelta(days=14), "P14D"),
        ("PT90S", timedelta(seconds=90), "PT1M30S"),
        ("PT0S", timedelta(0), "PT0S"),
        ("P1DT12H", timedelta(hours=36), "P1DT12H"),
        ("PT0.5S", timedelta(milliseconds=500), "PT0.5S"),
        ("PT1,25S", timedelta(seconds=1.25), "PT1.25S"),
        (" PT3S ", timedelta(seconds=3), "PT3S"),
    ],
)
def test_a_length_of_time_is_read_and_written_in_its_shortest_form(
    written: str, duration: timedelta, again: str
) -> None:
    assert parse_duration(written) == duration
    assert write_duration(duration) == again


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("P10M", "months or years"),
        ("P1Y", "months or years"),
        ("P1Y2M3DT4H", "months or years"),
        ("10 minutes", "is not a length of time"),
        ("PT10m", "is not a length of time"),
        ("P", "is not a length of time"),
        ("PT", "is not a length of time"),
        ("P1DT", "is not a length of time"),
        ("-PT10M", "is not a length of time"),
        ("PT1.5M", "is not a length of time"),
        ("PT١M", "is not a length of time"),
        ("", "is not a length of time"),
        ("P36526D", "too long"),
        (f"PT{'9' * 400}H", "too long"),
    ],
)
def test_what_is_no_length_of_time_is_refused_with_what_to_write(written: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        parse_duration(written)


@given(st.timedeltas(min_value=timedelta(0), max_value=LONGEST))
def test_every_length_of_time_reads_back_as_it_was_written(duration: timedelta) -> None:
    assert parse_duration(write_duration(duration)) == duration
