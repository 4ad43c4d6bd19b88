"""``Steadydesk-Signature``: who sent a body, and when, told by a secret that both ends know."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

HEADER = "Steadydesk-Signature"
GOOD_FOR = timedelta(minutes=5)
"""How far the clock of whoever signs may be from ours, either way."""
_SPELT = re.compile(r"\s*t=([0-9]{1,12})\s*,\s*v1=([0-9a-fA-F]{64})\s*")


def sign(secret: str, at: int, body: bytes) -> str:
    """``t=…,v1=…``: HMAC-SHA256 over Unix seconds, a full stop and the body, so neither can be changed."""
    return f"t={at},v1={_mac(secret, at, body)}"


def signed_at(header: str, secret: str, body: bytes) -> int | None:
    """The Unix seconds at which whoever knows the secret signed this body; ``None`` when nobody did."""
    spelt = _SPELT.fullmatch(header)
    if spelt is None:
        return None
    at = int(spelt[1])
    return at if hmac.compare_digest(spelt[2].lower(), _mac(secret, at, body)) else None


def is_fresh(at: int, now: datetime) -> bool:
    """Whether what was signed then may still be believed."""
    return abs(now.timestamp() - at) <= GOOD_FOR.total_seconds()


def secret_from(key: str, salt: str) -> str:
    """A secret that nobody keeps: it is made again from the installation's own key and what its row keeps."""
    return hmac.new(key.encode(), f"signature {salt}".encode(), hashlib.sha256).hexdigest()


def _mac(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
