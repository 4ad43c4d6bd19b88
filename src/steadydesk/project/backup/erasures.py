"""The list of what was erased or withdrawn, as a small file beside the backups and in the data folder.

A backup is older than some erasures, and a restore would bring those words back. The list holds numbers, times and
reasons, and no word, so it may lie where backups lie, and be kept when they go.
"""

import json
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.pages import safekeeping
from steadydesk.privacy.again import Gone, gone

FILE = "steadydesk-erasures.json"

log = logging.getLogger(__name__)


def note(entry: Entry, by: Actor, now: datetime) -> None:
    """Words were erased or withdrawn: once that is on the disk, the lists say so."""
    transaction.on_commit(keep_everywhere, robust=True)


def keep_everywhere(*more: Path) -> None:
    """Bring the list of the data folder up to date, and the one beside the last backup."""
    data = Path(settings.DATA)
    last = safekeeping.last_backup(data)
    for folder in {data, Path(last.file).parent if last else data, *more}:
        try:
            keep(folder)
        except (OSError, Refusal) as error:
            log.warning("the list of erasures in %s could not be written: %s", folder, error)


def keep(folder: Path, more: Iterable[Gone] = ()) -> None:
    """Add to the folder's list what the journal knows, and ``more``; what stands there already stays."""
    file = folder / FILE
    before = read(file) if file.exists() else []
    found = sorted({*before, *more, *gone()}, key=lambda one: (one.at, one.words, one.how))
    body = {"erasures": [{**asdict(one), "at": one.at.isoformat()} for one in found]}
    fresh = folder / f"{FILE}.new"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            json.dump(body, f, indent=1)
            f.flush()
            os.fsync(f.fileno())
        fresh.replace(file)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise


def read(file: Path) -> list[Gone]:
    """What the list says. Raises ``Refusal`` for a spoilt one, which must not pass for an empty one."""
    try:
        rows = json.loads(file.read_text())["erasures"]
        return [Gone(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Refusal("invalid", f"The list of erasures {file} cannot be read: {error}") from error
