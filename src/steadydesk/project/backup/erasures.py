"""The list of what was erased or withdrawn, as a small file beside the backups and in the data folder.

A backup is older than some erasures, and a restore would bring those words back. The list holds numbers, times and
reasons, and no word, so it may lie where backups lie, and be kept when they go.
"""

import errno
import fcntl
import json
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event as Bell

from django.conf import settings
from django.db import transaction

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Refusal
from steadydesk.pages import safekeeping
from steadydesk.privacy.again import Gone, gone

FILE = "steadydesk-erasures.json"

LOCK = ".steadydesk-erasures.lock"
"""The file that whoever writes the list holds; the list itself is another file after each writing."""
LIST = "installation:erasures"
"""How the journal names the list."""
WAITS_S = 5.0
A_TRY_S = 0.02
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What a file system says on which nothing can be held."""
BY = system("erasures")

log = logging.getLogger(__name__)


def note(entry: Entry, by: Actor, now: datetime) -> None:
    """Words were erased or withdrawn: once that is on the disk, the lists say so."""
    transaction.on_commit(partial(keep_everywhere, now=now), robust=True)


def keep_everywhere(*more: Path, now: datetime) -> None:
    """Bring the list of the data folder up to date, and the one beside the last backup."""
    for folder in {*_folders(), *more}:
        try:
            keep(folder, now=now)
        except (OSError, Refusal) as error:
            log.warning("the list of erasures in %s could not be written: %s", folder, error)


def _folders() -> set[Path]:
    data = Path(settings.DATA)
    last = safekeeping.last_backup(data)
    return {data, Path(last.file).parent} if last else {data}


def keep(folder: Path, more: Iterable[Gone] = (), *, now: datetime) -> None:
    """Add to the folder's list what the journal knows, and ``more``; what stands there already stays.

    A list that cannot be read is kept aside, and a new one goes on: the journal and ``check`` say so. Of two who
    write at once the second waits, and what it reads of the journal is then as new as what the first has written.
    """
    file, spoilt = folder / FILE, None
    with _alone(folder):
        try:
            before = read(file) if file.exists() else []
        except Refusal:
            before, spoilt = [], _put_aside(file)
        _write(file, {*before, *more, *gone()})
    if spoilt is not None:
        log.error("the list of erasures could not be read; it is kept as %s, and a new one was begun", spoilt)
        with write(now):
            record(Event.ERASURES_SPOILT, LIST, by=BY, file=spoilt.name)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's list. Raises ``OSError`` when somebody else holds it for too long."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, clock.monotonic() + WAITS_S)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.monotonic() >= until:
                raise
            Bell().wait(A_TRY_S)
        except OSError as error:
            if error.errno in NO_LOCKS:
                return
            raise
        else:
            return


def _put_aside(file: Path) -> Path:
    """Under the first name that is free: none of them may be written over."""
    aside = next(a for n in count(1) if not (a := file.with_name(f"{file.stem}.spoilt-{n}{file.suffix}")).exists())
    return file.rename(aside)


def _write(file: Path, found: Iterable[Gone]) -> None:
    rows = sorted(found, key=lambda one: (one.at, one.words, one.how))
    body = {"erasures": [{**asdict(one), "at": one.at.isoformat()} for one in rows]}
    descriptor, fresh = tempfile.mkstemp(prefix=f".{FILE}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w") as f:
            json.dump(body, f, indent=1)
            f.flush()
            os.fsync(f.fileno())
        Path(fresh).replace(file)
    except OSError:
        with suppress(OSError):
            Path(fresh).unlink()
        raise


def findings() -> Iterator[str]:
    """What an operator has to see: a list that was spoilt, and one that does not know of every erasure."""
    for folder in sorted(_folders()):
        for aside in sorted(folder.glob(f"{Path(FILE).stem}.spoilt-*")):
            yield (
                f"{aside} is a list of erasures that could not be read. A new one was made from the journal; what only "
                "this one knew of would come back with an older backup. See what can be read in it, and move it away."
            )
        try:
            lacks = len(set(gone()) - set(read(folder / FILE) if (folder / FILE).exists() else ()))
        except Refusal as unreadable:
            yield f"{unreadable} The next erasure or backup keeps it aside and begins a new one."
            continue
        if lacks:
            yield (
                f"The list of erasures in {folder} lacks {lacks}, and a restore would bring these words back. See that "
                "it can be written there, then make a backup."
            )


def read(file: Path) -> list[Gone]:
    """What the list says. Raises ``Refusal`` for a spoilt one, which must not pass for an empty one."""
    try:
        rows = json.loads(file.read_text())["erasures"]
        return [Gone(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Refusal("invalid", f"The list of erasures {file} cannot be read: {error}") from error
