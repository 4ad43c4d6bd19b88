"""What the agent must be told, and where it keeps what it could not send yet."""

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steadydesk.kernel.errors import SteadydeskError
from steadydesk.kernel.words import gettext as _


class CannotStart(SteadydeskError):
    """What is missing on this computer, and what to do."""


@dataclass(frozen=True)
class Settings:
    """Where to call, as whom, and where to keep what is not sent yet."""

    server: str
    token: str
    folder: Path
    trust: Path | None = None
    """A certificate authority of one's own; without it those that the computer trusts."""
    places: Path | None = None
    """Which place each client of a virtual desktop is at."""


def read_token(path: Path) -> str:
    """The token in a file that nobody but its owner may read."""
    try:
        mode = path.stat().st_mode
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(_("The token's file %(file)s cannot be read.") % {"file": path}) from error
    if sys.platform != "win32" and stat.S_IMODE(mode) & 0o077:
        raise CannotStart(_("Others may read the token's file. Say: chmod 600 %(file)s") % {"file": path})
    if not token:
        raise CannotStart(_("The token's file %(file)s is empty.") % {"file": path})
    return token


def own_folder(environ: Mapping[str, str]) -> Path:
    """The agent's own folder: below the one that was named, else where the user's programs keep such things."""
    if given := environ.get("STEADYDESK_DATA"):
        return Path(given).absolute() / "agent"
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home()) / "steadydesk-agent"
    return Path(environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "steadydesk-agent"


def make_folder(folder: Path) -> None:
    """Make it, for its owner alone. Raises ``CannotStart`` when that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        sentence = _("The folder %(folder)s cannot be made: a press would be lost when the computer stops.")
        raise CannotStart(sentence % {"folder": folder}) from error
    if not os.access(folder, os.W_OK):
        raise CannotStart(_("The folder %(folder)s cannot be written to.") % {"folder": folder})
