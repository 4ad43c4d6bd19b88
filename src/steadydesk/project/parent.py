"""``run``: a small parent that starts the server and the renderer and restarts what dies.

It imports no Django and keeps no state but the listening socket, so there is little in it that could fail; it runs
under a system service itself.
"""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from types import FrameType

from steadydesk.kernel.clock import clock
from steadydesk.kernel.processes import tell_service_manager
from steadydesk.project.broker.connection import read_broker
from steadydesk.project.environment import data_folder, tls
from steadydesk.project.listening import listen
from steadydesk.project.telephones.line import read_line

LOOK_SECONDS = 0.1
STEADY_SECONDS = 10.0
"""A child that lived this long is restarted at once; one that dies sooner waits a little, a longer time each time."""
LONGEST_PAUSE = 2.0
STOP_SECONDS = 6.0
TELL_SECONDS = 5.0
"""How often the service manager hears that the parent goes round; it starts everything anew after thirty without."""
NICE = 10


@dataclass
class Child:
    """A process that must be there."""

    name: str
    command: list[str]
    nice: int = 0
    fds: tuple[int, ...] = ()
    once: bool = False
    """An errand: done when it has ended by itself, well or not; begun again only when it was killed."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    died: float = field(default=0.0)

    def start(self) -> None:
        """Start it, the less urgent kind with the leftovers of the processor."""
        command = ["nice", "-n", str(self.nice), *self.command] if self.nice else self.command
        self.process = subprocess.Popen(command, pass_fds=self.fds)
        self.started = clock.monotonic()

    def look(self) -> None:
        """Restart it when it is not there."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.once and self.process is not None and self.process.returncode >= 0:
            return
        now = clock.monotonic()
        if self.process is not None:
            lived = now - self.started
            self.pause = 0.0 if lived > STEADY_SECONDS else min(LONGEST_PAUSE, max(0.1, self.pause * 2))
            print(f"{self.name} ended with {self.process.returncode}; starting it again", file=sys.stderr, flush=True)
            self.process, self.died = None, now
        if now - self.died >= self.pause:
            self.start()

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Give it time to stop, then end it."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Parent:
    """The processes of one installation on one machine."""

    def __init__(self, children: list[Child]) -> None:
        self._children = children
        self._stop = threading.Event()

    def _told_to_stop(self, sig: int, frame: FrameType | None) -> None:
        self._stop.set()

    def run(self) -> int:
        """Keep the children alive until told to stop."""
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self._told_to_stop)
        told = 0.0
        while not self._stop.is_set():
            for child in self._children:
                child.look()
            if clock.monotonic() - told > TELL_SECONDS:
                tell_service_manager("READY=1\nWATCHDOG=1")
                told = clock.monotonic()
            self._stop.wait(LOOK_SECONDS)
        tell_service_manager("STOPPING=1")
        for child in self._children:
            child.stop()
        until = clock.monotonic() + STOP_SECONDS
        for child in self._children:
            child.wait(until - clock.monotonic())
        return 0


def _own_url(host: str, port: int) -> str:
    """How a child of ours reaches the server."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    scheme = "https" if tls(data_folder()) is not None else "http"
    return f"{scheme}://[{here}]:{port}" if ":" in here else f"{scheme}://{here}:{port}"


def run(host: str, port: int, *, upgrade: bool = False) -> int:
    """Serve on ``host`` and ``port`` until told to stop. Raises ``OSError`` when the port is taken."""
    listening = listen(host, port)
    os.environ["PYTHONUNBUFFERED"] = "1"
    server = [sys.executable, "-m", "steadydesk.project.server", "--fd", str(listening.fileno())]
    renderer = [sys.executable, "-m", "steadydesk.reports.renderer"]
    children = [
        Child("the server", server, fds=(listening.fileno(),)),
        Child("the renderer", renderer, nice=NICE),
    ]
    if read_line() is not None:
        line = [sys.executable, "-m", "steadydesk.project.telephones.listener", "--url", _own_url(host, port)]
        children.append(Child("the telephone line", line))
    if read_broker() is not None:
        broker = [sys.executable, "-m", "steadydesk.project.broker.listener", "--url", _own_url(host, port)]
        children.append(Child("the listener for buttons", broker))
    if upgrade:
        children.insert(
            0, Child("the upgrade", [sys.executable, "-m", "steadydesk.project.commands.upgrading"], once=True)
        )
    return Parent(children).run()
