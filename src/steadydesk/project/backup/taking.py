"""What is put by: the records, the spool, what was uploaded; the keys only when they are asked for."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

import steadydesk
from steadydesk.kernel.errors import Refusal
from steadydesk.pages import safekeeping
from steadydesk.project.backup import archive, erasures, postgres, sealing, sqlite
from steadydesk.project.backup.archive import DUMP, SQLITE, Listed

FOLDERS = ("uploads", "locale")
KEYS = ("secret-key", "push-key", "tls")
"""Whoever has these can sign sessions and be taken for the server."""
TOLD = ("STEADYDESK_HOSTS", "STEADYDESK_HTTPS", "STEADYDESK_PROXY", "STEADYDESK_MAIL_FROM")
"""Settings whose values are in the list; of every other only that it was given, for it may hold a password."""
GIVEN = "(given)"


def take(to: Path, now: datetime, *, secrets: bool = False, note: bool = True, key: str = "") -> Path:
    """Put the live installation by in one file that did not exist; a folder gets a file named by the time.

    The server may run and its writers write: nobody waits for this. With ``note`` it counts as the last backup; with
    a ``key`` it is sealed.
    """
    data = Path(settings.DATA)
    file = (to / f"steadydesk-{now:%Y-%m-%dT%H%M%SZ}.backup" if to.is_dir() else to).absolute()
    if not file.parent.is_dir():
        raise Refusal("not_found", f"There is no folder {file.parent}.")
    with archive.fresh_file(file) as part, tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as work:
        parts, listed = _gather(data, Path(work), now, secrets=secrets)
        plain = Path(work) / "plain" if key else part
        archive.write(plain, parts, listed)
        if key:
            sealing.seal(plain, part, key)
    if note:
        safekeeping.note_backup(data, safekeeping.Kept(now, str(file)))
    erasures.keep_everywhere(file.parent, now=now)
    return file


def _gather(data: Path, work: Path, now: datetime, *, secrets: bool) -> tuple[dict[str, Path], Listed]:
    parts: dict[str, Path] = {}
    # The spool before the records: what is recorded in between is then in both, and recording twice is harmless.
    if (data / "spool").exists():
        parts["spool"] = work / "spool"
        shutil.copyfile(data / "spool", parts["spool"])
    if connection.vendor == "sqlite":
        parts[SQLITE] = copied = work / SQLITE
        sqlite.copy(Path(connection.settings_dict["NAME"]), copied)
        counts, applied, last = sqlite.counts(copied), sqlite.migrations(copied), sqlite.last_entry(copied)
    else:
        parts[DUMP] = work / DUMP
        counts, applied, last = postgres.dump(parts[DUMP])
    for name in (*FOLDERS, *(KEYS if secrets else ())):
        parts |= {str(f.relative_to(data)): f for f in _files(data / name)}
    listed = Listed(
        version=steadydesk.__version__,
        taken_at=now,
        vendor=connection.vendor,
        migrations=applied,
        counts=counts,
        last_entry=last,
        settings=_settings(),
        secrets=secrets,
    )
    return parts, listed


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(f for f in path.rglob("*") if f.is_file() and not f.is_symlink())


def _settings() -> dict[str, str]:
    given = [n for n in os.environ if n.startswith(("STEADYDESK_", "DATABASE_URL"))]
    return {name: os.environ[name] if name in TOLD else GIVEN for name in sorted(given)}
