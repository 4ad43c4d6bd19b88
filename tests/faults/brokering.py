"""A real broker for tests: mosquitto on the loopback, with a password, with or without TLS."""

import socket
import subprocess
import time
from pathlib import Path

from paho.mqtt import publish

from steadydesk.kernel.clock import clock
from steadydesk.project.tls import folder as authority
from steadydesk.project.tls.authority import Names
from steadydesk.project.tls.pair import own_pair
from tests.peers import needs
from tests.running import free_port

HOST = "127.0.0.1"
USER, PASSWORD = "steadydesk", "a password for tests"
LISTENS_WITHIN_S = 60


class Mosquitto:
    """One broker that keeps its sessions on disk; it can be killed and started again on the same port."""

    def __init__(self, folder: Path, *, sealed: bool = False) -> None:
        self.path = needs("mosquitto")
        self.folder, self.port, self.sealed = folder, free_port(), sealed
        self.authority = folder / "tls" / "authority.crt"
        self._process: subprocess.Popen | None = None
        self._write(needs("mosquitto_passwd"))

    def _write(self, passwords: str) -> None:
        known, lines = self.folder / "passwords", []
        subprocess.run([passwords, "-c", "-b", str(known), USER, PASSWORD], check=True, capture_output=True)
        lines += [f"listener {self.port} {HOST}", "allow_anonymous false", f"password_file {known}"]
        if self.sealed:
            authority.make(self.folder, Names.read([HOST, "broker.example.gov"]), clock.now())
            pair = own_pair(self.folder)
            lines += [f"certfile {pair.certificate}", f"keyfile {pair.key}"]
        lines += ["persistence true", f"persistence_location {self.folder}/", "autosave_interval 1", "user root"]
        (self.folder / "mosquitto.conf").write_text("\n".join([*lines, ""]))

    def start(self) -> "Mosquitto":
        """Start it and wait until it listens."""
        with (self.folder / "mosquitto.log").open("ab") as log:
            command = [self.path, "-c", str(self.folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + LISTENS_WITHIN_S
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as s:
                if s.connect_ex((HOST, self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError((self.folder / "mosquitto.log").read_text()[-2000:])

    def stop(self) -> None:
        """In order: what it keeps is on disk."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=LISTENS_WITHIN_S)

    def say(self, topic: str, payload: str | bytes, *, retain: bool = False, times: int = 1) -> None:
        """A button says something, and the broker has it when this returns."""
        publish.multiple(
            [{"topic": topic, "payload": payload, "qos": 1, "retain": retain}] * times,
            hostname=HOST,
            port=self.port,
            auth={"username": USER, "password": PASSWORD},
            tls={"ca_certs": str(self.authority)} if self.sealed else None,
        )

    def settings(self, topics: str) -> dict[str, str]:
        """What Steadydesk is told of it."""
        found = {"BROKER": f"{'mqtts' if self.sealed else 'mqtt'}://{HOST}:{self.port}"}
        found |= {"USER": USER, "PASSWORD": PASSWORD, "TOPICS": topics}
        found |= {"CA": str(self.authority)} if self.sealed else {}
        return {f"STEADYDESK_MQTT_{name}": value for name, value in found.items()}
