"""Desk time that several processes share: a few bytes in the data folder, mapped into the memory of each.

While a week is replayed, time passes as the replay says: it grants time up to the next thing that happens, so that
no clock of any process runs past what is not entered yet. A replay that was killed leaves time standing there.
"""

import mmap
import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

FILE = "replay-time"
"""Its name in the data folder."""

_PACE = struct.Struct("<qddq")
_SUM = struct.Struct("<I")
_SIZE = _PACE.size + _SUM.size
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Pace:
    """The shared time as everybody reads it: from a moment on at a speed, and no further than granted."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _SIZE)

    @property
    def speed(self) -> float:
        """Seconds of desk time for one second outside."""
        return self._read()[2]

    def now(self, monotonic: float) -> datetime:
        """Desk time when the clock that nobody can set says ``monotonic``."""
        at, since, speed, until = self._read()
        gone = max(0.0, monotonic - since) * speed * 1_000_000
        return _EPOCH + timedelta(microseconds=at + int(min(gone, until - at)))

    def _read(self) -> tuple[int, float, float, int]:
        while True:
            found = self._memory[:_SIZE]
            pace, (checked,) = found[: _PACE.size], _SUM.unpack(found[_PACE.size :])
            # Somebody was writing in this very moment.
            if zlib.crc32(pace) == checked:
                at, since, speed, until = _PACE.unpack(pace)
                return at, since, speed, until


class PaceMaker(Pace):
    """The one who says how time passes."""

    def __init__(self, file: Path, begin: datetime) -> None:
        self._file = file
        if not file.exists():
            fresh = file.with_name(f"{file.name}.new")
            fresh.write_bytes(_packed(begin, 0.0, 1.0, begin))
            fresh.replace(file)
        super().__init__(file)

    def stand_at(self, at: datetime) -> None:
        """It is ``at``, until something else is said."""
        self._memory[:_SIZE] = _packed(at, 0.0, 1.0, at)

    def run(self, speed: float, monotonic: float, until: datetime) -> None:
        """Let time pass at this speed from what it is now, up to ``until``."""
        self._memory[:_SIZE] = _packed(self.now(monotonic), monotonic, speed, until)

    def leave(self) -> None:
        """Give the folder back to the system's clock."""
        self._file.unlink(missing_ok=True)


def _packed(at: datetime, since: float, speed: float, until: datetime) -> bytes:
    pace = _PACE.pack((at - _EPOCH) // _MICROSECOND, since, speed, (until - _EPOCH) // _MICROSECOND)
    return pace + _SUM.pack(zlib.crc32(pace))
