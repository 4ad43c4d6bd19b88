"""Sends what the outbox holds: a supervisor that looks, and workers for each lane that send.

An alarm has workers of its own, and so has each channel: a mail server that hangs delays mail alone. No
transaction is open while a worker talks to the network.
"""

import logging
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import uuid4

from django.db import connection

from steadydesk.delivery import actions, queries
from steadydesk.delivery.channels import table
from steadydesk.delivery.channels.transport import TransportError
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.rules import APPRISE, LANES, PHONE, SCREEN, Lane
from steadydesk.journal.bell import bell
from steadydesk.kernel.clock import clock

LOOK_AT_LEAST_EVERY_S = 1.0
LOOK_AT_MOST_EVERY_S = 0.02
"""Hundreds of commits a second ring the bell; one look serves all that rang within this time."""
AFTER_AN_ERROR_S = 1.0
HANDS = 4
"""Workers of an alarm's network lane: one recipient who hangs holds one of them."""
MORE_HANDS = {PHONE: 12, APPRISE: 12}
"""As many telephones ring at once for alarms: each holds a worker until somebody lifts it. A service may hang too."""
HANDS_OF_THE_REST = {PHONE: 4}
"""One who does not lift the receiver must not keep the next manager from being rung (E2a)."""

ReachScreens = Callable[[str], Collection[int]]
"""``reach(site)``: the people with an open stream that may see the site. It must not block."""

log = logging.getLogger(__name__)


class Wake:
    """Wakes one of the workers that wait. Waking when nobody waits is remembered, once."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._set = False

    def set(self) -> None:
        """Let one worker go."""
        with self._condition:
            self._set = True
            self._condition.notify()

    def wait(self) -> None:
        """Wait to be let go."""
        with self._condition:
            self._condition.wait_for(lambda: self._set)
            self._set = False


class Sender:
    """The one who empties the outbox."""

    def __init__(self, reach_screens: ReachScreens) -> None:
        self._reach = reach_screens
        self._name = uuid4().hex
        self._stopping = threading.Event()
        self._rung = threading.Event()
        self._wakes = {lane: Wake() for lane in LANES}
        self._screens_at = 0.0
        self._threads: list[threading.Thread] = []

    def run_once(self, now: datetime) -> int:
        """Send all that is due at ``now``, one after the other, alarms first. Returns how many were tried."""
        tried = 0
        for lane in LANES:
            while some := self._deliver(lane, now):
                tried += some
        return tried

    def start(self) -> None:
        """Send from now on, in threads of its own."""
        for lane in LANES:
            for _ in range(_hands(lane)):
                self._hire(lane)
        self._threads.append(threading.Thread(target=self._supervise, name="delivery", daemon=True))
        bell.listen(self.wake)
        for thread in self._threads:
            thread.start()

    def halt(self) -> None:
        """Begin no more; what is on its way may arrive."""
        bell.stop_listening(self.wake)
        self._stopping.set()
        self.wake()

    def join(self, wait_s: float) -> None:
        """Wait so many seconds for what is being sent; the rest is sent after the next start."""
        until = clock.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, until - clock.monotonic()))
        self._threads.clear()

    def wake(self) -> None:
        """Look now: something was committed."""
        self._rung.set()

    def _hire(self, lane: Lane) -> None:
        name = f"delivery-{lane.channel}-{'alarm' if lane.urgent else 'rest'}"
        self._threads.append(threading.Thread(target=self._work, args=(lane,), name=name, daemon=True))

    def _supervise(self) -> None:
        _free_leases_of_the_dead()
        while not self._stopping.is_set():
            self._rung.clear()
            began = clock.monotonic()
            self._rung.wait(self._look())
            self._stopping.wait(max(0.0, began + LOOK_AT_MOST_EVERY_S - clock.monotonic()))
        for wake in self._wakes.values():
            wake.set()
        connection.close()

    def _look(self) -> float:
        """Wake the workers that have something to do; returns the seconds until there may be more."""
        try:
            now = clock.now()
            due, at = queries.outlook(now)
            for lane in due | self._screens_now():
                self._wakes[lane].set()
        except Exception:
            log.exception("the look for deliveries failed")
            connection.close()
            return AFTER_AN_ERROR_S
        if at is None:
            return LOOK_AT_LEAST_EVERY_S
        return min(LOOK_AT_LEAST_EVERY_S, (at - now).total_seconds() / clock.speed)

    def _screens_now(self) -> set[Lane]:
        """Each second the screens' lanes, due or not: a screen that has just opened gets what waited for it."""
        if clock.monotonic() - self._screens_at < LOOK_AT_LEAST_EVERY_S:
            return set()
        self._screens_at = clock.monotonic()
        return {lane for lane in LANES if lane.channel == SCREEN}

    def _work(self, lane: Lane) -> None:
        # The write gate lets an alarm's delivery pass the others.
        connection.urgent = lane.urgent  # type: ignore[attr-defined]
        _prepare(lane)
        while not self._stopping.is_set():
            self._wakes[lane].wait()
            try:
                while not self._stopping.is_set() and self._deliver(lane, clock.now()):
                    pass
            except Exception:
                # What was claimed falls due again when its lease expires. Begin with a fresh connection.
                log.exception("delivery was interrupted")
                connection.close()
                self._stopping.wait(AFTER_AN_ERROR_S)
        self._wakes[lane].set()
        connection.close()

    def _deliver(self, lane: Lane, now: datetime) -> int:
        """Deliver some of what is due in the lane; returns how many were tried."""
        if lane.channel == SCREEN:
            reached = {site: self._reach(site) for site in queries.screen_sites(lane.urgent)}
            return actions.show_on_screens(lane.urgent, reached, now)
        row = actions.claim(lane, self._name, now)
        if row is None:
            return 0
        # There may be more, and this one may hang: a colleague looks meanwhile.
        self._wakes[lane].set()
        failure = _try_to_send(row, now)
        # Sending may have taken seconds, so this is another moment; a frozen clock makes it the same.
        settled_at = max(now, clock.now())
        if failure is None:
            actions.settle_sent(row, settled_at)
        else:
            actions.settle_failed(row, failure, settled_at)
        return 1


def _hands(lane: Lane) -> int:
    if lane.channel == SCREEN:
        return 1
    if not lane.urgent:
        return HANDS_OF_THE_REST.get(lane.channel, 1)
    return MORE_HANDS.get(lane.channel, HANDS)


_prepared: set[str] = set()


def _prepare(lane: Lane) -> None:
    """What takes long at the first message is done at the start, where the channel is set up."""
    if lane.channel not in table.PREPARE or lane.channel in _prepared or not getattr(table.set_up(), lane.channel):
        return
    _prepared.add(lane.channel)
    try:
        table.PREPARE[lane.channel]()
    except Exception:
        log.exception("%s could not be prepared", lane.channel)


def _free_leases_of_the_dead() -> None:
    """On SQLite one process alone sends: whoever held a lease before it is dead. Elsewhere leases expire."""
    if connection.vendor != "sqlite":
        return
    try:
        actions.free_leases(clock.now())
    except Exception:
        # Then they expire here too; a start must not fail for it.
        log.exception("leases could not be freed")


def _try_to_send(row: Delivery, now: datetime) -> TransportError | None:
    try:
        table.TRANSPORTS[row.channel](queries.outgoing(row, now))
    except TransportError as error:
        return error
    except Exception as error:
        log.exception("delivery %s by %s failed", row.pk, row.channel)
        return TransportError(type(error).__name__)
    return None
