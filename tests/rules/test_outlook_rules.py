"""How long a customer may wait: said only while it is honest, as a span, never shorter than somebody waits already."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadydesk.visits.outlook_rules import (
    BROKEN,
    FEW,
    FEWEST,
    NOBODY,
    NOT_OPEN,
    STEP,
    Expected,
    Seen,
    expect,
    quarters,
    too_late_from,
    turn_comes_after,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
VALID = timedelta(minutes=5)


def minutes(*each: float) -> list[timedelta]:
    return [timedelta(minutes=m) for m in each]


ONE, NINE = minutes(1, 1, 1, 1, 1), minutes(9, 9, 9, 9, 9)
TIMES = st.lists(st.timedeltas(timedelta(0), timedelta(hours=3)), max_size=40)
SEEN = st.builds(
    Seen,
    waits=TIMES,
    dealings=TIMES,
    waiting=TIMES,
    present=st.one_of(st.none(), st.integers(0, 9)),
    is_open=st.booleans(),
    promise_broken=st.booleans(),
)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (Seen(waits=minutes(2, 4, 6, 8, 10), waiting=(), present=2), (4, 10)),
        (Seen(waits=minutes(6, 6, 6, 6, 6), waiting=minutes(1), present=None), (6, 15)),
        (Seen(waits=minutes(2, 4, 6, 8, 10), waiting=minutes(25, 3), present=2), (25, 30)),
        (Seen(waits=minutes(2, 4, 6, 8, 10), waiting=minutes(24.5), present=2), (25, 30)),
        (Seen(waits=ONE, dealings=NINE, waiting=minutes(0, 0, 0), present=1), (27, 35)),
        (Seen(waits=ONE, dealings=NINE, waiting=minutes(0, 0, 0), present=3), (9, 15)),
        (Seen(waits=minutes(2, 4, 6, 8)), FEW),
        (Seen(waits=minutes(2, 4, 6, 8, 10), present=0), NOBODY),
        (Seen(waits=minutes(2, 4, 6, 8, 10), promise_broken=True), BROKEN),
        (Seen(waits=minutes(2, 4, 6, 8, 10), is_open=False), NOT_OPEN),
    ],
)  # fmt: skip
def test_the_wait_is_a_span_of_what_really_happened_or_is_not_said(seen: Seen, said: tuple[int, int] | str) -> None:
    found = expect(seen, NOW, VALID)
    if isinstance(said, str):
        assert found == said
    else:
        assert isinstance(found, Expected)
        assert (found.low, found.high) == tuple(minutes(*said))


@given(SEEN)
def test_no_wait_is_said_that_is_shorter_than_somebody_waits_already(seen: Seen) -> None:
    found = expect(seen, NOW, VALID)
    if isinstance(found, Expected):
        assert found.low >= max(seen.waiting, default=timedelta(0))
        assert found.high - found.low >= STEP, "a span, never a moment"
        assert found.low >= (turn_comes_after(len(seen.waiting), seen) or timedelta(0))


@given(SEEN)
def test_nothing_is_said_when_it_would_not_be_honest(seen: Seen) -> None:
    honest = seen.is_open and seen.present != 0 and not seen.promise_broken and len(seen.waits) >= FEWEST
    assert isinstance(expect(seen, NOW, VALID), Expected) == honest


@given(SEEN, st.timedeltas(-timedelta(hours=1), timedelta(hours=1)), st.timedeltas(timedelta(seconds=1), VALID))
def test_nothing_is_shown_after_its_time(seen: Seen, later: timedelta, valid_for: timedelta) -> None:
    found = expect(seen, NOW, valid_for)
    if isinstance(found, Expected):
        assert found.may_be_shown(NOW + later) == (timedelta(0) <= later <= valid_for)


@pytest.mark.parametrize(
    ("ahead", "present", "dealings", "minute"),
    [
        (3, 1, minutes(4, 4, 4, 4, 4), -2),
        (2, 1, minutes(4, 4, 4, 4, 4), 2),
        (3, 2, minutes(4, 4, 4, 4, 4), 6),
        (1, 2, minutes(4, 4, 4, 4, 4), None),
        (9, 1, minutes(4, 4, 4, 4), None),
        (9, None, minutes(4, 4, 4, 4, 4), None),
        (0, 0, [], 0),
    ],
)
def test_the_queue_and_the_people_present_show_when_the_limit_will_pass(
    ahead: int, present: int | None, dealings: list[timedelta], minute: int | None
) -> None:
    limit = NOW + timedelta(minutes=10)
    found = too_late_from(limit, ahead, Seen(dealings=dealings, present=present), NOW)
    assert found == (None if minute is None else NOW + timedelta(minutes=minute))


def test_the_middle_half_is_by_nearest_rank() -> None:
    assert quarters(minutes(5, 1, 4, 2, 3)) == tuple(minutes(2, 4))
    assert quarters(minutes(7)) == tuple(minutes(7, 7))
