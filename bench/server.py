"""The demo as a process: started, waited for, asked for its tokens, stopped or killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from bench.wire import LOST, Caller, free_port

START_WITHIN_S = 60.0
WATCHERS = ("manager", "duty_manager", "deputy", "security", "team_member")


class NotStarted(RuntimeError):
    """The server did not become ready; the end of its output is in the message."""


class Demo:
    """`steadydesk demo` on a folder of its own; can be started again there after a stop or a kill."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self._environment = {**os.environ, **environment}
        self.port = free_port()
        self.credentials: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Demo":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> float:
        """Start and wait until ready; returns the seconds this took."""
        self.folder.mkdir(parents=True, exist_ok=True)
        credentials = self.folder / "credentials.json"
        words = ["demo", "--data", str(self.folder / "data"), "--port", str(self.port)]
        began = time.monotonic()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("steadydesk"), *words, "--credentials", credentials],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=self._environment,
            )
        self._wait_ready(began + START_WITHIN_S)
        took = time.monotonic() - began
        self.credentials = json.loads(credentials.read_text())
        return took

    def stop(self) -> None:
        """Ask the whole tree to end, and make it end after ten seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """`kill -9` for the process and everything it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def memory_mb(self) -> float:
        """Memory of the whole tree in MB; pages shared between its processes are counted once."""
        assert self._process is not None
        parent = psutil.Process(self._process.pid)
        tree = [parent, *parent.children(recursive=True)]
        return float(sum(process.memory_full_info().pss for process in tree) / 1e6)

    def people(self, *roles: str, site: str = "") -> list[dict[str, Any]]:
        """People with one of these roles, in the order of the roles; each with `login`."""
        found = [{"login": login, **person} for login, person in self.credentials["people"].items()]
        known = [person for person in found if person["role"] in roles and site in {"", person["site"]}]
        return sorted(known, key=lambda person: roles.index(person["role"]))

    @property
    def site(self) -> str:
        """The site with most places: the building, not the branch."""
        sites: dict[str, Any] = self.credentials["sites"]
        return max(sites, key=lambda site: len(sites[site]["places"]))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def device_token(self) -> str:
        devices: Sequence[dict[str, Any]] = list(self.credentials["devices"].values())
        return next(str(device["token"]) for device in devices if device["site"] == self.site)

    def watcher_tokens(self) -> list[str]:
        """Tokens of people of the site who see its alarms."""
        return [str(person["token"]) for person in self.people(*WATCHERS, site=self.site)]

    def database(self) -> Path:
        """The SQLite file."""
        return next((self.folder / "data").glob("*.sqlite3"))

    def _wait_ready(self, deadline: float) -> None:
        assert self._process is not None
        while time.monotonic() < deadline and self._process.poll() is None:
            caller = Caller(self.port, timeout=2)
            try:
                if caller.call("GET", "/health/ready").status == 200:
                    return
            except (*LOST, TimeoutError):
                pass
            finally:
                caller.close()
            time.sleep(0.02)
        end = (self.folder / "server.log").read_text(errors="replace")[-1500:]
        self.kill()
        raise NotStarted(f"not ready; its last words: {end.strip() or 'none'}")
