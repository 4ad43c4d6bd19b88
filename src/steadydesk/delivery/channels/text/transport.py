"""Text messages to customers, by a gateway of the organisation: one address of Apprise with a place for the number."""

from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.delivery.channels.apprise.transport import notify
from steadydesk.delivery.channels.transport import Outgoing, TransportError
from steadydesk.delivery.rules import number_fault

NUMBER = "{to}"
"""Stands in the gateway's address for the number that the customer gave."""


def send(outgoing: Outgoing) -> None:
    """Hand the message over to the gateway. What it is told is the number and the text, and nothing else."""
    if not settings.TEXT_GATEWAY:
        raise TransportError(_("No gateway for text messages is set up."), permanent=True)
    if not outgoing.address or not outgoing.text:
        raise TransportError(_("What was to be sent is not kept any more."), permanent=True)
    if fault := number_fault(outgoing.address):
        # It was taken before numbers had to have their country.
        raise TransportError(fault, permanent=True)
    notify(filled(settings.TEXT_GATEWAY, outgoing.address), outgoing.text)


def filled(gateway: str, number: str) -> str:
    """The gateway's address for this number."""
    return gateway.replace(NUMBER, quote(number, safe=""))
