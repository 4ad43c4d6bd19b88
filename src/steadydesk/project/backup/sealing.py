"""A sealed backup: nobody reads it without its key, and nobody changes a byte of it unseen.

The key is stretched by scrypt with a salt of its own; the file then goes in pieces of 64 KiB, each sealed with
ChaCha20-Poly1305 under its number, the last one marked: a piece that is changed, moved, or missing at the end is seen.
The arrangement is that of age (age-encryption.org), the container is our own.
"""

import getpass
import os
import secrets
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from steadydesk.kernel.errors import Refusal
from steadydesk.project.environment import read

MAGIC = b"steadydesk sealed backup 1\n"
SALT = 16
COST = 1 << 16
"""Of scrypt: 64 MiB and a few tenths of a second for each guess."""
PIECE = 1 << 16
TAG = 16
SETTING = "STEADYDESK_BACKUP_KEY"


def key_in_force() -> str:
    """The key that backups are sealed with; empty when they are not."""
    return read(SETTING)


def is_sealed(file: Path) -> bool:
    """Whether the file was sealed; a file that cannot be read is refused where it is opened."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def seal(source: Path, to: Path, key: str) -> None:
    """Write ``source`` sealed; ``to`` is there already, and only its owner's."""
    salt = secrets.token_bytes(SALT)
    box = _box(key, salt)
    with source.open("rb") as plain, to.open("wb") as sealed:
        sealed.write(MAGIC + salt)
        number, piece = 0, plain.read(PIECE)
        while True:
            following = plain.read(PIECE)
            sealed.write(box.encrypt(_nonce(number, last=not following), piece, MAGIC))
            if not following:
                return
            number, piece = number + 1, following


def unseal(source: Path, to: Path, key: str) -> None:
    """Write what was sealed. Refuses another key, and a file that was changed or cut off."""
    with source.open("rb") as sealed, to.open("wb") as plain:
        head = sealed.read(len(MAGIC) + SALT)
        box = _box(key, head[len(MAGIC) :])
        number, piece = 0, sealed.read(PIECE + TAG)
        while True:
            following = sealed.read(PIECE + TAG)
            try:
                plain.write(box.decrypt(_nonce(number, last=not following), piece, MAGIC))
            except InvalidTag:
                raise _refused(source, number) from None
            if not following:
                return
            number, piece = number + 1, following


def _refused(file: Path, number: int) -> Refusal:
    if number == 0:
        return Refusal("invalid", f"{file} is sealed with another key, or its beginning was altered.")
    return Refusal("invalid", f"{file} is no whole backup: it was cut off or altered (piece {number + 1}).")


@contextmanager
def opened(file: Path) -> Iterator[Path]:
    """The backup to read: the file itself, or a copy without its seal that is gone afterwards."""
    if not is_sealed(file):
        yield file
        return
    key = key_in_force() or _ask(file)
    beside = file.parent if os.access(file.parent, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=".unsealed-", dir=beside) as work:
        plain = Path(work) / file.name
        unseal(file, plain, key)
        yield plain


def _ask(file: Path) -> str:
    if not sys.stdin.isatty():
        raise Refusal("incomplete", f"{file} is sealed. Give its key in {SETTING}, or a file of it in {SETTING}_FILE.")
    return getpass.getpass(f"Key of {file}: ").strip()


def _box(key: str, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(key.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    """Each piece has its own: its number, and whether it is the last."""
    return b"\0\0\0" + struct.pack(">Q", number) + (b"\1" if last else b"\0")
