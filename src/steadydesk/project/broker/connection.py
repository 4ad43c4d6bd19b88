"""How the broker is reached and what is listened to: its settings, read without Django."""

import hashlib
import re
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from steadydesk.project.broker.forms import Form, FormFault, read_form
from steadydesk.project.environment import Misconfigured, read

TOKEN = "broker.token"
COMMENT = re.compile(r"#(\s|$)")
"""“#” alone; “#/x” would be a topic, and is refused as one."""
PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True)
class Broker:
    """One broker, and the messages of buttons there."""

    host: str
    port: int
    is_sealed: bool
    """Whether the connection is TLS."""
    authority: Path | None
    """Whose certificate the broker has; ``None`` for those whom this machine trusts."""
    user: str
    password: str
    forms: tuple[Form, ...]

    @property
    def address(self) -> str:
        """As it is written in words for people."""
        return f"{self.host}:{self.port}"

    def context(self) -> ssl.SSLContext | None:
        """How the broker proves who it is. Raises ``OSError`` or ``ssl.SSLError`` for an authority that is none."""
        if not self.is_sealed:
            return None
        return ssl.create_default_context(cafile=str(self.authority) if self.authority else None)


def read_broker() -> Broker | None:
    """The broker that the settings name; ``None`` without any. Raises ``Misconfigured``."""
    url, user, password, authority, topics = (
        read(f"STEADYDESK_MQTT_{name}") for name in ("BROKER", "USER", "PASSWORD", "CA", "TOPICS")
    )
    if not url:
        if user or password or topics or authority:
            raise Misconfigured("STEADYDESK_MQTT_BROKER is not set, but others of its settings are: name the broker.")
        return None
    host, port, is_sealed = _address(url)
    if password and not user:
        raise Misconfigured("STEADYDESK_MQTT_PASSWORD is set without STEADYDESK_MQTT_USER: whose password is it?")
    if authority and not is_sealed:
        raise Misconfigured("STEADYDESK_MQTT_CA is for mqtts:// alone: write STEADYDESK_MQTT_BROKER with mqtts://.")
    return Broker(host, port, is_sealed, Path(authority) if authority else None, user, password, _forms(topics))


def _address(url: str) -> tuple[str, int, bool]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    odd = parts.username or parts.password or parts.path.strip("/") or parts.query
    if parts.scheme not in PORTS or not parts.hostname or odd:
        raise Misconfigured(
            "STEADYDESK_MQTT_BROKER must look like mqtts://broker.example.org:8883 or mqtt://127.0.0.1:1883; the user "
            "and the password have settings of their own."
        )
    return parts.hostname, port or PORTS[parts.scheme], parts.scheme == "mqtts"


def _forms(written: str) -> tuple[Form, ...]:
    lines = [line for part in re.split(r"[;\n]", written) if (line := part.strip()) and not COMMENT.match(line)]
    if not lines:
        raise Misconfigured(
            "STEADYDESK_MQTT_TOPICS is not set: say what is listened to, as in “zigbee2mqtt/{device} zigbee2mqtt”."
        )
    try:
        return tuple(read_form(line) for line in lines)
    except FormFault as fault:
        raise Misconfigured(f"STEADYDESK_MQTT_TOPICS: {fault}") from None


def client_name(data: Path) -> str:
    """The same at every start, so that the broker keeps for us what comes meanwhile; another on every machine."""
    told = f"{socket.gethostname()} {data}"
    return f"steadydesk-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
