"""10,000 customers whose time runs out: over 20 s, and all at one instant with an alarm step among them.

A visit may be posted up to 30 minutes late, which puts its due time wherever it is wanted; a few are posted
and multiplied. Late is from the due time to the event's last byte at one screen.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.crowd import Crowd
from bench.figures import Figure, Goal, Spread
from bench.server import Demo
from bench.setting import Setting
from bench.streams import Arrival, Streams
from bench.wire import Caller

PEER = "healthchecks: 1.0 s mean, 2.05 s worst"
PEER_AT_ONCE = "healthchecks: 84 s to the first, 414 s to the last"
OPEN = 10_000
SPREAD_OVER_S = 20.0
POSTED = 200
AHEAD_S = 14.0
OVER = "visit:over-time"


class Desk:
    """One desk's clock as the bench needs it: wall time of a monotonic moment, and how long a wait may be."""

    def __init__(self, demo: Demo) -> None:
        self._site = demo.site
        self._caller = Caller(demo.port, demo.people("reception", "team_member", site=demo.site)[0]["token"])
        self._wall_less_monotonic = time.time() - time.monotonic()
        clock = self._clock(self.arrive(datetime.now(UTC)))
        self.limit = _time(clock["due_at"]) - _time(clock["started_at"])

    def arrive(self, at: datetime) -> dict[str, Any]:
        body = {"site": self._site, "arrived_at": at.isoformat()}
        visit: dict[str, Any] = self._caller.call("POST", "/api/v1/visits", body).ok()
        return visit

    def due_by(self, moments: Sequence[datetime]) -> dict[str, datetime]:
        """One customer arrives for each of these due times; gives visit → due time, as the server has it."""
        visits = [self.arrive(moment - self.limit) for moment in moments]
        return {visit["id"]: _time(self._clock(visit)["due_at"]) for visit in visits}

    def late(self, arrival: Arrival, due: datetime) -> float:
        return arrival.last + self._wall_less_monotonic - due.timestamp()

    def _clock(self, visit: dict[str, Any]) -> dict[str, Any]:
        return next(clock for clock in visit["clocks"] if clock["kind"] == "attend")


def measure(setting: Setting) -> list[Figure]:
    demo = setting.fresh_demo("deadlines")
    with demo, Streams(demo.port, demo.watcher_tokens()[:1], 1) as streams:
        crowd = Crowd(demo.database())
        desk = Desk(demo)
        figures = [_spread(setting, desk, crowd, streams), _at_once(demo, desk, crowd, streams)]
        crowd.close()
    return figures


def _spread(setting: Setting, desk: Desk, crowd: Crowd, streams: Streams) -> Figure:
    began = datetime.now(UTC) + timedelta(seconds=AHEAD_S)
    step = SPREAD_OVER_S / POSTED
    due = desk.due_by([began + timedelta(seconds=n * step) for n in range(POSTED)])
    due |= {copy: due[visit] for copy, visit in crowd.multiply(due, OPEN // POSTED - 1).items()}
    _read_over(streams, due, SPREAD_OVER_S + AHEAD_S + 20)
    arrivals = _over(streams, due)
    late = [desk.late(arrival, due[visit]) for visit, arrival in arrivals.items()]
    spread = Spread.of(late)
    goals = (
        Goal("p50 ms", spread.p50, 10),
        Goal("p99 ms", spread.p99, 100),
        Goal("early", sum(seconds < 0 for seconds in late), 0),
        Goal("never came", len(due) - len(arrivals), 0),
    )
    what = f"deadline passed → at the screen, {len(due):,} open, over {SPREAD_OVER_S:.0f} s"
    return Figure(what, goals, spread, None, setting.fsync(), PEER)


def _at_once(demo: Demo, desk: Desk, crowd: Crowd, streams: Streams) -> Figure:
    pressed = Caller(demo.port, demo.device_token).call("POST", "/api/v1/alarms", {"mode": "drill"}).ok()
    stored = crowd.due_at(f"alarm:{pressed['id']}")
    if stored is None:
        raise RuntimeError("the alarm has no next step")
    instant = datetime.fromisoformat(stored).replace(tzinfo=UTC)
    due = desk.due_by([instant])
    due |= dict.fromkeys(crowd.multiply(due, OPEN - 1), instant)
    left = (instant - datetime.now(UTC)).total_seconds()
    _read_over(streams, due, left + 40)
    late = [desk.late(arrival, instant) for arrival in _over(streams, due).values()]
    steps = [a for a in streams.arrivals() if a.event == "alarm:escalated" and a.facts.get("id") == pressed["id"]]
    spread = Spread.of(late)
    goals = (
        Goal("alarm step ms", desk.late(steps[0], instant) * 1000 if steps else float("inf"), 50),
        Goal("all done s", spread.max / 1000, 15),
        Goal("never came", len(due) - len(late), 0),
    )
    note = "" if left > 0 else f"the copies were {-left:.1f} s late in being made"
    return Figure(f"{len(due):,} deadlines at one instant", goals, spread, peer=PEER_AT_ONCE, note=note)


def _read_over(streams: Streams, due: dict[str, datetime], seconds: float) -> None:
    """Read until all these customers are over time, or the time is up."""
    end = time.monotonic() + seconds
    while len(_over(streams, due)) < len(due) and time.monotonic() < end:
        streams.rest_until(min(end, time.monotonic() + 0.5))


def _over(streams: Streams, due: dict[str, datetime]) -> dict[str, Arrival]:
    """Visit → the event that says its time ran out."""
    over = [arrival for arrival in streams.arrivals() if arrival.event == OVER]
    found = {str(arrival.data["subject"]).removeprefix("visit:"): arrival for arrival in over}
    return {visit: arrival for visit, arrival in found.items() if visit in due}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
