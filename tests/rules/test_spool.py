"""The spool keeps what was confirmed through a full disk, a kill at any byte and many threads at once."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steadydesk.alarms import spool as module
from steadydesk.alarms.spool import RecordTooLarge, Spool, SpoolFull, SpoolInUse

SLOT = 256


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def small(path: Path, slots: int = 8) -> Spool:
    return Spool.open(path, slots=slots, slot_bytes=SLOT)


def records(spool: Spool) -> list[dict[str, object]]:
    return [record for _, record in spool.pending()]


def test_records_come_back_in_the_order_of_their_writing(path: Path) -> None:
    spool = small(path)
    slots = [spool.append({"n": n, "words": "Übung"}) for n in range(5)]
    spool.done(slots[1])
    spool.append({"n": 5})
    spool.close()
    again = small(path)
    assert [record["n"] for record in records(again)] == [0, 2, 3, 4, 5]
    assert again.append({"n": 6}) not in {slot for slot, record in again.pending() if record["n"] != 6}
    assert records(again)[-1] == {"n": 6}


def test_what_is_done_does_not_come_back(path: Path) -> None:
    spool = small(path)
    spool.done_many([spool.append({"n": n}) for n in range(3)])
    spool.done(0)
    assert spool.pending() == []
    spool.close()
    assert small(path).pending() == []


def test_a_full_spool_says_so_and_has_room_again_when_something_is_done(path: Path) -> None:
    spool = small(path, slots=2)
    first = spool.append({"n": 1})
    spool.append({"n": 2})
    assert spool.room == 0
    with pytest.raises(SpoolFull):
        spool.append({"n": 3})
    spool.done(first)
    spool.append({"n": 3})
    assert [record["n"] for record in records(spool)] == [2, 3]


def test_a_record_that_does_not_fit_is_refused_and_takes_no_slot(path: Path) -> None:
    spool = small(path, slots=1)
    with pytest.raises(RecordTooLarge):
        spool.append({"note": "x" * SLOT})
    assert spool.room == 1


def test_a_failing_disk_frees_the_slot_and_leaves_no_unconfirmed_record(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = small(path, slots=1)

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        with pytest.raises(OSError, match="Input/output"):
            spool.append({"n": 1})
    assert spool.room == 1
    spool.close()
    again = small(path, slots=1)
    assert again.pending() == []
    assert again.damaged == []


def test_a_clearing_that_failed_leaves_the_record_pending(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = small(path)
    slot = spool.append({"n": 1})

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        with pytest.raises(OSError, match="Input/output"):
            spool.done(slot)
    assert records(spool) == [{"n": 1}]
    spool.done(slot)
    assert records(spool) == []


def test_its_whole_length_is_on_the_disk_from_the_start(path: Path) -> None:
    Spool.open(path).close()
    status = path.stat()
    assert status.st_size == 1024 * 4096
    assert status.st_blocks * 512 >= status.st_size
    spool = Spool.open(path)
    for n in range(100):
        spool.append({"n": n})
    assert path.stat().st_blocks == status.st_blocks


def test_an_interrupted_creation_leaves_no_spool(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="No space"):
            small(path)
    assert list(path.parent.iterdir()) == []
    assert small(path).pending() == []


def cut_after(path: Path, slot: int, data: bytes, kept: int) -> None:
    """What a kill or a power cut leaves: only the first bytes of a write."""
    with path.open("r+b") as file:
        file.seek(slot * SLOT)
        file.write(data[:kept])


@pytest.mark.parametrize("used_before", [False, True], ids=["a new slot", "a slot used before"])
def test_a_record_cut_off_at_any_byte_is_whole_or_absent(path: Path, used_before: bool) -> None:
    spool = small(path)
    spool.append({"kept": True})
    if used_before:
        spool.done(spool.append({"old": "a longer record that was done and must not come back"}))
    spool.close()
    before = path.read_bytes()
    data = module._pack(9, json.dumps({"new": "one"}).encode())
    for kept in range(len(data) + 1):
        path.write_bytes(before)
        cut_after(path, 1, data, kept)
        again = small(path)
        whole = kept == len(data)
        assert records(again) == [{"kept": True}] + [{"new": "one"}] * whole, kept
        assert len(again.damaged) == (0 if whole or kept == 0 else 1), kept
        again.close()


def test_a_clearing_cut_off_at_any_byte_never_alters_a_record(path: Path) -> None:
    spool = small(path)
    spool.append({"kept": True})
    spool.append({"done": True})
    spool.close()
    before = path.read_bytes()
    for kept in range(len(module._CLEARED) + 1):
        path.write_bytes(before)
        cut_after(path, 1, module._CLEARED, kept)
        again = small(path)
        assert records(again) in ([{"kept": True}], [{"kept": True}, {"done": True}])
        again.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(st.one_of(st.just("append"), st.integers(0, 7)), max_size=30),
    slot=st.integers(0, 7),
    junk=st.binary(min_size=1, max_size=SLOT),
    at=st.integers(0, SLOT - 1),
)
def test_junk_in_one_slot_costs_that_slot_alone(
    path: Path, steps: list[str | int], slot: int, junk: bytes, at: int
) -> None:
    path.unlink(missing_ok=True)
    spool = small(path)
    expected: dict[int, dict[str, object]] = {}
    for number, step in enumerate(steps):
        if isinstance(step, int):
            spool.done(step)
            expected.pop(step, None)
        elif spool.room:
            record: dict[str, object] = {"n": number}
            expected[spool.append(record)] = record
    spool.close()
    with path.open("r+b") as file:
        file.seek(slot * SLOT + at)
        file.write(junk[: SLOT - at])
    again = small(path)
    found = dict(again.pending())
    again.close()
    expected.pop(slot, None)
    found.pop(slot, None)
    assert found == expected


def test_damage_is_told_and_its_slot_is_written_over_last(path: Path) -> None:
    small(path, slots=2).close()
    cut_after(path, 0, b"SPL1 and then nothing that fits", 20)
    spool = small(path, slots=2)
    assert [damage.slot for damage in spool.damaged] == [0]
    assert [spool.append({"n": n}) for n in range(2)] == [1, 0]


KILLED = """
import pathlib, sys
from steadydesk.alarms.spool import Spool
spool = Spool.open(pathlib.Path(sys.argv[1]), slots=2000, slot_bytes=256)
for n in range(2000):
    spool.append({"n": n})
    print(n, flush=True)
"""


def test_every_confirmed_record_survives_a_kill(path: Path) -> None:
    source = str(Path(module.__file__).parents[2])
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert child.stdout is not None
    confirmed = [int(child.stdout.readline()) for _ in range(50)]
    with pytest.raises(SpoolInUse):
        Spool.open(path, slots=2000, slot_bytes=256)
    child.kill()
    confirmed += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    child.wait()
    child.stdout.close()
    spool = Spool.open(path, slots=2000, slot_bytes=256)
    found = [record["n"] for record in records(spool)]
    assert found[: len(confirmed)] == confirmed
    assert len(found) - len(confirmed) in {0, 1}
    spool.close()


def test_threads_neither_share_a_slot_nor_lose_a_record(path: Path) -> None:
    spool = small(path, slots=64)

    def work(name: int) -> None:
        for n in range(20):
            slot = spool.append({"by": name, "n": n})
            if n % 4:
                spool.done(slot)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spool.close()
    kept = sorted((record["by"], record["n"]) for record in records(small(path, slots=64)))
    assert kept == [(name, n) for name in range(8) for n in range(0, 20, 4)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("NOT RUN: a small disk can only be mounted as root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(65536))
            except OSError:
                return


def test_a_full_disk_does_not_stop_the_spool(small_disk: Path) -> None:
    spool = Spool.open(small_disk / "spool")
    fill(small_disk)
    with pytest.raises(OSError, match="No space"):
        (small_disk / "other").write_bytes(bytes(65536))
    slots = [spool.append({"n": n, "note": "x" * 3000}) for n in range(1024)]
    spool.done_many(slots[:1000])
    spool.append({"n": "more"})
    spool.close()
    again = Spool.open(small_disk / "spool")
    assert [record["n"] for record in records(again)] == [*range(1000, 1024), "more"]
    again.close()


def test_a_disk_too_full_for_a_spool_is_told_at_the_start(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(OSError, match="No space"):
        Spool.open(small_disk / "spool")
    assert not (small_disk / "spool").exists()
