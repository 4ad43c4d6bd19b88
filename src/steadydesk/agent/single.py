"""One agent for each user: a second would take the same press twice."""

import os
import sys
from pathlib import Path

from steadydesk.agent.settings import CannotStart
from steadydesk.kernel.words import gettext as _

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def only_one(folder: Path) -> int:
    """Hold the agent's place until this process ends. Raises ``CannotStart`` when another has it."""
    descriptor = os.open(folder / "agent.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
    except OSError as error:
        os.close(descriptor)
        raise CannotStart(_("It runs already.")) from error
    return descriptor
