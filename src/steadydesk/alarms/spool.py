"""The spool: what happened while storage was away, kept until it is recorded.

One file of fixed slots, all its blocks written at creation, then only overwritten in place: a full disk
refuses an append but not an overwrite. (A copy-on-write file system needs room for an overwrite as well: put
the spool elsewhere.)

A slot is a header and the record as JSON. The digest covers the sequence number and the JSON: a record that
was cut off at any byte is seen for what it is. A cleared slot has its whole header zeroed: were only a flag
changed, a new record cut off after that flag would bring the old one back.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import struct
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MARK = b"SPL1"
_HEADER = struct.Struct("<4sQI16s")  # mark, sequence, length of the JSON, digest
_CLEARED = bytes(_HEADER.size)
_ZEROS_AT_ONCE = 1 << 20

Record = dict[str, Any]


class SpoolFull(OSError):
    """Every slot holds a record that is not yet recorded elsewhere; nothing was written."""


class SpoolInUse(OSError):
    """Another process has this spool open."""


class RecordTooLarge(ValueError):
    """The record does not fit into one slot; nothing was written."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A slot whose record cannot be read: cut off by a crash unconfirmed, or spoilt by the disk."""

    slot: int
    reason: str


class Spool:
    """Records in sequence order, each durable when `append` returns. Safe to use from any thread."""

    def __init__(self, descriptor: int, slots: int, slot_bytes: int) -> None:
        self._descriptor = descriptor
        self._slot_bytes = slot_bytes
        self._lock = threading.Lock()
        self._sequence = 0
        self._live: dict[int, tuple[int, bytes]] = {}
        self.damaged: list[Damage] = []
        self._read(slots)

    @classmethod
    def open(cls, path: Path, slots: int = 1024, slot_bytes: int = 4096) -> "Spool":
        """Open the spool, making it if there is none; an existing one keeps its length.

        Raises OSError when the disk has no room for a new one, SpoolInUse when another process has it.
        """
        if not path.exists():
            _make(path, slots * slot_bytes)
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            # A lock of the process, not of the descriptor: a child that outlives its server keeps nothing.
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(descriptor, os.fstat(descriptor).st_size // slot_bytes, slot_bytes)
        except BlockingIOError as error:
            os.close(descriptor)
            raise SpoolInUse(error.errno, "another process has the spool open", str(path)) from error
        except BaseException:
            os.close(descriptor)
            raise

    def append(self, record: Record) -> int:
        """Write a record and force it to the disk; returns its slot.

        Raises SpoolFull, RecordTooLarge, or the OSError of the disk; the slot is then free again.
        """
        body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) > self._slot_bytes - _HEADER.size:
            raise RecordTooLarge(f"{len(body)} bytes, room for {self._slot_bytes - _HEADER.size}")
        slot, sequence = self._take_slot()
        try:
            self._write(slot, _pack(sequence, body))
            os.fdatasync(self._descriptor)
        except BaseException:
            # Whatever reached the disk must not come back as a record that was never confirmed.
            with contextlib.suppress(OSError):
                self._write(slot, _CLEARED)
            with self._lock:
                self._free.append(slot)
            raise
        with self._lock:
            self._live[slot] = (sequence, body)
        return slot

    def pending(self) -> list[tuple[int, Record]]:
        """Every record not yet done, with its slot, in the order in which they were appended."""
        with self._lock:
            live = sorted((sequence, slot, body) for slot, (sequence, body) in self._live.items())
        return [(slot, json.loads(body)) for _, slot, body in live]

    def done(self, slot: int) -> None:
        """Clear one slot, durably. A slot that is already clear is left alone."""
        self.done_many([slot])

    def done_many(self, slots: Iterable[int]) -> None:
        """Clear slots with one wait for the disk. After an OSError all are still pending: clear again."""
        with self._lock:
            # Out of sight at once: a second thread that clears the same slot must not hit its next record.
            clearing = {slot: self._live.pop(slot) for slot in set(slots) if slot in self._live}
        if not clearing:
            return
        try:
            for slot in clearing:
                self._write(slot, _CLEARED)
            os.fdatasync(self._descriptor)
        except BaseException:
            with self._lock:
                self._live.update(clearing)
            raise
        with self._lock:
            self._free.extend(clearing)

    @property
    def room(self) -> int:
        """How many more records fit."""
        with self._lock:
            return len(self._free)

    def close(self) -> None:
        """Close the file; what is pending stays in it."""
        os.close(self._descriptor)

    def _take_slot(self) -> tuple[int, int]:
        with self._lock:
            if not self._free:
                raise SpoolFull("every slot of the spool is taken")
            self._sequence += 1
            return self._free.pop(), self._sequence

    def _write(self, slot: int, data: bytes) -> None:
        offset = slot * self._slot_bytes
        while data:
            written = os.pwrite(self._descriptor, data, offset)
            data = data[written:]
            offset += written

    def _read(self, slots: int) -> None:
        free = []
        for slot in range(slots):
            data = os.pread(self._descriptor, self._slot_bytes, slot * self._slot_bytes)
            mark, sequence, length, digest = _HEADER.unpack_from(data)
            body = data[_HEADER.size : _HEADER.size + length]
            if mark == bytes(len(_MARK)):
                free.append(slot)
            elif mark == _MARK and digest == _digest(sequence, body):
                self._live[slot] = (sequence, body)
                self._sequence = max(self._sequence, sequence)
            else:
                reason = "cut off or altered" if mark == _MARK else "not a record"
                self.damaged.append(Damage(slot, reason))
        # Popped from the end: damaged slots are written over last, so that they can still be looked at.
        self._free = [damage.slot for damage in self.damaged] + free[::-1]


def _digest(sequence: int, body: bytes) -> bytes:
    return hashlib.sha256(sequence.to_bytes(8, "little") + body).digest()[:16]


def _pack(sequence: int, body: bytes) -> bytes:
    return _HEADER.pack(_MARK, sequence, len(body), _digest(sequence, body)) + body


def _make(path: Path, size: int) -> None:
    """Make the file under another name, every byte written, and give it its name only when it is whole."""
    unfinished = path.with_name(path.name + ".new")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
        # Promised blocks are made written ones now, not at the first press on a full disk.
        for offset in range(0, size, _ZEROS_AT_ONCE):
            os.pwrite(descriptor, bytes(min(_ZEROS_AT_ONCE, size - offset)), offset)
        os.fsync(descriptor)
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
