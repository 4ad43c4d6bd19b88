"""How a listener stands with the system that it listens to, written down for whoever asks."""

import json
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from steadydesk.kernel.clock import clock

TELEPHONES, BROKER = "telephones.json", "broker.json"
SEEN_WITHIN_S = 30.0
"""A listener that says how it lives at all says so more often than this."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """As it last changed."""

    well: bool
    said: str
    since: datetime
    mark: int
    """Another each time that the listener wrote it down or confirmed it."""


class Pulse:
    """Whether a listener still confirms how it stands, by the clock of whoever looks."""

    def __init__(self) -> None:
        self._mark, self._at = 0, clock.monotonic()

    def is_gone(self, state: Standing | None) -> bool:
        """Whether nothing was heard of the process itself for too long."""
        if state is not None and state.mark != self._mark:
            self._mark, self._at = state.mark, clock.monotonic()
        return clock.monotonic() - self._at > SEEN_WITHIN_S


def note(folder: Path, file: str, well: bool, said: str) -> None:
    """Write it down, with a line in the log, when it has changed."""
    before = standing(folder, file)
    if before is not None and (before.well, before.said) == (well, said):
        confirm(folder, file)
        return
    fresh = folder / f"{file}.new"
    fresh.write_text(json.dumps({"well": well, "said": said, "since": clock.now().isoformat()}))
    fresh.replace(folder / file)
    if well:
        log.info("connected")
    else:
        log.warning("not connected: %s", said)


def confirm(folder: Path, file: str) -> None:
    """It is still so."""
    with suppress(OSError):
        os.utime(folder / file)


def standing(folder: Path, file: str) -> Standing | None:
    """``None`` when nothing is known."""
    path = folder / file
    try:
        found = json.loads(path.read_text())
        mark = path.stat().st_mtime_ns
        return Standing(bool(found["well"]), str(found["said"]), datetime.fromisoformat(found["since"]), mark)
    except (OSError, ValueError, KeyError, TypeError):
        return None
