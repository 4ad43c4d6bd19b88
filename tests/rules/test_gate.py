"""The write gate: one holder, alarms first, first come first served, and never lost with its holder."""

import os
import threading
from collections.abc import Callable

import pytest

from steadydesk.journal.gate import GateMisuseError, GateTimeoutError, WriteGate
from steadydesk.kernel.clock import clock


def until(true: Callable[[], bool]) -> None:
    while not true():
        os.sched_yield()


def queue_up(gate: WriteGate, name: str, urgent: bool, passed: list[str]) -> threading.Thread:
    """Start a thread that waits for the gate, and return once it stands in the queue."""

    def pass_through() -> None:
        with gate.held(urgent=urgent):
            passed.append(name)

    before = gate.stats().waiting
    thread = threading.Thread(target=pass_through)
    thread.start()
    until(lambda: gate.stats().waiting == before + 1)
    return thread


def test_the_urgent_pass_first_and_equals_keep_their_order() -> None:
    gate = WriteGate()
    passed: list[str] = []
    gate.acquire()
    order = [("a", False), ("b", False), ("ALARM 1", True), ("c", False), ("ALARM 2", True)]
    threads = [queue_up(gate, name, urgent, passed) for name, urgent in order]
    gate.release()
    for thread in threads:
        thread.join()
    assert passed == ["ALARM 1", "ALARM 2", "a", "b", "c"]


def test_a_late_comer_cannot_slip_past_those_who_wait() -> None:
    gate = WriteGate()
    passed: list[str] = []
    gate.acquire()
    waiting = queue_up(gate, "first", False, passed)
    gate.release()
    # The gate was handed over at the release itself: however fast we come back, we are second.
    with gate.held():
        passed.append("second")
    waiting.join()
    assert passed == ["first", "second"]


def test_only_one_thread_holds_the_gate_at_a_time() -> None:
    gate = WriteGate()
    inside = 0
    crowded = False

    def write_often() -> None:
        nonlocal inside, crowded
        for _ in range(200):
            with gate.held():
                inside += 1
                crowded = crowded or inside > 1
                os.sched_yield()
                inside -= 1

    threads = [threading.Thread(target=write_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not crowded
    assert gate.stats().taken == 1600


def test_a_thread_may_not_take_the_gate_twice() -> None:
    gate = WriteGate()
    with gate.held(), pytest.raises(GateMisuseError):
        gate.acquire()
    assert gate.acquire(timeout=0)


def test_only_the_holder_may_release() -> None:
    gate = WriteGate()
    with pytest.raises(GateMisuseError):
        gate.release()
    gate.acquire()
    refused: list[GateMisuseError] = []

    def meddle() -> None:
        with pytest.raises(GateMisuseError) as raised:
            gate.release()
        refused.append(raised.value)

    thread = threading.Thread(target=meddle)
    thread.start()
    thread.join()
    assert refused
    assert gate.is_mine()


def test_waiting_ends_at_the_time_allowed_and_leaves_no_ghost_in_the_queue() -> None:
    gate = WriteGate()
    gate.acquire()
    answers: list[bool] = []

    def try_briefly() -> None:
        answers.append(gate.acquire(timeout=0.01))
        with pytest.raises(GateTimeoutError), gate.held(urgent=True, timeout=0.01):
            answers.append(True)

    thread = threading.Thread(target=try_briefly)
    thread.start()
    thread.join()
    assert answers == [False]
    assert gate.stats().waiting == 0
    gate.release()
    assert gate.acquire(timeout=0)


def test_an_error_inside_lets_the_gate_go() -> None:
    gate = WriteGate()
    with pytest.raises(ZeroDivisionError), gate.held():
        1 / 0  # noqa: B018
    assert not gate.is_mine()


def test_a_gate_whose_holder_ended_is_taken_from_the_dead() -> None:
    gate = WriteGate()
    thread = threading.Thread(target=gate.acquire)
    thread.start()
    thread.join()
    assert gate.acquire(timeout=0)
    assert gate.stats().abandoned == 1


def test_a_waiter_notices_that_the_holder_ended() -> None:
    gate = WriteGate()
    may_end = threading.Event()
    taken = threading.Event()

    def take_and_end() -> None:
        gate.acquire()
        taken.set()
        may_end.wait()

    holder = threading.Thread(target=take_and_end)
    holder.start()
    taken.wait()
    passed: list[str] = []
    waiter = queue_up(gate, "next", False, passed)
    may_end.set()
    holder.join()
    waiter.join()
    assert passed == ["next"]


def test_the_longest_wait_and_hold_are_remembered() -> None:
    gate = WriteGate()
    passed: list[str] = []
    gate.acquire()
    waiter = queue_up(gate, "waits", False, passed)
    held = gate.stats().longest_hold
    gate.release()
    waiter.join()
    stats = gate.stats()
    assert stats.taken == 2
    assert stats.waiting == 0
    assert stats.longest_hold >= held > 0
    assert stats.longest_wait > 0


def test_the_holders_own_work_is_told_apart_from_the_time_it_held() -> None:
    gate = WriteGate()
    before = clock.worked()
    with gate.held():
        sum(range(100_000))
    most = clock.worked() - before
    assert 0 < gate.stats().longest_work <= most
