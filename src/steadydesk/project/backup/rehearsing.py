"""Bringing a backup back for practice: into a folder of its own, which is gone again afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from steadydesk.kernel.errors import Refusal
from steadydesk.pages import safekeeping
from steadydesk.project.backup import postgres, sealing

DATABASE = "steadydesk_rehearsal"
LONGEST_S = 3_600


def rehearse(file: Path, now: datetime) -> None:
    """Restore the file beside the live records and throw the result away; the day and the outcome are kept.

    Raises ``Refusal`` with what went wrong. No message leaves and no page is served.
    """
    data = Path(settings.DATA)
    # In the data folder and not in /tmp: these are records, and there is room for them here.
    work = Path(tempfile.mkdtemp(prefix="rehearsal-", dir=data))
    try:
        beside = nullcontext("") if connection.vendor == "sqlite" else postgres.another(DATABASE)
        with beside as address:
            failed = _restore(file, work / "data", address)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    safekeeping.note_rehearsal(data, safekeeping.Kept(now, str(file.absolute()), well=not failed, detail=failed))
    if failed:
        raise Refusal("invalid", f"The rehearsal failed: {failed}")


def _restore(file: Path, into: Path, address: str) -> str:
    """In a process of its own, for this one has the live records open; what went wrong, or nothing."""
    key = (sealing.SETTING, f"{sealing.SETTING}_FILE")
    environ = {k: v for k, v in os.environ.items() if k in key or not k.startswith(("STEADYDESK_", "DATABASE_URL"))}
    environ |= {"DATABASE_URL": address} if address else {}
    command = [sys.executable, "-m", "steadydesk.project.commands.main", "restore", str(file.absolute())]
    command += ["--data", str(into)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    return done.stderr.strip()[-500:] or f"it ended with {done.returncode}" if done.returncode else ""
