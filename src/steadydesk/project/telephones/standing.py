"""How the registration stands, written down for whoever asks."""

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from steadydesk.kernel.clock import clock

FILE = "telephones.json"

log = logging.getLogger(__name__)


def note(folder: Path, registered: bool, said: str) -> None:
    """Write it down, with a line in the log, when it has changed."""
    before = standing(folder)
    if before is not None and (before["registered"], before["said"]) == (registered, said):
        return
    state = {"registered": registered, "said": said, "since": clock.now().isoformat()}
    fresh = folder / f"{FILE}.new"
    fresh.write_text(json.dumps(state))
    fresh.replace(folder / FILE)
    if registered:
        log.info("registered with the telephone system")
    else:
        log.warning("the telephone system does not register us: %s", said)


def standing(folder: Path) -> dict[str, Any] | None:
    """``registered``, ``said`` and ``since``, as they last changed; ``None`` when nothing is known."""
    try:
        found = json.loads((folder / FILE).read_text())
        return {
            "registered": bool(found["registered"]),
            "said": str(found["said"]),
            "since": datetime.fromisoformat(found["since"]),
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None
