"""Opens the installation in the data folder for a command: Django, the database, the bell of a running server."""

from pathlib import Path

from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Refusal
from steadydesk.kernel.pace import FILE


def load_django() -> None:
    """Read the settings. Raises ``Misconfigured`` with a sentence."""
    import django

    django.setup()


def open_installation(*, migrate: bool = False) -> None:
    """Make everything ready for the command's work; a commit will wake a running server.

    ``migrate`` brings the database to this version, and makes it when there is none; otherwise both are a refusal.
    """
    load_django()
    from django.conf import settings

    from steadydesk.journal.bell import bell
    from steadydesk.project.upgrade import bring_up_to_date, refuse_newer

    refuse_unfinished()
    if migrate:
        bring_up_to_date(clock.now())
    elif is_up_to_date():
        refuse_newer()
    else:
        raise Refusal(
            "not_available",
            f"There is no installation of this version in {settings.DATA}. "
            "Begin one with “steadydesk setup FILE”, or bring it up to date with “steadydesk run”.",
        )
    bell.reach(Path(settings.DATA) / "bell.sock")
    clock.follow(Path(settings.DATA) / FILE)


def has_records() -> bool:
    """Whether anything was ever done in this database; read without changing it."""
    from django.db import connection

    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    from steadydesk.journal.queries import last_id

    return "journal_entry" in connection.introspection.table_names() and last_id() > 0


def refuse_unfinished() -> None:
    """Refuse a folder into which a restore did not come to its end: half of the records look like all of them."""
    from django.conf import settings

    from steadydesk.pages.installation import UNFINISHED

    if (Path(settings.DATA) / UNFINISHED).exists():
        raise Refusal(
            "not_available", f"A restore into {settings.DATA} was not finished. Restore into it again, or into another."
        )


def is_up_to_date() -> bool:
    """Whether the database is there and every migration has been applied. Raises ``Refusal`` if it cannot be read."""
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).exists():
        return False
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise Refusal("storage_unavailable", f"The database cannot be reached: {error}") from error
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def require_postgres(command: str) -> None:
    """Refuse what only several processes on one PostgreSQL can do."""
    from django.db import connection

    if connection.vendor != "postgresql":
        raise Refusal(
            "not_available",
            f"“{command}” needs PostgreSQL: on SQLite one process holds the alarms, the pages and the engine together, "
            "so that an alarm waits for nobody. Use “steadydesk run”, or set DATABASE_URL to a PostgreSQL.",
        )
