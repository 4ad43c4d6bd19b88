"""The one file: a ZIP of what was put by, with a list that has the size and the digest of each part.

The digest of the list itself is the ZIP's comment, the very last bytes: a file that was cut off or altered anywhere is
seen for what it is. A file gets its name only when it is whole and on the disk.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from steadydesk.kernel.errors import Refusal

FORMAT = 1
LIST = "backup.json"
SQLITE, DUMP = "steadydesk.sqlite3", "database.dump"
"""The records, by either database."""
CHUNK = 1 << 20


@dataclass(frozen=True)
class Listed:
    """What a backup says of itself."""

    version: str
    taken_at: datetime
    vendor: str
    migrations: tuple[str, ...]
    counts: Mapping[str, int]
    """How many rows each table had."""
    last_entry: int
    settings: Mapping[str, str]
    secrets: bool
    """Whether the keys are in it."""
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    format: int = FORMAT


@contextmanager
def fresh_file(path: Path) -> Iterator[Path]:
    """Write a file under another name; at the end it gets its own, and never takes another file's place."""
    if path.exists():
        raise Refusal("not_available", f"{path} is there already, and a backup is never written over. Name another.")
    part = path.with_name(f".{path.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield part
        _reach_disk(part)
        try:
            part.hardlink_to(path)
        except FileExistsError:
            raise Refusal("not_available", f"{path} came to be meanwhile; name another.") from None
        except OSError:  # a file system without hard links
            part.rename(path)
        _reach_disk(path.parent)
    except OSError as error:
        raise Refusal(
            "not_available", f"{path} cannot be written ({error.strerror}). Nothing was kept there."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _reach_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(to: Path, parts: Mapping[str, Path], listed: Listed) -> None:
    """Pack the parts, by the names they have inside, and the list."""
    files: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, source in parts.items():
            with source.open("rb") as from_, packed.open(name, "w", force_zip64=True) as to_:
                size, digest = _copy(from_, to_)
            files[name] = {"bytes": size, "sha256": digest}
        body = json.dumps({**asdict(listed), "taken_at": listed.taken_at.isoformat(), "files": files}).encode()
        packed.writestr(LIST, body)
        packed.comment = hashlib.sha256(body).hexdigest().encode()


def read(file: Path) -> Listed:
    """What the backup says of itself. Refuses what is no backup, is cut off, or is of a newer format."""
    with _opened(file) as packed:
        body = packed.read(LIST)
        if hashlib.sha256(body).hexdigest().encode() != packed.comment:
            raise _spoilt(file, LIST)
        said = json.loads(body)
        if said["format"] > FORMAT:
            raise Refusal(
                "not_available", f"{file} was made by Steadydesk {said['version']}, which is newer than this."
            )
        names = {info.filename for info in packed.infolist()} - {LIST}
        if names != said["files"].keys():
            raise _spoilt(file, "its list of parts")
    said["taken_at"] = datetime.fromisoformat(said["taken_at"])
    return Listed(**{**said, "migrations": tuple(said["migrations"])})


def verify(file: Path) -> Listed:
    """Read every part and compare it with the list; refuses the whole when one differs."""
    listed = read(file)
    for name in listed.files:
        with Path(os.devnull).open("wb") as nowhere:
            unpack(file, listed, name, nowhere)
    return listed


def unpack_to(file: Path, listed: Listed, name: str, folder: Path) -> Path:
    """One part as a file of the folder, on the disk and only its owner's."""
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts:
        raise _spoilt(file, name)
    path = folder.joinpath(*inside.parts)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
        unpack(file, listed, name, to)
        to.flush()
        os.fsync(to.fileno())
    return path


def unpack(file: Path, listed: Listed, name: str, to: IO[bytes]) -> None:
    """One part, compared with the list when it is all read."""
    with _opened(file) as packed, packed.open(name) as from_:
        size, digest = _copy(from_, to)
    if {"bytes": size, "sha256": digest} != dict(listed.files[name]):
        raise _spoilt(file, name)


def _copy(from_: IO[bytes], to: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while chunk := from_.read(CHUNK):
        to.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """Every way in which a file can be spoilt is one refusal; that the disk is full while unpacking is not."""
    import zlib

    try:
        with zipfile.ZipFile(file) as packed:
            yield packed
    except FileNotFoundError as error:
        raise Refusal("not_found", f"{file} cannot be read ({error.strerror}).") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, NotImplementedError) as error:
        raise _spoilt(file, str(error)) from error


def _spoilt(file: Path, what: str) -> Refusal:
    return Refusal("invalid", f"{file} is no whole backup: it was cut off or altered ({what}). Take another.")
