"""The key on X11, by a grab: the server sends it here whatever window is in front, with every lock on or off."""

import logging
from collections.abc import Callable
from itertools import combinations
from typing import Any

from Xlib import XK, X, display, error

from steadydesk.agent.keys import Key, taken
from steadydesk.agent.settings import CannotStart
from steadydesk.kernel.words import gettext as _

HELD = {"ctrl": X.ControlMask, "shift": X.ShiftMask, "alt": X.Mod1Mask, "meta": X.Mod4Mask}
LOCKS = ("Num_Lock", "Scroll_Lock")
REPEAT_MS = 5
"""A key that is held comes up and goes down again at the same moment, over and over."""

log = logging.getLogger(__name__)


class X11:
    """One key, grabbed on the root window."""

    def __init__(self, key: Key) -> None:
        self._key = key
        try:
            self._display = display.Display()
        except (error.DisplayError, OSError) as trouble:
            raise CannotStart(_("The desktop cannot be reached: %(why)s") % {"why": trouble}) from trouble
        self._root = self._display.screen().root
        self._up_at: int | None = None
        self._keycode = 0

    def take(self) -> None:
        """With every lock on or off."""
        keycode = self._display.keysym_to_keycode(XK.string_to_keysym(self._name()))
        if not keycode:
            raise CannotStart(_("This keyboard has no %(key)s.") % {"key": self._key.name})
        if not self._grab(keycode):
            raise taken(self._key)
        self._keycode = keycode

    def _grab(self, keycode: int) -> bool:
        """Whether no other program has it."""
        failed = error.CatchError(error.BadAccess)
        for mask in self._masks():
            self._root.grab_key(keycode, mask, False, X.GrabModeAsync, X.GrabModeAsync, onerror=failed)
        self._display.sync()
        return not failed.get_error()

    def listen(self, pressed: Callable[[], None]) -> None:
        """Until the desktop goes."""
        try:
            while True:
                event = self._display.next_event()
                if event.type == X.MappingNotify:
                    self._grab_again(event)
                elif self._is_press(event):
                    pressed()
        except (error.ConnectionClosedError, OSError):
            return

    def _is_press(self, event: Any) -> bool:
        if event.type == X.KeyRelease:
            self._up_at = event.time
        return bool(event.type == X.KeyPress and (self._up_at is None or event.time - self._up_at > REPEAT_MS))

    def _grab_again(self, event: Any) -> None:
        """The keyboard's layout was changed: the key may be another one now, or none; then it stays where it was."""
        self._display.refresh_keyboard_mapping(event)
        self._root.ungrab_key(X.AnyKey, X.AnyModifier)
        try:
            self.take()
        except CannotStart as trouble:
            log.error("the keyboard was changed, the key stays where it was: %s", trouble)
            self._root.ungrab_key(X.AnyKey, X.AnyModifier)
            self._grab(self._keycode)

    def _name(self) -> str:
        return self._key.name.lower() if len(self._key.name) == 1 else self._key.name

    def _masks(self) -> list[int]:
        """What is held, with each of the locks on or off: a lock is held too, as X sees it."""
        held = sum(HELD[name] for name in self._key.held)
        locks = {X.LockMask, *self._lock_masks()}
        return [held | sum(some) for count in range(len(locks) + 1) for some in combinations(sorted(locks), count)]

    def _lock_masks(self) -> set[int]:
        codes = {self._display.keysym_to_keycode(XK.string_to_keysym(name)) for name in LOCKS} - {0}
        modifiers = self._display.get_modifier_mapping()
        return {1 << bit for bit, keys in enumerate(modifiers) if codes & set(keys)}
