"""The disk's own time: 200 bytes and an fsync, at the spacing of the measurement it stands beside.

A tight loop keeps caches warm and flatters the disk, so the spacing matters.
"""

import os
import time
from pathlib import Path

from bench.figures import Spread

BYTES = b"x" * 200


def measure(folder: Path, spacing: float = 0.05, count: int = 60) -> Spread:
    """Append and fsync `count` times, `spacing` seconds apart, in a file that is removed again."""
    path = folder / "fsync-probe"
    took = []
    with path.open("wb", buffering=0) as file:
        for _ in range(count):
            began = time.monotonic()
            file.write(BYTES)
            os.fsync(file.fileno())
            took.append(time.monotonic() - began)
            time.sleep(spacing)
    path.unlink()
    return Spread.of(took)
