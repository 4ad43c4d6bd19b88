"""The write gate: one writer at a time inside this process, alarms first.

SQLite lets one connection write and makes the others poll, without a queue: a greedy writer starves everybody
(a press waited seconds behind four of them). Waiting here instead is fair, and an alarm passes all who wait.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from steadydesk.kernel.clock import clock

# A thread that ended without letting go is noticed by the first waiter within this many seconds.
LOOK_FOR_LIFE_EVERY_S = 0.05


class GateMisuseError(RuntimeError):
    """The gate was taken twice by one thread, or released by a thread that does not hold it."""


class GateTimeoutError(TimeoutError):
    """The gate was not free in the time allowed."""


@dataclass(frozen=True, slots=True)
class GateStats:
    """What readiness shows of the gate; all times in seconds."""

    taken: int
    waiting: int
    longest_wait: float
    longest_hold: float
    longest_work: float
    """The most processor time that one hold took; the rest of a hold is the disk, or others on a busy machine."""
    abandoned: int


class _Waiter:
    """One thread in the queue; its lock is opened when the gate has been handed to it."""

    __slots__ = ("_lock", "granted", "thread")

    def __init__(self, thread: threading.Thread) -> None:
        self.thread = thread
        self.granted = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def wait(self, seconds: float) -> None:
        self._lock.acquire(timeout=seconds)

    def grant(self) -> None:
        self.granted = True
        self._lock.release()


class WriteGate:
    """A lock with two queues: urgent waiters before the rest, first come first served among equals."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._urgent: deque[_Waiter] = deque()
        self._ordinary: deque[_Waiter] = deque()
        self._holder: threading.Thread | None = None
        self._held_since = 0.0
        self._taken = 0
        self._abandoned = 0
        self._longest_wait = 0.0
        self._longest_hold = 0.0
        self._longest_work = 0.0
        self._worked_before = 0.0

    def acquire(self, urgent: bool = False, timeout: float | None = None) -> bool:
        """Take the gate; False when it was not free within `timeout` seconds (None: wait for ever)."""
        me = threading.current_thread()
        with self._mutex:
            if self._holder is me:
                raise GateMisuseError("This thread already holds the write gate.")
            self._take_from_the_dead()
            if self._holder is None:
                self._give_to(me)
                self._worked_before = clock.worked()
                return True
            waiter = _Waiter(me)
            (self._urgent if urgent else self._ordinary).append(waiter)
        return self._wait(waiter, timeout)

    def release(self) -> None:
        """Let go; the first urgent waiter, or else the first waiter, holds the gate from this moment."""
        with self._mutex:
            if self._holder is not threading.current_thread():
                raise GateMisuseError("The write gate is not held by this thread.")
            self._longest_work = max(self._longest_work, clock.worked() - self._worked_before)
            self._pass_on()

    @contextmanager
    def held(self, urgent: bool = False, timeout: float | None = None) -> Iterator[None]:
        """Hold the gate for a block; raises GateTimeoutError when it was not free in time."""
        if not self.acquire(urgent, timeout):
            raise GateTimeoutError("The write gate was not free in time.")
        try:
            yield
        finally:
            self.release()

    def is_mine(self) -> bool:
        """Whether this thread holds the gate."""
        return self._holder is threading.current_thread()

    def stats(self) -> GateStats:
        """Counts since the start, with the longest wait and the longest hold, the present hold included."""
        with self._mutex:
            hold = self._longest_hold
            if self._holder is not None:
                hold = max(hold, clock.monotonic() - self._held_since)
            waiting = len(self._urgent) + len(self._ordinary)
            return GateStats(self._taken, waiting, self._longest_wait, hold, self._longest_work, self._abandoned)

    def _wait(self, waiter: _Waiter, timeout: float | None) -> bool:
        began = clock.monotonic()
        left = timeout
        try:
            while not waiter.granted and (left is None or left > 0):
                waiter.wait(LOOK_FOR_LIFE_EVERY_S if left is None else min(left, LOOK_FOR_LIFE_EVERY_S))
                with self._mutex:
                    self._take_from_the_dead()
                if timeout is not None:
                    left = timeout - (clock.monotonic() - began)
        except BaseException:
            # An interrupt must not leave a ghost in the queue, nor keep a gate handed over meanwhile.
            if self._leave_queue(waiter):
                self.release()
            raise
        granted = self._leave_queue(waiter)
        if granted:
            self._worked_before = clock.worked()
        with self._mutex:
            self._longest_wait = max(self._longest_wait, clock.monotonic() - began)
        return granted

    def _leave_queue(self, waiter: _Waiter) -> bool:
        """Whether the gate was handed to this waiter; if not, it no longer waits."""
        with self._mutex:
            if not waiter.granted:
                (self._urgent if waiter in self._urgent else self._ordinary).remove(waiter)
            return waiter.granted

    def _give_to(self, thread: threading.Thread) -> None:
        self._holder = thread
        self._held_since = clock.monotonic()
        self._taken += 1

    def _pass_on(self) -> None:
        self._longest_hold = max(self._longest_hold, clock.monotonic() - self._held_since)
        self._holder = None
        queue = self._urgent or self._ordinary
        if queue:
            waiter = queue.popleft()
            self._give_to(waiter.thread)
            waiter.grant()

    def _take_from_the_dead(self) -> None:
        if self._holder is not None and not self._holder.is_alive():
            self._abandoned += 1
            self._pass_on()


gate = WriteGate()
