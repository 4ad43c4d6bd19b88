"""Every channel that sends over a network, and which of them are set up."""

from collections.abc import Callable

from django.conf import settings

from steadydesk.delivery.channels.apprise import transport as apprise
from steadydesk.delivery.channels.mail import transport as mail
from steadydesk.delivery.channels.phone import transport as phone
from steadydesk.delivery.channels.push import transport as push
from steadydesk.delivery.channels.text import transport as text
from steadydesk.delivery.channels.transport import Transport
from steadydesk.delivery.channels.webhook import transport as webhook
from steadydesk.delivery.rules import APPRISE, MAIL, PHONE, PUSH, TEXT, WEBHOOK, Channels

TRANSPORTS: dict[str, Transport] = {
    MAIL: mail.send,
    PHONE: phone.send,
    PUSH: push.send,
    APPRISE: apprise.send,
    WEBHOOK: webhook.send,
    TEXT: text.send,
}
PREPARE: dict[str, Callable[[], None]] = {APPRISE: apprise.prepare, TEXT: apprise.prepare}
"""What takes a second at the first message, and is better done before a call."""


def set_up() -> Channels:
    """The channels that this installation has beside its screens."""
    return Channels(
        mail=bool(settings.EMAIL_HOST),
        phone=settings.RINGS_OUT,
        webhook=bool(settings.WEBHOOK_URL),
        push=settings.PUSH is not None,
        apprise=bool(settings.APPRISE),
        text=bool(settings.TEXT_GATEWAY),
    )
