"""A file of arrivals: what can be played, and what is wrong with every other line."""

from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.kernel.errors import Refusal
from steadydesk.project.replay.figures import Wait, as_json, as_text
from steadydesk.project.replay.reading import read

HEADER = "arrived_at,service,priority,attended_at,ended_at,outcome,attended_by"
SOUND = "1999-02-01T07:00:00,housing,0,1999-02-01T07:01:00,1999-02-01T07:05:00,dealt with,staff-1"
LEFT = "1999-02-01T07:00:00,housing,2,,1999-02-01T07:05:00,left unattended,"


def table(*rows, header=HEADER):
    return "\n".join([header, *rows, ""]).encode()


def faults(*rows, header=HEADER):
    return [(fault.line, fault.reason) for fault in read(table(*rows, header=header)).faults]


def row(arrived="1999-02-01T07:00:00", attended="1999-02-01T07:01:00", ended="1999-02-01T07:05:00", service="housing"):
    return f"{arrived},{service},0,{attended},{ended},,"


def test_a_row_is_a_customer_and_equal_rows_are_two():
    rows = read(table(SOUND, SOUND, LEFT)).rows
    assert [r.line for r in rows] == [2, 3, 4]
    assert rows[0].arrived_at == datetime(1999, 2, 1, 7, tzinfo=UTC)
    assert rows[2].attended_at is None


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + table(SOUND, LEFT),
        table(SOUND, LEFT).replace(b"\n", b"\r\n"),
        table(SOUND, LEFT).replace(b",", b";"),
        table(SOUND, LEFT).replace(b",", b"\t"),
        table(SOUND, "", LEFT).rstrip(),
        b"\n" + table(SOUND, LEFT),
        table(SOUND.replace("housing", '"housing"'), LEFT),
        table(SOUND.replace("T", " "), LEFT),
    ],
    ids=["mark", "crlf", "semicolon", "tab", "blank", "blank-first", "quoted", "space"],
)
def test_tables_are_read_as_programs_write_them(raw):
    reading = read(raw)
    assert [(r.service, r.attended_at is None) for r in reading.rows] == [("housing", False), ("housing", True)]
    assert not reading.faults


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(arrived="yesterday"), "arrived_at “yesterday” is no time"),
        (row(arrived="1999-02-01"), "arrived_at “1999-02-01” is no time"),
        (row(arrived="1999-02-30T07:00:00"), "is no time"),
        (row(arrived="0001-01-01T00:00:00+14:00"), "is no time"),
        (row(arrived=""), "arrived_at is missing."),
        (row(ended=""), "ended_at is missing."),
        (row(ended="1999-02-01T06:59:59"), "ended_at is before attended_at."),
        (row(attended="1999-02-01T06:59:59"), "attended_at is before arrived_at."),
        (row(attended="", ended="1999-02-01T06:59:59"), "ended_at is before arrived_at."),
        (row(service=""), "The service is missing."),
        (row(service="x" * 101), "longer than 100 characters"),
        (row(service="a\x01b"), "cannot be shown"),
        (SOUND.replace("dealt with", "asleep"), "The outcome “asleep” is neither"),
        (SOUND.replace("dealt with", "left unattended"), "attended_at is given"),
        (LEFT.replace("left unattended", "dealt with"), "attended_at is missing"),
        (SOUND + ",more", "The line has 8 of 7 cells."),
        ("just this", "The line has 1 of 7 cells."),
        ('"never closed,' + SOUND, "A quotation mark in this line is not closed."),
    ],
)
def test_a_faulty_row_is_told_with_its_line_and_spoils_no_other(line, reason):
    reading = read(table(SOUND, line, LEFT))
    assert [r.line for r in reading.rows] == [2, 4]
    [fault] = reading.faults
    assert fault.line == 3
    assert reason in fault.reason


def test_a_row_in_another_encoding_is_faulty_alone():
    raw = table(SOUND, row(service="büro")).replace("büro".encode(), "büro".encode("latin-1"))
    reading = read(raw + SOUND.encode())
    assert ([r.line for r in reading.rows], [f.line for f in reading.faults]) == ([2, 4], [3])


def test_every_reason_against_a_row_is_told_at_once():
    [(_line, reason)] = faults(row(arrived="x", service="", ended=""))
    assert "service is missing" in reason and "arrived_at “x”" in reason and "ended_at is missing" in reason


def test_an_id_counts_once():
    lines = [f"{id},{row()}" for id in ("7", "8", "7", "", "")]
    assert faults(*lines, header=f"id,{HEADER}") == [(4, "The id “7” stands in line 2 already.")]


def test_an_unknown_column_is_told_and_left_out():
    [(line, reason)] = faults(f"{SOUND},blue", header=f"{HEADER},mood")
    assert line == 1 and "“mood” is unknown" in reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a,b\n1,2\n", "names no column arrived_at, service, attended_at, ended_at"),
        (table(header=HEADER + ",service"), "names the column service twice"),
        (HEADER.encode("utf-16"), "not text in UTF-8"),
        (table(*(row(service=f"s{n}") for n in range(501))), "more than 500 services"),
    ],
)
def test_what_is_no_table_of_arrivals_is_refused(raw, reason):
    with pytest.raises(Refusal, match=reason):
        read(raw)


def test_a_header_alone_holds_nobody():
    reading = read(table())
    assert (reading.rows, reading.faults) == ([], [])


def test_a_visit_over_midnight_is_one_visit():
    [found] = read(table(row("1999-02-01T23:59:00", "1999-02-02T00:01:00", "1999-02-02T00:02:00"))).rows
    assert found.attended_at - found.arrived_at == timedelta(minutes=2)


def test_local_times_are_as_long_apart_as_they_are_written_also_where_summer_time_begins_or_ends():
    spring = row("2026-03-29T00:59:00", "2026-03-29T01:30:00", "2026-03-29T02:01:00")
    autumn = row("2026-10-25T00:59:00", "2026-10-25T01:30:00", "2026-10-25T02:01:00")
    reading = read(table(spring, autumn))
    assert [(r.ended_at - r.arrived_at).seconds for r in reading.rows] == [3720, 3720]


def test_a_time_with_its_offset_is_that_moment():
    [found] = read(table(row("2026-10-25T01:50:00+01:00", "2026-10-25T01:10:00+00:00", "2026-10-25T01:20:00Z"))).rows
    assert found.attended_at - found.arrived_at == timedelta(minutes=20)


def wait(seconds, service="housing", attended=True):
    return Wait(service, attended, timedelta(seconds=seconds))


def test_exactly_at_a_limit_is_not_over_it():
    found = as_json([wait(300), wait(300.001), wait(600, attended=False), wait(601)], [])
    assert found["over"] == {"PT5M": 3, "PT10M": 1}


def test_percentiles_are_by_nearest_rank_over_all_arrivals():
    found = as_json([wait(s, attended=s % 2) for s in range(1, 21)], [])
    assert found["wait_s"] == {"median": 10, "p95": 19}
    assert (found["attended"], found["left_unattended"]) == (10, 10)


def test_of_nobody_there_is_nothing_to_tell():
    found = as_json([], [])
    assert (found["arrivals"], found["wait_s"], found["by_service"]) == (0, {"median": None, "p95": None}, {})
    assert as_text(found).splitlines()[1].split()[:2] == ["everybody", "0"]


def test_each_service_has_its_own_figures():
    found = as_json([wait(10), wait(700, "benefits", attended=False)], [])
    assert list(found["by_service"]) == ["benefits", "housing"]
    assert found["by_service"]["benefits"]["over"] == {"PT5M": 1, "PT10M": 1}
    assert found["by_service"]["housing"]["wait_s"] == {"median": 10, "p95": 10}
