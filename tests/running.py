"""A real server for tests of faults and screens: the demonstration, started as its own process."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

STARTS_WITHIN_S = 180.0
STOPS_WITHIN_S = 15
DATABASE = "steadydesk.sqlite3"
SET_UP = ("this-is-a-demo", "demo-credentials.json", "secret-key")
"""What a demonstration leaves beside its records when it has been set up."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Server:
    """``steadydesk demo`` on its own data folder; it can be killed and started again on the same port.

    ``files`` limits its descriptors, ``database`` is the address of a PostgreSQL. ``beside`` makes it another node
    of the same installation: ``steadydesk run`` on the database of the first. ``verify`` makes its clients speak HTTPS.
    """

    kept: Path | None = None
    """Where the first empty demonstration puts by what it set up; the others begin with that, in half the time."""

    def __init__(
        self,
        folder: Path,
        *more: str,
        files: int | None = None,
        database: str | None = None,
        beside: "Server | None" = None,
        address: str = "127.0.0.1",
        verify: ssl.SSLContext | None = None,
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.address, self.port = address, free_port()
        self.verify = verify or ssl.create_default_context()
        self.url = f"{'https' if verify else 'http'}://{address}:{self.port}"
        self.log = folder / "server.log"
        self._database = beside._database if beside else database
        self._credentials = beside._credentials if beside else folder / "credentials.json"
        self._command = ["run"] if beside else ["demo", "--credentials", str(self._credentials), *more]
        self._as_all_others = more == ("--empty",) and database is None and beside is None
        self._files = files
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def credentials(self) -> dict[str, Any]:
        """What the demonstration wrote: people, devices, sites."""
        return json.loads(self._credentials.read_text())

    def token(self, name: str) -> str:
        """The token of a person's login or a device's name."""
        found = self.credentials
        return str((found["people"].get(name) or found["devices"][name])["token"])

    def client(self, name: str) -> httpx.Client:
        """A client that asks as this person or device."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.token(name)}"}, timeout=20, verify=self.verify
        )

    def _begin(self) -> bool:
        """Begin with what was put by; returns whether to put by what this one sets up."""
        if self.kept is None or not self._as_all_others or self.data.exists():
            return False
        if self.kept.exists():
            shutil.copytree(self.kept, self.data)
            return False
        return True

    def _keep(self, folder: Path) -> None:
        """Put by what is set up, while it runs on. Another worker may be quicker: either is as good."""
        unfinished = Path(tempfile.mkdtemp(dir=folder.parent))
        for name in SET_UP:
            shutil.copy(self.data / name, unfinished)
        records, copied = (closing(sqlite3.connect(at / DATABASE)) for at in (self.data, unfinished))
        with records as live, copied as copy:
            live.backup(copy)
        with contextlib.suppress(OSError):
            unfinished.rename(folder)

    def start(self, *, wait: bool = True) -> "Server":
        """Start it and, unless told otherwise, wait until it is ready."""
        keep = self._begin() and wait
        command = [str(Path(sys.executable).with_name("steadydesk")), *self._command]
        command += ["--data", str(self.data), "--host", self.address, "--port", str(self.port)]
        if self._files is not None:
            command = ["prlimit", f"--nofile={self._files}:{self._files}", *command]
        environ = {k: v for k, v in os.environ.items() if k not in ("STEADYDESK_DATA", "DATABASE_URL")}
        if self._database:
            environ["DATABASE_URL"] = self._database
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environ, start_new_session=True)
        if wait:
            self.wait_until_ready()
        if keep and self.kept:
            self._keep(self.kept)
        return self

    def wait_until_ready(self) -> None:
        """Poll until it says that it is ready; fails with its log."""
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=2, verify=self.verify).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not become ready:\n{self.log.read_text()[-4000:]}")

    @property
    def pid(self) -> int:
        """The id of the parent process, which is also that of its group."""
        assert self._process is not None
        return self._process.pid

    def owns(self, process: int) -> bool:
        """Whether a process with this id is one of its own."""
        return self._process is not None and os.getpgid(process) == self._process.pid

    def kill(self) -> None:
        """End the parent and all its children at once, without a word (SIGKILL)."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """Ask it to stop and return how it ended; it is killed when it does not."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(timeout=STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL
        self._process = None
        return code
