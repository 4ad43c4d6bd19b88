"""A rota from another program: what repeats in it is written out for a year, moved and cancelled times as they are."""

import pytest

from steadydesk.kernel.errors import Invalid
from steadydesk.rota import papers

DST = "TZID=Europe/London"
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:19961027T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4"


def event(*more, start="20260309T090000", end="20260309T170000", person="nina"):
    times = [f"DTSTART;{DST}:{start}", f"DTEND;{DST}:{end}"]
    return ["BEGIN:VEVENT", "UID:one", *times, f"X-STEADYDESK-PERSON:{person}", *more, "END:VEVENT"]


def file(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *ZONE.splitlines(), *(line for e in events for line in e)]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(world, *events):
    wishes = papers.read("exchange", file(*events), world.now)
    return [f"{w.from_day:%d %b} {w.starts:%H:%M}-{w.ends:%H:%M}" for w in wishes]


def test_a_shift_that_repeats_is_written_out_by_the_clocks_of_the_site_on_both_sides_of_summer_time(world):
    hours = "09:00-17:00"
    assert read(world, event(WEEKLY)) == [f"{day} {hours}" for day in ("09 Mar", "16 Mar", "23 Mar", "30 Mar")]


def test_a_moved_occurrence_is_where_it_was_moved_and_cancelled_ones_are_left_out(world):
    moved = event(f"RECURRENCE-ID;{DST}:20260316T090000", start="20260317T100000", end="20260317T120000")
    gone = event(
        f"RECURRENCE-ID;{DST}:20260323T090000", "STATUS:CANCELLED", start="20260323T090000", end="20260323T170000"
    )
    left_out = f"EXDATE;{DST}:20260330T090000"
    assert read(world, event(WEEKLY, left_out), moved, gone) == ["09 Mar 09:00-17:00", "17 Mar 10:00-12:00"]


def test_a_rule_without_end_is_written_out_for_a_year_and_what_is_past_is_not(world):
    found = read(world, event("RRULE:FREQ=WEEKLY", start="20250303T090000", end="20250303T170000"))
    assert (len(found), found[0], found[-1]) == (53, "02 Mar 09:00-17:00", "01 Mar 09:00-17:00")


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=9", "FREQ=HOURLY", "FREQ=DAILY;BYMINUTE=1,2,3"])
def test_what_repeats_more_than_once_a_day_is_no_shift(world, rule):
    with pytest.raises(Invalid) as refused:
        read(world, event(WEEKLY), event(f"RRULE:{rule}"))
    assert [f.field for f in refused.value.faults] == ["line 2"]


def test_what_is_wrong_with_a_shift_that_repeats_names_where_it_stands_in_the_file(world):
    with pytest.raises(Invalid) as refused:
        read(world, event(), event("RRULE:FREQ=WEEKLY;COUNT=2", person="nobody"))
    assert {f.field for f in refused.value.faults} == {"line 2"}


def test_a_file_is_not_written_out_without_bound(world):
    many = [[line.replace("UID:one", f"UID:{n}") for line in event("RRULE:FREQ=DAILY")] for n in range(201)]
    with pytest.raises(Invalid) as refused:
        read(world, *many)
    assert "repeat" in refused.value.faults[0].reason
    with pytest.raises(Invalid) as refused:
        read(world, *many[:20])
    assert "5000" in refused.value.faults[0].reason
