"""Plays the rows through the actions that a desk uses, each at its own time; what falls due on the way fires.

Simulated, time jumps from one happening to the next. Live, it passes at a given speed, and never beyond the next
happening: so the figures are the same at every speed, and whoever watches sees what the desk would have seen.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import Lane
from steadydesk.documents import queries as documents
from steadydesk.engine.loop import run_rest
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import together
from steadydesk.journal.events import Event
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Refusal
from steadydesk.kernel.pace import PaceMaker
from steadydesk.project.replay.reading import Row
from steadydesk.project.replay.site import REPLAY, SITE
from steadydesk.visits import actions, queries
from steadydesk.visits.actions import Arrival

PIECE_SECONDS = 0.02
"""So long one transaction may go on; a press that waits for the database waits no longer."""
BREATH = 0.003
"""Between two pieces, so that whoever waits for the database gets it."""
LOOK_SECONDS = 0.05
"""Live: how often what falls due is looked for."""

ARRIVE, ATTEND, END = range(3)

Tell = Callable[[int, int], None]
"""``tell(happenings done, line)``."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that a row makes happen; of those at one moment the earlier line comes first."""

    at: datetime
    line: int
    step: int
    row: Row

    @property
    def order(self) -> tuple[datetime, int, int]:
        """When it happens among the others."""
        return self.at, self.line, self.step


def happenings(rows: Sequence[Row]) -> list[Happening]:
    """Everything that the rows make happen, in the order of time."""
    return sorted((h for row in rows for h in _of(row)), key=lambda h: h.order)


def _of(row: Row) -> Iterator[Happening]:
    yield Happening(row.arrived_at, row.line, ARRIVE, row)
    if row.attended_at is not None:
        yield Happening(row.attended_at, row.line, ATTEND, row)
    yield Happening(row.ended_at, row.line, END, row)


def entered() -> list[int]:
    """The visits that replays entered, in the order in which they came."""
    subjects = journal.subjects(SITE, Event.VISIT_ARRIVED, REPLAY.ref)
    return [int(subject.partition(":")[2]) for subject in subjects]


class Player:
    """One run over what is left to happen. What was played before, by a run that was cut off, is not done twice."""

    def __init__(self, rows: Sequence[Row], services: Mapping[str, str]) -> None:
        every = happenings(rows)
        arrivals = (h.line for h in every if h.step == ARRIVE)
        self._services = services
        # The records themselves say how far it came: arrivals were entered in this very order.
        self._visits = dict(zip(arrivals, entered(), strict=False))
        self._left = self._of_these_undone(every)
        self.done, self.every = len(every) - len(self._left), len(every)
        self._next = 0
        self._now = self._left[0].at if self._left else None

    def _of_these_undone(self, every: Sequence[Happening]) -> list[Happening]:
        passed = {p.visit: p for p in queries.passages(SITE)}

        def is_left(happening: Happening) -> bool:
            if (visit := self._visits.get(happening.line)) is None:
                return True
            passage = passed[visit]
            met = passage.attended_at is not None and happening.step == ATTEND
            return not (happening.step == ARRIVE or met or passage.ended_at is not None)

        return [h for h in every if is_left(h)]

    @property
    def begins_at(self) -> datetime | None:
        """When the first thing that is left happens."""
        return self._left[0].at if self._left else None

    @property
    def line(self) -> int:
        """The line whose turn it is."""
        return self._left[min(self._next, len(self._left) - 1)].line

    def simulate(self, pace: PaceMaker, tell: Tell) -> None:
        """Play what is left, as fast as it can be recorded."""
        rest = threading.Event()
        now = pace.now(clock.monotonic())
        documents.in_force(SITE)  # read here: that takes longer than the database may be kept from a press
        while self._next < len(self._left):
            with together():
                now = self._play_piece(now)
            # Told only now: an engine beside this one must not run ahead of what it cannot see yet.
            pace.stand_at(now)
            tell(self.done + self._next, self.line)
            rest.wait(BREATH)

    def _play_piece(self, now: datetime) -> datetime:
        """As much as there is time for, and one thing at least; returns when the last of it is."""
        end = clock.monotonic() + PIECE_SECONDS
        now = self._go_on(now)
        while self._next < len(self._left) and clock.monotonic() < end:
            now = self._go_on(now)
        return now

    def _go_on(self, now: datetime) -> datetime:
        """Do the one thing that comes next; returns when that is."""
        happening = self._left[self._next]
        due = deadlines.next_due_in(Lane.REST)
        if due is not None and due <= happening.at:
            now = max(now, due)
            run_rest(now)
            return now
        self._do(happening)
        self._next += 1
        return happening.at

    def run(self, pace: PaceMaker, speed: float, tell: Tell) -> None:
        """Play what is left, ``speed`` times as fast as it was."""
        rest = threading.Event()
        while self._next < len(self._left):
            at = self._left[self._next].at
            pace.run(speed, clock.monotonic(), at)
            while (now := pace.now(clock.monotonic())) < at:
                due = deadlines.next_due_in(Lane.REST)
                if due is None or due > now or not run_rest(now):
                    rest.wait(min(LOOK_SECONDS, (at - now).total_seconds() / speed))
            before = self._next
            while self._next == before:
                self._go_on(now)
            tell(self.done + self._next, self.line)

    def _do(self, happening: Happening) -> None:
        row, at = happening.row, happening.at
        if happening.step == ARRIVE:
            arrival = Arrival(site=SITE, service=self._services[row.service])
            self._visits[row.line] = actions.arrive(arrival, by=REPLAY, now=at).pk
            return
        visit = self._visits[row.line]
        # Live, a person at the desk may have been there first: then it stays as they did it.
        with suppress(Refusal):
            if happening.step == ATTEND:
                actions.attend(visit, channel="face_to_face", by=REPLAY, now=at)
            elif row.attended_at is not None:
                actions.finish(visit, by=REPLAY, now=at)
            else:
                actions.leave(visit, by=REPLAY, now=at)
