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
_END = datetime(9000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
TRIES = 100


class Pace:
    """The shared time as everybody reads it: from a moment on at a speed, and no further than granted."""

    def __init__(self, file: Path) -> None:
        """Raises ``OSError`` or ``ValueError`` when the file holds no time."""
        with file.open("rb") as opened:
            self._memory = mmap.mmap(opened.fileno(), _SIZE, access=mmap.ACCESS_READ)
        if (found := self._look()) is None:
            raise ValueError(f"{file} holds no time")
        self._known = found

    @property
    def speed(self) -> float:
        """Seconds of desk time for one second outside."""
        return self._read()[2]

    def now(self, monotonic: float) -> datetime:
        """Desk time when the clock that nobody can set says ``monotonic``."""
        at, since, speed, until = self._read()
        # The machine's own count begins anew when it starts.
        gone = (monotonic - since if monotonic >= since else monotonic) * speed * 1_000_000
        return _EPOCH + timedelta(microseconds=at + int(min(gone, until - at)))

    def _read(self) -> tuple[int, float, float, int]:
        for _ in range(TRIES):
            if (found := self._look()) is not None:
                self._known = found
                break
        # A clock must answer, whatever became of the file.
        return self._known

    def _look(self) -> tuple[int, float, float, int] | None:
        """What stands there; ``None`` when somebody writes in this very moment."""
        found = self._memory[:_SIZE]
        pace, (checked,) = found[: _PACE.size], _SUM.unpack(found[_PACE.size :])
        if zlib.crc32(pace) != checked:
            return None
        at, since, speed, until = _PACE.unpack(pace)
        return at, since, speed, until


class PaceMaker(Pace):
    """The one who says how time passes."""

    def __init__(self, file: Path, begin: datetime) -> None:
        """Go on with the time that stands in the file; it is ``begin`` when there is none."""
        try:
            super().__init__(file)
        except (OSError, ValueError):
            fresh = file.with_name(f"{file.name}.new")
            fresh.write_bytes(_packed(begin, 0.0, 1.0, begin))
            fresh.replace(file)
            super().__init__(file)
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _SIZE)

    def stand_at(self, at: datetime) -> None:
        """It is ``at``, until something else is said."""
        self._memory[:_SIZE] = _packed(at, 0.0, 1.0, at)

    def run(self, speed: float, monotonic: float, until: datetime) -> None:
        """Let time pass at this speed from what it is now, up to ``until``."""
        self._memory[:_SIZE] = _packed(self.now(monotonic), monotonic, speed, until)

    def run_on(self, monotonic: float) -> None:
        """Nothing more is to happen: let time pass as it does, without an end."""
        self.run(1.0, monotonic, _END)


def _packed(at: datetime, since: float, speed: float, until: datetime) -> bytes:
    pace = _PACE.pack((at - _EPOCH) // _MICROSECOND, since, speed, (until - _EPOCH) // _MICROSECOND)
    return pace + _SUM.pack(zlib.crc32(pace))
