"""How the telephone system is reached: the settings of the line, read without Django."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from steadydesk.project.environment import Misconfigured, read

SIP_PORT = 5060
LEAST_RING_S, MOST_RING_S = 5, 25
"""The longest must stay below the lease of a delivery."""
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Line:
    """One registration, or one trunk."""

    server: tuple[str, int] | None
    """Where it registers and rings out; ``None`` for a line that only takes calls."""
    user: str
    """The extension that it is; empty on a trunk, which knows it by its address."""
    secret: str
    listen: tuple[str, int]
    trunk: tuple[Network, ...]
    """Whose calls it takes beside the server's."""
    ring_s: int

    def admits(self, address: str, server: frozenset[str]) -> bool:
        """Whether a packet from there is looked at; ``server`` are the addresses that its name stands for."""
        try:
            found = ip_address(address.strip("[]"))
        except ValueError:
            return False
        return str(found) in server or any(found in network for network in self.trunk)


def read_line() -> Line | None:
    """The line that the settings name; ``None`` without any. Raises ``Misconfigured``."""
    server, user, secret = (read(f"STEADYDESK_SIP_{name}") for name in ("SERVER", "USER", "SECRET"))
    trunk = _networks(read("STEADYDESK_SIP_TRUNK"))
    if not server and not trunk:
        if user or secret:
            raise Misconfigured("STEADYDESK_SIP_USER is set without STEADYDESK_SIP_SERVER: name the telephone system.")
        return None
    if bool(user) != bool(secret):
        raise Misconfigured(
            "STEADYDESK_SIP_USER and STEADYDESK_SIP_SECRET go together: set both to register as an extension, or "
            "neither on a trunk."
        )
    if user and not server:
        raise Misconfigured("STEADYDESK_SIP_USER needs STEADYDESK_SIP_SERVER: where should it register?")
    return Line(
        server=_address(server, "STEADYDESK_SIP_SERVER") if server else None,
        user=user,
        secret=secret,
        listen=_address(read("STEADYDESK_SIP_LISTEN") or "0.0.0.0", "STEADYDESK_SIP_LISTEN"),
        trunk=trunk,
        ring_s=_seconds(read("STEADYDESK_SIP_RING_SECONDS", "20")),
    )


def _address(written: str, name: str) -> tuple[str, int]:
    host, colon, port = written.rpartition(":")
    if not colon or written.endswith("]"):
        host, port = written, str(SIP_PORT)
    if not host or not port.isdigit() or not 0 < int(port) < 65_536 or "/" in host:
        raise Misconfigured(f"{name} is “{written}”; write a name or an address, and a port, as in 10.0.0.5:5060.")
    return host, int(port)


def _networks(written: str) -> tuple[Network, ...]:
    found = []
    for part in filter(None, (p.strip() for p in written.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError:
            raise Misconfigured(
                f"STEADYDESK_SIP_TRUNK names “{part}”; write addresses such as 10.0.0.5, or networks such as "
                "10.0.0.0/24."
            ) from None
    return tuple(found)


def _seconds(written: str) -> int:
    if not written.isdigit() or not LEAST_RING_S <= int(written) <= MOST_RING_S:
        raise Misconfigured(
            f"STEADYDESK_SIP_RING_SECONDS is “{written}”; write how long a telephone rings, from {LEAST_RING_S} to "
            f"{MOST_RING_S} seconds."
        )
    return int(written)


def addresses(line: Line) -> frozenset[str]:
    """What the name of the telephone system stands for; empty while nobody knows."""
    if line.server is None:
        return frozenset()
    try:
        found = socket.getaddrinfo(line.server[0], line.server[1], type=socket.SOCK_DGRAM)
    except OSError:
        return frozenset()
    return frozenset(str(entry[4][0]) for entry in found)
