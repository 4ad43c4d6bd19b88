"""Push messages and services of people's own: their settings, refused in words an operator can act on."""

import base64
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from steadydesk.project.environment import Misconfigured, read

KEY_FILE = "push-key"
"""In the data folder: with another key no browser that was added before takes a message."""
CONTACT = ("mailto:", "https://")


@dataclass(frozen=True)
class Push:
    """How this installation makes itself known to push services (RFC 8292)."""

    contact: str
    key: Any = field(repr=False)
    """Signs the claims; ``py_vapid`` has no types."""
    services: frozenset[str]
    """Push services of the organisation's own: scheme, name and port."""

    @property
    def public_key(self) -> str:
        """As a browser wants it: the uncompressed point, in base64 for addresses."""
        numbers = self.key.public_key.public_numbers()
        point = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")


def read_push(folder: Path) -> Push | None:
    """What the settings say; ``None`` where no push messages are wanted. Raises ``Misconfigured``."""
    contact = read("STEADYDESK_PUSH_CONTACT")
    if not contact:
        return None
    if not contact.startswith(CONTACT):
        raise Misconfigured(
            "STEADYDESK_PUSH_CONTACT must look like mailto:it@example.org: push services write there when they have "
            "trouble with this installation."
        )
    parts = [part.strip().lower().rstrip("/") for part in read("STEADYDESK_PUSH_SERVICES").split(",") if part.strip()]
    for part in parts:
        address = _address(part)
        if address.scheme not in ("https", "http") or not address.hostname or address.path or address.username:
            raise Misconfigured(
                f"STEADYDESK_PUSH_SERVICES names “{part}”; write addresses such as https://push.example.org."
            )
    return Push(contact, _key(folder), frozenset(parts))


def _address(written: str) -> SplitResult:
    """Its parts; none of what cannot be read."""
    try:
        found = urlsplit(written)
        found.port  # noqa: B018 - a port that is none is found out when it is asked for
    except ValueError:
        return urlsplit("")
    return found


def _key(folder: Path) -> Any:
    from py_vapid import Vapid02, VapidException

    written = read("STEADYDESK_PUSH_KEY") or _own_key(folder / KEY_FILE)
    try:
        return Vapid02.from_raw(written.encode())
    except (ValueError, VapidException) as error:
        raise Misconfigured(
            f"The key of push messages (STEADYDESK_PUSH_KEY, or {KEY_FILE} in the data folder) cannot be read. Give 32 "
            "bytes in base64, or delete it: a fresh one is made, and everybody adds their browsers anew."
        ) from error


def _own_key(path: Path) -> str:
    """The key that was made at the first start; several processes may start at once, and all must get the same."""
    if not path.exists():
        from cryptography.hazmat.primitives.asymmetric import ec

        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as fresh:
            fresh.write(base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("="))
            fresh.flush()
            os.fsync(fresh.fileno())
            with suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_text().strip()


def read_apprise() -> tuple[tuple[str, str], ...]:
    """(scheme, name and port) of the services that people may give; the name is empty where any will do."""
    found = []
    for part in filter(None, (p.strip().lower() for p in read("STEADYDESK_APPRISE").split(","))):
        scheme, _, rest = part.partition("://")
        host = rest.rstrip("/")
        if not scheme.isalnum() or set(host) & set("/@?# ") or (host and not _address(f"//{host}").hostname):
            raise Misconfigured(
                f"STEADYDESK_APPRISE names “{part}”; write kinds of services of Apprise, such as tgram, and where they "
                "are at an address of their own its name too, such as ntfys://ntfy.example.org."
            )
        found.append((scheme, host))
    return tuple(found)


def read_text_gateway() -> str:
    """The address of Apprise by which customers get text messages; a secret. Empty: none are sent."""
    written = read("STEADYDESK_TEXT_GATEWAY").strip()
    if written and ("{to}" not in written or "://" not in written):
        raise Misconfigured(
            "STEADYDESK_TEXT_GATEWAY is no address of Apprise with {to} where the customer's number goes, such as "
            "clicksend://user:key@{to}. Look the gateway up in Apprise's list."
        )
    return written
