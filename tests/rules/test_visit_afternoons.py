"""Whatever happens on an afternoon, the clocks of a visit hold together."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from steadydesk.protocol import codec, shipped
from steadydesk.visits import rules
from steadydesk.visits.rules import Facts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAITING = codec.read(shipped.load("exchange")).protocol.waiting
moments = st.integers(0, 3_600_000).map(lambda ms: NOON + timedelta(milliseconds=ms))
perhaps = st.none() | moments


@st.composite
def afternoons(draw):
    since, until = draw(perhaps), draw(perhaps)
    told, promised = draw(perhaps), draw(perhaps)
    return Facts(
        waits_from=NOON,
        appointment_at=draw(st.none() | moments),
        bound_since=since,
        bound_until=until if since and until and until >= since else None,
        promised_at=told if told and promised and promised > told else None,
        promised_until=promised,
        cannot_at=draw(perhaps),
        stopped_at=draw(perhaps),
    )


@given(afternoons(), moments, moments)
def test_a_clock_once_over_stays_over_and_one_in_time_stays_in_time(facts, one, other):
    early, late = sorted((one, other))
    before = {c.kind: c for c in rules.read_clocks(facts, WAITING, early)}
    after = {c.kind: c for c in rules.read_clocks(facts, WAITING, late)}
    assert before.keys() == after.keys()
    for kind, clock in before.items():
        assert after[kind].due_at == clock.due_at
        if facts.stopped_at is not None and facts.stopped_at <= early:
            assert after[kind] == clock
        if clock.over_at is not None:
            assert after[kind].over_at == clock.over_at


@given(afternoons(), moments)
def test_over_is_strictly_longer_than_the_limit(facts, now):
    for clock in rules.read_clocks(facts, WAITING, now):
        if clock.kind != "ask_service":
            assert (clock.over_at is not None) == ((clock.stopped_at or now) > clock.due_at)


@given(afternoons())
def test_looking_only_when_told_to_misses_nothing(facts):
    """The engine sleeps until the next look: every prompt is found due at one of these, never early."""
    now, asked = NOON, {}
    while now is not None:
        clocks = rules.read_clocks(facts, WAITING, now)
        for clock in clocks:
            if clock.asks(now):
                asked.setdefault(clock.kind, now)
        now = rules.next_look(clocks, now)
    end = NOON + timedelta(days=1)
    for clock in rules.read_clocks(facts, WAITING, end):
        if clock.stopped_at is None:
            assert asked[clock.kind] == max(clock.ask_at, NOON)
        elif clock.kind in asked:
            assert asked[clock.kind] >= clock.ask_at
