"""Web Push (RFC 8030, 8291, 8292): to a browser by its own push service, which can read nothing of it.

What the browser shows is the sentence of every other channel and "Open Steadydesk".
"""

import base64
import hashlib
import json
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.delivery import words
from steadydesk.delivery.channels.push import endpoint as services
from steadydesk.delivery.channels.transport import Outgoing, TransportError
from steadydesk.delivery.rules import CAN_WAIT
from steadydesk.kernel.clock import clock

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 5
GONE = frozenset({404, 410})
"""RFC 8030: the subscription has expired."""
PASSING = frozenset({408, 425, 429})
SIGNED_FOR = timedelta(hours=12)
"""RFC 8292 allows a day; clocks differ."""
KEPT_FOR = {"alarm": timedelta(minutes=15), "chain_test": timedelta(minutes=10), "trial": timedelta(minutes=2)}
"""How long a push service keeps it for a telephone that is off or in a tunnel. A call older than that is over."""
ELSE_KEPT_FOR = timedelta(hours=12)
OPENS = {
    "alarm": "/alarms/{id}",
    "chain_test": "/chain-tests/{id}",
    "trial": "/me/reached",
    "check_in": "/check-ins",
    "desks": "/manage/desks",
    "button_low": "/manage/buttons",
    "button_silent": "/manage/buttons",
    "button_refused": "/manage/buttons",
}
"""The page that a tap opens; of everything else the start."""


def send(outgoing: Outgoing) -> None:
    """Hand the message over to the browser's push service."""
    sender: Any = settings.PUSH
    if sender is None:
        raise TransportError(_("No push messages are set up. Set STEADYDESK_PUSH_CONTACT."), permanent=True)
    if not outgoing.address:
        raise TransportError(_("The browser was taken off the list."), permanent=True, gone=True)
    import httpx  # only where somebody is pushed to

    browser = json.loads(outgoing.address)
    try:
        services.check_public(browser["endpoint"])
        body = _sealed(browser, _content(outgoing, quiet=browser.get("quiet", False)))
        # Streamed so that only the status is read: an endless answer must not hold the lane.
        headers = _headers(outgoing, browser, sender)
        with _client().stream("POST", browser["endpoint"], content=body, headers=headers) as answer:
            _check(answer.status_code)
    except (services.NotPublic, httpx.InvalidURL) as error:
        raise TransportError(_("The push service's address cannot be used."), permanent=True) from error
    except (httpx.HTTPError, OSError) as error:
        raise TransportError(_("The push service cannot be reached.")) from error


def _content(outgoing: Outgoing, *, quiet: bool) -> bytes:
    """What the service worker shows. Where a customer could read it, it shows no more than a mark."""
    message = outgoing.message
    said = {
        "title": "Steadydesk" if quiet else words.sentence(message),
        "body": _("Open Steadydesk."),
        "tag": outgoing.subject,
        "opens": OPENS.get(message.kind, "/").format(id=message.id),
        "quiet": quiet,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _sealed(browser: dict[str, Any], content: bytes) -> bytes:
    """Encrypted for this browser alone, with a key made for this message (RFC 8291)."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        sealed: bytes = http_ece.encrypt(
            content,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_bytes(browser["p256dh"]),
            auth_secret=_bytes(browser["auth"]),
            version="aes128gcm",
        )
    except (ValueError, http_ece.ECEException) as error:
        raise TransportError(_("The browser's key cannot be used."), permanent=True, gone=True) from error
    return sealed


def _headers(outgoing: Outgoing, browser: dict[str, Any], sender: Any) -> dict[str, str]:
    kept_for = KEPT_FOR.get(outgoing.message.kind, ELSE_KEPT_FOR)
    topic = base64.urlsafe_b64encode(hashlib.sha256(outgoing.subject.encode()).digest()[:24]).decode()
    # A push service judges the signature's end by the time outside, which no demonstration speeds up.
    ends = int((clock.outside() + SIGNED_FOR).timestamp())
    claims = {"aud": services.origin(browser["endpoint"]), "exp": ends, "sub": sender.contact}
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(kept_for.total_seconds())),
        "Topic": topic,
        "Urgency": "low" if outgoing.message.kind in CAN_WAIT else "high",
        **sender.key.sign(claims),
    }


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _check(status: int) -> None:
    if 200 <= status <= 299:
        return
    if status in GONE:
        raise TransportError(_("The browser takes no messages any more."), gone=True)
    permanent = 300 <= status <= 499 and status not in PASSING
    raise TransportError(_("The push service answered %(status)s.") % {"status": status}, permanent)


@cache
def _client() -> "httpx.Client":
    """One for the process, since making one reads every certificate. A redirect is not followed."""
    import httpx

    return httpx.Client(timeout=TIMEOUT_S, limits=httpx.Limits(max_keepalive_connections=0))
