"""A signed POST to the configured address."""

import json
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.delivery import words
from steadydesk.delivery.channels.transport import Outgoing, TransportError
from steadydesk.kernel.signature import HEADER, sign

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 5
PASSING = frozenset({408, 425, 429})
"""Answers of the 4xx kind that are not about this message: too late, too early, too many."""


def send(outgoing: Outgoing) -> None:
    """POST the message. The receiver tells repeats by ``Idempotency-Key`` and forgeries by the signature."""
    if not settings.WEBHOOK_URL:
        raise TransportError(_("No webhook is set up. Set STEADYDESK_WEBHOOK_URL."), permanent=True)
    if not settings.WEBHOOK_SECRET:
        raise TransportError(_("The webhook has no key. Set STEADYDESK_WEBHOOK_SECRET."), permanent=True)
    import httpx  # only where there is a webhook

    body = json.dumps(_content(outgoing)).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": outgoing.key,
        HEADER: sign(settings.WEBHOOK_SECRET, int(outgoing.at.timestamp()), body),
    }
    try:
        # Streamed so that only the status is read: an endless answer must not hold the lane.
        with _client().stream("POST", settings.WEBHOOK_URL, content=body, headers=headers) as answer:
            _check(answer.status_code)
    except httpx.InvalidURL as error:
        raise TransportError(_("The webhook's address cannot be used."), permanent=True) from error
    except httpx.HTTPError as error:
        raise TransportError(_("The webhook's receiver cannot be reached.")) from error


def _content(outgoing: Outgoing) -> dict[str, object]:
    return {
        **outgoing.message.facts,
        "again": outgoing.again,
        "key": outgoing.key,
        "site": outgoing.site,
        "subject": outgoing.subject,
        "text": words.text(outgoing),
    }


def _check(status: int) -> None:
    if 200 <= status <= 299:
        return
    permanent = 400 <= status <= 499 and status not in PASSING
    raise TransportError(_("The webhook's receiver answered %(status)s.") % {"status": status}, permanent)


@cache
def _client() -> "httpx.Client":
    """One for the process, since making one reads every certificate.

    A kept connection may have died unseen, so none is kept.
    """
    import httpx

    return httpx.Client(timeout=TIMEOUT_S, limits=httpx.Limits(max_keepalive_connections=0))
