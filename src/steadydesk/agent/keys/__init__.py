"""The key that calls, wherever it is pressed: what it is, and who listens for it on which desktop."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from steadydesk.agent.settings import CannotStart
from steadydesk.kernel.words import gettext as _

MODIFIERS = {
    "ctrl": "ctrl",
    "control": "ctrl",
    "shift": "shift",
    "alt": "alt",
    "meta": "meta",
    "super": "meta",
    "win": "meta",
}
ALONE = ("Pause", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24")
"""Keys that nobody types with; every other one needs Ctrl, Alt or Super beside it."""


@dataclass(frozen=True)
class Key:
    """A key and what is held with it."""

    name: str
    held: frozenset[str] = frozenset()


class Listener(Protocol):
    """Takes the key from the desktop and tells of each press."""

    def take(self) -> None:
        """Take the key. Raises ``CannotStart`` when it cannot be taken."""

    def listen(self, pressed: Callable[[], None]) -> None:
        """Tell of each press, from the thread that took the key, until the desktop goes."""


def read_key(written: str) -> Key:
    """A key as in ``Ctrl+Shift+9`` or ``Pause``."""
    *held, name = [part.strip() for part in written.split("+")]
    unknown = [part for part in held if part.casefold() not in MODIFIERS]
    known_name = len(name) == 1 and name.isascii() and name.isalnum()
    function = name.upper().startswith("F") and name[1:].isdigit() and 1 <= int(name[1:]) <= 24
    if unknown or not (known_name or function or name.casefold() == "pause"):
        sentence = _(
            "“%(key)s” is no key. Write Ctrl+Shift+9, or Pause: "
            "Ctrl, Shift, Alt, Super, and a letter, a digit, F1 to F24 or Pause."
        )
        raise CannotStart(sentence % {"key": written})
    key = Key(name.capitalize() if len(name) > 1 else name.upper(), frozenset(MODIFIERS[p.casefold()] for p in held))
    if key.name not in ALONE and not key.held - {"shift"}:
        raise CannotStart(_("“%(key)s” is typed all day. Put Ctrl, Alt or Super before it.") % {"key": written})
    return key


def listener(key: Key, environ: Mapping[str, str], platform: str = sys.platform) -> Listener:
    """Who listens on this desktop. Raises ``CannotStart``, with what to do instead, where nobody can."""
    if platform == "win32":
        from steadydesk.agent.keys.windows import Windows

        return Windows(key)
    if platform == "darwin":
        raise CannotStart(_("macOS is not supported. Use the browser's key, a telephone or a wall button."))
    if environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland":
        raise CannotStart(
            _(
                "Wayland lets no program take a key. Bind “steadydesk press” in the desktop's own shortcuts "
                "(GNOME: Settings, Keyboard, Custom Shortcuts; KDE: System Settings, Shortcuts; sway: bindsym), "
                "and start the agent with --no-key: it shows the mark, and sends on what could not be sent."
            )
        )
    if not environ.get("DISPLAY"):
        raise CannotStart(_("There is no desktop here (no DISPLAY). Use “steadydesk press”."))
    try:
        from steadydesk.agent.keys.x11 import X11
    except ImportError as missing:
        raise CannotStart(_("The key needs “pip install steadydesk[agent]”.")) from missing
    return X11(key)


def taken(key: Key) -> CannotStart:
    """Another program was there first."""
    written = "+".join([*(h.capitalize() for h in sorted(key.held)), key.name])
    sentence = _("Another program has taken %(key)s. Choose another key with --key, or end that program.")
    return CannotStart(sentence % {"key": written})
