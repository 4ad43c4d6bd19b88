"""Presses that are not confirmed yet, each in a small file, so that none is lost when the computer stops."""

import contextlib
import json
import logging
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Press:
    """One press: its key makes it one call however often it is sent."""

    key: str
    at: datetime
    body: Mapping[str, str]

    def ago(self, now: datetime) -> timedelta:
        """How long ago it was; never less than nothing, whatever somebody did to the clock."""
        return max(now - self.at, timedelta())


def new_press(body: Mapping[str, str], now: datetime) -> Press:
    """A press that nobody else made."""
    return Press(str(uuid.uuid4()), now, dict(body))


class Kept:
    """The folder of unconfirmed presses. The agent and ``press`` share it: either may send what the other kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, press: Press) -> None:
        """On the disk when it returns. Raises ``OSError`` when it cannot be kept."""
        text = json.dumps({"key": press.key, "at": press.at.isoformat(), "body": dict(press.body)})
        fresh = self._file(press).with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        fresh.replace(self._file(press))

    def forget(self, press: Press) -> None:
        """It is confirmed. A file that stays is sent once more, which the server knows by its key."""
        with contextlib.suppress(OSError):
            self._file(press).unlink(missing_ok=True)

    def all(self) -> list[Press]:
        """Every press that is kept, the oldest first."""
        found = [press for path in self._folder.glob("*.press") if (press := _read(path))]
        return sorted(found, key=lambda press: press.at)

    def _file(self, press: Press) -> Path:
        return self._folder / f"{press.key}.press"


def _read(path: Path) -> Press | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(said["at"])
        if at.tzinfo is None:
            raise ValueError("a time without an offset")
        return Press(str(uuid.UUID(said["key"])), at, {str(k): str(v) for k, v in said["body"].items()})
    except FileNotFoundError:
        return None  # the other one has just sent it
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("a kept press cannot be read: %s", type(error).__name__)
        return None
