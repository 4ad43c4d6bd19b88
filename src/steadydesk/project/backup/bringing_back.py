"""A backup becomes an installation again, in an empty folder. Nothing in it is served before all of it is there.

The first steps know no Django: it reads its settings from the folder that is being filled.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import steadydesk
from steadydesk.kernel.errors import Refusal
from steadydesk.pages.installation import UNFINISHED
from steadydesk.project.backup import archive, sealing, sqlite
from steadydesk.project.backup.archive import DUMP, SQLITE, Listed


def bring_back(file: Path, folder: Path) -> Listed:
    """Fill the folder, or the database of ``DATABASE_URL``, with the backup; returns what it says of itself.

    Refuses a spoilt file, one of a newer Steadydesk, and a folder with anything in it. What is brought back is not yet
    settled: see ``settle``. A sealed one needs its key.
    """
    with sealing.opened(file) as plain:
        return _bring_back(plain, folder)


def _bring_back(file: Path, folder: Path) -> Listed:
    listed = archive.verify(file)
    _refuse_newer(file, listed)
    _refuse_other_vendor(listed)
    with _filling(folder):
        for name in listed.files:
            archive.unpack_to(file, listed, name, folder)
        _load_records(folder, listed)
    return listed


@contextmanager
def _filling(folder: Path) -> Iterator[None]:
    """The folder carries a mark until it is settled; one that was killed half-way may be filled anew."""
    mark = folder / UNFINISHED
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()) and not mark.exists():
            raise Refusal("not_available", f"There is something in {folder}. Restore into an empty folder.")
        _empty(folder)
        mark.touch(mode=0o600)
        yield
    except OSError as error:
        # Only what was filled here: a folder that could not be looked into may hold somebody's work.
        if mark.exists():
            _empty(folder)
        raise Refusal(
            "not_available", f"{folder} cannot be filled ({error.strerror}). Nothing is left in it."
        ) from error
    except Refusal:
        if mark.exists():
            _empty(folder)
        raise


def _empty(folder: Path) -> None:
    if not folder.is_dir():
        return
    for inside in sorted(folder.iterdir(), key=lambda path: path.name == UNFINISHED):
        shutil.rmtree(inside) if inside.is_dir() and not inside.is_symlink() else inside.unlink()


def _refuse_newer(file: Path, listed: Listed) -> None:
    ours = known_migrations()
    apps = {name.partition(".")[0] for name in ours}
    strange = [n for n in listed.migrations if n.partition(".")[0] in apps and n not in ours]
    if strange:
        raise Refusal(
            "not_available",
            f"{file} was made by Steadydesk {listed.version}, and this is {steadydesk.__version__}, which "
            f"does not know {strange[0]}. Install that version or a newer one.",
        )


def known_migrations() -> frozenset[str]:
    """Those of this version's own capabilities."""
    package = files("steadydesk")
    return frozenset(
        f"{app.name}.{file.name.removesuffix('.py')}"
        for app in package.iterdir()
        if app.joinpath("migrations").is_dir()
        for file in app.joinpath("migrations").iterdir()
        if file.name.endswith(".py") and not file.name.startswith("_")
    )


def _refuse_other_vendor(listed: Listed) -> None:
    from steadydesk.project.environment import read

    here = "postgresql" if read("DATABASE_URL") else "sqlite"
    if listed.vendor != here:
        asked = (
            "Set DATABASE_URL to an empty PostgreSQL." if listed.vendor == "postgresql" else "Leave DATABASE_URL out."
        )
        raise Refusal("not_available", f"These are records of {listed.vendor}. {asked}")


def _load_records(folder: Path, listed: Listed) -> None:
    if listed.vendor == "sqlite":
        found = sqlite.counts(folder / SQLITE)
    else:
        from steadydesk.project.commands.installation import load_django

        load_django()
        from steadydesk.project.backup import postgres

        postgres.load(folder / DUMP)
        (folder / DUMP).unlink()
        found = postgres.tables()
    if found != dict(listed.counts):
        raise Refusal("invalid", "What was brought back is not what was put by: the tables have other numbers of rows.")


def told_settings(listed: Listed, now: datetime) -> Iterator[str]:
    """What the operator has to set again, for the machine that is left is not the machine that was."""
    for name, value in listed.settings.items():
        if name not in os.environ and name not in ("STEADYDESK_DATA", "DATABASE_URL"):
            yield f"{name} was {value}"
    if not listed.secrets:
        yield "The keys are not in it: people sign in again, desks stay enrolled, and certificates are made anew."
