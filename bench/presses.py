"""Press after press, each timed from just before its sending to the last byte on the last screen."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.figures import Goal, Spread
from bench.server import Demo
from bench.streams import Arrival, Streams
from bench.wire import Answer, Caller

SHOWN = ("alarm:raised", "alarm:joined")
LOST_AFTER_S = 5.0


@dataclass
class Presses:
    """What came of a row of presses; times in seconds."""

    took: list[float] = field(default_factory=list)
    missing: int = 0
    doubled: int = 0
    unrecorded: int = 0
    answers: list[int] = field(default_factory=list)

    @property
    def spread(self) -> Spread:
        if not self.took:
            raise RuntimeError(f"no press arrived on all screens; the answers were {self.answers[:5]}")
        return Spread.of(self.took)

    def goals(self) -> tuple[Goal, ...]:
        """None missing, none twice."""
        return (Goal("missing", self.missing, 0), Goal("shown twice", self.doubled, 0))


def press_often(
    caller: Caller,
    streams: Streams,
    spacing: float,
    count: int,
    after: Callable[[Answer], None] | None = None,
) -> Presses:
    """Press `count` times at a fixed spacing; `after` puts the alarm away again before the next."""
    result = Presses()
    for _ in range(count):
        streams.forget()
        began = time.monotonic()
        caller.send("POST", "/api/v1/alarms", {"mode": "drill"}, Idempotency_Key=str(uuid.uuid4()))
        arrival = streams.wait(lambda arrival: arrival.event in SHOWN, LOST_AFTER_S)
        answer = caller.answer()
        result.answers.append(answer.status)
        if arrival is None:
            result.missing += 1
        else:
            result.took.append(arrival.last - began)
            result.unrecorded += not arrival.id
        if after is not None:
            after(answer)
        streams.rest_until(began + spacing)
        result.doubled += doubled(streams)
    return result


def doubled(streams: Streams) -> int:
    """How many recorded events were on some screen more than once."""

    def twice(arrival: Arrival) -> bool:
        return bool(arrival.id) and arrival.event in SHOWN and arrival.count > streams.count

    return sum(map(twice, streams.arrivals()))


class Closer:
    """Closes each drill after its press, as a person who did not raise it."""

    def __init__(self, demo: Demo) -> None:
        self._caller = Caller(demo.port, demo.people("manager", "duty_manager", site=demo.site)[0]["token"])

    def __call__(self, answer: Answer) -> None:
        alarm = answer.ok()["id"]
        if answer.body.get("recorded", True):
            self._caller.call("POST", f"/api/v1/alarms/{alarm}/close", {"disposition": "drill"}).ok()
