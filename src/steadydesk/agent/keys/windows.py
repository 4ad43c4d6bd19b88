"""The key on Windows, by ``RegisterHotKey``: no hook, no administrator.

Written to the documented interface and tried against one that is played; never yet on a real Windows.
"""

import ctypes
import sys
from collections.abc import Callable
from ctypes import byref, wintypes
from typing import Any

from steadydesk.agent.keys import Key, taken

HELD = {"alt": 0x0001, "ctrl": 0x0002, "shift": 0x0004, "meta": 0x0008}
NO_REPEAT = 0x4000
HOT_KEY = 0x0312
ID = 1
PAUSE, F1 = 0x13, 0x70


class Windows:
    """One hot key of this thread, and the thread's message loop."""

    def __init__(self, key: Key, user32: Any = None) -> None:
        self._key = key
        self._user32 = user32 or _user32()

    def take(self) -> None:
        """Register it for this thread."""
        held = sum(HELD[name] for name in self._key.held) | NO_REPEAT
        if not self._user32.RegisterHotKey(None, ID, held, code(self._key.name)):
            raise taken(self._key)

    def listen(self, pressed: Callable[[], None]) -> None:
        """Until Windows ends the session."""
        try:
            message = wintypes.MSG()
            # 0 is the end of the session, -1 a fault: neither may go round.
            while self._user32.GetMessageW(byref(message), None, 0, 0) > 0:
                if message.message == HOT_KEY:
                    pressed()
        finally:
            self._user32.UnregisterHotKey(None, ID)


def code(name: str) -> int:
    """The virtual-key code: letters and digits are their own."""
    if len(name) == 1:
        return ord(name)
    return PAUSE if name == "Pause" else F1 + int(name[1:]) - 1


def _user32() -> Any:
    if sys.platform != "win32":
        raise OSError("not Windows")
    return ctypes.WinDLL("user32", use_last_error=True)
