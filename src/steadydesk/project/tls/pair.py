"""Which files hold the certificate that is served; nothing heavy, for every command reads its settings."""

from dataclasses import dataclass
from pathlib import Path

SERVED = "server.pem"
"""The server's certificate, the authority's, and the server's key: one file, so that they change together."""


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and its key; they may be one file."""

    certificate: Path
    key: Path

    @property
    def version(self) -> tuple[int, ...]:
        """Changes when either file is replaced or written. Raises ``OSError``."""
        found = [path.stat() for path in (self.certificate, self.key)]
        return tuple(n for f in found for n in (f.st_ino, f.st_mtime_ns))


def folder_of(data: Path) -> Path:
    """Where the certificates of this installation lie."""
    return data / "tls"


def own_pair(data: Path) -> Pair | None:
    """What ``steadydesk tls make`` made, if it did."""
    served = folder_of(data) / SERVED
    return Pair(served, served) if served.exists() else None
