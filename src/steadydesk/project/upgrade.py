"""Bringing the records to this version, while calls go on: all of it or nothing.

The server is there at the same time and takes calls from its book, for the one transaction in which everything is
changed looks to it like any other locked database: a call is told at once, kept in the spool, and recorded when the
transaction is over. Killed or failed half-way, the records are as they were and the former version serves them.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Refusal, SteadydeskError
from steadydesk.kernel.pace import FILE as PACE

MARK = "upgrading"
"""The file that says so, from before the server begins until all is done."""
KEPT = 3
"""Backups from before an upgrade that are kept."""


def is_upgrading(data: Path) -> bool:
    """Whether the records are not yet of this version: nobody but the upgrade touches them."""
    return (data / MARK).exists()


def refuse_newer() -> None:
    """Refuse records that a newer version has changed: this one would read them wrongly."""
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    known = MigrationLoader(connection).disk_migrations
    apps = {app for app, _name in known}
    strange = [m for m in MigrationRecorder(connection).applied_migrations() if m[0] in apps and m not in known]
    if strange:
        raise Refusal(
            "not_available",
            f"A newer version of Steadydesk has changed the records in {settings.DATA} ({'.'.join(strange[0])}). "
            f"Install that one again, or restore what was put by before the upgrade: {settings.DATA / 'backups'}.",
        )


def bring_up_to_date(now: datetime) -> None:
    """Make the database when there is none; else put it by and change it. After a ``Refusal`` it is as it was."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from steadydesk.project.commands.installation import has_records, is_up_to_date

    if not has_records():
        call_command("migrate", interactive=False, verbosity=0)
        return
    refuse_newer()
    if is_up_to_date():
        return
    if connection.vendor != "sqlite":
        _put_by(settings.DATA, now)
    try:
        with _all_or_nothing():
            if connection.vendor == "sqlite":
                _put_by(settings.DATA, now)
            call_command("migrate", interactive=False, verbosity=0)
    except SteadydeskError:
        raise
    except Exception as error:
        raise Refusal(
            "storage_unavailable",
            f"The records could not be brought to this version ({type(error).__name__}: {error}). They are as they "
            "were: start the former version again.",
        ) from error


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """One transaction round every migration. On SQLite it cannot be begun with foreign keys checked at each statement;
    they are checked at the end of each migration instead."""
    from django.db import connection, transaction

    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            yield
    finally:
        connection.enable_constraint_checking()


def _put_by(data: Path, now: datetime) -> None:
    """A backup of the moment before, the same one however often the upgrade is tried, and only the newest few."""
    import steadydesk
    from steadydesk.journal.queries import last_id
    from steadydesk.project.backup.taking import take

    folder = data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"before-{steadydesk.__version__}-at-{last_id()}.backup"
    if not file.exists():
        take(file, now, note=False)
    older = sorted(folder.glob("before-*.backup"), key=lambda path: path.stat().st_mtime_ns)
    for old in older[:-KEPT]:
        old.unlink()


def prepare(data: Path) -> None:
    """Everything that must be done to the records before the first page is served."""
    from steadydesk.chaintests import actions as chaintests
    from steadydesk.kernel.actor import system
    from steadydesk.privacy import actions as privacy
    from steadydesk.project.backup import settling

    # In the time of a replay what it entered is not old, and must not be forgotten.
    clock.follow(data / PACE)
    now = clock.now()
    bring_up_to_date(now)
    settling.before_serving(now)
    # Also after a restore: what was forgotten since the backup goes again before anybody can read it.
    privacy.purge_before_serving(now)
    chaintests.schedule_tests(by=system("start"), now=now)
    with suppress(FileNotFoundError):
        (data / MARK).unlink()
