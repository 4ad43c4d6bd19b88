"""How it was kept that customers are told, and what they were promised: decided from what was recorded."""

from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.visits.kept_rules import Moment, promises, retellings, told_in_time

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WITHIN = timedelta(minutes=2)


def seen(*happened: tuple[float, str] | tuple[float, str, dict[str, str]]) -> list[Moment]:
    return [Moment(NOW + timedelta(minutes=h[0]), f"visit:{h[1]}", h[2] if len(h) > 2 else {}) for h in happened]


OVER = (10, "over-time", {"clock": "attend"})
CLOSED = {"outcome": "site_closed"}
BACK = (41, "reinstated", {"paused": "PT30M"})


@pytest.mark.parametrize(
    ("moments", "how"),
    [
        (seen((3, "attended")), None),
        (seen((7, "cannot-in-time"), (9, "told")), "kept"),
        (seen((7, "cannot-in-time"), (9.01, "told")), "not_kept"),
        (seen(OVER, (11, "attended")), "kept"),
        (seen(OVER, (11, "cannot-meet")), "kept"),
        (seen(OVER, (13, "attended")), "not_kept"),
        (seen((4, "told", {"wait": "PT20M"}), OVER, (24, "attended")), "kept"),
        (seen((4, "told"), OVER, (24, "attended")), "not_kept"),
        (seen(OVER), "not_known"),
        (seen(OVER, (11, "left")), "not_known"),
        (seen(OVER, (11, "left", CLOSED)), "stopped"),
        (seen(OVER, (13, "left", CLOSED)), "not_kept"),
        (seen(OVER, (11, "left", CLOSED), BACK, (41.5, "told")), "kept"),
        (seen(OVER, (11, "left", CLOSED), BACK, (45, "told")), "not_kept"),
        (seen(OVER, (11, "left", CLOSED), BACK), "not_known"),
        (seen(OVER, (10.5, "left"), (11, "reinstated"), (11.5, "told")), "kept"),
        (seen((5, "over-time", {"clock": "agitated"}), (6, "attended")), None),
    ],
)
def test_a_customer_was_told_in_time_or_it_is_said_why_not(moments: list[Moment], how: str | None) -> None:
    assert told_in_time(moments, WITHIN) == how


TOLD = (0, "told", {"wait": "PT20M"})


@pytest.mark.parametrize(
    ("moments", "how"),
    [
        (seen((1, "told")), []),
        (seen(TOLD, (20, "attended")), ["kept"]),
        (seen(TOLD, (20.1, "attended")), ["not_kept"]),
        (seen(TOLD, (20, "over-time", {"clock": "promise"})), ["not_kept"]),
        (seen(TOLD, (18, "told", {"wait": "PT10M"}), (27, "attended")), ["kept", "kept"]),
        (seen(TOLD, (21, "told", {"wait": "PT10M"}), (27, "attended")), ["not_kept", "kept"]),
        (seen(TOLD, (5, "told"), (27, "attended")), ["not_kept"]),
        (seen(TOLD), ["not_known"]),
        (seen(TOLD, (5, "left")), ["not_known"]),
        (seen(TOLD, (5, "left", CLOSED)), ["stopped"]),
        (seen(TOLD, (11, "left", CLOSED), BACK, (50, "attended")), ["kept"]),
        (seen(TOLD, (11, "left", CLOSED), BACK, (50.1, "attended")), ["not_kept"]),
    ],
)
def test_a_promise_is_kept_told_anew_in_time_or_not_kept(moments: list[Moment], how: list[str]) -> None:
    assert promises(moments) == how


def test_whoever_is_told_again_is_told_anew() -> None:
    assert [retellings(seen(*[TOLD] * n)) for n in range(4)] == [0, 0, 1, 2]
