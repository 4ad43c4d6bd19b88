"""At which desk this is.

On a virtual desktop that follows from the computer in front of the person, never from a guess.
"""

import ctypes
import json
import os
import sys
from collections.abc import Callable, Mapping
from ctypes import byref, c_wchar_p
from pathlib import Path
from typing import Any

from steadydesk.agent.settings import CannotStart
from steadydesk.kernel.words import gettext as _

REMEMBERED = "places.json"
CLIENT_NAME = 10  # WTSClientName
CURRENT_SESSION = 0xFFFFFFFF


def client_name(environ: Mapping[str, str], session: Callable[[], str] | None = None) -> str:
    """The computer that a virtual desktop is shown on; empty for a desktop on a desk.

    ``session`` asks Windows: the variable is not renewed when somebody takes the session along to another desk.
    """
    name = session() if session else environ.get("CLIENTNAME", "")
    if name and name.casefold() != "console":
        return name
    return environ.get("SSH_CONNECTION", "").partition(" ")[0]


def windows_session(wtsapi: Any) -> str:
    """The client's name of this session, by ``WTSQuerySessionInformationW``; empty at the computer itself."""
    found, length = c_wchar_p(), ctypes.c_uint32()
    if not wtsapi.WTSQuerySessionInformationW(None, CURRENT_SESSION, CLIENT_NAME, byref(found), byref(length)):
        return ""
    try:
        return found.value or ""
    finally:
        wtsapi.WTSFreeMemory(found)


def this_client() -> str:
    """The client of the session that is running."""
    if sys.platform == "win32":
        wtsapi = ctypes.WinDLL("wtsapi32")
        return client_name(os.environ, lambda: windows_session(wtsapi))
    return client_name(os.environ)


class Places:
    """Which place each client is at: what was rolled out, and what somebody said here."""

    def __init__(self, folder: Path, rolled_out: Path | None = None) -> None:
        self._remembered = folder / REMEMBERED
        self._rolled_out = read_map(rolled_out) if rolled_out else {}

    def of(self, client: str) -> str | None:
        """The place of the client; ``None`` when nobody has said."""
        return (self._said() | self._rolled_out).get(client.casefold())

    def remember(self, client: str, place: str) -> None:
        """Somebody said where this is."""
        fresh = self._remembered.with_suffix(".new")
        fresh.write_text(json.dumps(self._said() | {client.casefold(): place}), encoding="utf-8")
        fresh.replace(self._remembered)

    def _said(self) -> dict[str, str]:
        try:
            return {str(k): str(v) for k, v in json.loads(self._remembered.read_text(encoding="utf-8")).items()}
        except (OSError, ValueError, AttributeError):
            return {}


def read_map(path: Path) -> dict[str, str]:
    """A line for each client: its name, a blank, the id of its place."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(_("The file of places %(file)s cannot be read.") % {"file": path}) from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 2:
            sentence = _("%(file)s:%(line)s: write the client's name, a blank, and the id of its place.")
            raise CannotStart(sentence % {"file": path, "line": number})
        found[words[0].casefold()] = words[1]
    return found


def body_of(client: str, places: Places) -> dict[str, str]:
    """What a press says of where it is: on a desk nothing, as the token says it."""
    if not client:
        return {}
    if place := places.of(client):
        return {"place": place}
    return {
        "note": _("From the virtual desktop on %(client)s: nobody has said which desk that is.") % {"client": client}
    }
