"""Every channel that sends over a network, and which of them are set up."""

from django.conf import settings

from steadydesk.delivery.channels.mail import transport as mail
from steadydesk.delivery.channels.phone import transport as phone
from steadydesk.delivery.channels.transport import Transport
from steadydesk.delivery.channels.webhook import transport as webhook
from steadydesk.delivery.rules import MAIL, PHONE, WEBHOOK, Channels

TRANSPORTS: dict[str, Transport] = {MAIL: mail.send, PHONE: phone.send, WEBHOOK: webhook.send}


def set_up() -> Channels:
    """The channels that this installation has beside its screens."""
    return Channels(mail=bool(settings.EMAIL_HOST), phone=settings.RINGS_OUT, webhook=bool(settings.WEBHOOK_URL))
