"""When records were last put by, and last brought back for practice: a small file of the data folder."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

FILE = "safekeeping.json"


@dataclass(frozen=True)
class Kept:
    """A backup that was made, or a rehearsal of one."""

    at: datetime
    file: str
    well: bool = True
    detail: str = ""


def last_backup(folder: Path) -> Kept | None:
    """The newest backup of this installation; ``None`` when there was none."""
    return _read(folder).get("backup")


def last_rehearsal(folder: Path) -> Kept | None:
    """The newest rehearsal of a restore, and whether it went well; ``None`` when there was none."""
    return _read(folder).get("rehearsal")


def note_backup(folder: Path, kept: Kept) -> None:
    """A backup was made."""
    _write(folder, {**_read(folder), "backup": kept})


def note_rehearsal(folder: Path, kept: Kept) -> None:
    """A restore was rehearsed."""
    _write(folder, {**_read(folder), "rehearsal": kept})


def _read(folder: Path) -> dict[str, Kept]:
    """A file that is missing or spoilt says nothing: the next backup writes it anew."""
    try:
        body = json.loads((folder / FILE).read_text())
        return {name: Kept(**{**kept, "at": datetime.fromisoformat(kept["at"])}) for name, kept in body.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write(folder: Path, all_: dict[str, Kept]) -> None:
    fresh = folder / f"{FILE}.new"
    body = {name: {**asdict(kept), "at": kept.at.isoformat()} for name, kept in all_.items()}
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        json.dump(body, f)
    fresh.replace(folder / FILE)
