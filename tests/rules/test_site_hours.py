"""When a site is open: by its own clocks, on days of 23, 24 and 25 hours, anywhere."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.kernel.actor import Permission
from steadydesk.sites.rules import (
    EFFECTS,
    ROUNDS,
    Hours,
    Span,
    after_boundary,
    last_closing,
    marks,
    permission_for,
    read_spans,
    rounds_after,
    schedule,
    write_spans,
)

NINE_TO_FIVE = {day: read_spans("09:00-17:00") for day in range(5)}


def at(written, zone="Europe/London"):
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(moment, zone="Europe/London"):
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %d %H:%M") if moment else None


def read(hours, when):
    found = schedule(hours, at(when, hours.zone))
    return found.state, {b: local(m, hours.zone) for b, m in found.next.items()}


@pytest.mark.parametrize(
    ("when", "state", "change"),
    [
        ("2026-03-02T08:59:59", "closed", ("open", "Mon 02 09:00")),
        ("2026-03-02T09:00", "open", ("closing", "Mon 02 16:45")),
        ("2026-03-02T16:45", "closing", ("closed", "Mon 02 17:00")),
        ("2026-03-02T16:59:59", "closing", ("closed", "Mon 02 17:00")),
        ("2026-03-02T17:00", "closed", ("open", "Tue 03 09:00")),
        ("2026-03-06T18:00", "closed", ("open", "Mon 09 09:00")),
    ],
)
def test_a_boundary_belongs_to_the_time_that_it_begins(when, state, change):
    hours = Hours("Europe/London", NINE_TO_FIVE)
    found = schedule(hours, at(when))
    assert (found.state, [found.change(found.state)[0], local(found.change(found.state)[1])]) == (state, list(change))


def test_without_hours_nothing_is_ever_changed_by_the_clock():
    assert schedule(Hours("Europe/London"), at("2026-03-02T09:00")) is None
    assert schedule(Hours("Europe/London", {}, {date(2026, 12, 25): ()}), at("2026-03-02T09:00")) is None


def test_a_special_day_takes_the_place_of_the_week():
    christmas, eve = date(2026, 12, 25), date(2026, 12, 24)
    hours = Hours("Europe/London", NINE_TO_FIVE, {christmas: (), eve: read_spans("10:00-13:00")})
    assert read(hours, "2026-12-24T09:30")[0] == "closed"
    assert read(hours, "2026-12-24T12:50") == (
        "closing", {"opens": "Mon 28 09:00", "closing": "Mon 28 16:45", "closes": "Thu 24 13:00"},
    )  # fmt: skip
    assert read(hours, "2026-12-25T11:00")[0] == "closed"


def test_several_spans_a_day_and_one_that_crosses_midnight():
    hours = Hours("Europe/London", {4: read_spans("09:00-12:30, 20:00-02:00")})
    assert read(hours, "2026-03-06T13:00")[1]["opens"] == "Fri 06 20:00"
    assert read(hours, "2026-03-07T01:00")[1]["closes"] == "Sat 07 02:00"
    assert read(hours, "2026-03-07T02:00")[0] == "closed"


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2026-03-02T09:00", "2026-03-02T17:00"),
        ("2026-03-02T12:45", "2026-03-02T17:00"),
        ("2026-03-02T17:05", "2026-03-03T17:00"),
        ("2026-03-08T18:00", "2026-03-09T17:00"),
    ],
)
def test_the_last_closing_is_the_day_s_own_and_no_break_at_noon(now, closes):
    hours = Hours("Europe/London", dict.fromkeys(range(5), read_spans("09:00-12:30, 13:30-17:00")))
    assert last_closing(hours, at(now)) == at(closes)


def test_round_the_clock_from_monday_to_friday_closes_at_the_week_s_end():
    hours = Hours("Europe/London", dict.fromkeys(range(5), read_spans("00:00-24:00")))
    assert last_closing(hours, at("2026-03-03T10:00")) == at("2026-03-07T00:00")


def test_spans_that_touch_are_one_opening_and_round_the_clock_never_closes():
    hours = Hours("Europe/London", {0: read_spans("09:00-24:00"), 1: read_spans("00:00-03:00")})
    assert read(hours, "2026-03-02T23:50") == (
        "open", {"opens": "Mon 09 09:00", "closing": "Tue 03 02:45", "closes": "Tue 03 03:00"},
    )  # fmt: skip
    always = Hours("Europe/London", {day: read_spans("00:00-24:00") for day in range(7)})
    found = schedule(always, at("2026-03-02T23:50"))
    assert (found.state, found.next, found.change("open")) == ("open", {}, None)


def length(hours, day):
    before = schedule(hours, at(f"{day}T12:00", hours.zone) - timedelta(days=1))
    start = before.next["opens"]
    return schedule(hours, start).next["closes"] - start


@pytest.mark.parametrize(
    ("zone", "spring", "autumn"),
    [
        ("Europe/London", "2026-03-29", "2026-10-25"),
        ("America/New_York", "2026-03-08", "2026-11-01"),
        ("Australia/Sydney", "2026-10-04", "2026-04-05"),
        ("Pacific/Auckland", "2026-09-27", "2026-04-05"),
    ],
)
def test_the_days_of_23_and_25_hours_are_as_long_as_they_are(zone, spring, autumn):
    shifted = {(date.fromisoformat(d).weekday()): read_spans("00:30-23:30") for d in (spring, autumn)}
    hours = Hours(zone, shifted)
    assert length(hours, spring) == timedelta(hours=22)
    assert length(hours, autumn) == timedelta(hours=24)


def test_a_time_that_comes_twice_opens_at_the_first_and_closes_at_the_last():
    hours = Hours("Europe/London", {6: read_spans("01:30-09:00")})
    opens = schedule(hours, datetime(2026, 10, 24, 12, tzinfo=UTC)).next["opens"]
    assert opens == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    late = Hours("Europe/London", {5: read_spans("20:00-01:30")})
    closes = schedule(late, datetime(2026, 10, 24, 20, tzinfo=UTC)).next["closes"]
    assert closes == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_that_is_skipped_comes_as_much_later_as_was_skipped():
    hours = Hours("Europe/London", {6: read_spans("01:30-09:00")})
    opens = schedule(hours, datetime(2026, 3, 28, 12, tzinfo=UTC)).next["opens"]
    assert local(opens) == "Sun 29 02:30"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/St_Johns"])
def test_zones_far_from_greenwich_open_on_their_own_day(zone):
    hours = Hours(zone, {0: read_spans("00:10-23:50")})
    assert read(hours, "2026-03-02T00:10")[0] == "open"
    assert read(hours, "2026-03-02T23:50")[0] == "closed"
    assert read(hours, "2026-03-01T23:59")[1]["opens"] == "Mon 02 00:10"


SPANS = st.lists(st.integers(0, 95), min_size=2, max_size=6, unique=True).map(
    lambda quarters: tuple(
        Span(time(a // 4, a % 4 * 15), time(b // 4, b % 4 * 15))
        for a, b in zip(sorted(quarters)[::2], sorted(quarters)[1::2], strict=False)
    )
)
ZONES = st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/New_York", "Pacific/Apia", "UTC"])
HOURS = st.builds(
    Hours,
    zone=ZONES,
    weekly=st.dictionaries(st.integers(0, 6), SPANS, min_size=1),
    special=st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.one_of(st.just(()), SPANS), max_size=5),
    closing_before=st.integers(0, 45).map(lambda m: timedelta(minutes=m)),
)
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))


@given(HOURS, MOMENTS)
def test_the_state_changes_at_the_next_boundary_and_at_no_moment_before_it(hours, now):
    found = schedule(hours, now)
    assert all(moment > now for moment in found.next.values())
    change = found.change(found.state)
    if change is None:
        return
    state, moment = change
    second = timedelta(seconds=1)
    assert schedule(hours, moment - second).state == found.state or moment - second < now
    between = now + (moment - now) / 2
    assert schedule(hours, between).state == found.state
    after = schedule(hours, moment).state
    assert after == state or (state, after) in {("open", "closing"), ("closing", "closed")}, "a span shorter than that"


@given(SPANS)
def test_spans_are_read_as_they_are_written(spans):
    assert read_spans(write_spans(spans)) == spans


@pytest.mark.parametrize(
    "odd", ["9-17", "09:00", "09:00-25:00", "09:00-12:00, 11:00-13:00", "20:00-02:00, 21:00-22:00"]
)
def test_what_is_no_time_of_opening_is_refused(odd):
    assert read_spans(odd) is None


def test_only_a_person_lifts_what_a_person_said_because_of_a_danger():
    for state, effect in EFFECTS.items():
        moved = {after_boundary(state, boundary) for boundary in ("opens", "closing", "closes")}
        assert effect.ends_by_hours == (moved != {state})
    assert permission_for("open", "emptied") == permission_for("emptied", "open") == Permission.SITE_DANGER
    assert permission_for("open", "closed") == Permission.SITE_STATE


def test_every_change_of_state_says_what_becomes_of_patrols_and_check_ins():
    rounds = {effect.rounds for effect in EFFECTS.values()}
    assert set(ROUNDS) == {(before, after) for before in rounds for after in rounds}
    assert rounds_after("open", "emptied") == "ask_now", "are you out?"
    assert rounds_after("open", "locked_down") == rounds_after("emptied", "locked_down") == "hold"
    assert rounds_after("locked_down", "open") == rounds_after("emptied", "open") == "begin_anew", "none was missed"
    assert rounds_after("locked_down", "emptied") == "ask_now"
    for calm in ("open", "closing", "closed"):
        assert {rounds_after(calm, other) for other in ("open", "closing", "closed")} == {"go_on"}


RUNS, STOPPED = ("open", "closing", "locked_down"), ("closed", "emptied")


@pytest.mark.parametrize("by_hours", [True, False])
@pytest.mark.parametrize("before", EFFECTS)
@pytest.mark.parametrize("after", EFFECTS)
def test_waits_stop_with_the_first_closing_or_emptying_and_begin_again_with_the_first_that_ends_both(
    before, after, by_hours
):
    expected = {"closed_at"} if after == "closed" and by_hours else set()
    expected |= {"emptied_at"} if after == "emptied" else set()
    expected |= {"stopped_at"} if before in RUNS and after in STOPPED else set()
    expected |= {"reopened_at"} if before in STOPPED and after in RUNS else set()
    assert set(marks(before, after, by_hours=by_hours)) == expected
