"""Calendars of other programs are read as these show them; a hostile one ends in a sentence, within seconds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from steadydesk.rota.reading import LARGEST, Asked, Unreadable, read_busy, shown
from tests.architecture.source import ROOT

FOLDER = ROOT.parent / "shared/data/calendars"
BERLIN, LONDON, LISBON = "Europe/Berlin", "Europe/London", "Europe/Lisbon"
BUSY, FREE = True, False


def moment(written, zone="UTC"):
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def span(start, end, zone=BERLIN, busy=BUSY):
    return moment(start, zone), moment(end, zone), busy


def weekly(start, end, count, zone=BERLIN, without=(), busy=BUSY):
    """The same local times every seven days: what the programs show of a plain weekly rule, without any library."""
    first, last = (datetime.fromisoformat(w) for w in (start, end))
    weeks = (timedelta(days=7 * n) for n in range(count))
    return [span(str(first + w), str(last + w), zone, busy) for w in weeks if str((first + w).date()) not in without]


def day(written, busy=BUSY, zone=BERLIN):
    start = datetime.fromisoformat(written)
    return span(str(start), str(start + timedelta(days=1)), zone, busy)


TABLE = {
    "Germany_Holidays": ("2019-04-01", "2019-05-05", [
        day(d, FREE) for d in ("2019-04-19", "2019-04-21", "2019-04-22", "2019-05-01")
    ]),
    # Four days, two of them within it, one moved two days ahead of where it was, whole days that are marked free.
    "after_many_events_in_order": ("2024-01-01", "2025-01-01", [
        span("2024-03-26 01:00", "2024-03-30 07:00", LONDON), span("2024-03-26 03:00", "2024-03-26 07:00", LONDON),
        span("2024-03-27 03:00", "2024-03-27 07:00", LONDON), span("2024-03-27 04:00", "2024-03-28 16:00", LONDON),
        span("2024-03-27 16:00", "2024-03-27 20:00", LONDON), day("2024-03-28", FREE), day("2024-03-29", FREE),
    ]),
    "alarm_1_week_before_event": ("2024-01-01", "2025-01-01", [span("2024-12-09 11:00", "2024-12-09 12:00", LONDON)]),
    "alarm_absolute_edited": ("2024-01-01", "2025-01-01", [span("2024-10-04 11:00", "2024-10-04 12:00", LONDON)]),
    "alarm_around_event_boundaries": (
        "2024-01-01", "2025-01-01", [span("2024-10-04 11:00", "2024-10-04 11:45", LONDON)],
    ),
    # The same local time before and after the change of the clocks.
    "daylight_saving_time": ("2019-03-29", "2019-03-30", [span("2019-03-29 08:30", "2019-03-29 14:30")]),
    "duplicated_rrule": (
        "2023-01-01", "2024-01-01", weekly("2023-01-12 10:00", "2023-01-12 12:00", 20, LONDON),
    ),
    "duration_edited": ("2019-01-01", "2020-01-01", [
        span("2019-03-18 04:00", "2019-03-18 05:00"), span("2019-03-19 04:00", "2019-03-19 07:00"),
        span("2019-03-20 04:00", "2019-03-20 05:00"),
    ]),
    "each_week_but_two_deleted": ("2019-01-01", "2020-01-01", weekly(
        "2019-03-04 00:30", "2019-03-04 01:00", 8, without=("2019-03-11", "2019-03-25")
    )),
    "fablab_cottbus": ("2017-07-01", "2017-09-20", [
        span("2017-07-05 17:45", "2017-07-05 19:45"), span("2017-07-29 14:00", "2017-07-29 22:00"),
    ]),
    "issue_151_macos_linux_difference": ("2014-01-01", "2018-01-01", [
        span("2014-08-01 18:30", "2014-08-01 19:30", "America/Los_Angeles"),
        span("2015-08-01 19:00", "2015-08-01 20:00", "America/Los_Angeles"),
        span("2017-08-01 19:00", "2017-08-01 20:00", "America/Los_Angeles"),
    ]),
    "issue_20_exdate_ignored": ("2019-01-01", "2021-01-01", weekly(
        "2019-10-15 16:15", "2019-10-15 17:45", 17, without=(
            "2019-10-15", "2019-10-22", "2019-11-05", "2019-11-19", "2019-11-26", "2019-12-03", "2019-12-17",
            "2019-12-24", "2019-12-31", "2020-02-04",
        )
    )),
    "issue_223_one_event_with_sequence": ("2019-01-01", "2020-01-01", [
        span("2019-03-04 08:00", "2019-03-04 08:30"), span("2019-03-05 08:00", "2019-03-05 08:30"),
    ]),
    "issue_27_t1": ("2020-01-01", "2021-01-01", [
        span("2020-04-26 14:00", "2020-04-26 14:30"), span("2020-04-28 14:00", "2020-04-28 14:30"),
    ]),
    # An Outlook zone name; a Thursday that was moved to the Friday; every day is marked free.
    "issue_28_rrule_with_UTC_endinginZ": ("2020-04-01", "2020-05-15", [
        day(d, FREE)
        for d in ("2020-04-02", "2020-04-09", "2020-04-17", "2020-04-23", "2020-04-30", "2020-05-07", "2020-05-14")
    ]),
    "issue_48_daylight_aware_repeats": (
        "2020-09-01", "2021-01-01", weekly("2020-09-21 11:30", "2020-09-21 13:00", 15, LISBON),
    ),
    "issue_61_time_zone_error": ("2021-01-01", "2022-01-01", [day("2021-12-15", FREE)]),
    "issue_62_moved_event": ("2021-11-01", "2022-02-01", [
        span(f"{d} 21:30", f"{d} 21:30", busy=FREE) for d in ("2021-11-26", "2021-12-17", "2022-01-28")
    ]),
    # Moved from the 13th on, one of them elsewhere, and from the 21st on another time again.
    "issue_75_range_parameter": ("2024-09-09", "2024-09-25", [
        span("2024-09-09 12:00", "2024-09-09 14:00", "UTC"), span("2024-09-11 12:00", "2024-09-11 14:00", "UTC"),
        span("2024-09-13 09:00", "2024-09-13 16:00", "UTC"), span("2024-09-14 06:00", "2024-09-14 13:00", "UTC"),
        span("2024-09-15 17:00", "2024-09-15 19:00", "UTC"), span("2024-09-17 09:00", "2024-09-17 16:00", "UTC"),
        span("2024-09-19 09:00", "2024-09-19 16:00", "UTC"), span("2024-09-22 14:22", "2024-09-22 16:13", "UTC"),
        span("2024-09-24 14:22", "2024-09-24 16:13", "UTC"),
    ]),
    "issue_97_simple_journal": ("1990-01-01", "2026-01-01", []),
    "issue_97_todo_nodtstart": ("1990-01-01", "2026-01-01", []),
    "one_day_event": ("2019-01-01", "2020-01-01", [day("2019-03-04")]),
    "recurrence_sequence_number": (
        "2020-09-01", "2020-10-01", [day(d) for d in ("2020-09-08", "2020-09-15", "2020-09-22", "2020-09-29")],
    ),
}  # fmt: skip
"""Calendar → between which days (UTC), and what its program shows then."""


def read(text, first="2026-03-01", last="2026-04-01", email="", zone=LONDON):
    found = shown(text, Asked(moment(first), moment(last), zone, email))
    return [(s.start, s.end, s.busy) for s in found]


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the calendars are not beside the repository")
@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_calendar_of_another_program_is_read_as_that_program_shows_it(name):
    first, last, expected = TABLE[name]
    assert read((FOLDER / f"{name}.ics").read_bytes(), first, last, zone=BERLIN) == expected


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the calendars are not beside the repository")
def test_every_calendar_that_is_there_stands_in_the_table():
    assert {path.stem for path in FOLDER.glob("*.ics")} == TABLE.keys()


def event(*lines, around=()):
    said = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *around, "BEGIN:VEVENT", "UID:1", *lines]
    return "\r\n".join([*said, "END:VEVENT", "END:VCALENDAR", ""]).encode()


TEN = ("DTSTART:20260302T100000Z", "DTEND:20260302T110000Z")


@pytest.mark.parametrize(
    ("line", "busy"),
    [
        ("SUMMARY:A meeting", True),
        ("STATUS:TENTATIVE", True),
        ("STATUS:CANCELLED", False),
        ("TRANSP:TRANSPARENT", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:Nina@council.example", False),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:sam@council.example", True),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:nina@council.example", True),
    ],
)
def test_what_is_cancelled_declined_or_marked_free_keeps_nobody_busy(line, busy):
    assert [b for _, _, b in read(event(*TEN, line), email="nina@council.example")] == [busy]


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("DTSTART;TZID=W. Europe Standard Time:20260402T100000", "08"),
        ("DTSTART;TZID=Eastern Standard Time:20260402T040000", "08"),
        ("DTSTART;TZID=No/Such Zone:20260402T100000", "09"),
        ("DTSTART:20260402T100000", "09"),
    ],
)
def test_outlooks_zones_are_known_and_an_unknown_one_is_that_of_the_site(written, hour):
    [(start, end, _busy)] = read(event(written, "DURATION:PT1H"), last="2026-05-01")
    assert (start.strftime("%d %H"), end - start) == (f"02 {hour}", timedelta(hours=1))


def test_a_calendar_without_zones_is_read_by_the_one_it_names():
    [(start, _end, _busy)] = read(event(*TEN, around=["X-WR-TIMEZONE:Europe/Berlin"]))
    assert start == moment("2026-03-02 10:00"), "a moment in UTC stays one"


def test_blocks_of_being_busy_count_and_blocks_of_being_free_do_not():
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\nUID:1\r\n"
        "FREEBUSY;FBTYPE=BUSY:20260302T100000Z/PT2H\r\nFREEBUSY;FBTYPE=FREE:20260303T100000Z/20260303T120000Z\r\n"
        "END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    assert read(text.encode()) == [
        span("2026-03-02 10:00", "2026-03-02 12:00", "UTC"),
        span("2026-03-03 10:00", "2026-03-03 12:00", "UTC", FREE),
    ]


def test_only_spans_come_back_put_together_and_cut_to_what_was_asked():
    text = event(
        "DTSTART:20260228T100000Z", "DTEND:20260301T120000Z", "SUMMARY:At the doctor's", "RDATE:20260301T090000Z"
    )
    asked = Asked(moment("2026-03-01"), moment("2026-03-08"), LONDON)
    assert read_busy(text, asked) == [(moment("2026-03-01 00:00"), moment("2026-03-02 11:00"))]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"%PDF-1.7 nothing", "not_a_calendar"),
        (b"", "not_a_calendar"),
        (event(*TEN)[:-20], "not_a_calendar"),
        (b"BEGIN:VCALENDAR" + b"X" * LARGEST, "too_large"),
        (event(*TEN, "RRULE:FREQ=SECONDLY"), "endless"),
        (event(*TEN, "RRULE:FREQ=MINUTELY;INTERVAL=2"), "endless"),
    ],
)
def test_a_hostile_calendar_is_refused_with_its_reason(file, code):
    with pytest.raises(Unreadable) as refused:
        shown(file, Asked(moment("2026-03-01"), moment("2026-04-01"), LONDON))
    assert refused.value.code == code


def test_one_that_takes_for_ever_is_ended():
    text = event(*TEN, "RRULE:FREQ=SECONDLY;UNTIL=20991231T000000Z")
    with pytest.raises(Unreadable) as refused:
        read_busy(text, Asked(moment("2026-03-01"), moment("2026-04-01"), LONDON), at_most_s=2)
    assert refused.value.code == "too_long"
